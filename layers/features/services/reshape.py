"""Splitting a feature and merging several, in one transaction, with where they come from in the history.

What somebody cuts on the map, of any layer. A pipe on which a node is put is split by the database
(`networks/water/sql/split_pipe.sql`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.outages import database_is_gone
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.errors import GeometryRefused
from layers.features.points import EDITING, Editing
from layers.features.services import attachments
from layers.features.services.origin import Origin, annotate, event
from layers.features.services.read import fetch
from layers.features.services.refusals import translate_refusals
from layers.features.services.shapes import Unfit, fit_geometry, kind_of_table, set_heights
from layers.features.services.write import (
    Change,
    Edit,
    EditResult,
    announce,
    check_edits,
    check_versions,
    geometry_refused,
    is_shared,
    keep_rules,
    lock,
    prepare,
    write,
)

type Values = dict[str, Any]
MOST_PARTS = 100
MOST_MERGED = 100
# The parts that the line leaves whole, together with the largest piece; each other piece.
PARTS_SQL = sql.SQL("""
    with part as (select d.path[1] as n, d.geom from {table}, st_dump(geom) d where id = %(id)s),
    piece as (select p.n, p.geom as part, d.geom, count(*) over (partition by p.n) as among
              from part p, st_dump(st_split(st_force2d(p.geom), st_geomfromewkb(%(line)s))) d),
    ranked as (select *, among > 1 and row_number() over (order by among = 1,
                   greatest(st_area(geom), st_length(geom)) desc) > 1 as apart from piece)
    select apart, st_asewkb(geom) as geom from ranked order by apart, greatest(st_area(geom), st_length(geom)) desc
