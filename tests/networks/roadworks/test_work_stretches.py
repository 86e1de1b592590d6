"""The stretch that works take: between references, between two places, along streets, drawn."""

from itertools import pairwise
from random import Random
from typing import Any

import networkx
import pytest
from django.contrib.gis.geos import MultiLineString

from gis_core.errors import ArpentError, Invalid, NotFound
from networks.roads.models import RoadMarker
from networks.roads.services.calibrating import calibrate
from networks.roadworks.services import stretches
from tests import factories
from tests.networks.conftest import Network, Place, X, Y, at
from tests.networks.roadworks.works import numbered_road, section


def ends(stretch: MultiLineString) -> list[list[Place]]:
    return [[(round(x - X, 2), round(y - Y, 2)) for x, y in line.coords] for line in stretch]


def near(x: float, y: float) -> Place:
    return X + x, Y + y


def test_between_two_references_it_follows_the_axis_over_its_sections(network: Network) -> None:
    numbered_road(network.member)
    with network.as_():
        found = stretches.between("D 2020 PR 12+50", "rd2020 13+40")
    (line,) = ends(found)
    assert (line[0], line[-1], found.length) == ((60, 50), (250, 50), pytest.approx(190))


def test_a_side_means_nothing_on_a_road_of_one_carriageway(network: Network) -> None:
    numbered_road(network.member)
    with network.as_():
        assert stretches.between("D 2020 PR 12+50 D", "D 2020 PR 13+40").length == pytest.approx(190)


def test_the_references_may_be_given_the_other_way_round(network: Network) -> None:
    numbered_road(network.member)
    with network.as_():
        assert stretches.between("D2020 13+40", "D2020 12+50").length == pytest.approx(190)


@pytest.mark.parametrize(
    ("start", "end", "parameter"),
    [
        ("D 2020 PR 12+50", "D 2020 PR 12+50", "end"),
        ("D 2020 PR 12+50", "", "end"),
        ("", "D 2020 PR 12+50", "start"),
        ("rue Haute", "D 2020 PR 12+50", "start"),
        ("D 2020 PR 12+50", "D 2020 PR 12+900", "end"),
        ("D 2020 PR 12+50", "D 7 PR 1+0", "end"),
    ],
)
def test_references_that_mean_nothing_are_refused_at_their_end(
    network: Network, start: str, end: str, parameter: str
) -> None:
    numbered_road(network.member)
    with network.as_(), pytest.raises(ArpentError) as refused:
        stretches.of_references(start, end)
    assert refused.value.extra["parameter"] == parameter


@pytest.fixture
def parted(network: Network) -> Network:
    """The D 60 over 1,000 m eastward, divided from 400 m to 600 m: D runs straight, G 60 m to the north. PR 1 at 100 m
    and PR 2 at 900 m.
    """
    member = network.member
    section(member, (0, 0), (400, 0), route="D60", carriageway="U")
    section(member, (400, 0), (600, 0), route="D60", carriageway="D", traffic_way="forward")
    section(member, (600, 0), (600, 60), (400, 60), (400, 0), route="D60", carriageway="G", traffic_way="forward")
    section(member, (1000, 0), (600, 0), route="D60", carriageway="U")
    with factories.as_worker():
        for number, x in ((1, 100), (2, 900)):
            RoadMarker.objects.create(owner=member, route="D60", number=number, geom=at(x, 0))
        calibrate("D60")
    return network


def laid(network: Network, start: str, end: str) -> tuple[float, list[Place]]:
    """How long, and the outermost corners."""
    with network.as_():
        found = stretches.between(start, end)
    west, south, east, north = (round(one, 2) for one in found.extent)
    return round(found.length, 2), [(west - X, south - Y), (east - X, north - Y)]


def test_works_from_before_to_behind_what_is_divided_take_both_carriageways_once(parted: Network) -> None:
    both = 200 + 200 + 320 + 200
    assert laid(parted, "D60 PR 1+100", "D60 PR 1+700") == (both, [(200, 0), (800, 60)])
    assert laid(parted, "D60 PR 1+700", "D60 PR 1+100") == (both, [(200, 0), (800, 60)])


def test_a_reference_of_the_left_carriageway_is_laid_where_it_was_measured(parted: Network) -> None:
    """PR 1+720 by the left one is 120 m nearer than by the right one, behind where they join."""
    with parted.as_():
        assert round(stretches.locate("D60 PR 1+720 G").x - X) == 700
    assert laid(parted, "D60 PR 1+620 G", "D60 PR 1+720 G") == (100, [(600, 0), (700, 0)])
    assert laid(parted, "D60 PR 1+100 G", "D60 PR 1+720 G") == (200 + 320 + 100, [(200, 0), (700, 60)])


