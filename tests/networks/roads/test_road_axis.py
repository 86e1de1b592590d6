"""The axis of a numbered road on roads drawn by chance, and on those that defeat joining lines end to end."""

import heapq
from itertools import pairwise
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from shapely.affinity import translate
from shapely.geometry import LineString, Point
from shapely.ops import substring

import networks.roads.axis as axis_module
from networks.roads.axis import Marker, Section, build
from networks.roads.axis_places import ImpossibleError, locate, place_at, refer


def winding(chance: Random, metres: float) -> LineString:
    """A road that never meets itself."""
    x, y, places = 0.0, 0.0, [(0.0, 0.0)]
    while x < metres:
        x, y = x + chance.uniform(40, 160), y + chance.uniform(-60, 60)
        places.append((x, y))
    return LineString(places)


def cut(road: LineString, chance: Random) -> list[Section]:
    """In sections of any length, digitised either way, in no order."""
    drawn = sorted(chance.uniform(2, road.length - 2) for _ in range(int(road.length / 300)))
    stops = [0.0, *(one for one, other in pairwise([*drawn, road.length]) if other - one > 2), road.length]
    merged = [substring(road, *ends) for ends in pairwise(stops)]
    merged = [line if chance.random() < 0.5 else line.reverse() for line in merged]
    chance.shuffle(merged)
    return [Section(id=number, line=line) for number, line in enumerate(merged)]


def marked(road: LineString, chance: Random, first: int = 0) -> tuple[list[Marker], list[float]]:
    """Markers about a kilometre apart, some metres beside the road."""
    at, places = chance.uniform(0, 400), []
    while at < road.length:
        places.append(at)
        at += chance.uniform(700, 1300)
    markers = []
    for number, along in enumerate(places):
        place = road.interpolate(along)
        markers.append(
            Marker(id=100 + number, number=first + number, place=Point(place.x, place.y + chance.uniform(-4, 4)))
        )
    return markers, places


@pytest.mark.parametrize("seed", range(60))
def test_references_of_a_road_cut_by_chance_come_back(seed: int) -> None:
    chance = Random(seed)
    road = winding(chance, 9000)
    markers, _places = marked(road, chance, first=chance.randrange(0, 40))
    axis = build(cut(road, chance), markers)
    assert (axis.gaps, axis.astray, axis.doubled, axis.aside) == ([], [], [], [])
    for _turn in range(20):
        along = chance.uniform(axis.marks[0].at_m, axis.parts[-1].end_m)
        mark = [one for one in axis.marks if one.at_m <= along][-1]
        found = locate(axis, mark.number, along - mark.at_m)
        assert road.distance(found.place) < 0.01
        back = refer(axis, found.place)
        assert back.number == mark.number
        assert abs(back.metres - (along - mark.at_m)) < 1


@pytest.mark.parametrize("seed", range(10))
def test_abscissae_are_metres_of_road_from_the_marker(seed: int) -> None:
    chance = Random(seed)
    road = winding(chance, 6000)
    markers, places = marked(road, chance)
    axis = build(cut(road, chance), markers)
    found = locate(axis, 2, 123.0)
    assert found.place.distance(road.interpolate(road.project(markers[2].place) + 123.0)) < 1
    assert len(places) == len(axis.marks)


def straight(*stops: float, y: float = 0.0, first: int = 0) -> list[Section]:
    return [
        Section(id=first + number, line=LineString([(start, y), (end, y)]))
        for number, (start, end) in enumerate(pairwise(stops))
    ]


def at(number: int, x: float, y: float = 0.0) -> Marker:
    return Marker(id=number, number=number, place=Point(x, y))


def test_a_road_digitised_against_its_markers_is_walked_as_they_grow() -> None:
    axis = build(straight(0, 500, 1500, 2600), [at(1, 2500), at(2, 1480), at(3, 400)])
    assert locate(axis, 1, 20).place == Point(2480, 0)
    assert locate(axis, 3, 400).place == Point(0, 0)
    with pytest.raises(ImpossibleError) as refused:
        refer(axis, Point(2590, 0))
    assert (refused.value.reason, refused.value.details) == ("before_first", {"number": 1})


def test_a_place_beyond_the_next_marker_is_impossible_and_says_how_far_it_is() -> None:
    axis = build(straight(0, 2000), [at(12, 100), at(13, 1137)])
    assert locate(axis, 12, 1036.5).place.x == pytest.approx(1136.5)
    with pytest.raises(ImpossibleError) as refused:
        locate(axis, 12, 1400)
    assert (refused.value.reason, refused.value.details) == ("beyond_next", {"number": 13, "metres": 1037.0})
    with pytest.raises(ImpossibleError) as refused:
        locate(axis, 13, 900)
    assert (refused.value.reason, refused.value.details) == ("beyond_end", {"metres": 863.0})
    with pytest.raises(ImpossibleError):
        locate(axis, 14, 0)


