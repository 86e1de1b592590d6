"""Sides of plots drawn by hand: which are alignments, side limits and rear limits, and from where it follows."""

import pytest
from shapely.geometry import LineString, Polygon

from simulation.engine.sides import Axis, Kind, Origin
from tests.simulation.grounds import ACROSS, EAST, NORTH, STREET, WEST, box, kinds, sides

FLAG = Polygon([(0, 0), (4, 0), (4, 20), (30, 20), (30, 50), (0, 50)])


def test_a_plot_on_a_street() -> None:
    assert kinds(sides()) == {"south": "alignment", "east": "side", "north": "rear", "west": "side"}


def test_an_alignment_says_its_street_and_a_limit_its_neighbour() -> None:
    by_kind = {side.kind: (side.origin, side.names) for side in sides().sides if side.kind != Kind.SIDE}
    assert by_kind == {
        Kind.ALIGNMENT: (Origin.PUBLIC, ("rue des Vignes",)),
        Kind.REAR: (Origin.NEIGHBOUR, ("p2",)),
    }


def test_a_corner_plot_has_two_alignments_and_no_rear_limit() -> None:
    made = sides(neighbours=[WEST, NORTH, box(28, 0, 48, 30), ACROSS])
    assert (made.corner, kinds(made)) == (
        True,
        {"south": "alignment", "east": "alignment", "north": "side", "west": "side"},
    )


def test_a_plot_between_two_streets_has_no_rear_limit() -> None:
    made = sides(neighbours=[WEST, EAST, ACROSS, box(-40, 38, 60, 60)])
    assert kinds(made) == {"south": "alignment", "east": "side", "north": "alignment", "west": "side"}


def test_the_rear_limit_of_a_flag_lot_is_the_far_one() -> None:
    around = [box(-20, 0, 0, 50), box(4, 0, 30, 20), box(30, 0, 50, 50), box(-20, 50, 50, 80), ACROSS]
    made = sides(FLAG, around)
    lengths = sorted((side.kind.value, round(side.line.length)) for side in made.sides)
    assert lengths == [("alignment", 4), ("rear", 30), ("side", 20), ("side", 26), ("side", 30), ("side", 50)]


def test_a_parcel_that_is_a_way_makes_an_alignment() -> None:
    made = sides(neighbours=[WEST, EAST, NORTH, box(-50, -8, 70, 0), ACROSS])
    (front,) = [side for side in made.sides if side.kind == Kind.ALIGNMENT]
    assert (front.origin, front.names) == (Origin.WAY, ("p3",))


def test_a_road_of_the_plan_over_a_parcel_makes_it_a_way() -> None:
    way = box(-50, -8, 70, 0)
    made = sides(neighbours=[WEST, EAST, NORTH, way, ACROSS], axes=[], road_areas=[way])
    assert kinds(made)["south"] == "alignment"


def test_a_plot_that_touches_no_way_has_limits_that_are_doubtful() -> None:
    made = sides(neighbours=[box(-50, -50, 70, 80).difference(box(0, 0, 20, 30))], axes=[])
    assert {(side.kind, side.uncertain) for side in made.sides} == {(Kind.SIDE, "no_way")}


def test_where_nothing_is_known_beyond_a_side_it_says_so() -> None:
    made = sides(neighbours=[], axes=[STREET])
    assert kinds(made) == {"south": "alignment", "east": "side", "north": "rear", "west": "side"}
    assert [side.uncertain for side in made.sides if side.kind != Kind.ALIGNMENT] == ["nothing_known"] * 3


def test_slivers_between_parcels_are_no_public_domain() -> None:
    made = sides(neighbours=[box(-20, 0, -0.25, 30), box(20.15, 0, 40, 30), NORTH, ACROSS])
    assert kinds(made) == {"south": "alignment", "east": "side", "north": "rear", "west": "side"}


def test_water_beyond_a_limit_is_no_alignment() -> None:
    made = sides(neighbours=[WEST, EAST, ACROSS], waters=[box(-40, 30, 60, 45)])
    assert [(side.kind, side.origin) for side in made.sides if side.origin == Origin.WATER] == [
        (Kind.REAR, Origin.WATER)
    ]


def test_a_way_through_the_terrain_is_told() -> None:
    made = sides(axes=[STREET, Axis("chemin", LineString([(-5, 15), (30, 15)]))])
    assert [one.name for one in made.crossings] == ["chemin"]


def test_a_street_along_the_limit_does_not_run_through_the_terrain() -> None:
    assert sides(axes=[Axis("rue", LineString([(-60, 0.5), (80, 0.5)]))]).crossings == []


def test_a_limit_shared_by_two_neighbours_is_one_side() -> None:
    halves = [box(20, 0, 40, 15), box(20, 15, 40, 30)]
    made = sides(neighbours=[WEST, *halves, NORTH, ACROSS])
    assert [side.names for side in made.sides if len(side.names) == 2] == [("p1", "p2")]


def test_a_limit_half_on_a_passage_is_cut_there() -> None:
    """The eastern neighbour stops at 20 m: beyond it an alley without parcel joins the street behind."""
    made = sides(neighbours=[WEST, box(20, 0, 40, 20), box(25, 20, 60, 30), ACROSS, NORTH])
    east = sorted((side.kind.value, round(side.line.length)) for side in made.sides if side.line.centroid.x == 20)
    assert east == [("alignment", 10), ("side", 20)]


@pytest.mark.parametrize("turn", [0, 17, 45, 90, 133, 270])
def test_sides_do_not_depend_on_the_north(turn: float) -> None:
    from shapely.affinity import rotate

    def turned(shape: object) -> object:
        return rotate(shape, turn, origin=(0, 0))

    made = sides(
        turned(box(0, 0, 20, 30)),
        [turned(one) for one in (WEST, EAST, NORTH, ACROSS)],
        [Axis("rue", turned(STREET.line))],
    )
    assert sorted((side.kind.value, round(side.line.length)) for side in made.sides) == [
        ("alignment", 20),
        ("rear", 20),
        ("side", 30),
        ("side", 30),
    ]


def test_the_alignment_across_the_street() -> None:
    assert round(sides().opposite.distance(box(0, 0, 20, 30)), 6) == 8
    assert round(sides().axis.distance(box(0, 0, 20, 30)), 6) == 4
