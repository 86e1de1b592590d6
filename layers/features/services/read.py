"""Reading the features of any layer, by its declared columns only.

A layer's table and columns reach SQL as identifiers, values as parameters. Which layers may be read is asked before
(`Layer.objects.visible_to`); which rows, PostgreSQL's policies decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.desk.parameters import DEFAULT_ROWS, DOMAIN_4326, MOST_ROWS, BBox, Parameters, bbox_4326, integer
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer, in_language

COUNT_LIMIT = 10_000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which features of a layer are asked for: those in a bbox (EPSG:4326), a page in the order of their ids."""

    bbox: BBox | None
    limit: int
    after: int

    @classmethod
    def parse(cls, parameters: Parameters) -> "FeatureQuery":
        """Box in degrees (EPSG:4326), number of rows, and the id after which they begin. Raises Invalid."""
        return cls(
            bbox_4326(parameters),
            integer(parameters, "limit", DEFAULT_ROWS, 1, MOST_ROWS),
            integer(parameters, "after", 0, 0, LARGEST_ID),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with `id`, the declared columns and `bbox` (EPSG:4326); `after` continues, None at the end."""

    rows: list[dict[str, Any]]
    number_matched: int | None
    after: int | None


def list_features(layer: Layer, query: FeatureQuery, rights: Rights) -> Page:
    """One page of a layer. `number_matched` is None above 10,000."""
    where, values = inside(query.bbox)
    matched = count(layer, where, values)
    columns = columns_of(layer, rights)
    statement = page_of_few(layer, where, columns) if matched is not None else page_of_many(layer, where, columns)
    rows = fetch(statement, {**values, "after": query.after, "limit": query.limit + 1})
    following = rows[query.limit - 1]["id"] if len(rows) > query.limit else None
    return Page(rows[: query.limit], matched, following)


def inside(bbox: BBox | None) -> tuple[sql.Composable, dict[str, Any]]:
    """The condition for being in a bbox and its values: its outline, bent as Lambert-93 bends it, meets the feature."""
    if bbox is None:
        return sql.SQL("true"), {}
    west, south = max(bbox[0], DOMAIN_4326[0]), max(bbox[1], DOMAIN_4326[1])
    east, north = min(bbox[2], DOMAIN_4326[2]), min(bbox[3], DOMAIN_4326[3])
    if west >= east or south >= north:
        return sql.SQL("false"), {}
    outline = (
        "(select st_transform(st_segmentize("
        "st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), %(step)s), 2154))"
    )
    condition = sql.SQL("geom && {outline} and st_intersects(geom, {outline})").format(outline=sql.SQL(outline))
    step = max(east - west, north - south) / 8
    return condition, {"west": west, "south": south, "east": east, "north": north, "step": step}


def count(layer: Layer, where: sql.Composable, values: dict[str, Any]) -> int | None:
    """How many features match, None above 10,000."""
    statement = sql.SQL("select count(*) as n from (select from {table} where {where} limit %(most)s) matched")
    table = sql.Identifier(layer.table)
    (row,) = fetch(statement.format(table=table, where=where), {**values, "most": COUNT_LIMIT + 1})
    return row["n"] if row["n"] <= COUNT_LIMIT else None


def page_of_few(layer: Layer, where: sql.Composable, columns: sql.Composable) -> sql.Composable:
    """The spatial index finds the candidates first: with a small limit the planner would walk the primary key."""
    statement = sql.SQL(
        "with found as materialized (select id from {table} where {where}),"
        " page as materialized (select id from found where id > %(after)s order by id limit %(limit)s)"
        " select {columns} from {table} where id in (select id from page) order by id"
    )
    return statement.format(table=sql.Identifier(layer.table), columns=columns, where=where)


def page_of_many(layer: Layer, where: sql.Composable, columns: sql.Composable) -> sql.Composable:
    """Where more than 10,000 match, walking the primary key meets them soon.

    `offset 0` keeps the filter out of the walk: the planner cannot know how much of the table a bbox holds.
    """
    statement = sql.SQL(
        "with page as materialized ("
        " select id from (select id, geom from {table} where id > %(after)s order by id offset 0) walk"
        " where {where} limit %(limit)s)"
        " select {columns} from {table} where id in (select id from page) order by id"
    )
    return statement.format(table=sql.Identifier(layer.table), columns=columns, where=where)


def columns_of(layer: Layer, rights: Rights, *, geometry: bool = False) -> sql.Composable:
    """The id, the asker's columns, the bbox, and on request the geometry as GeoJSON (EPSG:4326, 7 decimals)."""
    names = ["id", *(field["name"] for field in layer.fields_for(rights) if field["name"] != "id")]
    parts: list[sql.Composable] = [sql.Identifier(name) for name in names]
    parts.append(sql.SQL("box2d(st_transform(geom, 4326))::text as bbox"))
    if geometry:
        parts.append(sql.SQL("st_asgeojson(st_transform(st_force2d(geom), 4326), 7)::json as geometry"))
        parts.append(version_of(layer))
    return sql.SQL(", ").join(parts)


def version_of(layer: Layer) -> sql.Composable:
    """A row's own version; reference data is replaced as a whole and has its layer's."""
    own = layer.rows != Layer.Rows.REFERENCE
    return sql.SQL("version") if own else sql.SQL("%(layer_version)s::integer as version")


def get_feature(layer: Layer, feature_id: int, rights: Rights) -> dict[str, Any]:
    """One row with its geometry. Raises NotFound, also for a row that the asker may not see."""
    rows = get_features(layer, [feature_id], rights) if feature_id <= LARGEST_ID else []
    if not rows:
        raise NotFound(_("There is no such object, or you may not see it."))
    return rows[0]


def get_features(layer: Layer, ids: Sequence[int], rights: Rights) -> list[dict[str, Any]]:
    """Rows with their geometry, in the order of the ids."""
    statement = sql.SQL("select {columns} from {table} where id = any(%(ids)s)").format(
        table=sql.Identifier(layer.table), columns=columns_of(layer, rights, geometry=True)
    )
    rows = {row["id"]: row for row in fetch(statement, {"ids": list(ids), "layer_version": layer.version})}
    return [rows[one] for one in ids if one in rows]


def fetch(statement: sql.Composable, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows as dictionaries, `bbox` parsed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if isinstance(row.get("bbox"), str):
            row["bbox"] = box(row["bbox"])
    return rows


def box(text: str) -> list[float]:
    """[west, south, east, north] of PostGIS's `BOX(w s,e n)`."""
    return [round(float(part), 7) for part in text[4:-1].replace(",", " ").split()]


def label_values(layer: Layer, row: dict[str, Any]) -> dict[str, Any]:
    """The row's values with coded ones in words."""
    coded = {column["name"]: column["values"] for column in layer.columns if column.get("values")}
    labels = {name: in_language(*values[row[name]]) for name, values in coded.items() if row.get(name) in values}
    return row | labels


def title_of(layer: Layer, row: dict[str, Any]) -> str:
    """What names a feature: the title column in words, else the layer and the id."""
    value = label_values(layer, row).get(layer.title_field)
    return str(value) if value not in (None, "") else f"{layer} {row['id']}"
