"""Detours: the best way around for each direction and vehicle, why there is none, who keeps one on works."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import networkx
import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString
from django.db import connection
from django.utils import translation

from gis_core.errors import Invalid
from gis_core.models import Member
from networks.roads.models import RoadSection
from networks.roadworks.gauges import GAUGES, Gauge
from networks.roadworks.models import Work
from networks.roadworks.services.closures import Closure, sections_under
from networks.roadworks.services.detours import DetourResult, describe_steps, detours
from tests import factories

X, Y = 620_000.0, 6_720_000.0
CARS, LORRY = Gauge(), GAUGES["44"][1]
DAY = date(2026, 12, 1)
type Place = tuple[float, float]


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


def line(*places: Place) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places], srid=2154)


def section(member: Member, *places: Place, **values: Any) -> int:
    given: dict[str, Any] = {"nature": "1chaussee", "status": "05", "importance": "4"} | values
    with factories.as_worker():
        return RoadSection.objects.create(owner=member, geom=line(*places), **given).pk


def work(member: Member, *places: Place, **values: Any) -> Work:
    given = {"title": "Fouille", "state": "planned", "measure": "closed", "starts_on": DAY, "ends_on": DAY} | values
    with factories.as_worker():
        return Work.objects.create(owner=member, geom=MultiLineString(line(*places), srid=2154), **given)


@pytest.fixture
def ladder(member: Member) -> dict[str, int]:
    """A street of three sections from west to east, a street north of it, one farther south, joined at both ends."""
    return {
        "west": section(member, (-500, 0), (0, 0), name_left="rue Haute"),
        "closed": section(member, (0, 0), (400, 0), name_left="rue Haute"),
        "east": section(member, (400, 0), (900, 0), name_left="rue Haute"),
        "north": section(member, (0, 0), (0, 200), (400, 200), (400, 0), name_left="rue du Pont", max_weight_t=19),
        "south": section(member, (0, 0), (0, -600), (400, -600), (400, 0), route="D2020"),
    }


def around(ladder: dict[str, int], gauge: Gauge = CARS, **closure: Any) -> DetourResult:
    return detours(Closure(**({"sections": [ladder["closed"]]} | closure)), gauge)


def names(found: DetourResult) -> list[list[str]]:
    return [[one.name for one in way.steps] for way in found.ways]


def test_both_directions_take_the_shortest_way(ladder: dict[str, int]) -> None:
    found = around(ladder)
    (way,) = found.ways
    assert (way.both, way.length_m, list(way.sections)) == (True, 800, [ladder["north"]])


def test_a_lorry_avoids_the_limit(ladder: dict[str, int]) -> None:
    assert names(around(ladder, LORRY)) == [["D 2020"]]
    assert names(around(ladder, GAUGES["19"][1])) == [["rue du Pont"]]


@pytest.mark.parametrize("limit", ["max_height_m", "max_width_m", "max_length_m", "max_axle_t"])
def test_every_limit_counts(ladder: dict[str, int], limit: str) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["north"]).update(**{limit: 2.0})
    asked = limit.removeprefix("max_")
    assert names(around(ladder, Gauge(**{asked: 2.0}))) == [["rue du Pont"]]
    assert names(around(ladder, Gauge(**{asked: 2.01}))) == [["D 2020"]]


def test_one_ways_make_two_detours(ladder: dict[str, int]) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["north"]).update(traffic_way="forward")
    found = around(ladder)
    assert sorted((one.direction, one.sections[0]) for one in found.ways) == sorted(
        [("vers l’est", ladder["north"]), ("vers l’ouest", ladder["south"])]
    )


def test_a_closed_one_way_needs_one_direction(ladder: dict[str, int]) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["closed"]).update(traffic_way="backward")
    (way,) = around(ladder).ways
    assert (way.direction, way.both, way.line.coords[0]) == ("vers l’ouest", False, (X + 400, Y))


@pytest.mark.parametrize(
    "values", [{"nature": "sentier"}, {"nature": "bac"}, {"nature": "escalier"}, {"status": "07"}, {"manager": "07"},
               {"traffic_way": "none"}, {"status": "06"}]
)  # fmt: skip
def test_no_traffic_is_sent_where_there_is_none(ladder: dict[str, int], values: dict[str, str]) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["north"]).update(**values)
    assert names(around(ladder)) == [["D 2020"]]


def test_a_lane_is_a_last_resort_for_lorries(ladder: dict[str, int]) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["north"]).update(importance="6", max_weight_t=None)
    assert names(around(ladder, LORRY)) == [["D 2020"]]


def test_no_way_tells_which_limit_cuts_it(ladder: dict[str, int]) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["south"]).delete()
    found = around(ladder, LORRY)
    assert not found.ways
    assert {one.direction for one in found.missing} == {"vers l’est", "vers l’ouest"}
    assert "la limite de 19 t (poids) de « rue du Pont »" in found.missing[0].why.replace("\xa0", " ").replace(
        "\u202f", " "
    )


def test_other_works_of_the_same_days_are_avoided(member: Member, ladder: dict[str, int]) -> None:
    work(member, (0, 200), (400, 200), title="Réseau d’eau")
    assert names(around(ladder)) == [["rue du Pont"]]
    assert names(around(ladder, starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 9))) == [["rue du Pont"]]
    work(member, (-500, 0), (0, 0), title="Ailleurs")
    found = around(ladder, starts_on=date(2026, 11, 28), ends_on=DAY)
    assert (names(found), sorted(found.works.values())) == ([["D 2020"]], ["Ailleurs", "Réseau d’eau"])


def test_other_works_may_cut_the_only_way(member: Member, ladder: dict[str, int]) -> None:
    work(member, (0, 200), (400, 200), title="Réseau d’eau")
    with factories.as_worker():
        RoadSection.objects.filter(pk=ladder["south"]).delete()
    (one, _other) = around(ladder, starts_on=DAY, ends_on=DAY).missing
    assert "Réseau d’eau" in one.why


@pytest.mark.parametrize("values", [{"state": "draft"}, {"state": "cancelled"}, {"measure": "alternate"}])
def test_works_that_close_nothing_count_for_nothing(
    member: Member, ladder: dict[str, int], values: dict[str, str]
) -> None:
    made = work(member, (0, 200), (400, 200), **({} if values.get("state") == "cancelled" else values))
    with factories.as_worker():
        Work.objects.filter(pk=made.pk).update(**values)
    assert names(around(ladder, starts_on=DAY, ends_on=DAY)) == [["rue du Pont"]]


def test_a_stretch_closes_what_it_runs_along(ladder: dict[str, int]) -> None:
    """Even when drawn beside the road, and though it crosses or touches others."""
    found = around(ladder, sections=(), stretch=MultiLineString(line((20, 1), (380, 1)), srid=2154))
    assert list(found.closed) == [ladder["closed"]]


@pytest.mark.parametrize("beside", [-5, -2, 0, 2, 5, 9])
def test_a_stretch_drawn_beside_the_road_closes_every_section_that_it_goes_along(
    member: Member, ladder: dict[str, int], beside: float
) -> None:
    """Not the side street that it crosses, nor the street near by that goes the same way."""
    section(member, (200, 0), (200, 60))
    section(member, (-500, 18), (900, 18))
    found = around(ladder, sections=(), stretch=MultiLineString(line((-480, beside), (880, beside)), srid=2154))
    assert list(found.closed) == [ladder["west"], ladder["closed"], ladder["east"]]


@pytest.mark.parametrize("places", [((200, 5), (206, 5)), ((200, -3), (200, 3)), ((200, 2), (200, 8))])
def test_works_of_six_metres_close_their_section(ladder: dict[str, int], places: tuple[Place, ...]) -> None:
    """Along the road or across it."""
    found = around(ladder, sections=(), stretch=MultiLineString(line(*places), srid=2154))
    assert list(found.closed) == [ladder["closed"]]


def test_a_stretch_on_a_bridge_does_not_close_the_road_below(member: Member, ladder: dict[str, int]) -> None:
    under = section(member, (200, -300), (200, 150), level=-1)
    found = around(ladder, sections=(), stretch=MultiLineString(line((20, 4), (380, 4)), srid=2154))
    assert list(found.closed) == [ladder["closed"]]
    assert under not in found.closed


def test_small_works_of_the_same_days_are_avoided(member: Member, ladder: dict[str, int]) -> None:
    work(member, (200, 203), (206, 203), title="Fuite")
    found = around(ladder, starts_on=DAY, ends_on=DAY)
    assert (names(found), list(found.works.values())) == ([["D 2020"]], ["Fuite"])


def test_a_few_metres_of_works_close_their_section(ladder: dict[str, int]) -> None:
    found = around(ladder, sections=(), stretch=MultiLineString(line((200, 1), (203, 1)), srid=2154))
    assert list(found.closed) == [ladder["closed"]]


def test_a_dead_end_is_said_to_be_one(member: Member, ladder: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="impasse"):
        around(ladder, sections=[ladder["east"]])


def test_nothing_closed_is_refused(ladder: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="Aucune route"):
        around(ladder, sections=(), stretch=MultiLineString(line((0, 5000), (9, 5000)), srid=2154))


def test_carriageways_are_led_around_apart(member: Member, ladder: dict[str, int]) -> None:
    """A dual carriageway: each has its direction and its own way."""
    right = section(member, (2000, 0), (2400, 0), traffic_way="forward", carriageway="D")
    left = section(member, (2000, 20), (2400, 20), traffic_way="backward", carriageway="G")
    section(member, (2000, 0), (2000, -100), (2400, -100), (2400, 0))
    section(member, (2000, 20), (2000, 120), (2400, 120), (2400, 20))
    found = around(ladder, sections=[right, left])
    assert sorted((one.direction, one.line.coords[1][1] - Y) for one in found.ways) == [
        ("vers l’est", -100), ("vers l’ouest", 120),
    ]  # fmt: skip


def test_the_sheet_names_roads_in_order(member: Member, ladder: dict[str, int]) -> None:
    told = describe_steps(around(ladder, LORRY).ways[0].steps).replace("\xa0", " ").replace("\u202f", " ")
    assert told == "Prendre la D 2020 sur 1,6 km."


def random_roads(member: Member, seed: int, side: int = 9) -> None:
    """Streets in squares of 100 m: some one-way, some limited, some slow, some not there."""
    chance = Random(seed)
    made = []
    for x in range(side):
        for y in range(side):
            for u, v in ((x + 1, y), (x, y + 1)):
                if u < side and v < side and chance.random() < 0.85:
                    ends = [(x * 100.0, y * 100.0), (u * 100.0, v * 100.0)]
                    made.append(
                        RoadSection(
                            owner=member,
                            geom=line(*(ends if chance.random() < 0.5 else reversed(ends))),
                            traffic_way=chance.choice(["both", "both", "both", "forward", "backward"]),
                            importance=chance.choice(["1", "3", "4", "5", "6", None]),
                            nature=chance.choice(["1chaussee", "1chaussee", "2chaussees", None, "sentier"]),
                            status=chance.choice(["03", "05", None]),
                            speed_kmh=chance.choice([None, 30, 50, 80]),
                            max_weight_t=chance.choice([None, None, None, None, None, 3.5, 19]),
                            max_height_m=chance.choice([None, None, None, None, 3.0]),
                        )
                    )
    with factories.as_worker():
        RoadSection.objects.bulk_create(made)


def graph_of(closed: Sequence[int], gauge: Gauge) -> Any:
    """The same roads as another library reads them, whole."""
    graph = networkx.DiGraph()
    heavy = (gauge.weight_t or 0) >= 3.5
    for one in RoadSection.objects.exclude(pk__in=closed):
        if one.nature in ("sentier",) or one.status in ("06", "07"):
            continue
        if any(
            limit is not None and asked is not None and limit < asked
            for limit, asked in ((one.max_weight_t, gauge.weight_t), (one.max_height_m, gauge.height_m))
        ):
            continue  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("select arpent.road_seconds(%s, %s, %s, %s, %s, %s, %s)",
                           [one.geom.length, one.nature, one.importance, one.status, one.speed_kmh, one.built_up,
                            heavy])  # fmt: skip
            (seconds,) = cursor.fetchone()
        for way, ends in (
            ("forward", (one.start_node_id, one.end_node_id)),
            ("backward", (one.end_node_id, one.start_node_id)),
        ):
            if one.traffic_way in ("both", way):
                graph.add_edge(
                    *ends, weight=min(seconds, graph.get_edge_data(*ends, {"weight": 1e9})["weight"]), id=one.pk
                )
    return graph


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("gauge", [CARS, GAUGES["19"][1]])
def test_ways_are_the_best_that_another_library_finds(member: Member, seed: int, gauge: Gauge) -> None:
    random_roads(member, seed)
    chance, compared = Random(seed), 0
    usable = list(RoadSection.objects.exclude(nature="sentier").order_by("pk"))
    for one in chance.sample(usable, 12):
        try:
            found = detours(Closure(sections=[one.pk]), gauge)
        except Invalid:
            continue
        graph = graph_of([one.pk], gauge)
        best = {}
        for start, end in ((one.start_node_id, one.end_node_id), (one.end_node_id, one.start_node_id)):
            allowed = {"forward": one.start_node_id, "backward": one.end_node_id}.get(one.traffic_way, start)
            if allowed == start:
                try:
                    best[start] = networkx.dijkstra_path_length(graph, start, end)
                except (networkx.NetworkXNoPath, networkx.NodeNotFound):
                    best[start] = None
        ways = sum(2 if way.both else 1 for way in found.ways)
        assert ways == sum(seconds is not None for seconds in best.values())
        assert len(found.missing) == sum(seconds is None for seconds in best.values())
        for way in found.ways:
            assert any(seconds is not None and abs(seconds - way.seconds) < 1e-6 for seconds in best.values())
            assert all(a != b for a, b in pairwise(way.line.coords))
        compared += 1
    assert compared > 3


ROAD = """
    insert into road_section (owner_id, geom, level)
    select %(owner)s, st_setsrid(st_makeline(array(
        select st_makepoint(%(x)s + m, %(y)s + 200 * sin(m / 400.0)) from generate_series(k, k + 100, 10) m)), 2154), 0
    from generate_series(0, 29900, 100) k
