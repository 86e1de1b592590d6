"""The columns of an export, and the rows of a selection in the order of their ids.

They come through a server-side cursor: never more than a batch in memory.

The caller has the layer from `visible_layer`, and holds a transaction that carries the asker's rights until the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.database.statements import execute
from gis_core.files.writing.rows import Column, Kind, Row, Shape
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer, in_language
from layers.features.cql2 import Condition
from layers.features.crs import STORAGE, Crs
from layers.features.services.shapes import flat_kind, has_heights, kind_of_table

BATCH_BYTES = 1 << 19
FIRST_ROWS = 50
MOST_ROWS = 2_000
KINDS: dict[str, Kind] = {"area_m2": "number", "length_m": "number"}
SQL_TYPES: dict[Kind, str] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}
ID = Column("id", "id", "integer")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of each feature: its identifier and columns, and its geometry in a shape and a system."""

    columns: Sequence[Column]
    shape: Shape
    crs: Crs


def columns_for(layer: Layer, rights: Rights, *, labels: bool) -> list[Column]:
    """The identifier, and the columns that the asker sees; codes get their words when labels are asked for."""
    declared = [field for field in layer.fields_for(rights) if field["name"] != ID.name]
    return [ID, *(column_of(field, labels=labels) for field in declared)]


def column_of(field: dict[str, Any], *, labels: bool) -> Column:
    code_labels = None
    if labels and field.get("values"):
        code_labels = {code: in_language(*both) for code, both in field["values"].items()}
    return Column(field["name"], field["label"], KINDS.get(field["type"], field["type"]), code_labels)


def batches(layer: Layer, condition: Condition, reading: Reading) -> Iterator[list[Row]]:
    """Rows: the columns' values, then the geometry in its shape. A batch is of about half a mebibyte."""
    # All rows are wanted: the planner must not prefer what gives the first one soon.
    execute("select set_config('cursor_tuple_fraction', '1', true)")
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement(layer, condition, reading), condition.values)
        wanted = FIRST_ROWS
        while rows := cursor.fetchmany(wanted):
            yield rows
            wanted = next_size(rows)


def next_size(rows: Sequence[Row]) -> int:
    """How many rows such as these make a batch."""
    size = sum(len(cell) if isinstance(cell, str | bytes | memoryview) else 8 for row in rows for cell in row)
    return max(1, min(MOST_ROWS, BATCH_BYTES * len(rows) // max(size, 1)))


def statement(layer: Layer, condition: Condition, reading: Reading) -> sql.Composable:
    cells = [
        sql.SQL("{}::{}").format(sql.Identifier(column.name), sql.SQL(SQL_TYPES[column.kind]))
        for column in reading.columns
    ]
    return sql.SQL("select {cells} from {table} where {where} order by id").format(
        cells=sql.SQL(", ").join([*cells, *geometry_cells(layer, reading)]),
        table=sql.Identifier(layer.table),
        where=condition.sql,
    )


def geometry_cells(layer: Layer, reading: Reading) -> list[sql.Composable]:
    geom = geometry_in(sql.SQL("geom"), reading.crs)
    decimals = sql.Literal(reading.crs.decimals)
    match reading.shape:
        case "xy":
            return [coordinate(axis, layer, reading.crs) for axis in ("st_x", "st_y")]
        case "wkt":
            return [sql.SQL("st_astext({}, {})").format(geom, decimals)]
        case "geojson":
            return [sql.SQL("st_asgeojson({}, {}, 0)").format(geom, decimals)]
        case "wkb":
            return [sql.SQL("st_asbinary({}, 'NDR')").format(geom)]
        case _:
            return []


def coordinate(axis: str, layer: Layer, crs: Crs) -> sql.Composable:
    """x or y of a point, or of one inside the feature."""
    of_points = layer.geometry_type == Layer.Geometry.POINT
    point = geometry_in(sql.SQL("st_geometryn(geom, 1)" if of_points else "st_pointonsurface(geom)"), crs)
    value = sql.SQL("{}({})").format(sql.Identifier(axis), point)
    if crs.srid == STORAGE.srid:
        return value
    return sql.SQL("round({}::numeric, {})::double precision").format(value, sql.Literal(crs.decimals))


def geometry_in(geometry: sql.Composable, crs: Crs) -> sql.Composable:
    """The geometry in this system."""
    if crs.srid == STORAGE.srid:
        return geometry
    return sql.SQL("st_transform({}, {})").format(geometry, sql.Literal(crs.srid))


def geometry_type_name(layer: Layer) -> str:
    """OGC's name of the one type of geometry that the layer's table has (`Polygon Z` with heights), Unknown where it
    may have several.
    """
    kind = kind_of_table(layer.table)
    name = flat_kind(kind)
    if name not in TYPES:
        return "Unknown"
    return f"{name} Z" if has_heights(kind) else name


def geometry_type(layer: Layer) -> tuple[int, bool]:
    """WKB's code of that type, 0 for several, and whether there are heights."""
    name, _blank, heights = geometry_type_name(layer).partition(" ")
    return TYPE_CODES.get(name, 0), bool(heights)


TYPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
TYPE_CODES = {name: code for code, name in enumerate(TYPES, start=1)}
