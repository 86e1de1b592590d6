"""Writing features of any editable layer: several edits at once, all of them or none, as one event of the history.

Which layer may be edited, by whom and which of its rows is asked here; PostgreSQL's policies ask it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_one
from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.errors import FieldRefused, GeometryRefused, Missing, NotEditable, Stale, VersionRequired
from layers.features.points import EDITING
from layers.features.services import idempotency_keys, overwriting
from layers.features.services.geojson import LAMBERT_93, exact_features
from layers.features.services.origin import Origin, event
from layers.features.services.read import LARGEST_ID, fetch
from layers.features.services.refusals import translate_refusals
from layers.features.services.shapes import (
    Unfit,
    check_territory,
    fit_geometry,
    kind_of_table,
    set_heights,
    tolerance_of,
)
from layers.features.services.values import check_values

type Action = Literal["create", "update", "delete"]
type Row = dict[str, Any]
MOST_EDITS = 1000


class Unset(Enum):
    """What is left as it is."""

    UNSET = 0


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change: `properties` are those that change (all of them for a new object), `geometry` is in EPSG:2154.

    `version` is the one that the writer saw; without it, a program changes only what differs. The same `client_id`
    sent twice is applied once.
    """

    action: Action
    id: int | None = None
    version: int | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    geometry: GEOSGeometry | Unset | None = UNSET
    client_id: UUID | None = None

    @property
    def pk(self) -> int:
        """The id of the object, 0 (which none has) where there is none yet."""
        return self.id or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditResult:
    """What became of an edit. `overwritten` names the fields that somebody else had written lately."""

    id: int
    version: int
    action: Action
    overwritten: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Change:
    """An edit that was checked: typed values by column, the geometry as the table keeps it, None where it stays."""

    edit: Edit
    row: Row | None
    values: dict[str, Any]
    geometry: GEOSGeometry | None


def apply_edits(
    layer: Layer,
    edits: Sequence[Edit],
    *,
    rights: Rights,
    origin: Origin,
    kind: str = "edit",
    answer_srid: int = LAMBERT_93,
) -> list[EditResult]:
    """Write the edits in their order. Conflicts carry the objects as they are now, in `answer_srid`.

    Raises NotEditable, Missing, VersionRequired, Stale, FieldRefused, GeometryRefused, Invalid.
    """
    check_edits(layer, edits, rights, origin)
    with transaction.atomic():
        done = idempotency_keys.take(layer, edits, rights)
        fresh = [(index, edit) for index, edit in enumerate(edits) if index not in done]
        rows = lock(layer, fresh, rights, moves=any(edit.geometry is not UNSET for _index, edit in fresh))
        check_versions(layer, fresh, rows, rights, answer_srid)
        changes = prepare(layer, fresh, rows, rights)
        with event(layer, kind, origin):
            for index, change in changes.items():
                done[index] = write(layer, change, index, rights)
            keep_rules(layer, {one.id: index for index, one in done.items()})
            announce(layer, changes.values())
        idempotency_keys.keep(edits, done, rights)
    return [done[index] for index in range(len(edits))]


# -- may they --------------------------------------------------------------------------------------------------------


def check_edits(layer: Layer, edits: Sequence[Edit], rights: Rights, origin: Origin) -> None:
    """What can be told without the database. Raises NotEditable, Invalid, VersionRequired."""
    check_editable(layer, rights)
    if len(edits) > MOST_EDITS:
        raise Invalid(_("At most %(most)s edits are taken at once.") % {"most": MOST_EDITS})
    for given in ([edit.id for edit in edits if edit.action != "create"], [edit.client_id for edit in edits]):
        known = [one for one in given if one is not None]
        if len(known) != len(set(known)):
            raise Invalid(_("One object is edited twice in this request: send one edit for each object."))
    for index, edit in enumerate(edits):
        if edit.action != "create" and edit.version is None and (origin.must_say_version or layer.strict_locking):
            raise VersionRequired(
                _("Say which version of the object you saw (“version”, or the If-Match header)."), index=index
            )


def check_editable(layer: Layer, rights: Rights) -> None:
    if not layer.may_edit(rights):
        raise NotEditable(_("Your role does not let you edit this layer."))


def lock(layer: Layer, edits: Sequence[tuple[int, Edit]], rights: Rights, *, moves: bool = True) -> dict[int, Row]:
    """The rows that are edited, by id, for nobody else to change until the end; `moves`: geometries are written.

    Raises Missing, NotEditable, and Stale for one that somebody deleted since the asker saw it.
    """
    ids = sorted({edit.pk for _index, edit in edits if edit.action != "create"})
    editing = EDITING.find(layer.table)
    if ids and editing and editing.lock and (moves or not editing.lock_to_move):
        editing.lock(layer, ids)
    rows = lock_rows(layer, [one for one in ids if one <= LARGEST_ID], rights) if ids else {}
    for index, edit in edits:
        if edit.action != "create" and edit.pk not in rows:
            raise refusal_of_row(layer, edit, index)
        if edit.action != "create" and not layer.may_edit_rows_of(rows[edit.pk]["owner_id"], rights):
            raise NotEditable(_("This object belongs to another member."), index=index)
    return rows


