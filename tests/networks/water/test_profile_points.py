"""The heights of a profile: what is on record, what lies between, what nobody knows."""

from typing import Any

import pytest

from networks.water.profile.path import Branched, in_order
from networks.water.profile.points import NodeData, Origin, PipeData, Profile, Step, profile_of


def pipe(number: int, start: int, end: int, length: float = 40.0, **more: Any) -> PipeData:
    return PipeData(id=number, start=start, end=end, length_m=length, reference=f"C{number}", **more)


def sewer(*pipes: PipeData, **nodes: dict[str, Any]) -> Profile:
    """Nodes as `n1={...}`."""
    given = {int(name[1:]): NodeData(id=int(name[1:]), kind="manhole", **values) for name, values in nodes.items()}
    return profile_of("sewer", [Step(one) for one in pipes], given)


def test_distances_add_up_along_the_way() -> None:
    profile = sewer(pipe(1, 1, 2, 40), pipe(2, 2, 3, 12.5))
    assert [point.at_m for point in profile.points] == [0, 40, 52.5]
    assert profile.length_m == 52.5


def test_a_pipe_end_without_height_takes_that_of_its_manhole_and_says_so() -> None:
    profile = sewer(pipe(1, 1, 2, start_z=100.0), n1={}, n2={"bottom_z": 99.2})
    far = profile.stretches[0].far
    assert far is not None
    assert (far.z, far.origin, far.sure) == (99.2, Origin.NODE, True)


def test_an_invert_follows_from_the_cover_and_the_depth_of_the_manhole() -> None:
    profile = sewer(pipe(1, 1, 2, start_z=100.0), n2={"top_z": 101.5, "depth_m": 2.0})
    far = profile.stretches[0].far
    assert far is not None
    assert (far.z, far.origin) == (99.5, Origin.DEPTH)


def test_a_missing_height_is_put_between_the_known_ones_and_is_not_sure() -> None:
    profile = sewer(pipe(1, 1, 2, 30, start_z=100.0), pipe(2, 2, 3, 10, end_z=99.6))
    middle = profile.points[1].arriving
    assert middle is not None
    assert middle.z == pytest.approx(99.7)
    assert middle.origin is Origin.BETWEEN
    assert not middle.sure


def test_beyond_the_last_known_height_there_is_none() -> None:
    profile = sewer(pipe(1, 1, 2, start_z=100.0, end_z=99.8), pipe(2, 2, 3))
    assert profile.stretches[1].near is None
    assert profile.stretches[1].far is None
    assert profile.stretches[1].slope is None
    assert profile.missing == 2 + 3


def test_a_drop_is_what_the_way_falls_within_a_manhole() -> None:
    profile = sewer(pipe(1, 1, 2, start_z=100, end_z=99.5), pipe(2, 2, 3, start_z=98.7, end_z=98.5))
    assert [point.drop_m for point in profile.points] == [None, pytest.approx(0.8), None]
    assert len(profile.drops) == 1


def test_a_height_between_known_ones_makes_no_drop() -> None:
    profile = sewer(pipe(1, 1, 2, start_z=100), pipe(2, 2, 3, start_z=98.7, end_z=98.5))
    assert profile.drops == []


def test_a_sewer_that_climbs_along_its_flow_is_a_counter_slope() -> None:
    profile = sewer(pipe(1, 1, 2, start_z=99.0, end_z=99.2))
    assert profile.stretches[0].slope == pytest.approx(-0.005)
    assert profile.rising == [profile.stretches[0]]


def test_a_sewer_under_pressure_may_climb() -> None:
    assert sewer(pipe(1, 1, 2, start_z=99.0, end_z=104.0, under_pressure=True)).rising == []


def test_walked_against_its_flow_a_sewer_that_falls_is_no_counter_slope() -> None:
    falling = pipe(1, 1, 2, start_z=100.0, end_z=99.0)
    profile = profile_of("sewer", [Step(falling, backwards=True)], {})
    assert profile.stretches[0].slope == pytest.approx(-1 / 40)
    assert profile.rising == []
    assert profile.backwards == [profile.stretches[0]]


def test_the_crown_of_a_sewer_is_its_invert_and_its_diameter_and_water_hangs_below_its_top() -> None:
    sewers = sewer(pipe(1, 1, 2, start_z=100, end_z=99, diameter_mm=300))
    assert sewers.around(sewers.stretches[0]) == (0.0, 0.3)
    water = profile_of("water", [Step(pipe(1, 1, 2, start_z=100, end_z=99, diameter_mm=150))], {})
    assert water.around(water.stretches[0]) == (-0.15, 0.0)


def test_a_water_pipe_without_height_lies_at_its_depth_under_the_ground() -> None:
    nodes = {1: NodeData(id=1, ground_z=120.0), 2: NodeData(id=2, ground_z=118.0)}
    profile = profile_of("water", [Step(pipe(1, 1, 2, depth_m=1.2))], nodes)
    heights = [(one.z, one.origin) for one in (profile.stretches[0].near, profile.stretches[0].far) if one]
    assert heights == [(118.8, Origin.DEPTH), (116.8, Origin.DEPTH)]


# -- the way through the pipes -----------------------------------------------------------------------------------------


def ids(steps: list[Step]) -> list[tuple[int, bool]]:
    return [(one.pipe.id, one.backwards) for one in steps]


def test_pipes_in_any_order_become_a_way_along_the_flow() -> None:
    steps = in_order("sewer", [pipe(3, 3, 4), pipe(1, 1, 2), pipe(2, 2, 3)])
    assert ids(steps) == [(1, False), (2, False), (3, False)]


def test_drinking_water_is_read_in_the_order_in_which_its_pipes_were_given() -> None:
    steps = in_order("water", [pipe(3, 3, 4), pipe(2, 3, 2), pipe(1, 1, 2)])
    assert ids(steps) == [(3, True), (2, False), (1, True)]


def test_two_sewers_that_meet_head_to_head_are_one_way_part_of_it_against_the_flow() -> None:
    steps = in_order("sewer", [pipe(1, 1, 2, 50), pipe(2, 3, 2, 20)])
    assert ids(steps) == [(1, False), (2, True)]


def test_branches_offer_the_longest_way_along_the_flow() -> None:
    with pytest.raises(Branched) as raised:
        in_order("sewer", [pipe(1, 1, 3, 10), pipe(2, 2, 3, 90), pipe(3, 3, 4, 30)])
    assert raised.value.longest == [2, 3]
    assert not raised.value.apart


def test_pipes_that_do_not_touch_offer_the_longest_part() -> None:
    with pytest.raises(Branched) as raised:
        in_order("water", [pipe(1, 1, 2, 10), pipe(2, 7, 8, 90)])
    assert raised.value.longest == [2]
    assert raised.value.apart


def test_branches_of_drinking_water_offer_the_longest_way_whatever_its_direction() -> None:
    with pytest.raises(Branched) as raised:
        in_order("water", [pipe(1, 1, 2, 50), pipe(2, 3, 2, 60), pipe(3, 2, 4, 5)])
    assert sorted(raised.value.longest) == [1, 2]


def test_a_ring_is_walked_around_once() -> None:
    steps = in_order("water", [pipe(1, 1, 2), pipe(2, 2, 3), pipe(3, 3, 1)])
    assert sorted(one.pipe.id for one in steps) == [1, 2, 3]
    assert steps[0].first == steps[-1].last
