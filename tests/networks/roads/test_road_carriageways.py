"""Sections of a numbered road told apart into the right and the left carriageway, by their lines alone."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Literal

import pytest
from shapely.geometry import LineString, Point
from shapely.ops import substring

from networks.roads.axis import Marker, Section
from networks.roads.carriageways import assign_sides


def way(number: int, *places: tuple[float, float], traffic: Literal[-1, 0, 1] = 1) -> Section:
    return Section(id=number, line=LineString(places), traffic=traffic)


def at(number: int, x: float, y: float = 0.0) -> Marker:
    return Marker(id=100 + number, number=number, place=Point(x, y))


GROWING = [at(number, 1000 * number) for number in range(5)]
FALLING = [at(4 - number, 1000 * number) for number in range(5)]
DUAL = [
    way(1, (0, 0), (1000, 0), traffic=0),
    way(2, (1000, 0), (1040, -10), (2000, -10)),
    way(3, (2000, -10), (2960, -10), (3000, 0)),
    way(4, (3000, 0), (2960, 10), (2000, 10)),
    way(5, (1000, 0), (1040, 10), (2000, 10), traffic=-1),
    way(6, (3000, 0), (4000, 0), traffic=0),
]


def sides(sections: Sequence[Section], markers: Sequence[Marker], **kinds: set[int]) -> dict[int, str] | None:
    found = assign_sides(sections, markers, kinds.get("rings", set()), kinds.get("slips", set()))
    return None if found is None else dict(found)


def test_the_right_one_is_driven_as_markers_grow() -> None:
    assert sides(DUAL, GROWING) == {2: "D", 3: "D", 4: "G", 5: "G"}


def test_the_markers_say_which_way_the_road_runs() -> None:
    assert sides(DUAL, FALLING) == {2: "G", 3: "G", 4: "D", 5: "D"}


def test_without_two_markers_nothing_is_told() -> None:
    assert sides(DUAL, GROWING[:1]) is None


def test_a_road_that_has_one_way_alone_is_single() -> None:
    assert sides([way(1, (0, 0), (2000, 0)), way(2, (2000, 0), (4000, 0), traffic=0)], GROWING) == {}


def test_two_streets_of_a_town_that_lead_there_and_back_are_two_carriageways() -> None:
    town = [
        way(1, (0, 0), (1000, 0), traffic=0),
        way(2, (1000, 0), (1050, -150), (1550, -150), (1600, 0)),
        way(3, (1600, 0), (1500, 200), (1100, 200), (1000, 0)),
        way(4, (1600, 0), (4000, 0), traffic=0),
    ]
    assert sides(town, GROWING) == {2: "D", 3: "G"}


def test_carriageways_of_a_motorway_part_for_a_while() -> None:
    motorway = [
        way(1, (0, -10), (1500, -10)),
        way(2, (1500, -10), (2000, -140), (2500, -10)),
        way(3, (2500, -10), (4000, -10)),
        way(4, (4000, 10), (0, 10)),
    ]
    assert sides(motorway, GROWING) == {1: "D", 2: "D", 3: "D", 4: "G"}


def ring(first: int, x: float) -> list[Section]:
    """A roundabout of 40 m in two halves, with the islands of both roads that come to it."""
    return [
        way(first, (x - 20, 0), (x - 14, -14), (x, -20), (x + 14, -14), (x + 20, 0)),
        way(first + 1, (x + 20, 0), (x + 14, 14), (x, 20), (x - 14, 14), (x - 20, 0)),
    ]


def test_roundabouts_and_the_islands_before_them_are_single() -> None:
    road = [
        way(1, (0, 0), (1450, 0), traffic=0),
        way(2, (1450, 0), (1488, -16)),
        way(3, (1488, 16), (1450, 0)),
        way(4, (1488, -16), (1500, -20), (1520, 0), (1500, 20), (1488, 16)),
        way(5, (1488, 16), (1480, 0), (1488, -16)),
        way(6, (1520, 0), (4000, 0), traffic=0),
    ]
    assert sides(road, GROWING, rings={4, 5}) == {}
    assert sides(road, GROWING) == {}


def test_a_roundabout_on_a_dual_carriageway_is_on_neither() -> None:
    road = [
        way(1, (0, -10), (1484, -10)),
        way(2, (1484, 10), (0, 10)),
        way(3, (1484, -10), (1500, -20), (1516, -10)),
        way(4, (1516, -10), (1520, 0), (1516, 10)),
        way(5, (1516, 10), (1500, 20), (1484, 10)),
        way(6, (1484, 10), (1480, 0), (1484, -10)),
        way(7, (1516, -10), (4000, -10)),
        way(8, (4000, 10), (1516, 10)),
    ]
    assert sides(road, GROWING, rings={3, 4, 5, 6}) == {1: "D", 2: "G", 7: "D", 8: "G"}


def test_slip_roads_are_no_carriageways_and_do_not_end_one() -> None:
    slip = way(9, (1500, -10), (1600, -40), (2100, -60))
    road = [way(1, (0, -10), (1500, -10)), way(2, (1500, -10), (4000, -10)), way(3, (4000, 10), (0, 10)), slip]
    assert sides(road, GROWING, slips={9}) == {1: "D", 2: "D", 3: "G"}


def test_a_turn_between_carriageways_joins_them_not() -> None:
    road = [way(1, (0, -10), (4000, -10)), way(2, (4000, -10), (4000, 10)), way(3, (4000, 10), (0, 10))]
    assert sides(road, GROWING) == {1: "D", 3: "G"}


@pytest.mark.parametrize("seed", range(40))
def test_carriageways_drawn_by_chance_are_told_apart(seed: int) -> None:
    chance = Random(seed)
    middle = [(0.0, 0.0)]
    while middle[-1][0] < 6000:
        middle.append((middle[-1][0] + chance.uniform(60, 200), middle[-1][1] + chance.uniform(-80, 80)))
    line = LineString(middle)
    apart = chance.uniform(5, 22)
    right, left = line.offset_curve(-apart), line.offset_curve(apart).reverse()
    sections: list[Section] = []
    wanted: dict[int, str] = {}
    grows = chance.random() < 0.5
    for side, drive in (("D", right), ("G", left)):
        stops = sorted({0.0, drive.length, *(chance.uniform(50, drive.length - 50) for _ in range(12))})
        for first, last in pairwise(stops):
            part = substring(drive, first, last)
            number = len(sections) + 1
            turned = chance.random() < 0.5
            sections.append(Section(id=number, line=part.reverse() if turned else part, traffic=-1 if turned else 1))
            wanted[number] = side if grows else "G" if side == "D" else "D"
    numbers = range(6) if grows else range(5, -1, -1)
    markers = [
        Marker(id=100 + number, number=number, place=line.interpolate(300 + 1000 * rank))
        for rank, number in enumerate(numbers)
    ]
    chance.shuffle(sections)
    assert sides(sections, markers) == wanted
