"""The dry run of an import: what would come in, be repaired, be refused, and change. Its words alone stay."""

from collections.abc import Mapping
from typing import Any, cast

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Invalid
from layers.catalogue.models import Layer
from layers.catalogue.tables import GeometryType
from layers.intake.choices import Choices, Mode, has_heights, keeps_heights
from layers.intake.import_loss import ScopeDifference, compare_counts
from layers.intake.models import FileImport
from layers.intake.outcome import About, ColumnsRemark, Outcome
from layers.intake.services import imports, joining, placing
from layers.intake.services.differences import find_difference, known_column
from layers.intake.services.events import one_at_a_time, require_layer
from layers.intake.services.imports import paths_of
from layers.intake.services.loading import (
    STAGED,
    Source,
    Target,
    check_unique,
    create_staged,
    geometry_type_in,
    geometry_type_of,
    has_z,
    load,
    refuse_duplicates,
    refuse_known,
    refuse_missing_key,
    refuse_outside,
    refuse_unknown,
    restore_codes,
    rows,
    some_places,
    take_heights,
)
from layers.intake.services.territory import territory_wkb
from layers.intake.source import Plan, Progress

NEW_TABLE = (Mode.CREATE, Mode.REPLACE)
TAKING_AWAY = (Mode.REPLACE, Mode.SYNCHRONISE)


def source_of(order: FileImport) -> Source:
    """The layer of the files. Raises Invalid when they are gone."""
    paths_of(order)
    (data_set,) = order.contents
    (layer,) = data_set["layers"]
    return Source(delivery=order, data_set=data_set, layer=layer)


def mode_of(order: FileImport) -> Mode:
    return Mode(order.choices["mode"])


def plan(order: FileImport, progress: Progress) -> Plan:
    """Try the import out and undo it. Raises Invalid when nothing can come in."""
    choices = Choices.from_json(order.choices)
    if order.layer is not None:
        one_at_a_time(order.layer)
    outcome = stage(order, choices, progress)
    compare(order, choices, outcome, progress)
    refuse_nothing(order, outcome)
    outcome.places = some_places(sql.Identifier(STAGED))
    return Plan(plan=outcome.as_json() | {"layer_version": order.layer.version if order.layer else None})


