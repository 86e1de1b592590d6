"""Applying an import: everything that can be seen of it appears in one transaction, as one event of the history."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Conflict, Invalid
from layers.catalogue.models import Layer, Theme
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import bulk, create_table, secure_table
from layers.features.services.quotas import check_growth, measure_usage
from layers.features.services.refusals import refusal
from layers.intake.choices import Choices, Mode, date_or_none, keeps_heights, plain
from layers.intake.default_style import legend_for, zoom_for
from layers.intake.import_loss import LossRefused, check_loss
from layers.intake.models import FileImport
from layers.intake.outcome import Outcome
from layers.intake.services.differences import apply_difference
from layers.intake.services.events import keep_as_it_is, one_at_a_time, open_event, require_layer
from layers.intake.services.loading import (
    Target,
    geometry_type_in,
    geometry_type_of,
    join_names,
    load,
    place_of,
    rows,
    run,
)
from layers.intake.services.preparing import (
    TAKING_AWAY,
    compare,
    compare_replaced,
    mode_of,
    refuse,
    refuse_nothing,
    source_of,
    stage,
)
from layers.intake.services.styling import take_up_style
from layers.intake.source import Progress, Report

KIND = "import"
# What a replacement changes of a layer, and what is kept of it for taking the replacement back.
STRUCTURE = ("table", "columns", "geometry_type", "title_field", "key_column", "source_date")


def apply(order: FileImport, progress: Progress) -> Report:
    """Do what the plan says.

    Raises Invalid, LossRefused, Conflict when the layer has changed since it was compared, or its owner would have more
    than the site gives.
    """
    begun = time.monotonic()
    choices = Choices.from_json(order.choices)
    if order.layer is not None:
        one_at_a_time(order.layer)
        order.layer.refresh_from_db()
    before = measure_usage(order.owner)
    outcome = APPLY[mode_of(order)](order, choices, progress)
    check_growth(order.owner, before)
    places = {name: (order.plan or {}).get(name, []) for name in ("places", "outside_places")}
    return Report(report=outcome.as_json() | places | {"seconds": round(time.monotonic() - begun, 1)})


def create(order: FileImport, choices: Choices, progress: Progress) -> Outcome:
    """A new layer with a table of its own."""
    described = choices.layer
    if described is None:
        raise Invalid(_("A new layer needs a title."))
    slug = free_slug(described.slug or slugify(described.title) or plain(described.title))
    outcome = fill_new_table(order, choices, slug, progress)
    order.layer = Layer.objects.create(
        slug=slug,
        theme=theme_of(described.theme, described.new_theme),
        owner=order.owner,
        rows=Layer.Rows.LAYER,
        visibility=described.visibility,
        shared_with=list(described.shared_with),
        editor_roles=list(described.editor_roles),
        source_date=date_or_none(described.source_date),
        legend=legend_for(choices.geometry, slug),
        min_zoom=zoom_for(choices.geometry, outcome.rows),
        **structure(order, choices),
        **{name: getattr(described, name) for name in DESCRIBED},
        title_field=described.title_field,
    )
    outcome.remarks += take_up_style(order.layer, source_of(order))
    publish(order, outcome)
    return outcome


DESCRIBED = ("title", "abstract", "lineage", "licence", "attribution", "contact", "visible_at_first")


def structure(order: FileImport, choices: Choices) -> dict[str, Any]:
    return {
        "table": order.revert_data["table"],
        "columns": [one.column() for one in choices.fields],
        "geometry_type": choices.geometry,
        "key_column": choices.key,
    }


def publish(order: FileImport, outcome: Outcome) -> None:
    """Secure the new table, record the event, tell the caches."""
    layer = require_layer(order)
    with explain_refusals(layer):
        secure_table(layer)
    order.revert_data["event"] = open_event(order, KIND, detail(outcome))
    announce_changed(layer)


def fill_new_table(order: FileImport, choices: Choices, slug: str, progress: Progress, first: int = 0) -> Outcome:
    """Make a table for the file's rows and bring them in; nobody sees it yet."""
    source, table = source_of(order), table_name(slug, order.pk)
    order.revert_data = {"table": table}
    columns = [one.column() for one in choices.fields]
    kind = geometry_type_of(choices, source.layer)
    if choices.addresses or choices.join or keeps_heights(choices) or first:
        outcome = stage(order, choices, progress)
        create_table(table, columns, kind)
        move_staged(order, choices, first)
    else:
        create_table(table, columns, kind)
        outcome = Outcome()
        constants = {"owner_id": order.owner_id, "import_id": order.pk}
        target = Target(
            table=sql.Identifier(table),
            geometry=kind,
            columns=choices.fields,
            constants=constants,
        )
        load(source, choices, target, outcome, progress, takes_away=mode_of(order) in TAKING_AWAY)
        refuse(order, choices, target, outcome)
    compare(order, choices, outcome, progress)
    refuse_nothing(order, outcome)
    progress(None, _("Making the indexes"))
    return outcome


def move_staged(order: FileImport, choices: Choices, first: int) -> None:
    names = ["geom", *choices.column_names()]
    run(
        "insert into {} (id, {}, owner_id, import_id) select id + %(first)s, {}, %(owner)s, %(order)s from staged",
        *(sql.Identifier(order.revert_data["table"]), join_names(names), join_names(names)),
        first=first,
        owner=order.owner_id,
        order=order.pk,
    )


