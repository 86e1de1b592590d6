"""Geodesic lengths and areas: on the ellipsoid, not on a map projection."""

import json
from typing import Any

from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_one
from gis_core.errors import Invalid

MOST_POSITIONS = 20_000
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def measure(geometry: Any) -> dict[str, float]:
    """Length (a polygon's is its perimeter) and area of a GeoJSON geometry in EPSG:4326; raises Invalid."""
    checked = json.dumps(read_geometry_4326(geometry))
    statement = (
        "select st_length(g) + st_perimeter(g), st_area(g) from (select st_geomfromgeojson(%s)::geography as g) given"
    )
    length, area = fetch_one(statement, [checked])
    return {"length_m": round(length, 3), "area_m2": round(area, 3)}


def read_geometry_4326(geometry: Any) -> dict[str, Any]:
    """The geometry reduced to its type and longitude-latitude pairs; raises Invalid."""
    if not isinstance(geometry, dict):
        raise Invalid(_("“geometry” must be a GeoJSON geometry."))
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise Invalid(_("“geometry” must be a GeoJSON point, line or polygon, or several of them."))
    coordinates = read_positions(geometry.get("coordinates"), DEPTHS[kind], [MOST_POSITIONS])
    check_lengths(kind, coordinates)
    return {"type": kind, "coordinates": coordinates}


def read_positions(value: Any, depth: int, left: list[int]) -> Any:
    """Lists `depth` deep around positions; `left` counts the positions that may still come."""
    if not isinstance(value, list):
        raise Invalid(_("The coordinates are not nested as the geometry's type wants."))
    if depth:
        return [read_positions(part, depth - 1, left) for part in value]
    left[0] -= 1
    if left[0] < 0:
        raise Invalid(_("The geometry has more than %(most)s positions.") % {"most": MOST_POSITIONS})
    return position(value)


def position(value: list[Any]) -> list[float]:
    numbers = [part for part in value if isinstance(part, int | float) and not isinstance(part, bool)]
    if len(numbers) != len(value) or len(value) not in (2, 3):
        raise Invalid(_("A position must be a longitude and a latitude."))
    lon, lat = numbers[:2]
    # NaN compares false; a whole number too large for a float does too, where math.isfinite would overflow.
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(_("Longitudes go from -180 to 180, latitudes from -90 to 90."))
    return [lon, lat]


def check_lengths(kind: str, coordinates: list[Any]) -> None:
    """A line has two positions; a ring four, the last being the first."""
    lines = {"LineString": [coordinates], "MultiLineString": coordinates}.get(kind, [])
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])
    if any(len(line) < 2 for line in lines):
        raise Invalid(_("A line needs at least two positions."))
    rings = [ring for polygon in polygons for ring in polygon]
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings) or not all(polygons):
        raise Invalid(_("A polygon's ring needs at least four positions, the last one being the first."))
    if not coordinates:
        raise Invalid(_("The geometry is empty."))
