"""Taking an import back: the layer is again what it was, but for what somebody edited since."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict
from gis_core.models import User
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import bulk, drop_table, secure_table
from layers.intake.choices import date_or_none
from layers.intake.models import Import
from layers.intake.services.applying import in_words
from layers.intake.services.events import keep_as_it_is, layer_named, one_at_a_time, open_event
from layers.intake.services.loading import listed, rows, run
from layers.intake.services.preparing import Mode, ordered
from layers.intake.sources import Tell

KIND = "import_taken_back"

type Counts = dict[str, int]


def take_back(import_id: int, *, by: User | None, confirmed: bool, tell: Tell) -> Counts:
    """Undo an import. Raises Conflict where it would undo other people's edits and nobody said that it may."""
    order = ordered(import_id)
    layer = layer_named(order)
    one_at_a_time(layer)
    layer.refresh_from_db()
    check(order, layer, confirmed)
    tell(None, _("Taking the import back"))
    counts = BY_MODE[Mode(order.mode)](order, layer)
    order.report = (order.report or {}) | {"taken_back": counts}
    order.state, order.message = Import.State.REVERTED, ""
    order.taken_back_at, order.taken_back_by = database_clock.now(), by
    order.save()
    return counts


def check(order: Import, layer: Layer, confirmed: bool) -> None:
    """Raises Conflict."""
    if order.mode == Mode.CREATE:
        edited = edits_since(order, layer.table)
    elif layer.table != order.table:
        message = _("The layer has been replaced by another import since: take that one back first.")
        raise Conflict(message)
    else:
        edited = edits_since(order, layer.table) if order.mode == Mode.REPLACE else 0
    if order.mode == Mode.REPLACE and order.former is None:
        raise Conflict(_("What the layer showed before is no longer kept: this replacement cannot be taken back."))
    if edited and not confirmed:
        message = ngettext(
            "%(count)s object was edited since this import and would go with it: confirm that it may.",
            "%(count)s objects were edited since this import and would go with it: confirm that they may.",
            edited,
        )
        raise Conflict(message % {"count": edited}, edited=edited)


def edits_since(order: Import, table: str) -> int:
    """How many objects of a table that an import filled were added, changed or removed since."""
    ((edited, left),) = rows(
        "select count(*) filter (where version > 1 or import_id is distinct from %(order)s),"
        " count(*) filter (where import_id = %(order)s) from {}",
        sql.Identifier(table),
        order=order.pk,
    )
    gone = max(0, (order.report or {}).get("rows", left) - left) if table == order.table else 0
    return int(edited + gone)


def take_back_layer(order: Import, layer: Layer) -> Counts:
    """The layer goes, with every table that it ever had."""
    ((count,),) = rows("select count(*) from {}", sql.Identifier(layer.table))
    replaced = Import.objects.filter(layer=layer, mode=Mode.REPLACE).values_list("table", "former__table")
    tables = {layer.table, order.table, *(name for pair in replaced for name in pair)}
    layer.delete()
    order.layer = None
    for table in sorted(name for name in tables if name):
        drop_table(table)
    return {"removed": count}


def take_back_replacement(order: Import, layer: Layer) -> Counts:
    """The former table is shown again; the one that replaced it stays until the nightly sweep."""
    keep_as_it_is(layer)
    edited = edits_since(order, layer.table)
    former = dict(order.former or {})
    former["source_date"] = date_or_none(former.get("source_date") or "")
    for name, value in former.items():
        setattr(layer, name, value)
    layer.save()
    secure_table(layer)
    order.former = None
    open_event(order, KIND)
    announce_changed(layer)
    ((count,),) = rows("select count(*) from {}", sql.Identifier(layer.table))
    return {"back": count, "edited": edited}


def take_back_addition(order: Import, layer: Layer) -> Counts:
    """The rows that came in go; those edited since stay."""
    keep_as_it_is(layer)
    find_as_left(layer.table, BROUGHT, order=order.pk)
    open_event(order, KIND)
    counts = {"removed": remove_untouched(order, layer), "edited": remaining(order, layer)}
    announce_changed(layer)
    return counts


def remove_untouched(order: Import, layer: Layer) -> int:
    statement = "delete from {} where import_id = %(order)s and (version = 1 or id in (select as_left.id from as_left))"
    return run(statement, sql.Identifier(layer.table), order=order.pk)


