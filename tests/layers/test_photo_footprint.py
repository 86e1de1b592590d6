"""The footprint of a photo: where it has pixels, light and still true."""

import json

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from shapely.geometry.base import BaseGeometry

from layers.catalogue.footprint import MOST_VERTICES, footprint_4326

WEST, SOUTH = 617_000, 6_717_000
METRE = 1e-5  # about, in degrees


def as_geom(shape: BaseGeometry) -> MultiPolygon:
    geom = GEOSGeometry(memoryview(shapely.MultiPolygon(shapely.get_parts(shape)).wkb), srid=2154)
    assert isinstance(geom, MultiPolygon)
    return geom


def sheet(column: int, row: int, side: int = 1000, step: int = 1000) -> BaseGeometry:
    x, y = WEST + column * step, SOUTH + row * step
    return shapely.box(x, y, x + side, y + side)


def footprint(shape: BaseGeometry) -> BaseGeometry:
    return shapely.from_geojson(json.dumps(footprint_4326(as_geom(shape))))


def in_4326(shape: BaseGeometry) -> BaseGeometry:
    moved = as_geom(shapely.segmentize(shape, 100)).transform(4326, clone=True)
    return shapely.from_wkb(bytes(moved.wkb))


def test_it_leaves_out_what_lies_between_two_clusters_and_a_hole() -> None:
    ring = sheet(0, 0, side=9000).difference(sheet(3, 3))
    shape = shapely.union_all([ring, sheet(20, 0)])
    made = footprint(shape)
    assert (made.geom_type, sorted(len(part.interiors) for part in made.geoms)) == ("MultiPolygon", [0, 1])
    assert made.hausdorff_distance(in_4326(shape)) < METRE


def test_many_sheets_side_by_side_are_one_light_outline_that_stays_on_their_edge() -> None:
    shape = shapely.union_all([sheet(x, y) for x in range(60) for y in range(60)])
    made = footprint(shape)
    assert len(made.geoms) == 1
    assert shapely.get_num_coordinates(made) < 60
    assert made.hausdorff_distance(in_4326(shape)) < 2 * METRE


def test_it_closes_narrow_gaps_before_it_has_too_many_vertices() -> None:
    shape = shapely.union_all([sheet(x, y, side=190, step=200) for x in range(40) for y in range(40)])
    made = footprint(shape)
    assert shapely.get_num_coordinates(made) <= MOST_VERTICES
    assert len(made.geoms) == 1
    assert made.covers(in_4326(shape).buffer(-20 * METRE))


def test_it_has_six_decimals() -> None:
    numbers = shapely.get_coordinates(footprint(sheet(0, 0)))
    assert [[round(value, 6) for value in pair] for pair in numbers.tolist()] == numbers.tolist()


def test_what_is_too_small_for_six_decimals_has_an_empty_one() -> None:
    speck = as_geom(shapely.box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01))
    assert footprint_4326(speck) == {"type": "MultiPolygon", "coordinates": []}