def replace(order: FileImport, choices: Choices, progress: Progress) -> Outcome:
    """A new table takes the place of the layer's; ids go on, so that no address means another object."""
    layer = require_layer(order)
    outcome = fill_new_table(order, choices, layer.slug, progress, last_id(layer))
    keep_as_it_is(layer)
    compare_replaced(order, layer, choices, outcome)
    refuse_loss(outcome, order.choices.get("accepted_loss"))
    order.revert_data["former"] = {name: setting_as_json(layer, name) for name in STRUCTURE}
    described = {"title_field": title_field(layer, choices), "columns": columns_replaced(layer, choices)}
    for name, value in (structure(order, choices) | described).items():
        setattr(layer, name, value)
    layer.save()
    publish(order, outcome)
    return outcome


def last_id(layer: Layer) -> int:
    """The highest id that a row of the layer ever had."""
    statement = "select greatest(max(id), pg_sequence_last_value(pg_get_serial_sequence(%(table)s, 'id')), 0) from {}"
    ((highest,),) = rows(statement, sql.Identifier(layer.table), table=layer.table)
    return int(highest)


def setting_as_json(layer: Layer, name: str) -> Any:
    value = getattr(layer, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def title_field(layer: Layer, choices: Choices) -> str:
    names = choices.column_names()
    return layer.title_field if layer.title_field in names else next(iter(names), "")


def columns_replaced(layer: Layer, choices: Choices) -> list[dict[str, Any]]:
    """The columns of a replacement: those that stay keep everything that was said of them."""
    former = {column["name"]: column for column in layer.columns}
    return [former.get(one.name, one.column()) for one in choices.fields]


def append(order: FileImport, choices: Choices, progress: Progress) -> Outcome:
    """Rows beside those of the layer."""
    layer = require_layer(order)
    outcome = stage(order, choices, progress)
    compare(order, choices, outcome, progress)
    refuse_nothing(order, outcome)
    order.revert_data = {"table": layer.table, "event": open_event(order, KIND, detail(outcome))}
    names = [sql.Identifier(name) for name in choices.column_names()]
    columns = (
        sql.SQL(", ").join([place, *names]) for place in (sql.SQL("geom"), place_of(geometry_type_in(layer.table)))
    )
    with bulk(), explain_refusals(layer):
        run(
            "insert into {} ({}, owner_id, import_id) select {}, %(owner)s, %(order)s from staged order by id",
            *(sql.Identifier(layer.table), *columns),
            owner=layer.owner_id,
            order=order.pk,
        )
    announce_changed(layer)
    return outcome


def synchronise(order: FileImport, choices: Choices, progress: Progress) -> Outcome:
    """The layer becomes what the file says, exactly as it was shown before: all of it, or its attributes alone."""
    layer = require_layer(order)
    outcome = stage(order, choices, progress)
    refuse_nothing(order, outcome)
    keep_as_it_is(layer)
    compare(order, choices, outcome, progress)
    check_still_the_same(order, outcome)
    refuse_loss(outcome, order.choices.get("accepted_loss"))
    order.revert_data = {"table": layer.table, "event": open_event(order, KIND, detail(outcome))}
    with bulk(), explain_refusals(layer):
        apply_difference(layer, choices, order.pk)
    if not layer.key_column and mode_of(order) == Mode.SYNCHRONISE:
        layer.key_column = choices.key
        layer.save(update_fields=["key_column"])
    announce_changed(layer)
    return outcome


def check_still_the_same(order: FileImport, outcome: Outcome) -> None:
    """Check that the difference is the one that was shown. Raises Conflict, with the one that was computed now."""
    compared = (order.plan or {}).get("difference") or {}
    if outcome.difference and compared.get("digest") != outcome.difference["digest"]:
        message = _("The layer has changed since the difference was shown. Look at it again, then apply it.")
        raise Conflict(message, report={"plan": outcome.as_json()})


def refuse_loss(outcome: Outcome, accepted: int | None) -> None:
    """Raises LossRefused with what was found now, where more would go than may; nobody else writes the layer."""
    try:
        check_loss([outcome.compared] if outcome.compared else [], accepted)
    except LossRefused as error:
        error.extra["report"] = {"plan": outcome.as_json()}
        raise


def detail(outcome: Outcome) -> Mapping[str, Any]:
    """What the history counts of the import."""
    difference = outcome.difference or {}
    changes: dict[str, Any] = {name: difference[name] for name in ("added", "changed", "removed") if name in difference}
    return {"rows": outcome.rows, "refused": outcome.refused, "repaired": outcome.repaired, **changes}


@contextmanager
def explain_refusals(layer: Layer) -> Iterator[None]:
    """What the layer's rules refuse becomes a refusal of the import, in words; deferred rules are asked at the end."""
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    except DatabaseError as error:
        refused = refusal(error, layer, lambda _feature: 0)
        if refused is None:
            raise
        message = _("A rule of the layer refuses these rows: %(reason)s")
        raise Invalid(message % {"reason": refused.message}) from error


def theme_of(slug: str, new_title: str) -> Theme:
    """The theme that was chosen, or a new one."""
    if not new_title:
        return Theme.objects.get(slug=slug)
    theme, _made = Theme.objects.get_or_create(slug=slugify(new_title)[:50], defaults={"title": new_title[:80]})
    return theme


def free_slug(wanted: str) -> str:
    """The short name, numbered where it is taken."""
    base = wanted[:50].strip("-_") or "couche"
    free, number = base, 1
    while Layer.objects.filter(slug=free).exists():
        number += 1
        free = f"{base[:46]}-{number}"
    return free


def table_name(slug: str, import_id: int) -> str:
    """`layer_voirie_17`: readable, and never made twice."""
    name = plain(slug)[:30].strip("_")
    name = name if name[:1].isalpha() else f"l_{name}".strip("_")
    return f"layer_{name}_{import_id}"


APPLY = {
    Mode.CREATE: create,
    Mode.REPLACE: replace,
    Mode.APPEND: append,
    Mode.SYNCHRONISE: synchronise,
    Mode.ATTRIBUTES: synchronise,
}