def test_the_road_jumps_over_a_gap_without_length() -> None:
    sections = [*straight(0, 800), *straight(1300, 2400, y=40, first=5)]
    axis = build(sections, [at(1, 100), at(2, 2000, 40)])
    ((gap),) = axis.gaps
    assert (gap.at_m, round(gap.metres)) == (700.0, 502)
    assert locate(axis, 1, 900).place == Point(1500, 40)
    assert refer(axis, Point(1500, 38)).metres == pytest.approx(900)


def with_a_roundabout() -> list[Section]:
    """A road from 0 to 2200 with a ring at 1000: traffic goes east by its south (8), west by its north (9)."""
    ring = [
        (1000 + x, y)
        for x, y in ((-20, 0), (-14, -14), (0, -20), (14, -14), (20, 0), (14, 14), (0, 20), (-14, 14), (-20, 0))
    ]
    south, north = LineString(ring[:5]), LineString(ring[4:])
    return [
        *straight(0, 980), *straight(1020, 2200, first=1),
        Section(id=8, line=south, traffic=1), Section(id=9, line=north, traffic=1),
    ]  # fmt: skip


def test_a_roundabout_is_driven_around_as_traffic_does() -> None:
    sections = with_a_roundabout()
    axis = build(sections, [at(1, 100), at(2, 1500)])
    assert [part.section for part in axis.parts] == [0, 0, 8, 1, 1]
    assert axis.aside == [9]
    back = build(sections, [at(1, 1500), at(2, 100)])
    assert 9 in [part.section for part in back.parts]
    assert back.aside == [8]


@pytest.mark.parametrize(("first", "second", "aside"), [(1500, 2000, 9), (700, 100, 8)])
def test_before_its_first_marker_too_a_roundabout_is_driven_around_as_traffic_does(
    first: float, second: float, aside: int
) -> None:
    assert build(with_a_roundabout(), [at(1, first), at(2, second)]).aside == [aside]


def test_markers_of_one_number_and_those_that_stand_far_are_told() -> None:
    markers = [at(1, 100), Marker(id=7, number=1, place=Point(300, 0)), at(2, 1200), at(3, 1900, 300)]
    axis = build(straight(0, 2000), markers)
    assert (axis.doubled, axis.astray, [one.number for one in axis.marks]) == ([7], [3], [1, 2])


def test_a_road_with_one_marker_has_no_axis() -> None:
    assert build(straight(0, 2000), [at(1, 100)]).parts == []


def test_a_road_goes_on_after_its_last_marker_and_a_gap() -> None:
    axis = build([*straight(0, 1500), *straight(1900, 2600, first=5)], [at(1, 100), at(2, 1100)])
    assert [round(one.metres) for one in axis.gaps] == [400]
    assert axis.aside == []
    assert locate(axis, 2, 700).place == Point(2200, 0)


def test_a_road_does_not_go_on_in_another_county() -> None:
    axis = build([*straight(0, 1500), *straight(90_000, 91_000, first=5)], [at(1, 100), at(2, 1100)])
    assert axis.gaps == []
    assert axis.aside


def test_a_road_that_ends_on_a_roundabout_is_measured_to_it() -> None:
    ring = LineString([(2000, 0), (2020, -20), (2040, 0), (2020, 20), (2000, 0)])
    axis = build([*straight(0, 2000), Section(id=9, line=ring, traffic=1)], [at(1, 100), at(2, 1100)])
    assert locate(axis, 2, 850).place.distance(Point(1950, 0)) < 0.01


def test_sections_that_close_on_themselves_beyond_the_last_marker_are_left_aside() -> None:
    ring = LineString([(0, 0), (10, 10), (20, 0), (10, -10), (0, 0)])
    rings = [Section(id=number, line=translate(ring, 2600 + 100 * number)) for number in (1, 2, 3)]
    markers = [Marker(id=number, number=number, place=Point(1000 * number, 0)) for number in (0, 1)]
    axis = build([Section(id=9, line=LineString([(0, 0), (2500, 0)])), *rings], markers)
    assert (axis.aside, axis.gaps, axis.parts[-1].end_m) == ([1, 2, 3], [], 2500)


def test_a_marker_after_a_gap_lies_beyond_it() -> None:
    axis = build([*straight(0, 800), *straight(1300, 2400, first=5)], [at(1, 100), at(2, 1300)])
    assert locate(axis, 2, 0).place == Point(1300, 0)
    assert locate(axis, 1, 700).place == Point(800, 0)


