"""Taking an import back: the layer is again what it was, but for what somebody edited since."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import bulk, drop_table, secure_table
from layers.intake.choices import Mode, date_or_none
from layers.intake.models import FileImport
from layers.intake.services.applying import explain_refusals
from layers.intake.services.events import keep_as_it_is, one_at_a_time, open_event, require_layer
from layers.intake.services.loading import join_names, rows, run
from layers.intake.services.preparing import mode_of
from layers.intake.source import Progress

KIND = "import_taken_back"

type Counts = dict[str, int]


def check_revert(order: FileImport, _rights: Rights) -> None:
    """Whether there still is a layer. Raises Conflict where there is none."""
    if order.layer is None:
        raise Conflict(_("The layer no longer exists."))


def revert(order: FileImport, progress: Progress) -> Counts:
    """Undo an import. Raises Conflict where it would undo other people's edits and nobody said that it may."""
    layer = require_layer(order)
    one_at_a_time(layer)
    layer.refresh_from_db()
    check(order, layer, confirmed=bool(order.choices.get("confirmed")))
    progress(None, _("Taking the import back"))
    return BY_MODE[mode_of(order)](order, layer)


def check(order: FileImport, layer: Layer, *, confirmed: bool) -> None:
    """Check that nothing came after the import, or that somebody confirmed that it may go. Raises Conflict, with how
    many objects were `edited` since.
    """
    mode = mode_of(order)
    if mode != Mode.CREATE and layer.table != order.revert_data.get("table"):
        raise Conflict(_("The layer has been replaced by another import since: take that one back first."))
    edited = edits_since(order, layer.table) if mode in (Mode.CREATE, Mode.REPLACE) else 0
    if mode == Mode.REPLACE and "former" not in order.revert_data:
        raise Conflict(_("What the layer showed before is no longer kept: this replacement cannot be taken back."))
    if edited and not confirmed:
        message = ngettext(
            "%(count)s object was edited since this import and would go with it: confirm that it may.",
            "%(count)s objects were edited since this import and would go with it: confirm that they may.",
            edited,
        )
        raise Conflict(message % {"count": edited}, edited=edited)


def edits_since(order: FileImport, table: str) -> int:
    """How many objects of a table that an import filled were added, changed or removed since."""
    ((edited, left),) = rows(
        "select count(*) filter (where version > 1 or import_id is distinct from %(order)s),"
        " count(*) filter (where import_id = %(order)s) from {}",
        sql.Identifier(table),
        order=order.pk,
    )
    gone = max(0, (order.report or {}).get("rows", left) - left) if table == order.revert_data.get("table") else 0
    return int(edited + gone)


def revert_creation(order: FileImport, layer: Layer) -> Counts:
    """The layer goes, with every table that it ever had."""
    ((count,),) = rows("select count(*) from {}", sql.Identifier(layer.table))
    replaced = FileImport.objects.filter(layer=layer, choices__mode=Mode.REPLACE).values_list("revert_data", flat=True)
    kept = [order.revert_data, *replaced, *(one.get("former", {}) for one in replaced)]
    tables = {layer.table, *(one.get("table") for one in kept)}
    layer.delete()
    order.layer = None
    for table in sorted(name for name in tables if name):
        drop_table(table)
    return {"removed": count}


def revert_replacement(order: FileImport, layer: Layer) -> Counts:
    """The former table is shown again; the one that replaced it stays until the nightly sweep."""
    keep_as_it_is(layer)
    edited = edits_since(order, layer.table)
    former = order.revert_data.pop("former")
    former["source_date"] = date_or_none(former.get("source_date") or "")
    for name, value in former.items():
        setattr(layer, name, value)
    layer.save()
    secure_table(layer)
    open_event(order, KIND)
    announce_changed(layer)
    ((count,),) = rows("select count(*) from {}", sql.Identifier(layer.table))
    return {"back": count, "edited": edited}


def revert_addition(order: FileImport, layer: Layer) -> Counts:
    """The rows that came in go; those edited since stay."""
    keep_as_it_is(layer)
    find_as_left(layer.table, BROUGHT, order=order.pk)
    open_event(order, KIND)
    counts = {"removed": remove_untouched(order, layer), "edited": remaining(order, layer)}
    announce_changed(layer)
    return counts


def remove_untouched(order: FileImport, layer: Layer) -> int:
    statement = "delete from {} where import_id = %(order)s and (version = 1 or id in (select as_left.id from as_left))"
    return run(statement, sql.Identifier(layer.table), order=order.pk)


def remaining(order: FileImport, layer: Layer) -> int:
    statement = "select count(*) from {} where import_id = %(order)s"
    ((count,),) = rows(statement, sql.Identifier(layer.table), order=order.pk)
    return int(count)


def revert_difference(order: FileImport, layer: Layer) -> Counts:
    """Rows that were added go, rows that were changed or removed come back; those edited since stay as they are."""
    keep_as_it_is(layer)
    columns = [column["name"] for column in layer.columns]
    parts: dict[str, Any] = {
        "layer": sql.Identifier(layer.table),
        "columns": join_names([*OWNED, *columns]),
        "values": join_names([*OWNED, *columns], "former"),
        "assignments": sql.SQL("").join(
            sql.SQL("{} = {}, ").format(sql.Identifier(name), sql.Identifier("former", name)) for name in columns
        ),
    }
    run(FORMER, **parts, event=order.revert_data["event"])
    run("analyze former")
    find_as_left(layer.table, BROUGHT, CHANGED, order=order.pk)
    ((changed, deleted),) = rows(
        "select count(*) filter (where operation = 'UPDATE'), count(*) filter (where operation = 'DELETE') from former"
    )
    open_event(order, KIND)
    with bulk(), explain_refusals(layer):
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


def find_as_left(table: str, *statements: str, **values: Any) -> None:
    """The rows of an import that are as it left them under another version: their ids, in `as_left`."""
    layer = sql.Identifier(table)
    chosen = sql.SQL(" union all ").join(sql.SQL(one).format(layer=layer) for one in statements)
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
    Mode.CREATE: revert_creation,
    Mode.REPLACE: revert_replacement,
    Mode.APPEND: revert_addition,
    Mode.SYNCHRONISE: revert_difference,
    Mode.ATTRIBUTES: revert_difference,
}
