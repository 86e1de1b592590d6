"""Geometry literals of filters and boxes: from the system they are written in to the one that geometries are kept in.

Straight lines in one system are bent in another: outlines get vertices on the way. Nothing is kept outside the area
that Lambert-93 is made for, so what is written in degrees is cut to that area first.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import shapely
from django.utils.translation import gettext as _

from gis_core.desk.parameters import DOMAIN_4326
from layers.features.cql2.refusal import refusal
from layers.features.crs import STORAGE, Crs

MOST_POSITIONS = 20_000
WEB_MERCATOR = 3857
SEGMENTS = 32  # vertices that a straight line gets, at most
FARTHEST = 1e9
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
EMPTY = shapely.from_wkt("POLYGON EMPTY")

type Shape = Any  # of shapely, which tells no types


def to_storage(shape: Shape, crs: Crs, storage: int = STORAGE.srid) -> Shape:
    """The shape in the storage system, as far as anything can lie there; empty when it lies outside."""
    if crs.srid == storage:
        return shape
    within = domain(crs.srid)
    if within is not None:
        shape = shapely.intersection(shape, within)
    if shape.is_empty:
        return EMPTY
    west, south, east, north = shape.bounds
    if step := max(east - west, north - south) / SEGMENTS:
        shape = shapely.segmentize(shape, step)
    moved = shapely.transform(shape, transformer(crs.srid, storage).transform, interleaved=False)
    if not all(map(math.isfinite, moved.bounds)):
        raise refusal(_("A geometry of the filter lies where its coordinate reference system does not hold."))
    return moved


def rectangle_of(literal: dict[str, Any], crs: Crs) -> tuple[Shape, int] | None:
    """A box as an upright rectangle of EPSG:2154 or of Web Mercator, and which; None where it is none of either.

    Meridians and parallels are straight in Web Mercator.
    """
    if crs.srid not in (STORAGE.srid, WEB_MERCATOR) and not crs.geographic:
        return None
    shape = shape_of(literal, crs)
    if crs.srid != STORAGE.srid:
        shape = shapely.intersection(shape, domain(crs.srid))
    if shape.geom_type != "Polygon" or shape.is_empty:
        return None
    if not crs.geographic:
        return shape, crs.srid
    west, south, east, north = shape.bounds
    (west, east), (south, north) = transformer(crs.srid, WEB_MERCATOR).transform([west, east], [south, north])
    return shapely.box(west, south, east, north), WEB_MERCATOR


def whole(shape: Shape, crs: Crs, storage: int = STORAGE.srid) -> bool:
    """Whether all of the shape can lie in what is kept: nothing that is kept contains or equals one that is cut."""
    within = domain(crs.srid) if crs.srid != storage else None
    return within is None or bool(shapely.covers(within, shape))


@cache
def domain(srid: int) -> Shape | None:
    """Where Lambert-93 holds, in a system whose axes run along meridians and parallels."""
    west, south, east, north = DOMAIN_4326
    if srid in (4326, 4258):
        return shapely.box(west, south, east, north)
    if srid == 3857:
        return shapely.box(*transformer(4326, 3857).transform_bounds(west, south, east, north))
    return None


@cache
def transformer(source: int, target: int) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def wkb(shape: Shape, srid: int = STORAGE.srid) -> bytes:
    """Extended WKB, which PostgreSQL casts to a geometry."""
    return bytes(shapely.to_wkb(shapely.set_srid(shape, srid), include_srid=True))


def shape_of(literal: dict[str, Any], crs: Crs) -> Shape:
    """The shape of a GeoJSON geometry or of {"bbox": […]} whose positions are in `crs`; raises refusal."""
    if "bbox" in literal:
        return box(literal["bbox"], crs)
    shape = read_geometry(literal, crs, [MOST_POSITIONS])
    if not shape.is_valid:
        raise refusal(_("A geometry of the filter crosses itself, or has a ring outside: correct it."))
    return shape


def read_geometry(literal: dict[str, Any], crs: Crs, left: list[int]) -> Shape:
    kind = literal.get("type")
    if kind == "GeometryCollection":
        parts = literal.get("geometries")
        if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
            raise unreadable()
        return shapely.geometrycollections([read_geometry(part, crs, left) for part in parts])
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise unreadable()
    coordinates = read_positions(literal.get("coordinates"), DEPTHS[kind], crs, left)
    try:
        return shapely.geometry.shape({"type": kind, "coordinates": coordinates})
    except Exception as error:
        raise unreadable() from error


def read_positions(value: Any, depth: int, crs: Crs, left: list[int]) -> Any:
    """Lists `depth` deep around positions x, y; `left` counts the positions that may still come."""
    if not isinstance(value, list) or not value:
        raise unreadable()
    if depth:
        return [read_positions(part, depth - 1, crs, left) for part in value]
    left[0] -= 1
    if left[0] < 0:
        raise refusal(_("The filter's geometries have more than %(most)s positions."), most=MOST_POSITIONS)
    if len(value) not in (2, 3):
        raise unreadable()
    return position(value[:2], crs)


def position(values: Sequence[Any], crs: Crs) -> tuple[float, float]:
    """x, y of a position as it is written; raises refusal outside of what the system knows."""
    first, second = numbers(values)
    x, y = (second, first) if crs.y_first else (first, second)
    if crs.geographic and not (-180 <= x <= 180 and -90 <= y <= 90):
        raise refusal(_("A position of the filter lies outside of -180 to 180 and -90 to 90 degrees."))
    return x, y


def numbers(values: Iterable[Any]) -> list[float]:
    reals = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(reals) != len(list(values)) or not all(abs(value) <= FARTHEST for value in reals):
        raise unreadable()
    return [float(value) for value in reals]


def box(values: Any, crs: Crs) -> Shape:
    """A box of four numbers, or six with heights, which do not count; raises refusal.

    In degrees, a west edge beyond the east edge means across the antimeridian.
    """
    if not isinstance(values, list | tuple) or len(values) not in (4, 6):
        raise refusal(_("A box has four numbers, or six with heights."))
    half = len(values) // 2
    numbers(values)
    (west, south), (east, north) = position(values[:2], crs), position(values[half : half + 2], crs)
    if south > north or (west > east and not crs.geographic):
        raise refusal(_("A box gives its lower corner first, then its upper corner."))
    if west > east:
        return shapely.union_all([rectangle(west, south, 180, north), rectangle(-180, south, east, north)])
    return rectangle(west, south, east, north)


def rectangle(west: float, south: float, east: float, north: float) -> Shape:
    """A polygon, or the line or the point that a box without width or height is."""
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    if (west, south) == (east, north):
        return shapely.points(west, south)
    return shapely.linestrings([(west, south), (east, north)])


def unreadable() -> Exception:
    return refusal(_("A geometry of the filter cannot be read."))