""")


def nothing_else(_row: Values, _whole: GEOSGeometry, _piece: GEOSGeometry) -> Values:
    """Pieces of most layers have the values of the whole."""
    return {}


def nothing_apart(_row: Values) -> Values:
    """Nor have those that are new rows anything of their own."""
    return {}


def attach_nothing(_ids: Sequence[int]) -> None:
    """Nothing hangs on rows of most tables."""


UNION = {
    Layer.Geometry.POLYGON: sql.SQL("st_union(st_force2d(geom) order by id)"),
    Layer.Geometry.LINE: sql.SQL("st_linemerge(st_union(st_force2d(geom) order by id))"),
}


def split(
    layer: Layer, feature_id: int, line: GEOSGeometry, *, version: int | None, rights: Rights, origin: Origin
) -> list[EditResult]:
    """Cut a feature along a line (EPSG:2154): the largest piece keeps its id, the others are new, with its values.

    Raises what `apply_edits` does, GeometryRefused for a line that does not cut.
    """
    edit = Edit(action="update", id=feature_id, version=version)
    check_edits(layer, [edit], rights, origin)
    if layer.geometry_type == Layer.Geometry.POINT:
        raise Invalid(_("A point cannot be split."))
    with transaction.atomic():
        rows = lock(layer, [(0, edit)], rights)
        check_versions(layer, [(0, edit)], rows, rights, 2154)
        row, whole = rows[feature_id], geometry(rows[feature_id])
        kept, *others = cut_feature(layer, feature_id, line, whole)
        editing = EDITING.find(layer.table) or Editing(table=layer.table)
        own, fresh = editing.piece or nothing_else, editing.apart or nothing_apart
        change = Change(edit=edit, row=row, values=own(row, whole, kept), geometry=kept)
        attach = editing.attached([feature_id]) if editing.attached else attach_nothing
        with event(layer, "split", origin):
            results = [
                write(layer, change, 0, rights),
                *(copy(layer, feature_id, piece, own(row, whole, piece) | fresh(row)) for piece in others),
            ]
            attach([one.id for one in results])
            keep_rules(layer, {})
            annotate(layer, {"split": {"from": feature_id, "into": [one.id for one in results]}})
            announce(layer, [change])
    return results


def cut_feature(layer: Layer, feature_id: int, line: GEOSGeometry, whole: GEOSGeometry) -> list[GEOSGeometry]:
    """What a line (EPSG:2154) makes of a feature, the part that keeps its id first. Raises GeometryRefused."""
    kind = kind_of_table(layer.table)
    try:
        rows = fetch(PARTS_SQL.format(table=sql.Identifier(layer.table)), {"id": feature_id, "line": bytes(line.ewkb)})
    except DatabaseError as error:
        if database_is_gone(error):
            raise
        raise GeometryRefused(_("This line does not cut the object: draw one that crosses it.")) from error
    apart = [geometry(row) for row in rows if row["apart"]]
    if not apart:
        raise GeometryRefused(_("This line does not cut the object: draw it from one side to the other."))
    if len(apart) >= MOST_PARTS:
        raise GeometryRefused(_("This line makes more than %(most)s pieces.") % {"most": MOST_PARTS})
    stays = [geometry(row) for row in rows if not row["apart"]]
    try:
        parts = [fit_geometry(one, kind) for one in (together(stays), *apart)]
    except Unfit as unfit:
        raise GeometryRefused(str(unfit)) from unfit
    return [set_heights(one, kind, whole) for one in parts]


def geometry(row: dict[str, Any]) -> GEOSGeometry:
    return GEOSGeometry(memoryview(row["geom"]))


def together(parts: Sequence[GEOSGeometry]) -> GEOSGeometry:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part)
    return whole


def copy(layer: Layer, feature_id: int, piece: GEOSGeometry, own: Values) -> EditResult:
    """A new feature with the values of another, but for those of its own, and references that must be unique."""
    unique = {layer.key_column, *(rule.get("column") for rule in layer.rules if rule["kind"] == "unique")}
    apart = {*unique, *own, "id"}
    kept = ["owner_id", *(["shared_with"] if is_shared(layer.table) else [])]
    names = [*kept, *(one["name"] for one in layer.columns if one["name"] not in apart)]
    statement = sql.SQL(
        "insert into {table} (geom {names} {own}) select st_geomfromewkb(%(geom)s) {names} {values} from {table}"
        " where id = %(id)s returning id, version"
    ).format(
        own=sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in own),
        values=sql.SQL("").join(sql.SQL(", {}").format(sql.Placeholder(f"v{n}")) for n in range(len(own))),
        table=sql.Identifier(layer.table),
        names=sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names),
    )
    with translate_refusals(layer, lambda _id: 0):
        given = {f"v{n}": value for n, value in enumerate(own.values())}
        (row,) = fetch(statement, given | {"geom": bytes(piece.ewkb), "id": feature_id})
    return EditResult(id=row["id"], version=row["version"], action="create")


def merge(
    layer: Layer,
    features: Sequence[tuple[int, int | None]],
    *,
    rights: Rights,
    origin: Origin,
    properties: dict[str, Any] | None = None,
) -> list[EditResult]:
    """Make one of several features (ids and the versions seen): the first keeps its id and its values, or those given.

    Raises what `apply_edits` does, GeometryRefused for features that do not make one.
    """
    if layer.geometry_type == Layer.Geometry.POINT:
        raise Invalid(_("Points cannot be merged."))
    if not 2 <= len(features) <= MOST_MERGED:
        raise Invalid(_("Choose from two to %(most)s objects to merge.") % {"most": MOST_MERGED})
    edits = [
        Edit(action="delete" if index else "update", id=pk, version=version)
        for index, (pk, version) in enumerate(features)
    ]
    edits[0] = replace(edits[0], properties=properties or {})
    check_edits(layer, edits, rights, origin)
    with transaction.atomic():
        numbered = list(enumerate(edits))
        rows = lock(layer, numbered, rights)
        check_versions(layer, numbered, rows, rights, 2154)
        check_one_owner([row["owner_id"] for row in rows.values()])
        changes = prepare(layer, numbered, rows, rights)
        changes[0].geometry = union(layer, [pk for pk, _version in features])
        editing = EDITING.find(layer.table) or Editing(table=layer.table)
        attach = editing.attached([pk for pk, _version in features]) if editing.attached else attach_nothing
        if editing.whole:
            values, changes[0].geometry = editing.whole([rows[pk] for pk, _version in features], changes[0].geometry)
            changes[0].values = values | changes[0].values
        with event(layer, "merge", origin):
            # The others go first: two that overlap for a moment would break a rule.
            gone = [write(layer, change, index, rights) for index, change in changes.items() if index]
            kept = write(layer, changes[0], 0, rights)
            attach([kept.id])
            keep_rules(layer, {})
            attachments.move(layer, [one.id for one in gone], kept.id)
            annotate(layer, {"merge": {"into": kept.id, "from": [one.id for one in gone]}})
            announce(layer, changes.values())
    return [kept, *gone]


def check_one_owner(owners: Sequence[int | None]) -> None:
    if len(set(owners)) > 1:
        raise Invalid(_("These objects belong to several members: they stay apart."))


def union(layer: Layer, ids: Sequence[int]) -> GEOSGeometry:
    """The features as one geometry of the table's type. Raises GeometryRefused."""
    statement = sql.SQL(
        "select st_asewkb({}) as geom, st_asewkb(st_collect(geom)) as former from {} where id = any(%(ids)s)"
    ).format(UNION[Layer.Geometry(layer.geometry_type)], sql.Identifier(layer.table))
    (row,) = fetch(statement, {"ids": list(ids)})
    kind = kind_of_table(layer.table)
    try:
        united = fit_geometry(geometry(row) if row["geom"] else None, kind)
    except Unfit as unfit:
        message = _("These objects do not make one: they must touch each other. %(fault)s") % {"fault": unfit}
        raise geometry_refused([{"index": 0, "field": "geometry", "message": message}]) from unfit
    return set_heights(united, kind, GEOSGeometry(memoryview(row["former"])))
