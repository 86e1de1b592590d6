"""Assets keep their place along roads while roads are moved, split, merged, reversed and removed."""

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection

from gis_core.models import Member, RowHistory
from networks.roads.models import RoadAsset, RoadChange, RoadSection, RoadStretch
from tests import factories

X, Y = 620_000.0, 6_720_000.0
type Places = list[tuple[float, float]]


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


def line(places: Places) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places], srid=2154)


def point(x: float, y: float) -> Point:
    return Point(X + x, Y + y, srid=2154)


def section(member: Member, *places: tuple[float, float], **values: Any) -> RoadSection:
    with factories.as_worker():
        made = RoadSection.objects.create(owner=member, geom=line(list(places)), **values)
    at_end()
    return made


def sign(member: Member, x: float, y: float, **values: Any) -> RoadAsset:
    with factories.as_worker():
        made = RoadAsset.objects.create(owner=member, kind="sign", geom=point(x, y), **values)
    made.refresh_from_db()
    return made


def barrier(member: Member, *places: tuple[float, float]) -> RoadStretch:
    with factories.as_worker():
        made = RoadStretch.objects.create(owner=member, kind="barrier", geom=line(list(places)))
    made.refresh_from_db()
    return made


def at_end() -> None:
    """What happens when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
    with factories.as_owner():
        assert not RoadChange.objects.exists()


def change(*steps: Callable[[], Any]) -> None:
    with factories.as_worker():
        for step in steps:
            step()
    at_end()


def drawn(road: RoadSection, *places: tuple[float, float]) -> Callable[[], Any]:
    return lambda: RoadSection.objects.filter(pk=road.pk).update(geom=line(list(places)))


def where(asset: RoadAsset) -> tuple[float, float]:
    asset.refresh_from_db()
    return asset.geom.x - X, asset.geom.y - Y


def bound(asset: RoadAsset | RoadStretch) -> tuple[Any, ...]:
    asset.refresh_from_db()
    rounded = [None if one is None else round(one, 3) for one in (asset.from_m, asset.offset_m)]
    return (asset.section_id, *rounded, asset.side)


def test_a_new_asset_is_bound_to_the_nearest_section_within_15_metres(member: Member) -> None:
    near = section(member, (0, 0), (100, 0))
    far = section(member, (0, 12), (100, 12))
    assert bound(sign(member, 40, 5)) == (near.pk, 40, 5, "left")
    assert bound(sign(member, 40, 8)) == (far.pk, 40, 4, "right")
    assert bound(sign(member, 40, 0.02))[3] == "on"
    assert bound(sign(member, 40, -15.5)) == (None, None, None, None)


def test_nobody_types_the_binding(member: Member) -> None:
    road = section(member, (0, 0), (100, 0))
    made = sign(member, 40, 5, section_id=77, from_m=1, offset_m=1, side="right")
    assert bound(made) == (road.pk, 40, 5, "left")
    with factories.as_worker():
        RoadAsset.objects.filter(pk=made.pk).update(section_id=78, from_m=3)
    assert bound(made) == (road.pk, 40, 5, "left")


def test_an_asset_that_is_moved_is_bound_anew(member: Member) -> None:
    road = section(member, (0, 0), (100, 0))
    made = sign(member, 40, 5)
    with factories.as_worker():
        RoadAsset.objects.filter(pk=made.pk).update(geom=point(60, -3))
    assert bound(made) == (road.pk, 60, 3, "right")


def test_a_moved_vertex_takes_along_what_stands_beside_the_part_that_moved(member: Member) -> None:
    road = section(member, (0, 0), (100, 0), (200, 0), (300, 0), (400, 0))
    aside, along = sign(member, 50, 4), sign(member, 150, 4)
    change(drawn(road, (0, 0), (100, 0), (200, 30), (300, 0), (400, 0)))
    assert where(aside) == (50, 4)
    assert bound(aside) == (road.pk, 50, 4, "left")
    x, y = where(along)
    assert (round(x, 2), round(y, 2)) == (148.85, 18.83)
    road.refresh_from_db()
    assert along.geom.distance(road.geom) == pytest.approx(4, abs=0.001)
    assert (along.side, along.version) == ("left", 2)


def test_a_whole_section_that_is_shifted_takes_its_assets_along(member: Member) -> None:
    road = section(member, (0, 0), (100, 20), (200, 0))
    signs = [sign(member, 50, 14), sign(member, 100, 24), sign(member, 150, 2), sign(member, -3, 1)]
    before = [where(one) for one in signs]
    change(drawn(road, (30, 40), (130, 60), (230, 40)))
    for one, (x, y) in zip(signs, before, strict=True):
        assert where(one) == (pytest.approx(x + 30, abs=1e-6), pytest.approx(y + 40, abs=1e-6))


def test_a_split_section_leaves_its_assets_in_place_on_their_piece(member: Member) -> None:
    road = section(member, (0, 0), (100, 0), (200, 10))
    first, second = sign(member, 40, 5), sign(member, 160, -3)
    made: list[RoadSection] = []
    change(
        drawn(road, (0, 0), (70, 0)),
        lambda: made.append(RoadSection.objects.create(owner=member, geom=line([(70, 0), (100, 0), (200, 10)]))),
    )
    assert (where(first), where(second)) == ((40, 5), (160, -3))
    assert bound(first) == (road.pk, 40, 5, "left")
    assert bound(second)[0] == made[0].pk
    assert second.from_m == pytest.approx(RoadSection.objects.get(pk=made[0].pk).geom.project(second.geom), abs=1e-3)
    assert second.side == "right"


def test_merged_sections_keep_the_assets_of_both_in_place(member: Member) -> None:
    first, second = section(member, (0, 0), (100, 0)), section(member, (200, 0), (100, 0))
    one, other = sign(member, 40, 5), sign(member, 160, 5)
    assert bound(other) == (second.pk, 40, 5, "right")
    change(second.delete, drawn(first, (0, 0), (100, 0), (200, 0)))
    assert (where(one), where(other)) == ((40, 5), (160, 5))
    assert bound(other) == (first.pk, 160, 5, "left")


def test_a_reversed_section_changes_sides_and_metres_and_moves_nothing(member: Member) -> None:
    road = section(member, (0, 0), (100, 0), (100, 50))
    made = sign(member, 40, 5)
    change(drawn(road, (100, 50), (100, 0), (0, 0)))
    assert where(made) == (40, 5)
    assert bound(made) == (road.pk, 110, 5, "right")


def test_an_asset_of_a_removed_section_stays_unbound_until_a_road_comes_near(member: Member) -> None:
    road = section(member, (0, 0), (100, 0))
    made = sign(member, 40, 5)
    change(road.delete)
    assert (where(made), bound(made)) == ((40, 5), (None, None, None, None))
    again = section(member, (0, 1), (100, 1))
    assert bound(made) == (again.pk, 40, 4, "left")


def test_an_asset_of_a_removed_section_is_bound_to_the_next_one_within_reach(member: Member) -> None:
    near, other = section(member, (0, 0), (100, 0)), section(member, (0, 10), (100, 10))
    made, run = sign(member, 40, 4), barrier(member, (20, 4), (80, 4))
    assert (bound(made)[0], bound(run)[0]) == (near.pk, near.pk)
    change(near.delete)
    assert bound(made) == (other.pk, 40, 6, "right")
    assert bound(run) == (other.pk, 20, 6, "right")


def test_an_asset_without_a_road_is_bound_to_the_nearest_whichever_changes(member: Member) -> None:
    made = sign(member, 40, 0)
    far = section(member, (0, 30), (100, 30))
    near = section(member, (0, 20), (100, 20))
    change(drawn(far, (0, 12), (100, 12)), drawn(near, (0, 8), (100, 8)))
    assert bound(made)[0] == near.pk


def test_a_section_that_is_shortened_leaves_what_stood_beyond(member: Member) -> None:
    road = section(member, (0, 0), (100, 0))
    inside, outside = sign(member, 40, 5), sign(member, 90, 5)
    change(drawn(road, (0, 0), (60, 0)))
    assert (where(inside), where(outside)) == ((40, 5), (90, 5))
    assert (bound(inside)[0], bound(outside)[0]) == (road.pk, None)


def test_what_is_only_more_vertices_changes_nothing(member: Member) -> None:
    road = section(member, (0, 0), (100, 0))
    made = sign(member, 40, 5)
    change(drawn(road, (0, 0), (30, 0), (60, 0), (100, 0)))
    made.refresh_from_db()
    assert made.version == 1


def test_the_former_place_is_in_the_history(member: Member) -> None:
    road = section(member, (0, 0), (100, 0))
    made = sign(member, 40, 5)
    change(drawn(road, (0, 30), (100, 30)))
    with factories.as_owner():
        kept = RowHistory.objects.filter(event__table="road_asset", pk_value=made.pk, operation="UPDATE").get()
    assert (kept.version, kept.old_geom.coords) == (1, (X + 40, Y + 5))


def test_assets_of_other_members_follow_too(member: Member) -> None:
    other = factories.member(factories.commune("45902"), slug="autre")
    road = section(member, (0, 0), (100, 0))
    made = sign(other, 40, 5)
    change(drawn(road, (0, 30), (100, 30)))
    assert where(made) == (pytest.approx(40), pytest.approx(35))


def test_assets_of_other_members_stay_where_they_were_surveyed_when_a_road_goes_far_away(member: Member) -> None:
    other = factories.member(factories.commune("45902"), slug="autre")
    road = section(member, (0, 0), (100, 0))
    made, own = sign(other, 40, 5), sign(member, 60, 5)
    change(drawn(road, (0, 60), (100, 60)))
    assert (where(made), bound(made)) == ((40, 5), (None, None, None, None))
    assert where(own) == (pytest.approx(60), pytest.approx(65))
    change(drawn(road, (0, 0), (100, 0)))
    assert bound(made) == (road.pk, 40, 5, "left")


def test_stretches_of_other_members_stay_when_a_road_goes_far_away(member: Member) -> None:
    other = factories.member(factories.commune("45902"), slug="autre")
    road = section(member, (0, 0), (100, 0), (200, 0))
    made = barrier(other, (20, 3), (80, 3))
    change(drawn(road, (0, 0), (100, 120), (200, 0)))
    made.refresh_from_db()
    assert [(x - X, y - Y) for x, y in made.geom.coords] == [(20, 3), (80, 3)]
    assert made.section_id is None


@pytest.mark.parametrize("seed", range(25))
def test_editing_a_road_and_editing_it_back_returns_every_asset_within_a_millimetre(member: Member, seed: int) -> None:
    chance = Random(seed)
    places: Places = [(0.0, 0.0)]
    while len(places) < 8:
        places.append((places[-1][0] + chance.uniform(30, 120), places[-1][1] + chance.uniform(-60, 60)))
    road = section(member, *places)
    signs = []
    for _turn in range(40):
        start, end = (lambda n: (places[n], places[n + 1]))(chance.randrange(7))
        share, beside = chance.random(), chance.uniform(-12, 12)
        length = math.dist(start, end)
        ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        signs.append(
            sign(
                member,
                start[0] + share * (end[0] - start[0]) - uy * beside,
                start[1] + share * (end[1] - start[1]) + ux * beside,
            )
        )
    before = [where(one) for one in signs]
    other = [*places]
    for number in chance.sample(range(8), chance.randrange(1, 5)):
        other[number] = (places[number][0] + chance.uniform(-20, 20), places[number][1] + chance.uniform(-40, 40))
    change(drawn(road, *other))
    road.refresh_from_db()
    assert all(one.geom.distance(road.geom) < 13 for one in RoadAsset.objects.all())
    change(drawn(road, *places))
    for one, (x, y) in zip(signs, before, strict=True):
        assert math.dist(where(one), (x, y)) < 0.001
    assert all(one.section_id == road.pk for one in RoadAsset.objects.all())


def test_a_stretch_bends_with_its_road_and_comes_back(member: Member) -> None:
    road = section(member, (0, 0), (100, 0), (200, 0), (300, 0))
    made = barrier(member, (120, 3), (280, 3))
    assert (*bound(made), round(made.to_m, 3)) == (road.pk, 120, 3, "left", 280)
    change(drawn(road, (0, 0), (100, 0), (200, 40), (300, 0)))
    made.refresh_from_db()
    road.refresh_from_db()
    assert made.geom.length > 165
    middle = made.geom.interpolate_normalized(0.5)
    assert middle.distance(road.geom) < 4
    change(drawn(road, (0, 0), (100, 0), (200, 0), (300, 0)))
    made.refresh_from_db()
    assert all(abs(y - Y - 3) < 0.001 for _x, y in made.geom.coords)
    assert made.geom.length == pytest.approx(160, abs=0.001)
    assert bound(made) == (road.pk, 120, 3, "left")


def test_a_stretch_stays_in_place_when_its_section_is_split_or_removed(member: Member) -> None:
    road = section(member, (0, 0), (200, 0))
    made = barrier(member, (120, 3), (180, 3))
    pieces: list[RoadSection] = []
    change(
        drawn(road, (0, 0), (100, 0)),
        lambda: pieces.append(RoadSection.objects.create(owner=member, geom=line([(100, 0), (200, 0)]))),
    )
    assert bound(made) == (pieces[0].pk, 20, 3, "left")
    assert [(x - X, y - Y) for x, y in made.geom.coords] == [(120, 3), (180, 3)]
    change(pieces[0].delete)
    assert bound(made) == (None, None, None, None)


def test_a_stretch_along_two_sections_bends_at_the_end_that_moved_and_stays_beyond(member: Member) -> None:
    road = section(member, (0, 0), (980, 0), (1000, 0))
    section(member, (1000, 0), (2000, 0))
    made = barrier(member, (300, 3), (500, 3), (1500, 3))
    assert bound(made)[0] == road.pk
    change(drawn(road, (0, 0), (980, 0), (1000, 4)))
    made.refresh_from_db()
    places = [(round(x - X, 1), round(y - Y, 1)) for x, y in made.geom.coords]
    assert places[0] == (300, 3)
    assert places[-1] == (1500, 3)
    assert [one for one in places if 979 <= one[0] <= 1000.1] == [(980, 3), (999.4, 6.9)]
