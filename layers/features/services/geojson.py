"""GeoJSON geometries of edits: read without trust, written with every digit."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.utils.translation import gettext as _
from psycopg import sql
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.services.read import fetch, title_of, version_of
from layers.features.services.shapes import MOST_VERTICES, Unfit
from layers.features.sheet import plain

type Position = tuple[float, ...]

LAMBERT_93, WGS_84 = 2154, 4326
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
DIGITS = 15
# People and programs draw x and y; heights stay in the table.
FLAT = sql.SQL("st_force2d(geom)")


def read_geometry(given: Any, srid: int) -> GEOSGeometry | None:
    """A GeoJSON geometry in this system (easting or longitude first), moved to EPSG:2154. Raises Unfit."""
    if given is None:
        return None
    made = GEOSGeometry(memoryview(shape_of(given).wkb), srid=srid)
    if srid == LAMBERT_93:
        return made
    try:
        moved: GEOSGeometry = made.transform(LAMBERT_93, clone=True)
    except (GDALException, GEOSException) as error:
        raise Unfit(_("The coordinates cannot be placed in Lambert-93: check them and their system.")) from error
    return moved


def shape_of(given: Any) -> BaseGeometry:
    """The shape of a GeoJSON geometry, its coordinates as they are given. Raises Unfit."""
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise Unfit(_("The geometry must be a GeoJSON point, line or polygon, or several of them."))
    coordinates = read_positions(given.get("coordinates"), DEPTHS[kind], [MOST_VERTICES])
    try:
        built: BaseGeometry = BUILDERS[kind](coordinates)
    except (ValueError, TypeError, IndexError) as error:
        raise Unfit(_("A line needs two positions; a ring four, the last one being the first.")) from error
    return built


def line(places: Sequence[Position]) -> LineString:
    if len(places) < 2:
        raise ValueError(places)
    return LineString(places)


def polygon(rings: Sequence[Sequence[Position]]) -> Polygon:
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise ValueError(rings)
    return Polygon(rings[0], rings[1:]) if rings else Polygon()


BUILDERS: Mapping[str, Any] = {
    "Point": Point,
    "MultiPoint": MultiPoint,
    "LineString": line,
    "MultiLineString": lambda lines: MultiLineString([line(places) for places in lines]),
    "Polygon": polygon,
    "MultiPolygon": lambda parts: MultiPolygon([polygon(rings) for rings in parts]),
}


def read_positions(value: Any, depth: int, left: list[int]) -> Any:
    """Lists `depth` deep around positions; `left` counts the positions that may still come. Raises Unfit."""
    if not isinstance(value, list):
        raise Unfit(_("The coordinates are not nested as the geometry's type wants."))
    if depth:
        return [read_positions(part, depth - 1, left) for part in value]
    left[0] -= 1
    if left[0] < 0:
        raise Unfit(_("The object has more than %(most)s corners: simplify it.") % {"most": MOST_VERTICES})
    return position(value)


def position(value: list[Any]) -> Position:
    """A position (x, y) of GeoJSON; one with a height is refused. Raises Unfit."""
    if len(value) == 3:
        raise Unfit(_("Positions have heights, which are not drawn here: send x and y alone."))
    if len(value) != 2 or not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        raise Unfit(_("A position must be two numbers."))
    if not all(abs(part) < 1e12 and isfinite(part) for part in value):
        raise Unfit(_("A coordinate is not a number: check the coordinates."))
    return float(value[0]), float(value[1])


def exact_features(
    layer: Layer, ids: Sequence[int], rights: Rights, srid: int = LAMBERT_93
) -> dict[int, dict[str, Any]]:
    """GeoJSON features by id, with their version and plain values, in this system with every digit."""
    names = [field["name"] for field in layer.fields_for(rights) if field["name"] != "id"]
    statement = sql.SQL(
        "select id, {version}, st_asgeojson({geom}, {digits}, 0)::json as geometry {columns}"
        " from {table} where id = any(%(ids)s)"
    ).format(
        version=version_of(layer),
        geom=FLAT if srid == LAMBERT_93 else sql.SQL("st_transform({}, {})").format(FLAT, srid),
        digits=DIGITS,
        columns=sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names),
        table=sql.Identifier(layer.table),
    )
    rows = fetch(statement, {"ids": list(ids), "layer_version": layer.version})
    return {row["id"]: exact_feature(layer, row, names) for row in rows}


def exact_feature(layer: Layer, row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": row["geometry"],
        "properties": {name: plain(row[name]) for name in names},
        "version": row["version"],
        "title": title_of(layer, row),
    }