def refusal_of_row(layer: Layer, edit: Edit, index: int) -> ArpentError:
    """Why a row could not be locked: it never was there, it is there no more, or it is seen but another's."""
    statement = sql.SQL("select id from {} where id = %(id)s").format(sql.Identifier(layer.table))
    if not 0 < edit.pk <= LARGEST_ID:
        return Missing(index=index)
    if fetch(statement, {"id": edit.pk}):
        return NotEditable(_("This object belongs to another member."), index=index)
    if edit.version is not None and (version := find_deleted_version(layer, edit.pk)) is not None:
        conflict = {"index": index, "id": edit.pk, "version": version, "current": None}
        message = _("Somebody deleted this object since you read it: restore it, or give up your change.")
        return Stale(message, current=None, conflicts=[conflict])
    return Missing(index=index)


def find_deleted_version(layer: Layer, feature_id: int) -> int | None:
    """The last version of an object that was deleted, where the asker may read its history."""
    statement = sql.SQL(
        "select (former ->> 'version')::int as version"
        " from arpent.feature_history(%(layer)s, %(id)s, null, null, %(end)s, 1) where operation = 'DELETE'"
    )
    rows = fetch(statement, {"layer": layer.pk, "id": feature_id, "end": LARGEST_ID})
    return rows[0]["version"] if rows else None


def lock_rows(layer: Layer, ids: Sequence[int], rights: Rights) -> dict[int, Row]:
    """Rows in the order of their ids, so that two writers never wait for each other."""
    names = [one["name"] for one in layer.fields_for(rights) if one["name"] != "id"]
    statement = sql.SQL(
        "select id, version, owner_id, st_asewkb(geom) as geom {} from {} where id = any(%(ids)s)"
        " order by id for update"
    ).format(
        sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names), sql.Identifier(layer.table)
    )
    return {row["id"]: row for row in fetch(statement, {"ids": list(ids)})}


def check_versions(
    layer: Layer, edits: Sequence[tuple[int, Edit]], rows: Mapping[int, Row], rights: Rights, srid: int
) -> None:
    """Refuse edits of objects that changed since they were read.

    Raises Stale with the objects as they are now, in the CRS `srid`.
    """
    stale = [
        (index, edit.pk)
        for index, edit in edits
        if edit.pk in rows and edit.version is not None and edit.version != rows[edit.pk]["version"]
    ]
    if not stale:
        return
    now = exact_features(layer, [pk for _index, pk in stale], rights, srid)
    conflicts = [
        {"index": index, "id": pk, "version": rows[pk]["version"], "current": now.get(pk)} for index, pk in stale
    ]
    raise Stale(
        _("Somebody changed this object since you read it: compare both versions, then save again."),
        current=conflicts[0]["current"],
        conflicts=conflicts,
    )


# -- what they write --------------------------------------------------------------------------------------------------


def prepare(
    layer: Layer, edits: Sequence[tuple[int, Edit]], rows: Mapping[int, Row], rights: Rights
) -> dict[int, Change]:
    """The edits, checked. Raises FieldRefused or GeometryRefused with all that is wrong."""
    fields, kind = layer.fields_for(rights), kind_of_table(layer.table)
    changes: dict[int, Change] = {}
    errors: list[dict[str, Any]] = []
    for index, edit in edits:
        row = rows.get(edit.pk)
        values, faults = ({}, {}) if edit.action == "delete" else check_values(edit.properties, fields, current=row)
        geometry = None
        try:
            geometry = geometry_to_write(layer, edit, row, kind, rights)
        except Unfit as unfit:
            faults["geometry"] = str(unfit)
        errors += [{"index": index, "field": name, "message": message} for name, message in faults.items()]
        changes[index] = Change(edit=edit, row=row, values=differing(values, row), geometry=geometry)
    if errors:
        raise FieldRefused(errors) if any(one["field"] != "geometry" for one in errors) else geometry_refused(errors)
    return changes


def geometry_refused(errors: list[dict[str, Any]]) -> GeometryRefused:
    refused = GeometryRefused(errors[0]["message"], errors[0]["index"])
    refused.extra["errors"] = errors
    return refused


def differing(values: dict[str, Any], row: Row | None) -> dict[str, Any]:
    return values if row is None else {name: value for name, value in values.items() if value != row[name]}


def geometry_to_write(layer: Layer, edit: Edit, row: Row | None, kind: str, rights: Rights) -> GEOSGeometry | None:
    """The geometry to write, None where it stays as it is. Raises Unfit."""
    if edit.action == "delete" or (edit.geometry is UNSET and edit.action == "update"):
        return None
    given = None if isinstance(edit.geometry, Unset) else edit.geometry
    geometry = fit_geometry(given, kind)
    former = GEOSGeometry(memoryview(row["geom"])) if row is not None and row["geom"] is not None else None
    if former and geometry.equals_exact(former) and (not geometry.hasz or geometry.ewkb == former.ewkb):
        return None
    owner = row["owner_id"] if row is not None else owner_of_new(layer, rights)
    check_territory(geometry, owner, tolerance_of(layer))
    return set_heights(geometry, kind, former)


