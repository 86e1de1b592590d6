"""Where a photo has pixels, light enough to travel with the list of photos."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from shapely.geometry.base import BaseGeometry

MOST_VERTICES = 400
FIRST_TOLERANCE_M = 0.5
STRAIGHT_M = 5_000  # an edge of this length leaves its straight line by less than a metre once in EPSG:4326
DEGREE_M = 111_320
STEP_DEGREES = 1e-6


def footprint_4326(geom: MultiPolygon) -> dict[str, Any]:
    """A GeoJSON MultiPolygon of an outline in EPSG:2154, coarser and coarser until it has few enough vertices."""
    outline = shapely.from_wkb(bytes(geom.wkb))
    light = next(one for one in ever_coarser(outline) if shapely.get_num_coordinates(one) <= MOST_VERTICES)
    parts = [part for part in shapely.get_parts(light) if part.area > 0]
    return {
        "type": "MultiPolygon",
        "coordinates": [json.loads(shapely.to_geojson(part))["coordinates"] for part in parts],
    }


def ever_coarser(outline: BaseGeometry) -> Iterator[BaseGeometry]:
    """The outline in EPSG:4326 with a tolerance that doubles; gaps up to twice as wide as it close."""
    for step in count():
        tolerance = FIRST_TOLERANCE_M * 2**step
        simple = outline.simplify(tolerance)
        outline = simple.buffer(tolerance, join_style="mitre").buffer(-tolerance, join_style="mitre")
        moved = to_4326(shapely.segmentize(outline, STRAIGHT_M)).simplify(tolerance / DEGREE_M)
        yield shapely.set_precision(moved, STEP_DEGREES)


def to_4326(shape: BaseGeometry) -> BaseGeometry:
    moved = GEOSGeometry(memoryview(shape.wkb), srid=2154).transform(4326, clone=True)
    read: BaseGeometry = shapely.from_wkb(bytes(moved.wkb))
    return read
