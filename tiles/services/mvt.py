"""One Mapbox Vector Tile from PostGIS, in one statement.

The statement runs under the asker's row policies: the same text serves public and private tables. Only the columns that
the layer declares for tiles leave, the primary key as the feature's id.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from layers.catalogue.models import Layer
from tiles.services.address import BUFFER, EXTENT, Address

RECIPE = 1  # raised when the same rows give another tile: it is part of every cache key
FEATURE_LIMIT = 10_000
SIMPLIFIED_BELOW_ZOOM = 15
TOLERANCE_UNITS = 2.0
SMALLEST_UNITS = 2.0

SIZE = {
    Layer.Geometry.POLYGON: sql.SQL("ST_Area(geom_3857)"),
    Layer.Geometry.LINE: sql.SQL("ST_Length(geom_3857)"),
}

STATEMENT = sql.SQL(
    "select ST_AsMVT(feature, %(name)s, {extent}, 'geom', 'id') from ("
    " select id, {columns} ST_AsMVTGeom({shape},"
    " ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857), {extent}, {buffer}) as geom"
    " from (select id, {columns} geom_3857 from {table}"
    " where geom_3857 && ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s, 3857) {large_enough}"
    " order by {order} limit {limit}) as picked) as feature"
)


@dataclass(frozen=True, slots=True)
class TileQuery:
    """The statement of one tile and its parameters."""

    statement: sql.Composed
    parameters: dict[str, Any]


def tile_query(layer: Layer, address: Address) -> TileQuery:
    """What to ask PostgreSQL for a tile: one row, one `bytea` (empty when nothing lies there)."""
    west, south, east, north = address.bbox_3857()
    wide = address.bbox_3857(margin_m=BUFFER * address.unit_m)
    parameters = {
        "name": layer.slug,
        "w": west,
        "s": south,
        "e": east,
        "n": north,
        **dict(zip(("bw", "bs", "be", "bn"), wide, strict=True)),
    }
    return TileQuery(statement(layer, address), parameters)


def statement(layer: Layer, address: Address) -> sql.Composed:
    """The statement for a layer at a zoom: generalised, and without what is too small to see, at low ones."""
    geometry = Layer.Geometry(layer.geometry_type)
    size = SIZE.get(geometry)
    low = address.z < SIMPLIFIED_BELOW_ZOOM and size is not None
    return STATEMENT.format(
        extent=sql.Literal(EXTENT),
        buffer=sql.Literal(BUFFER),
        limit=sql.Literal(FEATURE_LIMIT),
        table=sql.Identifier(layer.table),
        columns=sql.SQL("").join(
            sql.SQL("{}, ").format(sql.Identifier(name)) for name in layer.tile_columns() if name != "id"
        ),
        shape=simplified(address) if low else sql.SQL("geom_3857"),
        large_enough=sql.SQL("and {} >= {}").format(size, sql.Literal(smallest(geometry, address)))
        if low
        else sql.SQL(""),
        order=sql.SQL("{} desc, id").format(size) if size else sql.SQL("id"),
    )


def simplified(address: Address) -> sql.Composed:
    return sql.SQL("ST_Simplify(geom_3857, {})").format(sql.Literal(TOLERANCE_UNITS * address.unit_m))


def smallest(geometry: Layer.Geometry, address: Address) -> float:
    """The least area (m²) or length (m) that is drawn, in Web Mercator."""
    side = SMALLEST_UNITS * address.unit_m
    return side**2 if geometry == Layer.Geometry.POLYGON else side
