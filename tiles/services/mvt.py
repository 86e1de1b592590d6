"""One Mapbox Vector Tile from PostGIS, in one statement.

The statement runs under the viewer's row policies: the same text serves public and private tables. Only the columns
that the layer declares for tiles leave, the primary key as the feature's id.
"""

from dataclasses import dataclass
from functools import lru_cache
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
    "select ST_AsMVT(feature, %(name)s, %(extent)s, 'geom', 'id') from ("
    " select id, {columns} ST_AsMVTGeom({shape},"
    " ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857), %(extent)s, %(buffer)s) as geom"
    " from (select id, {columns} geom_3857 from {table}"
    " where geom_3857 && ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s, 3857) {large_enough}"
    " order by {order} limit %(limit)s) as picked) as feature"
)


@dataclass(frozen=True, slots=True)
class TileQuery:
    """The statement of one tile and its parameters."""

    statement: str
    parameters: dict[str, Any]


def tile_query(layer: Layer, address: Address) -> TileQuery:
    """What to ask PostgreSQL for a tile: one row, one `bytea` (empty when nothing lies there)."""
    geometry, unit = Layer.Geometry(layer.geometry_type), address.unit_m
    west, south, east, north = address.bbox_3857()
    wide_west, wide_south, wide_east, wide_north = address.bbox_3857(margin_m=BUFFER * unit)
    return TileQuery(
        statement(layer.table, tuple(layer.tile_columns()), geometry, address.z < SIMPLIFIED_BELOW_ZOOM),
        {"name": layer.slug, "extent": EXTENT, "buffer": BUFFER, "limit": FEATURE_LIMIT}
        | {"w": west, "s": south, "e": east, "n": north}
        | {"bw": wide_west, "bs": wide_south, "be": wide_east, "bn": wide_north}
        | {"tolerance": TOLERANCE_UNITS * unit, "smallest": smallest(geometry, unit)},
    )


@lru_cache(maxsize=512)
def statement(table: str, columns: tuple[str, ...], geometry: Layer.Geometry, low: bool) -> str:
    """The statement for a table; at low zooms generalised, and without what is too small to see."""
    size = SIZE.get(geometry)
    low = low and size is not None
    composed = STATEMENT.format(
        table=sql.Identifier(table),
        columns=sql.SQL("").join(sql.SQL("{}, ").format(sql.Identifier(name)) for name in columns if name != "id"),
        shape=sql.SQL("ST_Simplify(geom_3857, %(tolerance)s)" if low else "geom_3857"),
        large_enough=sql.SQL("and {} >= %(smallest)s").format(size) if low else sql.SQL(""),
        order=sql.SQL("{} desc, id").format(size) if size else sql.SQL("id"),
    )
    return composed.as_string()


def smallest(geometry: Layer.Geometry, unit_m: float) -> float:
    """The least area (m²) or length (m) that is drawn, in Web Mercator."""
    side = SMALLEST_UNITS * unit_m
    return side**2 if geometry == Layer.Geometry.POLYGON else side