def remaining(order: Import, layer: Layer) -> int:
    statement = "select count(*) from {} where import_id = %(order)s"
    ((count,),) = rows(statement, sql.Identifier(layer.table), order=order.pk)
    return int(count)


def take_back_difference(order: Import, layer: Layer) -> Counts:
    """Rows that were added go, rows that were changed or removed come back; those edited since stay as they are."""
    keep_as_it_is(layer)
    columns = [column["name"] for column in layer.columns]
    parts: dict[str, Any] = {
        "layer": sql.Identifier(layer.table),
        "columns": listed([*OWNED, *columns]),
        "values": listed([*OWNED, *columns], "former"),
        "assignments": sql.SQL("").join(
            sql.SQL("{} = {}, ").format(sql.Identifier(name), sql.Identifier("former", name)) for name in columns
        ),
    }
    run(FORMER, **parts, event=order.event)
    run("analyze former")
    find_as_left(layer.table, BROUGHT, CHANGED, order=order.pk)
    ((changed, deleted),) = rows(
        "select count(*) filter (where operation = 'UPDATE'), count(*) filter (where operation = 'DELETE') from former"
    )
    open_event(order, KIND)
    with bulk(), in_words(layer):
        removed = remove_untouched(order, layer)
        forget_taken(layer)
        back = run(BACK, **parts)
        restored = run(RESTORED, **parts)
    announce_changed(layer)
    left = (deleted - back) + (changed - restored) + remaining(order, layer)
    return {"removed": removed, "back": back, "restored": restored, "edited": left}


OWNED = ("id", "owner_id", "shared_with", "import_id")
# As typed rows of a table that the planner knows: from JSON it would guess, and take minutes for a million rows.
FORMER = """
    create temporary table former on commit drop as
    select {columns}, event.operation, event.version as former_version, event.old_geom, event.geom_changed
    from arpent.event_rows(%(event)s) event cross join lateral jsonb_populate_record(null::{layer}, event.old) was
"""
BACK = """
    insert into {layer} (version, geom, {columns}) select former_version + 1, old_geom, {values} from former
    where operation = 'DELETE'
"""
RESTORED = """
    update {layer} now set {assignments}geom = case when geom_changed then old_geom else now.geom end from former
    where operation = 'UPDATE' and now.id = former.id
    and (now.version = former_version + 1 or now.id in (select as_left.id from as_left))
"""
# A later import that was taken back, or an edit that was undone, raised the version of rows that are again as this one
# left them: of those that it brought, and of those that it changed.
BROUGHT = "select id, 1 as version from {layer} where import_id = %(order)s and version > 1"
CHANGED = """
    select former.id, former_version + 1 from former join {layer} now on now.id = former.id
    where operation = 'UPDATE' and now.version > former_version + 1
"""
AS_LEFT = """
    create temporary table as_left on commit drop as
    with asked (id, version) as ({asked}),
    given as (select array_agg(id) as ids, array_agg(version) as versions from asked)
    select now.id from given cross join lateral arpent.rows_at(%(table)s::regclass, ids, versions) was
    join {layer} now on now.id = was.id
    where to_jsonb(now) - '{{version,geom,geom_3857}}'::text[] = was.content
    and (not was.moved or now.geom is not distinct from was.geom)
"""


def find_as_left(table: str, *asked: str, **values: Any) -> None:
    """The rows of an import that are as it left them under another version: their ids, in `as_left`."""
    layer = sql.Identifier(table)
    chosen = sql.SQL(" union all ").join(sql.SQL(one).format(layer=layer) for one in asked)
    run("drop table if exists as_left")
    run(AS_LEFT, layer=layer, asked=chosen, table=table, **values)


def forget_taken(layer: Layer) -> None:
    """A removed object that is back already, or whose reference somebody gave to another since, does not come back.

    One statement for each: the planner would take two of them together for next to nothing, and loop over the table.
    """
    for name in ("id", *([layer.key_column] if layer.key_column else [])):
        run(
            "delete from former using {layer} now where operation = 'DELETE' and now.{name} = former.{name}",
            layer=sql.Identifier(layer.table),
            name=sql.Identifier(name),
        )


BY_MODE = {
    Mode.CREATE: take_back_layer,
    Mode.REPLACE: take_back_replacement,
    Mode.APPEND: take_back_addition,
    Mode.SYNCHRONISE: take_back_difference,
}