def owner_of_new(layer: Layer, rights: Rights) -> int | None:
    """The member that a new object belongs to. Raises Invalid where that cannot be told."""
    if layer.owner_id is not None or layer.rows != Layer.Rows.OWNER:
        return layer.owner_id
    members = layer.editable_members(rights)
    if len(members) != 1:
        raise Invalid(_("You work for several members: nobody can tell for which one this object is."))
    return members[0]


def write(layer: Layer, change: Change, index: int, rights: Rights) -> EditResult:
    """Write one change. Raises FieldRefused or GeometryRefused for what only the database knows."""
    with translate_refusals(layer, lambda _id: index):
        return WRITERS[change.edit.action](layer, change, rights)


def keep_rules(layer: Layer, places: Mapping[int, int]) -> None:
    """Look after the hard rules now that all is written; `places` are the edits' by id. Raises GeometryRefused."""
    if any(rule.get("hard") for rule in layer.rules):
        with translate_refusals(layer, lambda pk: places.get(pk or 0, 0)):
            connection.check_constraints()


def create(layer: Layer, change: Change, rights: Rights) -> EditResult:
    values = {"owner_id": owner_of_new(layer, rights), **change.values}
    row = run("insert into {table} ({names}) values ({values}) returning id, version", layer, values, change.geometry)
    return EditResult(id=row["id"], version=row["version"], action="create")


def update(layer: Layer, change: Change, rights: Rights) -> EditResult:
    row = change.row or {}
    if not change.values and change.geometry is None:
        return EditResult(id=row["id"], version=row["version"], action="update")
    names = [*change.values, *(["geometry"] if change.geometry is not None else [])]
    overwritten = overwriting.notify_authors(layer, row["id"], names, rights) if change.edit.version is None else ()
    statement = "update {table} set {assignments} where id = %(pk)s returning id, version"
    saved = run(statement, layer, change.values, change.geometry, pk=row["id"])
    return EditResult(id=row["id"], version=saved["version"], action="update", overwritten=overwritten)


def delete(layer: Layer, change: Change, rights: Rights) -> EditResult:
    row = change.row or {}
    if change.edit.version is None:
        overwriting.notify_authors(layer, row["id"], None, rights)
    run("delete from {table} where id = %(pk)s returning id, version", layer, {}, None, pk=row["id"])
    return EditResult(id=row["id"], version=row["version"], action="delete")


WRITERS = {"create": create, "update": update, "delete": delete}


def run(statement: str, layer: Layer, values: Mapping[str, Any], geometry: GEOSGeometry | None, **more: Any) -> Row:
    """Run a statement written with `{table}`, `{names}`, `{values}`, `{assignments}`; its one row."""
    pairs = [(sql.Identifier(name), sql.Placeholder(f"v{n}")) for n, name in enumerate(values)]
    given: dict[str, Any] = {f"v{n}": value for n, value in enumerate(values.values())}
    composed: list[tuple[sql.Composable, sql.Composable]] = list(pairs)
    if geometry is not None:
        composed.append((sql.Identifier("geom"), sql.SQL("st_geomfromewkb(%(geom)s)")))
        given["geom"] = bytes(geometry.ewkb)
    names, places = [name for name, _place in composed], [place for _name, place in composed]
    assignments = [sql.SQL("{} = {}").format(name, place) for name, place in composed]
    comma_separated = sql.SQL(", ").join
    rows = fetch(
        sql.SQL(statement).format(
            table=sql.Identifier(layer.table),
            names=comma_separated(names),
            values=comma_separated(places),
            assignments=comma_separated(assignments),
        ),
        given | more,
    )
    if not rows:
        raise NotEditable(_("This object belongs to another member."))
    return rows[0]


def announce(layer: Layer, changes: Any) -> None:
    """Give the layer its next version, for caches, where anything changed."""
    changed = [one for one in changes if one.edit.action != "update" or one.values or one.geometry is not None]
    if not changed:
        return
    boxes = [one.geometry.extent for one in changed if one.geometry is not None]
    box = None
    if boxes:
        west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
        east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
        box = f"BOX({west} {south},{east} {north})"
    announce_edited(layer, box)


def announce_edited(layer: Layer, box: str | None) -> None:
    """Give the layer its next version, for caches; new geometries lie in a `BOX(…)` in EPSG:2154."""
    (layer.version,) = fetch_one("select arpent.announce_edited(%s, %s::box2d)", [layer.pk, box])


def is_shared(table: str) -> bool:
    """Whether rows of a table say with whom they are shared; those that everybody sees do not."""
    statement = sql.SQL(
        "select from pg_attribute where attrelid = to_regclass(%(name)s) and attname = 'shared_with'"
        " and not attisdropped"
    )
    return bool(fetch(statement, {"name": f'public."{table}"'}))