"""
BESIDE = """
    select st_asewkb(st_multi(st_setsrid(st_makeline(array(
        select st_makepoint(%(x)s + m, %(y)s + 2 + 200 * sin(m / 400.0)) from generate_series(0, 30000, 10) m)), 2154)))
"""


CROSSING = """
    insert into road_section (owner_id, geom, level)
    select %(owner)s, st_setsrid(st_makeline(st_makepoint(%(x)s + k, %(y)s + 200 * sin(k / 400.0)),
        st_makepoint(%(x)s + k + 3, %(y)s + %(side)s + 200 * sin(k / 400.0))), 2154), 0
    from generate_series(0, 30000, 100) k
"""


COUNTED = """
    create sequence arpent.pairs;
    create function arpent.meets(one geometry, other geometry) returns boolean
    language plpgsql stable cost 1 set search_path = pg_catalog, public as $$
    begin
        perform nextval('arpent.pairs');
        return one && other;
    end $$
"""


def counting_pairs() -> None:
    """From now on, in this transaction, the pairs of a place and a section that are looked at are counted."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('arpent.sections_under(geometry)'::regprocedure)")
        (written,) = cursor.fetchone()
        assert "near.box && p.place" in written
        cursor.execute(COUNTED)
        cursor.execute(written.replace("near.box && p.place", "arpent.meets(near.box, p.place)"))
        cursor.execute("grant usage on sequence arpent.pairs to arpent_web")


def test_the_sections_under_thirty_kilometres_are_those_near_each_place(member: Member) -> None:
    counting_pairs()
    given = {"owner": member.pk, "x": X, "y": Y}
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(ROAD, given)
        for side in (-40, 40):
            cursor.execute(CROSSING, given | {"side": side})
        cursor.execute("analyze road_section")
        cursor.execute(BESIDE, given)
        stretch = GEOSGeometry(memoryview(cursor.fetchone()[0]))
    assert len(sections_under(stretch)) == 300
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select last_value from arpent.pairs")
        assert 4_000 < cursor.fetchone()[0] < 100_000