def test_markers_with_each_others_number_are_told() -> None:
    axis = build(straight(0, 4000), [at(1, 2100), at(2, 1100), at(3, 3100)])
    assert axis.twice
    assert build(straight(0, 4000), [at(1, 1100), at(2, 2100), at(3, 3100)]).twice == []


@pytest.mark.parametrize("seed", range(40))
def test_the_end_of_a_road_digitised_backwards_is_found(seed: int) -> None:
    chance = Random(seed)
    road = winding(chance, 3000)
    markers = [
        Marker(id=1, number=0, place=Point(road.coords[0])),
        Marker(id=2, number=1, place=road.interpolate(1000)),
    ]
    axis = build([Section(id=1, line=road.reverse())], markers)
    back = refer(axis, Point(road.coords[-1]))
    assert place_at(axis, back.at_m).place.distance(Point(road.coords[-1])) < 0.01


SPUR = [
    *straight(0, 1000, 2000, 3000),
    Section(id=8, line=LineString([(1000, 0), (1000, 30), (1200, 30), (1300, 60)])),
]


def test_a_marker_that_is_nearest_to_a_spur_is_put_on_the_section_that_the_road_runs_over() -> None:
    axis = build(SPUR, [at(1, 100), Marker(id=2, number=2, place=Point(1150, 18)), at(3, 2500)])
    assert (axis.twice, list(axis.moved)) == ([], [2])
    assert locate(axis, 2, 0).place == Point(1150, 0)
    assert axis.marks[1].offset_m == 18


def test_markers_put_elsewhere_before_stand_there_again_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    markers = [at(1, 100), Marker(id=2, number=2, place=Point(1150, 18)), at(3, 2500)]
    found = build(SPUR, markers)
    monkeypatch.setattr(axis_module, "better_section", None)
    again = build(SPUR[::-1], markers, found.moved)
    assert (again.moved, again.twice) == (found.moved, [])
    assert [(one.number, one.at_m) for one in again.marks] == [(one.number, one.at_m) for one in found.marks]


def test_without_what_was_found_before_a_marker_stands_on_the_nearest_section() -> None:
    markers = [at(1, 100), Marker(id=2, number=2, place=Point(1150, 18)), at(3, 2500)]
    assert build(SPUR, markers, {}).twice == [8]
    assert build(SPUR, markers, {2: 777, 9: 8}).twice == [8]


def test_a_marker_that_stands_well_is_not_moved() -> None:
    axis = build(SPUR, [at(1, 100), at(2, 1150, 5), at(3, 2500)])
    assert (axis.twice, axis.moved, axis.aside) == ([], {}, [8])


def test_a_marker_that_would_stand_well_on_several_sections_is_only_told() -> None:
    forked = [
        *straight(0, 1000, first=0),
        Section(id=1, line=LineString([(1000, 0), (1100, -40), (2000, -40), (2100, 0)])),
        Section(id=2, line=LineString([(1000, 0), (1100, 40), (2000, 40), (2100, 0)])),
        Section(id=3, line=LineString([(2100, 0), (3000, 0)])),
        Section(id=8, line=LineString([(1000, 0), (1600, 5)])),
    ]
    axis = build(forked, [at(1, 100), at(2, 1550, 2), at(3, 2500)])
    assert (axis.moved, axis.twice) == ({}, [8])


def test_a_long_road_is_walked_from_each_marker_to_the_next_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    popped = []

    def heappop(waiting: list[Any]) -> Any:
        popped.append(heapq.heappop(waiting))
        return popped[-1]

    monkeypatch.setattr(axis_module, "heapq", SimpleNamespace(heappop=heappop, heappush=heapq.heappush))
    axis = build(straight(*range(0, 100_001, 200)), [at(number, 1000 * number) for number in range(101)])
    assert len(axis.marks) == 101
    # 500 sections: twice from each marker on, for the road lies on both sides of it, and once to each of its ends.
    assert len(popped) < 4 * 500


def test_a_road_drives_around_a_ring_that_its_sections_touch_between_its_ends() -> None:
    ring = LineString([(1000, 0), (1020, -20), (1040, 0), (1020, 20), (1000, 0)])
    sections = [*straight(0, 1000), Section(id=9, line=ring, traffic=1), *straight(1040, 2000, first=5)]
    axis = build(sections, [at(1, 100), at(2, 1900)])
    assert axis.gaps == []
    assert [part.section for part in axis.parts] == [0, 0, 9, 5, 5]
    assert axis.parts[2].line.coords[1] == (1020, -20)


def test_a_road_goes_on_from_the_middle_of_a_section_where_another_one_ends() -> None:
    sections = [*straight(0, 2000), Section(id=9, line=LineString([(1500.2, 0.3), (1500, 900)]))]
    axis = build(sections, [at(1, 100), at(2, 1500, 800)])
    assert (axis.gaps, locate(axis, 1, 1401).section) == ([], 9)
