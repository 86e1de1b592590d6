"""Roads of one number in two Départements: each has its own markers."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from gis_core.errors import Invalid, NotFound
from gis_core.models import Member
from gis_core.rights import SYSTEM, acting_as
from networks.roads.importers.departments import department_of
from networks.roads.models import RoadAxis, RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate, stale_roads
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.referring import Found, locate, reference_at
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


def place(text: str) -> Found:
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
        return bring_in(member, order, lambda _share, _words: None)


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
