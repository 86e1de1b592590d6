"""Roads of one number in two Départements: each has its own markers."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from networks.roads.importers.departments import department_of
from networks.roads.models import RoadAxis, RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate, stale_roads
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.referring import RoadPlace, locate, reference_at
from tests import factories
from tests.networks.conftest import Network, X, Y, along, at


def section(network: Network, *places: tuple[float, float], **values: Any) -> RoadSection:
    with factories.as_worker():
        return RoadSection.objects.create(owner=network.member, geom=along(*places), **({"route": "D2020"} | values))


def marker(network: Network, number: int, x: float, y: float = 0.0, **values: Any) -> RoadMarker:
    with factories.as_worker():
        return RoadMarker.objects.create(
            owner=network.member, number=number, geom=at(x, y), **({"route": "D2020"} | values)
        )


def measured() -> None:
    with factories.as_worker():
        calibrate("D2020")


@pytest.fixture
def boundary(network: Network) -> Network:
    """Two kilometres in the Loiret, then two in Eure-et-Loir, where markers begin anew."""
    section(network, (0, 0), (2000, 0), insee_left="45901")
    section(network, (2000, 0), (4000, 0), insee_left="28901")
    for number, x in ((0, 0), (1, 1000)):
        marker(network, number, x, department="45")
        marker(network, number, 2000 + x, department="28")
    marker(network, 2, 1900)
    measured()
    return network


def place(text: str) -> RoadPlace:
    with factories.as_role("arpent_web"):
        return locate(text)


def test_each_has_its_own_axis(boundary: Network) -> None:
    assert [(one.route, one.department, one.length_m) for one in RoadAxis.objects.order_by("department")] == [
        ("D2020", "28", 2000.0), ("D2020", "45", 2000.0)]  # fmt: skip


def test_a_reference_names_the_departement_in_brackets(boundary: Network) -> None:
    assert (place("D 2020 (45) PR 1+50").x, place("RD2020 (28) 1+50").x) == (X + 1050, X + 3050)


def test_a_reference_without_it_asks_which_one_is_meant(boundary: Network) -> None:
    with translation.override("en"), pytest.raises(Invalid) as refused:
        place("D 2020 PR 1+50")
    assert "“D 2020 (28)” or “D 2020 (45)”" in str(refused.value.message)


def test_a_marker_that_none_has_is_told_with_those_of_each(boundary: Network) -> None:
    with translation.override("en"), pytest.raises(NotFound) as refused:
        place("D 2020 PR 40+50")
    told = str(refused.value.message)
    assert "D 2020 (28) from PR 0 to PR 1, D 2020 (45) from PR 0 to PR 2" in told


def test_a_road_without_departement_is_no_choice_for_nobody_can_name_it(boundary: Network) -> None:
    section(boundary, (30_000, 0), (32_000, 0))
    for number, x in ((0, 30_000), (2, 31_000), (3, 31_500)):
        marker(boundary, number, x)
    measured()
    assert str(place("D 2020 PR 2+50").reference) == "D 2020 (45) PR 2+50"
    assert place("D 2020 PR 3+50").x == X + 31_550


def test_a_marker_that_one_alone_has_needs_no_departement(boundary: Network) -> None:
    assert str(place("D 2020 PR 2+50").reference) == "D 2020 (45) PR 2+50"


def test_a_departement_without_this_road_is_told(boundary: Network) -> None:
    with pytest.raises(NotFound, match=r"D 2020 \(41\)"):
        place("D 2020 (41) PR 1+50")


def test_a_place_answers_with_the_departement_and_comes_back(boundary: Network) -> None:
    with factories.as_role("arpent_web"):
        told = reference_at(X + 3050, Y).reference
        assert str(told) == "D 2020 (28) PR 1+50"
        assert reference_at(X + 2000, Y, route="D2020", department="45").road.department == "45"
    assert place(str(told)).x == X + 3050


def test_a_road_in_one_departement_is_named_without_it(network: Network) -> None:
    section(network, (0, 0), (2000, 0), insee_left="45901")
    for number, x in ((0, 0), (1, 1000)):
        marker(network, number, x)
    measured()
    assert str(place("D 2020 (45) PR 1+50").reference) == "D 2020 PR 1+50"


def test_a_marker_gets_the_departement_of_its_road_there(boundary: Network) -> None:
    assert RoadMarker.objects.get(number=2).department == "45"


def test_a_section_without_commune_gets_the_departement_of_its_road_there(boundary: Network) -> None:
    assert section(boundary, (4000, 0), (4100, 0)).department == "28"


def test_a_change_makes_the_axes_of_its_departement_stale_alone(boundary: Network) -> None:
    marker(boundary, 3, 3500, department="28")
    with factories.as_worker():
        assert stale_roads() == [("D2020", "28")]


@pytest.mark.parametrize("insee", ["45234", "01001", "2A004", "97411", "98818", "99999", "75056"])
def test_the_departement_of_a_commune_is_the_same_in_the_database(db: None, insee: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select arpent.department_of(%s)", [insee])
        assert cursor.fetchone() == (department_of(insee),)


def bring(member: Member, tmp_path: Path, text: str) -> dict[str, Any]:
    path = tmp_path / "pr.csv"
    path.write_text(text)
    order = Order(what="markers", paths=[path], write=True)
    with translation.override("fr"), factories.as_worker(), acting_as(SYSTEM):
        done = bring_in(member, order, lambda _share, _words: None)
        return done.report | {"findings": list(done.findings)}


def test_a_file_of_markers_tells_the_departement_or_the_place_does(network: Network, tmp_path: Path) -> None:
    section(network, (0, 0), (2000, 0), insee_left="45901")
    section(network, (2000, 0), (4000, 0), insee_left="28901")
    text = (
        f"route;pr;dept;x;y\nD2020;1;45;{X};{Y}\nD2020;2;045;{X + 1999};{Y}\nD2020;1;28;{X + 2001};{Y}\n"
        f"D 2020 (28);2;;{X + 3000};{Y}\nD2020;3;;{X + 3900};{Y}\nD2020;4;99;{X + 3950};{Y}\n"
    )
    report = bring(network.member, tmp_path, text)
    found = set(RoadMarker.objects.values_list("department", "number"))
    assert found == {("45", 1), ("45", 2), ("28", 1), ("28", 2), ("28", 3), ("28", 4)}
    assert [one["route"] for one in report["roads"]] == ["D 2020 (28)", "D 2020 (45)"]


@pytest.fixture
def loiret(network: Network) -> Network:
    """Four kilometres of the Loiret alone."""
    section(network, (0, 0), (4000, 0), insee_left="45901")
    return network


def errors(report: dict[str, Any]) -> list[str]:
    return [one.message for one in report["findings"] if one.severity == "error"]


def numbers() -> list[tuple[str, int, float]]:
    found = RoadMarker.objects.order_by("department", "number")
    return [(one.department, one.number, one.geom.x - X) for one in found]


def test_markers_of_a_departement_without_sections_are_not_put_on_the_road_of_another(
    loiret: Network, tmp_path: Path
) -> None:
    text = f"route;pr;dept;x;y\nD2020;1;28;{X + 100_000};{Y}\nD2020;1;45;{X + 1000};{Y}\n"
    (told,) = errors(bring(loiret.member, tmp_path, text))
    assert ("D 2020 (28)" in told, numbers()) == (True, [("45", 1, 1000)])


def test_a_marker_a_kilometre_beyond_the_boundary_stays_of_its_departement(loiret: Network, tmp_path: Path) -> None:
    report = bring(loiret.member, tmp_path, f"route;pr;dept;x;y\nD2020;1;28;{X + 5000};{Y}\n")
    assert (len(errors(report)), numbers()) == (1, [])


def test_a_row_of_somebody_elses_place_is_no_twin_of_one_that_comes_in(network: Network, tmp_path: Path) -> None:
    section(network, (0, 0), (4000, 0), insee_left="45901")
    text = f"route;pr;x;y\nD2020;1;{X + 30_000};{Y}\nD2020;1;{X + 90};{Y}\n"
    report = bring(network.member, tmp_path, text)
    assert (report["counts"]["outside"], errors(report), numbers()) == (1, [], [("45", 1, 90)])


def test_rows_that_are_nowhere_are_no_twins_of_each_other(loiret: Network, tmp_path: Path) -> None:
    report = bring(loiret.member, tmp_path, f"route;pr;x;y\nD2020;1;12;15\nD2020;2;12;16\nD2020;3;{X};{Y}\n")
    assert (len(errors(report)), len(report["findings"])) == (2, 2)


def test_a_row_without_place_where_two_have_the_road_is_asked_which_one(loiret: Network, tmp_path: Path) -> None:
    section(loiret, (4000, 0), (8000, 0), insee_left="28901")
    text = f"route;pr;dept;x;y;cumul\nD2020;1;45;{X};{Y};0\nD2020;2;45;{X + 1000};{Y};1000\nD2020;3;;;;1500\n"
    (told,) = errors(bring(loiret.member, tmp_path, text))
    assert "28 ou 45" in told


def test_a_row_without_departement_is_of_the_named_section_that_it_stands_on(loiret: Network, tmp_path: Path) -> None:
    section(loiret, (20_000, 0), (24_000, 0))
    marker(loiret, 1, 1000)
    report = bring(loiret.member, tmp_path, f"route;pr;x;y\nD2020;1;{X + 1000};{Y}\n")
    assert (report["counts"]["new"], numbers()) == (0, [("45", 1, 1000)])


def test_a_marker_without_departement_is_found_again_once_its_sections_have_one(
    loiret: Network, tmp_path: Path
) -> None:
    marker(loiret, 1, 1000)
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; alter table road_marker disable trigger user")
        RoadMarker.objects.update(department="")
        cursor.execute("alter table road_marker enable trigger user; set constraints all deferred")
    report = bring(loiret.member, tmp_path, f"route;pr;x;y\nD2020;1;{X + 1000};{Y}\n")
    assert (report["counts"]["new"], numbers()) == (0, [("45", 1, 1000)])


def test_a_marker_of_a_departement_without_sections_is_none_of_the_same_number_far_away(
    loiret: Network, tmp_path: Path
) -> None:
    marker(loiret, 1, 50_000, department="28")
    report = bring(loiret.member, tmp_path, f"route;pr;dept;x;y\nD2020;1;45;{X + 1000};{Y}\n")
    assert (report["counts"]["new"], numbers()) == (1, [("28", 1, 50_000), ("45", 1, 1000)])
