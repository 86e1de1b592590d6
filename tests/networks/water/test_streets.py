"""Distances along roads: crossings, ends that do not touch, places off the road, no way at all."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point, box

from networks.water.streets import NOWHERE, Streets

type Place = tuple[float, float]
CROSS = [LineString([(0, 0), (200, 0)]), LineString([(100, -100), (100, 100)])]


def ways(
    lines: Sequence[shapely.Geometry],
    sources: Sequence[Place],
    targets: Sequence[Place | shapely.Geometry],
    most_m: float = math.inf,
    within_m: float = 100,
) -> list[tuple[float, int]]:
    streets = Streets(lines)
    shapes = [one if isinstance(one, shapely.Geometry) else Point(one) for one in targets]
    found = streets.ways(
        streets.stand(np.array([Point(one) for one in sources], dtype=object), within_m),
        streets.stand(np.array(shapes, dtype=object), within_m),
        most_m,
    )
    return [(round(float(metres), 3), int(source)) for metres, source in zip(found.metres, found.source, strict=True)]


def test_a_way_turns_where_roads_cross() -> None:
    assert ways(CROSS, [(0, 0)], [(100, 80)]) == [(180, 0)]


def test_a_way_on_one_stretch_is_straight_along_it() -> None:
    assert ways([LineString([(0, 0), (50, 0), (50, 50)])], [(10, 0)], [(50, 30)]) == [(70, 0)]


def test_both_offsets_from_the_road_count() -> None:
    assert ways(CROSS, [(20, 5)], [(60, -8)]) == [(53, 0)]


def test_a_building_is_measured_from_its_wall_and_opposite_its_middle() -> None:
    assert ways(CROSS, [(0, 0)], [box(30, 10, 50, 30)]) == [(50, 0)]


def test_the_nearest_of_several_sources_is_named() -> None:
    assert ways(CROSS, [(0, 0), (190, 0), (100, 90)], [(30, 0), (150, 0), (100, 20)]) == [(30, 0), (40, 1), (70, 2)]


def test_roads_that_nearly_touch_are_joined() -> None:
    near = [LineString([(0, 0), (100, 0)]), LineString([(100.6, 0), (200, 0)]), LineString([(50, 0.9), (50, 60)])]
    assert [round(metres) for metres, _source in ways(near, [(0, 0)], [(150, 0), (50, 40)])] == [149, 89]


def test_roads_that_do_not_touch_are_not_joined() -> None:
    apart = [LineString([(0, 0), (100, 0)]), LineString([(103, 0), (200, 0)])]
    assert ways(apart, [(0, 0)], [(150, 0)]) == [(math.inf, NOWHERE)]


def test_a_place_far_from_every_road_has_no_way() -> None:
    assert ways(CROSS, [(0, 0)], [(150, 60)], within_m=40) == [(math.inf, NOWHERE)]
    assert ways(CROSS, [(0, 160)], [(50, 0)], within_m=40) == [(math.inf, NOWHERE)]


def test_nothing_is_reached_beyond_the_limit() -> None:
    assert ways(CROSS, [(0, 0)], [(80, 0), (130, 0)], most_m=100) == [(80, 0), (math.inf, NOWHERE)]


def test_a_ring_is_gone_round_the_shorter_way() -> None:
    ring = LineString([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])
    assert ways([ring], [(10, 0)], [(0, 20)]) == [(30, 0)]


def test_a_line_that_crosses_itself_can_be_left_there() -> None:
    loop = LineString([(0, 0), (100, 0), (100, 50), (50, 50), (50, -50)])
    assert ways([loop], [(0, 0)], [(50, -40)]) == [(90, 0)]


def test_parts_of_a_road_meet_other_roads() -> None:
    parts = MultiLineString([[(0, 0), (40, 0)], [(60, 0), (100, 0)]])
    assert ways([parts, LineString([(40, 0), (60, 0)])], [(0, 0)], [(90, 0)]) == [(90, 0)]


def test_without_roads_or_hydrants_nothing_is_reached() -> None:
    assert ways([], [(0, 0)], [(1, 1)]) == [(math.inf, NOWHERE)]
    assert ways(CROSS, [], [(1, 1)]) == [(math.inf, NOWHERE)]


def test_ways_agree_with_a_grid_counted_by_hand() -> None:
    grid = [LineString([(0, y), (1000, y)]) for y in range(0, 1001, 100)]
    grid += [LineString([(x, 0), (x, 1000)]) for x in range(0, 1001, 100)]
    targets = [(x, y) for x in range(0, 1001, 100) for y in range(0, 1001, 50)]
    found = ways(grid, [(0, 0), (1000, 1000)], targets)
    assert [metres for metres, _source in found] == [min(x + y, 2000 - x - y) for x, y in targets]
