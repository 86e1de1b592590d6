"""Rows that tell their place in columns (x and y, longitude and latitude, WKT), given as if they had a geometry."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from . import reference
from .columns import convert, plain, trim_and_nullify
from .crs import FRANCE_4326
from .rows import printable
from .slices import OTHER, Detected, Head, Numbers, Slice, Source, where
from .trouble import Trouble

# What the name of an x column says, and what that of its y column says in the same place.
OPPOSITES = (
    ("longitude", "latitude"),
    ("long", "lat"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("easting", "northing"),
    ("est", "nord"),
    ("x", "y"),
)
PAIRS = ("geo_point_2d", "geo_point", "geopoint", "coordonnees", "coordonnees_gps", "coordonneesxy", "latlon")
SHAPES = ("wkt", "geom", "geometry", "geometrie", "the_geom", "geom_wkt", "wkt_geom", "geo_shape", "geoshape", "shape")
HEXADECIMAL = re.compile(r"\s*0[01][0-9A-F]{40,}\s*$", re.IGNORECASE)
SHAPE_TEXT = re.compile(r"\s*(\{|(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRY))", re.IGNORECASE)
SRID = re.compile(r"^\s*SRID=(\d+);", re.IGNORECASE)
PAIR_PATTERN = r"^\[?\s*([+-]?[0-9.]+)\s*[,;]\s*([+-]?[0-9.]+)\s*\]?$"
LONGEST_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows say where they are: x and y, one column for both (`in_order`), or one of WKT or GeoJSON."""

    x: str | None = None
    y: str | None = None
    wkt: str | None = None


class Placed:
    """A source whose layers without geometry get one from their columns, those that a person named or the likeliest."""

    def __init__(self, source: Source, reading: Mapping[str, Any]) -> None:
        self.format = source.format
        self._source = source
        self._said = Place(reading.get("x"), reading.get("y"), reading.get("wkt"))
        self._places: dict[str, Place] = {}
        self._heads: list[Head] = []

    def heads(self) -> list[Head]:
        """The layers of the source."""
        if not self._heads:
            self._heads = [head if head.has_geometry else self._with_place(head) for head in self._source.heads()]
        return self._heads

    def unread(self) -> list[tuple[str, Trouble]]:
        """Those of the source."""
        return self._source.unread()

    def slices(self, layer: str) -> Iterator[Slice]:
        """The rows of the source, points and shapes made of their columns."""
        self.heads()
        place = self._places.get(layer)
        for slice_ in self._source.slices(layer):
            if place:
                slice_.wkb, slice_.refused = shapes_of(slice_, place)
            yield slice_

    def _with_place(self, head: Head) -> Head:
        place = self._said if self._said != Place() else self._guess_place(head)
        if place is None:
            return head
        for name in (place.x, place.y, place.wkt):
            if name is not None and name not in {known.name for known in head.fields}:
                raise Trouble("unknown_field", name=name[:100])
        first = next(self._source.slices(head.name), None)
        shapes = _shapes(first, place) if first else np.array([])
        detected = _reference(first, place, shapes)
        if self._said == Place() and not _is_likely(place, shapes, detected):
            return head
        self._places[head.name] = place
        head.has_geometry, head.place, head.crs = True, [place.x, place.y, place.wkt], detected
        return head

    def _guess_place(self, head: Head) -> Place | None:
        first = next(self._source.slices(head.name), None)
        if first is None:
            return None
        names = {_plain(known.name): known.name for known in reversed(head.fields) if known.type != OTHER}
        return _nearest(_pairs(names), first) or _shape(names, first) or _both(names)


def shapes_of(slice_: Slice, place: Place) -> tuple[pa.Array, dict[int, Trouble]]:
    """WKB of each row (null where it has no place), and the rows whose place makes no sense."""
    if place.wkt:
        return _from_text(slice_.columns[place.wkt])
    if place.x is None or place.y is None:
        raise Trouble("unknown_field", name=str(place.x or place.y)[:100])
    if place.x == place.y:
        text = _text(slice_.columns[place.x])
        xs, ys = (pc.replace_substring_regex(text, PAIR_PATTERN, part) for part in (r"\1", r"\2"))
    else:
        xs, ys = slice_.columns[place.x], slice_.columns[place.y]
    x, bad_x = _numbers(xs)
    y, bad_y = _numbers(ys)
    if place.x == place.y:
        x, y = in_order(x, y)
    points = np.full(len(x), None, object)
    there = np.isfinite(x) & np.isfinite(y)
    points[there] = shapely.to_wkb(shapely.points(x[there], y[there]), byte_order=1)
    wrong = {**_coordinate_troubles(xs, place.x, bad_x), **_coordinate_troubles(ys, place.y, bad_y)}
    return pa.array(points, pa.binary()), wrong