def counts_in(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """The report of a job, from a plan or from what was done."""
    return {name: outcome[name] for name in ("rows", "repaired", "refused")}


def refuse_nothing(order: FileImport, outcome: Outcome) -> None:
    """Raises Invalid when no row comes in; the report says why."""
    if not outcome.rows:
        reasons = [one.message for one in outcome.refusals[:1]]
        message = _("No row of the file can come in.") + "".join(f" {one}" for one in reasons)
        raise Invalid(message, report=outcome.as_json())


def stage(order: FileImport, choices: Choices, progress: Progress) -> Outcome:
    """Bring the file's rows into the temporary table `staged`, less those that may not come in."""
    outcome, source = Outcome(), source_of(order)
    more = (*placing.address_columns(choices), *joining.join_columns(choices))
    with_heights = keeps_heights(choices)
    geometry = None if is_without_places(order, choices) else geometry_type(order, choices, source)
    flat = not with_heights and not has_z(geometry)
    table = create_staged(choices.fields, *(one.name for one in more), flat=flat)
    target = Target(
        table=table,
        geometry=geometry,
        columns=[*(one for one in choices.fields if one.source), *more],
    )
    load(source, choices, target, outcome, progress, takes_away=mode_of(order) in TAKING_AWAY)
    if with_heights:
        take_heights(target)
    if choices.addresses:
        placing.place(target, choices, choices.column_names(), outcome, progress)
    if choices.join:
        joining.join_places(target, choices, outcome, progress)
    if order.layer is not None:
        restore_codes(target, choices, order.layer.columns)
    refuse(order, choices, target, outcome)
    return outcome


def is_without_places(order: FileImport, choices: Choices) -> bool:
    """Whether no geometry is read: addresses are looked up, a layer has the places, or attributes alone come in."""
    return bool(choices.addresses or choices.join) or mode_of(order) == Mode.ATTRIBUTES


def geometry_type(order: FileImport, choices: Choices, source: Source) -> GeometryType:
    """The type of the geometry in the table that will hold the rows; flat where the file is."""
    if mode_of(order) in NEW_TABLE or order.layer is None:
        return geometry_type_of(choices, source.layer)
    wanted = geometry_type_in(order.layer.table)
    return wanted if has_heights(source.layer) else cast(GeometryType, wanted.removesuffix("Z"))


def refuse(order: FileImport, choices: Choices, target: Target, outcome: Outcome) -> None:
    """Take out the rows that were read well and yet may not come in. Raises Invalid for a bad reference."""
    if mode_of(order) != Mode.ATTRIBUTES:
        refuse_outside(target, choices, territory_wkb(order.owner), outcome)
    match mode_of(order):
        case Mode.CREATE | Mode.REPLACE:
            check_unique(target, choices)
        case Mode.APPEND:
            refuse_duplicates(target, choices, outcome)
            refuse_known(target, choices, require_layer(order).table, outcome)
        case Mode.SYNCHRONISE:
            refuse_missing_key(target, choices, outcome)
            refuse_duplicates(target, choices, outcome)
        case Mode.ATTRIBUTES:
            refuse_missing_key(target, choices, outcome)
            refuse_duplicates(target, choices, outcome)
            refuse_unknown(target, choices, require_layer(order).table, known_column(choices), outcome)


def compare(order: FileImport, choices: Choices, outcome: Outcome, progress: Progress) -> None:
    """What the import does to a layer that exists, and what it does not use."""
    outcome.remarks += remarks(order, choices)
    if mode_of(order) == Mode.ATTRIBUTES and order.layer is not None:
        progress(None, _("Comparing with the layer"))
        outcome.difference = find_difference(order.layer, choices, outcome.refused_keys, only_attributes=True)
    if mode_of(order) == Mode.SYNCHRONISE and order.layer is not None:
        progress(None, _("Comparing with the layer"))
        difference = outcome.difference = find_difference(order.layer, choices, outcome.refused_keys)
        outcome.compared = ScopeDifference(
            scope=order.layer.title,
            known=sum(difference[name] for name in ("removed", "changed", "unchanged", "without_key")),
            new=difference["added"],
            changed=difference["changed"],
            gone=difference["removed"],
        )
    if mode_of(order) == Mode.REPLACE and order.layer is not None:
        compare_replaced(order, order.layer, choices, outcome)


def compare_replaced(order: FileImport, layer: Layer, choices: Choices, outcome: Outcome) -> None:
    """What a replacement changes, by the layer's unique reference where the file has it too, else by the numbers."""
    former, filled = sql.Identifier(layer.table), sql.Identifier(order.revert_data.get("table", STAGED))
    ((count, edited),) = rows("select count(*), count(*) filter (where version > 1) from {}", former)
    outcome.difference = {"replaced": count, "edited": edited}
    if layer.key_column and layer.key_column == choices.key:
        key = sql.Identifier(choices.key)
        missing = (
            "select count(*) from {a} one where not exists (select from {b} other where other.{key}::text ="
            " one.{key}::text)"
        )
        ((gone,),) = rows(missing, a=former, b=filled, key=key)
        ((new,),) = rows(missing, a=filled, b=former, key=key)
        outcome.compared = ScopeDifference(scope=layer.title, known=count, new=new, gone=gone)
    else:
        outcome.compared = compare_counts(layer.title, before=count, after=outcome.rows)


def remarks(order: FileImport, choices: Choices) -> list[ColumnsRemark]:
    """Fields of the file that are left out, columns of the layer that the file does not fill."""
    source = source_of(order)
    used = {one.source for one in (*choices.fields, *joining.join_columns(choices))} | set(choices.addresses)
    left_out = [one["name"] for one in source.layer["fields"] if one["name"] not in used]
    columns = order.layer.columns if order.layer is not None else ()
    empty = [one["label"] for one in columns if one["name"] not in choices.column_names()]
    noted: list[ColumnsRemark] = [
        {"about": "left_out", "names": left_out},
        {"about": about_unfilled(order), "names": empty},
    ]
    heights = about_heights(order, choices, source)
    noted_heights: list[ColumnsRemark] = [{"about": heights, "names": []}] if heights else []
    return [*noted_heights, *(one for one in noted if one["names"])]


def about_heights(order: FileImport, choices: Choices, source: Source) -> About | None:
    """What becomes of the heights (Z) of the file, or of the layer where the file has none, if it must be said."""
    if is_without_places(order, choices):
        return None
    if mode_of(order) not in NEW_TABLE and order.layer is not None and has_z(geometry_type_in(order.layer.table)):
        return None if has_heights(source.layer) else "heights_missing"
    is_kept = keeps_heights(choices) or has_z(geometry_type(order, choices, source))
    return "heights" if has_heights(source.layer) and not is_kept else None


def about_unfilled(order: FileImport) -> About:
    """What becomes of columns of the layer that the file does not fill."""
    return UNFILLED.get(mode_of(order), "empty")


UNFILLED: Mapping[Mode, About] = {Mode.REPLACE: "lost", Mode.SYNCHRONISE: "kept", Mode.ATTRIBUTES: "kept"}


def leave(import_id: int, message: str, report: Any) -> None:
    """A job that ended badly leaves its import where people can go on, with why; what it found is the plan now."""
    imports.leave(import_id, message, {"plan": report} if report and "plan" not in report else report)
