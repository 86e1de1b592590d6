"""GeoJSON geometry objects checked and turned into ISO WKB, without any geometry library."""

import struct
from array import array
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Any

from .jsontext import kind_of
from .trouble import Trouble

CODES = {
    "Point": 1,
    "LineString": 2,
    "Polygon": 3,
    "MultiPoint": 4,
    "MultiLineString": 5,
    "MultiPolygon": 6,
    "GeometryCollection": 7,
}
COLLECTION_DEPTH = 4
PART = struct.Struct("<BI")
COLLECTION_HEAD = struct.Struct("<BII")
COUNT = struct.Struct("<I")
LINE_MINIMUM = 2
RING_MINIMUM = 4

type Bounds = tuple[float, float, float, float]


@dataclass(slots=True)
class Shape:
    """A geometry that passed: `wkb` in the file's own CRS, `bounds` as (min x, min y, max x, max y)."""

    kind: str
    wkb: bytes
    vertices: int
    bounds: Bounds


@dataclass(slots=True)
class _Part:
    body: bytes
    vertices: int
    dimensions: int
    bounds: Bounds


def encode(geometry: object, depth: int = 0) -> Shape:
    """WKB of a GeoJSON geometry object; raises Trouble naming the first thing that is wrong with it."""
    if not isinstance(geometry, dict):
        raise Trouble("geometry_not_object", found=kind_of(geometry))
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in CODES:
        raise unknown_type(kind, "geometry")
    if kind == "GeometryCollection":
        return _collection(geometry, depth)
    if "coordinates" not in geometry:
        raise Trouble("coordinates_missing", type=kind)
    part = _ENCODERS[kind](_as_list(geometry["coordinates"], kind))
    code = CODES[kind] + (1000 if part.dimensions == 3 else 0)
    return Shape(kind, PART.pack(1, code) + part.body, part.vertices, part.bounds)


def unknown_type(kind: object, what: str) -> Trouble:
    """Words for a `type` that is absent, not text, unknown, or only in the wrong case."""
    if kind is None:
        return Trouble("missing_type", what=what)
    if not isinstance(kind, str):
        return Trouble("type_not_text", what=what, found=kind_of(kind))
    known = [*CODES, "Feature", "FeatureCollection"]
    close = next((name for name in known if name.lower() == kind.lower()), None)
    if close:
        return Trouble("type_case", what=what, found=kind, expected=close)
    return Trouble("unknown_type", what=what, found=kind[:100])


def _point(coordinates: list[Any]) -> _Part:
    return _positions([coordinates])


def _line(coordinates: list[Any]) -> _Part:
    part = _positions(coordinates)
    if part.vertices < LINE_MINIMUM:
        raise Trouble("line_too_short", found=part.vertices)
    part.body = COUNT.pack(part.vertices) + part.body
    return part


def _ring(coordinates: list[Any]) -> _Part:
    part = _positions(coordinates)
    if part.vertices < RING_MINIMUM:
        raise Trouble("ring_too_short", found=part.vertices)
    if coordinates[0] != coordinates[-1]:
        raise Trouble("ring_not_closed")
    part.body = COUNT.pack(part.vertices) + part.body
    return part


def _polygon(coordinates: list[Any]) -> _Part:
    return _join_parts([_ring(_as_list(ring, "Polygon")) for ring in coordinates])


def _multi_point(coordinates: list[Any]) -> _Part:
    return _join_parts([_point(_as_list(point, "MultiPoint")) for point in coordinates], 1)


def _multi_line(coordinates: list[Any]) -> _Part:
    return _join_parts([_line(_as_list(line, "MultiLineString")) for line in coordinates], 2)


def _multi_polygon(coordinates: list[Any]) -> _Part:
    return _join_parts([_polygon(_as_list(polygon, "MultiPolygon")) for polygon in coordinates], 3)


_ENCODERS = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _multi_point,
    "MultiLineString": _multi_line,
    "MultiPolygon": _multi_polygon,
}


def _collection(geometry: dict[str, Any], depth: int) -> Shape:
    if depth >= COLLECTION_DEPTH:
        raise Trouble("collection_too_deep", limit=COLLECTION_DEPTH)
    members = geometry.get("geometries")
    if not isinstance(members, list):
        raise Trouble("coordinates_missing", type="GeometryCollection")
    if not members:
        raise Trouble("empty_geometry")
    shapes = [encode(member, depth + 1) for member in members]
    body = b"".join(shape.wkb for shape in shapes)
    return Shape(
        "GeometryCollection",
        COLLECTION_HEAD.pack(1, CODES["GeometryCollection"], len(shapes)) + body,
        sum(shape.vertices for shape in shapes),
        union([shape.bounds for shape in shapes]),
    )


def _join_parts(parts: list[_Part], member_code: int = 0) -> _Part:
    """Parts one after the other; members of a multi-geometry each carry their own WKB head, rings carry none."""
    if not parts:
        raise Trouble("empty_geometry")
    dimensions = parts[0].dimensions
    if any(part.dimensions != dimensions for part in parts):
        raise Trouble("mixed_dimensions")
    head = PART.pack(1, member_code + (1000 if dimensions == 3 else 0)) if member_code else b""
    body = COUNT.pack(len(parts)) + b"".join(head + part.body for part in parts)
    return _Part(body, sum(part.vertices for part in parts), dimensions, union([part.bounds for part in parts]))


def _positions(positions: list[Any]) -> _Part:
    """A list of [x, y] or [x, y, z]; all of the same size, all finite numbers."""
    if not positions:
        raise Trouble("empty_geometry")
    if set(map(type, positions)) != {list}:
        raise Trouble("position_not_list")
    sizes = set(map(len, positions))
    dimensions = min(sizes)
    if not sizes <= {2, 3}:
        raise Trouble("position_size", found=max(sizes) if max(sizes) > 3 else dimensions)
    if len(sizes) > 1:
        raise Trouble("mixed_dimensions")
    flat = list(chain.from_iterable(positions))
    if not set(map(type, flat)) <= {float, int}:
        raise Trouble("coordinate_not_number", found=next(kind_of(x) for x in flat if type(x) not in (float, int)))
    if not all(map(isfinite, flat)):
        raise Trouble("not_finite", value="Infinity")
    xs, ys = flat[::dimensions], flat[1::dimensions]
    return _Part(array("d", flat).tobytes(), len(positions), dimensions, (min(xs), min(ys), max(xs), max(ys)))


def _as_list(value: object, kind: str) -> list[Any]:
    if not isinstance(value, list):
        raise Trouble("coordinates_not_list", type=kind, found=kind_of(value))
    return value


def union(bounds: list[Bounds]) -> Bounds:
    """The bounds of several bounds."""
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)