def in_order(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """x and y of pairs that are written as longitude and latitude, as latitude and longitude, or as x and y.

    Each pair of degrees that lies in France in one order alone is in that order; all others are in the order in which
    more of them lie in France in some system, latitude first where neither says more.
    """
    forth, back = _in_france(first, second), _in_france(second, first)
    natural = np.where(forth == back, _is_natural(first, second, forth, back), forth)
    return np.where(natural, first, second), np.where(natural, second, first)


def _in_france(longitude: Numbers, latitude: Numbers) -> Numbers:
    west, south, east, north = FRANCE_4326
    return (west <= longitude) & (longitude <= east) & (south <= latitude) & (latitude <= north)


def _is_natural(first: Numbers, second: Numbers, forth: Numbers, back: Numbers) -> bool:
    if forth.any() or back.any():
        return bool(forth.sum() > back.sum())
    there = np.isfinite(first) & np.isfinite(second)
    boxes = np.column_stack((first, second, first, second))[there]
    return reference.likeliest_epsg(boxes) is not None and reference.likeliest_epsg(boxes[:, [1, 0, 3, 2]]) is None


def _numbers(column: pa.Array) -> tuple[Numbers, Numbers]:
    values = convert(column, "number")
    numbers: Numbers = values.text.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers, values.bad


def _coordinate_troubles(column: pa.Array, name: str, bad: Numbers) -> dict[int, Trouble]:
    texts = [printable(str(column[row].as_py()))[:LONGEST_EXCERPT] for row in where(bad)]
    troubles = [Trouble("bad_coordinate", name=name[:100], value=value) for value in texts]
    return dict(zip(where(bad), troubles, strict=True))


def _from_text(column: pa.Array) -> tuple[pa.Array, dict[int, Trouble]]:
    text = pc.replace_substring_regex(_text(column), r"^\s*(?i:SRID)=[0-9]+;", "").to_numpy(zero_copy_only=False)
    present = np.array([value is not None for value in text], bool)
    starts = np.array([value.lstrip()[:1] if value is not None else "" for value in text], object)
    is_json, is_wkb = starts == "{", starts == "0"
    shapes = np.full(len(text), None, object)
    shapes[is_json] = shapely.from_geojson(text[is_json], on_invalid="ignore")
    shapes[is_wkb] = shapely.from_wkb(text[is_wkb], on_invalid="ignore")
    is_wkt = present & ~is_json & ~is_wkb
    shapes[is_wkt] = shapely.from_wkt(text[is_wkt], on_invalid="ignore")
    wrong = where(present & shapely.is_missing(shapes))
    wkb = pa.array(shapely.to_wkb(shapes, byte_order=1, flavor="iso"), pa.binary())
    return wkb, {row: Trouble("bad_shape_text", value=printable(text[row])[:LONGEST_EXCERPT]) for row in wrong}


def _reference(first: Slice | None, place: Place, shapes: Numbers) -> Detected:
    """The system that the coordinates look like."""
    if first is not None and place.wkt:
        value = next(iter(_text(first.columns[place.wkt]).drop_null().to_pylist()), "")
        match = SRID.match(value)
        if match:
            return Detected(int(match[1]), "code", match[0])
        codes = shapely.get_srid(shapes[~shapely.is_missing(shapes)])
        if len(codes) and codes[0]:
            return Detected(int(codes[0]), "code", f"SRID={codes[0]}")
    boxes = shapely.bounds(shapes[~shapely.is_missing(shapes)])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    seems = reference.likeliest_epsg(boxes)
    return Detected(seems, "coordinates") if seems else Detected()


def _pairs(names: Mapping[str, str]) -> list[Place]:
    """Fields that could be x and y, whatever they are called."""
    opposites = ((name, _opposite(name, x, y)) for x, y in OPPOSITES for name in names)
    return [Place(names[name], names[other]) for name, other in opposites if other is not None and other in names]


def _nearest(places: list[Place], first: Slice) -> Place | None:
    """Of several, the one already in EPSG:2154, else the first that makes sense."""
    systems = {place: _reference(first, place, _shapes(first, place)).value for place in places}
    likely = [place for place in places if systems[place] is not None]
    ready = [place for place in likely if systems[place] == reference.LAMBERT_93]
    return next(iter([*ready, *likely, *places]), None)


def _is_likely(place: Place, shapes: Numbers, detected: Detected) -> bool:
    """Whether what nobody said is a place: a shape in words, or coordinates that could be in France."""
    boxes = shapely.bounds(shapes[~shapely.is_missing(shapes)])
    return bool(len(boxes)) and bool(place.wkt or detected.value or reference.axes_swapped(boxes))


def _shapes(first: Slice, place: Place) -> Numbers:
    shapes: Numbers = shapely.from_wkb(shapes_of(first, place)[0].to_numpy(zero_copy_only=False))
    return shapes


def _opposite(name: str, x: str, y: str) -> str | None:
    """The name with y where it has x as a word, or at its start."""
    changed = re.sub(rf"(?<![a-z]){x}(?![a-z])", y, name)
    if changed == name and name.startswith(x):
        changed = y + name[len(x) :]
    return changed if changed != name else None


def _shape(names: Mapping[str, str], first: Slice) -> Place | None:
    for name in SHAPES:
        if name in names:
            values = _text(first.columns[names[name]]).drop_null()
            first_value = values[0].as_py() if len(values) else ""
            if SHAPE_TEXT.match(first_value) or HEXADECIMAL.match(first_value):
                return Place(wkt=names[name])
    return None


def _both(names: Mapping[str, str]) -> Place | None:
    field = next((names[name] for name in PAIRS if name in names), None)
    return Place(field, field) if field else None


def _text(column: pa.Array) -> pa.Array:
    return trim_and_nullify(convert(plain(column), "text").text)


def _plain(name: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
