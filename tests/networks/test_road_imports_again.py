"""A newer delivery of sections keeps the lines that were corrected, cut or merged here. Deliveries of our own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.db import connection
from shapely.geometry import LineString as Line

from gis_core.models import Member
from networks.roads.models import RoadSection
from tests import factories
from tests.networks.conftest import Network
from tests.networks.test_road_delivery import write_raw
from tests.networks.test_road_imports import bring
from tests.networks.test_road_reshaping import cut, join, turn

type Lines = dict[str, list[tuple[float, float]]]
type Deliver = Callable[..., dict[str, Any]]
X, Y = factories.ORIGIN
STRAIGHT: Lines = {"A": [(0, 0), (60, 0)], "B": [(60, 0), (100, 0)]}
BENT: Lines = STRAIGHT | {"A": [(0, 0), (30, 8), (60, 0)]}


@pytest.fixture
def deliver(network: Network, tmp_path: Path) -> Deliver:
    """The report of a delivery of these lines, for the network's member or another one."""

    def delivered(lines: Lines, member: Member | None = None, **more: Any) -> dict[str, Any]:
        path = tmp_path / "TRONCON_DE_ROUTE.shp"
        shapes = [Line([(X + x, Y + y) for x, y in line]) for line in lines.values()]
        rows = [[name, "Route à 1 chaussée", "Double sens", "D12", "En service"] for name in lines]
        write_raw(path, ["ID", "NATURE", "SENS", "NUMERO", "ETAT"], rows, shapes)
        return bring(member or network.member, *sorted(tmp_path.iterdir()), **more)

    return delivered


def drawn() -> Lines:
    found = RoadSection.objects.order_by("reference")
    return {one.reference or "": [(x - X, y - Y) for x, y in one.geom.coords] for one in found}


def draw(reference: str, *places: tuple[float, float]) -> None:
    line = LineString([(X + x, Y + y) for x, y in places], srid=2154)
    with factories.as_worker():
        assert RoadSection.objects.filter(reference=reference).update(geom=line) == 1


def pk(reference: str) -> int:
    return RoadSection.objects.get(reference=reference).pk


def told(report: dict[str, Any]) -> list[str]:
    return [line for line in report["lines"] if "restent" in line]


def test_a_line_corrected_here_stays_where_the_source_did_not_draw_it_anew(deliver: Deliver) -> None:
    deliver(STRAIGHT)
    draw("A", (0, 0), (30, -5), (60, 0))
    report = deliver(STRAIGHT)
    assert drawn()["A"] == [(0, 0), (30, -5), (60, 0)]
    assert (report["counts"]["same"], told(report)) == (2, [])


def test_a_line_corrected_here_stays_and_is_told_once_where_the_source_draws_it_anew(deliver: Deliver) -> None:
    deliver(STRAIGHT)
    draw("A", (0, 0), (30, -5), (60, 0))
    asked = deliver(BENT, write=False)
    report = deliver(BENT)
    assert drawn()["A"] == [(0, 0), (30, -5), (60, 0)]
    assert (asked["drawn_here"], report["drawn_here"], report["counts"]["drawn"]) == (["A"], ["A"], 0)
    assert told(report)[0].endswith(" A")
    assert told(deliver(BENT)) == []


def forget_put() -> None:
    """As sections are that were brought before their lines were remembered."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("update road_section set more = more - 'put'")


def test_a_line_corrected_before_lines_were_remembered_stays_and_is_told(deliver: Deliver) -> None:
    deliver(STRAIGHT)
    draw("A", (0, 0), (30, -5), (60, 0))
    forget_put()
    assert deliver(BENT)["drawn_here"] == ["A"]
    assert drawn()["A"] == [(0, 0), (30, -5), (60, 0)]


def test_a_line_that_nobody_corrected_before_lines_were_remembered_is_drawn_anew(
    deliver: Deliver, network: Network
) -> None:
    deliver(STRAIGHT | {"C": [(0, 50), (60, 50)]})
    turn(network, pk("C"))
    forget_put()
    report = deliver(BENT | {"C": [(0, 50), (30, 58), (60, 50)]})
    assert (report["drawn_here"], report["counts"]["drawn"]) == ([], 2)
    assert (drawn()["A"], drawn()["C"]) == (BENT["A"], [(60, 50), (30, 58), (0, 50)])


def test_a_line_that_nobody_corrected_is_drawn_anew_each_time(deliver: Deliver) -> None:
    deliver(STRAIGHT)
    deliver(BENT)
    assert drawn()["A"] == BENT["A"]
    assert deliver(STRAIGHT)["counts"]["drawn"] == 1
    assert drawn() == STRAIGHT


def test_a_line_that_was_only_turned_round_is_drawn_anew(deliver: Deliver, network: Network) -> None:
    deliver(STRAIGHT)
    turn(network, pk("A"))
    assert deliver(BENT)["drawn_here"] == []
    assert drawn()["A"] == BENT["A"][::-1]


def test_a_line_put_back_as_it_was_is_drawn_anew(deliver: Deliver) -> None:
    deliver(STRAIGHT)
    draw("A", (0, 0), (30, -5), (60, 0))
    draw("A", *STRAIGHT["A"])
    assert deliver(BENT)["counts"]["drawn"] == 1


def test_a_line_cut_here_is_left_and_told(deliver: Deliver, network: Network) -> None:
    deliver(STRAIGHT)
    cut(network, RoadSection.objects.get(reference="A"), 40)
    report = deliver(BENT)
    assert (report["left_drawn"], report["counts"]["new"]) == (["A"], 0)
    assert drawn() == {"A": [(0, 0), (40, 0)], "A/2": [(40, 0), (60, 0)], "B": STRAIGHT["B"]}


def test_the_rest_of_a_section_whose_piece_was_merged_into_another_still_follows(
    deliver: Deliver, network: Network
) -> None:
    deliver(STRAIGHT)
    _rest, piece = cut(network, RoadSection.objects.get(reference="A"), 40)
    join(network, pk("B"), piece.pk)
    report = deliver(BENT, replace=True)
    assert (report["counts"]["absorbed"], report["counts"]["gone"], report["counts"]["new"]) == (0, 0, 0)
    assert report["drawn_here"] == ["A"]
    assert (drawn()["A"], len(drawn())) == ([(0, 0), (40, 0)], 2)


def test_a_section_merged_into_one_of_another_member_is_left_to_it(deliver: Deliver, network: Network) -> None:
    deliver(STRAIGHT)
    join(network, pk("A"), pk("B"))
    other = factories.member(factories.commune("45904"))
    report = deliver(STRAIGHT, other)
    assert (report["counts"]["held"], report["counts"]["new"]) == (2, 0)
    assert list(drawn()) == ["A"]


def test_a_section_merged_here_is_left_out_of_the_next_delivery(deliver: Deliver, network: Network) -> None:
    deliver(STRAIGHT)
    join(network, pk("A"), pk("B"))
    report = deliver(STRAIGHT, replace=True)
    assert (report["counts"]["absorbed"], report["counts"]["gone"], report["counts"]["new"]) == (1, 0, 0)
    assert list(drawn()) == ["A"]