@pytest.mark.parametrize(
    ("start", "end", "metres", "north"),
    [
        ("D60 PR 1+350 D", "D60 PR 1+450 D", 100, 0),
        ("D60 PR 1+100", "D60 PR 1+450 D", 350, 0),
        ("D60 PR 1+400 G", "D60 PR 1+100", 300, 60),
        ("D60 PR 1+100", "D60 PR 1+200", 100, 0),
        ("D60 PR 1+100 D", "D60 PR 1+700", 600, 0),
        ("D60 PR 1+100 D", "D60 PR 1+700 D", 600, 0),
    ],
)
def test_works_on_one_carriageway_leave_the_other(
    parted: Network, start: str, end: str, metres: float, north: float
) -> None:
    found, (_low, (_east, top)) = laid(parted, start, end)
    assert (found, top) == (metres, north)


def test_between_two_places_it_takes_the_shortest_way_along_the_roads(network: Network) -> None:
    section(network.member, (0, 0), (100, 0))
    section(network.member, (100, 0), (100, 100), traffic_way="backward")
    section(network.member, (200, 100), (100, 100))
    section(network.member, (100, 0), (300, 0), (300, 100), (200, 100))
    with network.as_():
        found = stretches.between(near(20, 4), near(180, 97))
    assert ends(found) == [[(20, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 100), (180, 100)]]


def test_two_places_on_one_section_take_what_lies_between(network: Network) -> None:
    section(network.member, (0, 0), (100, 0))
    with network.as_():
        assert ends(stretches.between(near(80, 3), near(30, -3))) == [[(80, 0), (30, 0)]]


def test_a_place_far_from_any_road_is_told(network: Network) -> None:
    section(network.member, (0, 0), (100, 0))
    with network.as_(), pytest.raises(NotFound) as refused:
        stretches.between(near(20, 0), near(80, 70))
    assert (refused.value.extra["parameter"], "50" in refused.value.message) == ("end", True)


def test_roads_that_do_not_meet_are_told(network: Network) -> None:
    section(network.member, (0, 0), (100, 0))
    section(network.member, (0, 60), (100, 60))
    with network.as_(), pytest.raises(NotFound):
        stretches.between(near(20, 0), near(20, 60))


def test_on_a_grid_it_is_as_short_as_the_definition_says(network: Network) -> None:
    random = Random(7)  # no secret
    graph = networkx.Graph()
    for i in range(4):
        for j in range(4):
            for there in ((i + 1, j), (i, j + 1)):
                if max(there) < 4 and random.random() < 0.8:
                    bend = random.randint(0, 40)
                    here, target = (i * 100, j * 100), (there[0] * 100, there[1] * 100)
                    middle = ((here[0] + target[0]) / 2 + bend, (here[1] + target[1]) / 2 + bend)
                    drawn = section(network.member, here, middle, target)
                    graph.add_edge((i, j), there, weight=drawn.geom.length)
    nodes = sorted(networkx.node_connected_component(graph, (0, 0)))
    with network.as_():
        for one, other in pairwise(nodes):
            found = stretches.between(near(one[0] * 100, one[1] * 100), near(other[0] * 100, other[1] * 100))
            expected = networkx.shortest_path_length(graph, one, other, weight="weight")
            assert found.length == pytest.approx(expected, abs=0.1)


def test_a_street_is_every_section_that_bears_its_name_in_the_commune(network: Network) -> None:
    for x, name in ((0, "Rue de l'Église"), (50, "RUE DE L EGLISE"), (100, "Rue Haute")):
        section(network.member, (x, 0), (x + 50, 0), name_left=name, insee_left="45901", insee_right="45901")
    with network.as_():
        assert stretches.of_streets("rue de l’église", "45901").length == pytest.approx(100)
        assert stretches.of_streets("rue de l’église; Rue Haute", "45901").length == pytest.approx(150)
        with pytest.raises(NotFound):
            stretches.of_streets("rue Basse", "45901")
        with pytest.raises(Invalid):
            stretches.of_streets("rue Haute", "")


@pytest.mark.parametrize(
    "text",
    [
        "bonjour",
        "{}",
        '{"type":"Point","coordinates":[2.5,47.9]}',
        '{"type":"LineString","coordinates":[[2.5,47.9]]}',
        '{"type":"LineString","coordinates":[[2.5,47.9],[2.5,47.9]]}',
        '{"type":"LineString","coordinates":[[200,95],[201,95]]}',
        '{"type":"LineString","coordinates":[[2.5,47.9],["a",1]]}',
        '{"type":"LineString","coordinates":[[2.5,47.9],[1e400,1]]}',
        '{"type":"MultiLineString","coordinates":[]}',
        "LINESTRING(2.5 47.9, 2.6 47.9",
        "SRID=3857;LINESTRING(2.5 47.9, 2.6 47.9)",
        "é" * 2_000_000,
    ],
)
def test_what_is_no_line_is_refused(network: Network, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        stretches.parse_drawn(text)
    assert refused.value.extra["parameter"] == "geom"


def test_a_line_with_heights_is_kept_flat(network: Network) -> None:
    text: Any = '{"type":"LineString","coordinates":[[2.5,47.9,120],[2.501,47.9,121]]}'
    found = stretches.parse_drawn(text)
    assert (found.hasz, found.srid, found.length) == (False, 2154, pytest.approx(74.8, abs=0.5))
