"""A newer delivery of sections keeps the lines that were corrected, cut or merged here. Deliveries of our own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.contrib.gis.geos import Point as Place
from django.db import connection
from shapely.geometry import LineString as Line
from shapely.geometry import Point

from gis_core.models import Member
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.services.importing import brings
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roads.test_road_delivery import write_raw
from tests.networks.roads.test_road_imports import bring
from tests.networks.roads.test_road_reshaping import cut, join, turn

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


def managed(tmp_path: Path, *managers: str, name: str = "TRONCON_DE_ROUTE") -> Path:
    """A D 12 along the boundary of two Départements, a section of each manager."""
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    shapes = [Line([(X + 60 * n, Y), (X + 60 * n + 60, Y)]) for n in range(len(managers))]
    rows = [[f"T{n}", "Route à 1 chaussée", "Double sens", "D12", "En service", manager, "28229", "45299"]
            for n, manager in enumerate(managers)]  # fmt: skip
    names = ["ID", "NATURE", "SENS", "NUMERO", "ETAT", "GESTION", "INSEECOM_G", "INSEECOM_D"]
    write_raw(folder / "TRONCON_DE_ROUTE.shp", names, rows, shapes)
    return folder


def markers_file(folder: Path, *markers: tuple[int, float], department: str = "45") -> None:
    """POINT_DE_REPERE beside the sections, each marker after the start of a section that bears its number."""
    shapes = [Point(X + x + before, Y) for _number, x in markers for before in (-1, 0)]
    rows = [
        [f"{kind}{number}", "D12", str(number), department, kind] for number, _x in markers for kind in ("DS", "PR")
    ]
    names = ["ID", "ROUTE", "NUMERO", "INSEE_DEP", "TYPE_DE_PR"]
    write_raw(folder / "POINT_DE_REPERE.shp", names, rows, shapes, "Point")


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def marker(member: Member, number: int, x: float, department: str) -> RoadMarker:
    with factories.as_worker():
        return RoadMarker.objects.create(owner=member, route="D12", number=number, department=department,
                                         geom=Place(X + x, Y, srid=2154))  # fmt: skip


def named() -> list[tuple[int, str]]:
    return list(RoadMarker.objects.order_by("number", "department").values_list("number", "department"))


def test_a_departements_first_delivery_brings_its_part_of_a_road_that_another_manages(
    network: Network, tmp_path: Path
) -> None:
    metropolis, county = (factories.member(network.commune, kind=kind) for kind in ("epci", "departement"))
    assert bring(metropolis, *files(managed(tmp_path, "Métropole d'Orléans")))["counts"]["new"] == 1
    report = bring(county, *files(managed(tmp_path, "Métropole d'Orléans", "Loiret", "Loiret")))
    assert (report["counts"]["new"], report["counts"]["held"], report["counts"]["managed"]) == (2, 1, 0)
    assert bring(network.member, *files(managed(tmp_path, *["Loiret"] * 4)))["counts"]["managed"] == 1


def test_a_section_of_less_than_a_metre_whose_ends_meet_one_node_is_refused_and_told(
    deliver: Deliver, network: Network
) -> None:
    deliver({"A": [(0, 0), (60, 0)]})
    report = deliver({"A": [(0, 0), (60, 0)], "B": [(59.6, 0), (60.4, 0)], "C": [(60.4, 0), (90, 0)]})
    assert list(drawn()) == ["A", "C"]
    assert (report["counts"]["new"], report["counts"]["refused"]) == (1, 1)
    (told,) = report["findings"]
    assert ("0.80" in told.message, told.severity, told.file) == (True, "error", "TRONCON_DE_ROUTE")
    assert network.rows("select count(*) from road_node") == [(3,)]


def test_a_section_drawn_anew_shorter_than_its_nodes_stays_as_it_was(deliver: Deliver) -> None:
    deliver(STRAIGHT | {"C": [(100, 0), (140, 0)]})
    report = deliver(STRAIGHT | {"C": [(99.6, 0), (100.4, 0)]})
    assert drawn()["C"] == [(100, 0), (140, 0)]
    assert (report["counts"]["changed"], report["counts"]["drawn"], report["counts"]["refused"]) == (0, 0, 1)


def test_two_files_of_one_delivery_do_not_mix_their_rows(network: Network, tmp_path: Path) -> None:
    for name, reference, y in (("a", "A", 0), ("b", "B", 50)):
        row = [reference, "Route à 1 chaussée", "Double sens", "D12", "En service", name]
        shape = Line([(X, Y + y), (X + 60, Y + y)])
        write_raw(tmp_path / f"TRONCON_DE_ROUTE_{name}.shp", ["ID", "NATURE", "SENS", "NUMERO", "ETAT", "NOM_1_G"],
                  [row], [shape])  # fmt: skip
    paths = sorted(one for one in tmp_path.iterdir() if one.is_file())
    bring(network.member, *paths)
    report = bring(network.member, *paths)
    assert (report["counts"]["same"], drawn()) == (2, {"A": [(0, 0), (60, 0)], "B": [(0, 50), (60, 50)]})


def test_markers_follow_their_sections_to_another_departement(network: Network, tmp_path: Path) -> None:
    bring(network.member, *files(managed(tmp_path, "Eure-et-Loir", "Eure-et-Loir")))
    marker(network.member, 1, 10, "28")
    report = bring(network.member, *files(managed(tmp_path, "Loiret", "Loiret")))
    assert (named(), report["counts"]["renamed"]) == ([(1, "45")], 1)
    assert [one["route"] for one in report["roads"]] == ["D 12"]
    assert any("autre département : 1" in one for one in report["lines"])


def test_markers_stay_while_their_departement_has_sections_or_where_their_number_is_taken(
    network: Network, tmp_path: Path
) -> None:
    bring(network.member, *files(managed(tmp_path, "Eure-et-Loir", "Loiret")))
    marker(network.member, 1, 10, "28")
    marker(network.member, 1, 70, "45")
    assert bring(network.member, *files(managed(tmp_path, "Eure-et-Loir", "Loiret")))["counts"]["renamed"] == 0
    bring(network.member, *files(managed(tmp_path, "Loiret", "Loiret")))
    assert named() == [(1, "28"), (1, "45")]


def test_markers_of_sections_that_are_gone_do_not_follow_those_of_another_departement(
    network: Network, tmp_path: Path
) -> None:
    bring(network.member, *files(managed(tmp_path, "Loiret", *[""] * 9, "Eure-et-Loir")))
    marker(network.member, 1, 650, "28")
    bring(network.member, *files(managed(tmp_path, "Loiret")), replace=True, accepted_loss=10)
    assert named() == [(1, "28")]


def test_markers_follow_even_where_another_member_manages_the_road_then(network: Network, tmp_path: Path) -> None:
    county = factories.member(network.commune, kind="departement")
    with factories.as_worker():
        RoadSection.objects.create(owner=county, route="D12", department="45", manager="03",
                                   geom=LineString([(X + 500, Y), (X + 600, Y)], srid=2154))  # fmt: skip
    bring(network.member, *files(managed(tmp_path, "Eure-et-Loir")))
    marker(network.member, 1, 10, "28")
    bring(network.member, *files(managed(tmp_path, "Loiret")))
    assert named() == [(1, "45")]


def test_a_departement_that_no_delivery_said_yet_is_no_correction(network: Network, tmp_path: Path) -> None:
    bring(network.member, *files(managed(tmp_path, "Loiret")))
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; alter table road_section disable trigger user")
        cursor.execute("update road_section set department = '28', more = more #- '{delivered,department}'")
        cursor.execute("alter table road_section enable trigger user; set constraints all deferred")
    report = bring(network.member, *files(managed(tmp_path, "Loiret")))
    assert (report["overwritten"], report["counts"]["corrected"]) == ([], 0)
    assert RoadSection.objects.get().department == "45"


def test_a_departement_found_here_is_no_correction(network: Network, deliver: Deliver) -> None:
    with factories.as_worker():
        RoadSection.objects.create(owner=network.member, route="D12", department="45",
                                   geom=LineString([(X + 500, Y), (X + 600, Y)], srid=2154))  # fmt: skip
    deliver(STRAIGHT)
    assert set(RoadSection.objects.values_list("department", flat=True)) == {"45"}
    assert deliver(STRAIGHT)["counts"]["corrected"] == 0


def test_a_delivery_of_sections_tells_what_becomes_of_its_markers(network: Network, tmp_path: Path) -> None:
    folder = managed(tmp_path, "Loiret", "Loiret")
    markers_file(folder, (1, 10), (2, 100))
    bring(network.member, *files(folder))
    with factories.as_worker():
        RoadMarker.objects.filter(number=2).update(geom=Place(X + 90, Y, srid=2154))
    markers_file(folder, (1, 10), (2, 100), (3, 9000))
    report = bring(network.member, *files(folder))
    counts = {name: count for name, count in report["counts"].items() if name.startswith("markers_") and count}
    assert counts == {"markers_same": 2, "markers_corrected": 1, "markers_outside": 1, "markers_aside": 3}
    assert any("ne sont pas des PR" in one for one in report["lines"])
    assert any("PR corrigés" in one for one in report["lines"])
    assert any("PR hors de votre territoire" in one for one in report["lines"])


def test_a_marker_beside_sections_that_are_about_to_come_would_come_in(network: Network, tmp_path: Path) -> None:
    folder = managed(tmp_path, *["Loiret"] * 10)
    markers_file(folder, (1, 10), (2, 550))
    asked = bring(network.member, *files(folder), write=False)
    assert (asked["counts"]["markers_outside"], asked["counts"]["markers_new"]) == (0, 2)


def test_tiles_of_markers_are_drawn_anew_after_a_delivery_that_has_some(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[str] = []
    monkeypatch.setattr("networks.roads.services.importing.announce_changed_slugs", announced.extend)
    folder = managed(tmp_path, "Loiret")
    bring(network.member, *files(folder))
    assert announced == ["road-sections"]
    markers_file(folder, (1, 10))
    bring(network.member, *files(folder))
    assert announced[1:] == ["road-sections", "road-markers"]


@pytest.mark.parametrize(
    ("counts", "more"),
    [({}, {"left_drawn": ["A"]}), ({"both": 1}, {}), ({"markers_both": 1}, {}), ({"new": 0, "same": 4}, None)],
)
def test_what_is_told_once_may_be_loaded(counts: dict[str, int], more: dict[str, Any] | None) -> None:
    assert brings({"counts": counts} | (more or {})) is (more is not None)
