"""A numbered road as one object: its page, what the map shows of it, the sheets of its sections and markers."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, User
from networks.roads.models import RoadAsset, RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate
from networks.roadworks.models import Work
from tests import factories

X, Y = 620_000.0, 6_720_000.0
PAGE = "/voirie/routes/D2020-45/"
ROAD = "/api/v1/networks/roads/routes/{}/"
LOCATE = "/api/v1/networks/roads/locate"


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


@pytest.fixture
def road(member: Member) -> Member:
    """Three kilometres of the D 2020 in two sections, PR 12 to 14, a fourth PR away from the road."""
    numbered(member)
    with factories.as_worker():
        RoadMarker.objects.create(
            owner=member, route="D2020", department="45", number=15, geom=Point(X, Y + 400, srid=2154)
        )
        calibrate("D2020")
    return member


def numbered(member: Member, department: str = "45", y: float = 0.0) -> None:
    with factories.as_worker():
        for start, end in ((0, 1500), (1500, 3000)):
            RoadSection.objects.create(
                owner=member, route="D2020", department=department, manager="03", manager_name="CD du Loiret",
                insee_left="45901", geom=LineString((X + start, Y + y), (X + end, Y + y), srid=2154),
            )  # fmt: skip
        for number, x in ((12, 100), (13, 1137), (14, 2100)):
            place = Point(X + x, Y + y, srid=2154)
            RoadMarker.objects.create(owner=member, route="D2020", department=department, number=number, geom=place)
        calibrate("D2020")


def browser(member: Member, role: str = Role.NETWORK_TECHNICIAN) -> Client:
    user: User = factories.user(member, role)
    found = Client()
    found.force_login(user)
    return found


def shown(client: Client, address: str = PAGE, status: int = 200) -> str:
    answer = client.get(address, headers={"accept": "text/html"})
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def words(page: str) -> str:
    plain = " ".join(strip_tags(page.replace("<", " <")).split())
    return plain.replace("\u202f", " ").replace("\xa0", " ").replace("&nbsp;", " ")


def sign(member: Member, **values: Any) -> RoadAsset:
    given = {"kind": "sign", "code": "B14", "geom": Point(X + 350, Y + 3, srid=2154)} | values
    with factories.as_worker():
        return RoadAsset.objects.create(owner=member, **given)


def test_a_road_has_a_page_with_its_figures(road: Member) -> None:
    told = words(shown(browser(road)))
    figures = ("km de tronçons 3,0", "tronçons 2", "PR 4", "premier et dernier PR 12 – 15", "Département 45")
    for one in (*figures, "Gestionnaires CD du Loiret ( 3,0 km)"):
        assert one.replace("( ", "(") in told.replace("( ", "("), one


def test_a_road_says_which_of_its_markers_is_amiss(road: Member) -> None:
    assert "PR 15" in words(shown(browser(road))).split("à plus de 50 m")[1][:40]


def test_each_marker_leads_to_its_place_on_the_map(road: Member) -> None:
    page = shown(browser(road))
    with acting_as(SYSTEM):
        pk = RoadMarker.objects.get(number=13).pk
    assert f"s=road-markers.{pk}" in page
    assert "1 037 m" in words(page)


def test_the_whole_road_is_led_to_on_the_map(road: Member) -> None:
    assert "&amp;r=D2020-45" in shown(browser(road))


def test_the_markers_of_a_road_are_taken_away(road: Member) -> None:
    answer = browser(road).get(f"{PAGE}?format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[2] for row in rows[1:]] == ["12", "13", "14", "15"]
    assert browser(road, Role.READER).get(f"{PAGE}?format=pdf", headers={"accept": "text/html"}).status_code == 400


def test_the_assets_along_a_road_are_counted_and_listed(road: Member) -> None:
    sign(road, reference="SUR-LA-2020")
    sign(road, reference="AILLEURS", geom=Point(X, Y + 900, srid=2154))
    client = browser(road)
    page = shown(client)
    assert "Panneau 1" in words(page)
    assert "road=D+2020+%2845%29" in page
    listed = shown(client, "/voirie/patrimoine/?road=d2020")
    assert ("SUR-LA-2020" in listed, "AILLEURS" in listed) == (True, False)


def test_works_along_a_road_are_told_and_those_that_are_over_or_cross_it_are_not(road: Member) -> None:
    today = timezone.localdate()
    along = MultiLineString(LineString((X + 200, Y), (X + 600, Y)), srid=2154)
    across = MultiLineString(LineString((X + 700, Y - 300), (X + 700, Y + 300)), srid=2154)
    with factories.as_worker():
        RoadSection.objects.create(owner=road, geom=across[0])
        for title, geom, ends in (("Enrobés", along, 5), ("Finis", along, -1), ("En travers", across, 5)):
            Work.objects.create(
                owner=road, title=title, geom=geom, state="planned",
                starts_on=today - timedelta(days=9), ends_on=today + timedelta(days=ends),
            )  # fmt: skip
    page = shown(browser(road))
    assert [one in page for one in ("Enrobés", "Finis", "En travers")] == [True, False, False]


def test_the_page_of_a_road_takes_as_many_queries_however_long_it_is(
    road: Member, django_assert_max_num_queries: Any
) -> None:
    client = browser(road)
    shown(client)
    with factories.as_worker():
        for number in range(20, 60):
            place = Point(X + 2100 + number * 10, Y, srid=2154)
            RoadMarker.objects.create(owner=road, route="D2020", department="45", number=number, geom=place)
        calibrate("D2020")
    with django_assert_max_num_queries(40):
        shown(client)


@pytest.mark.parametrize("address", ["D2020", "D%202020%20(45)", "RD2020-045"])
def test_a_road_is_found_as_people_write_it(road: Member, address: str) -> None:
    assert "<h1>D 2020</h1>" in shown(browser(road), f"/voirie/routes/{address}/")


def test_a_road_of_several_departements_names_its_own(road: Member) -> None:
    numbered(road, "41", 5000)
    assert "<h1>D 2020 (41)</h1>" in shown(browser(road), "/voirie/routes/D2020-41/")
    assert "D 2020 (41)" in Client().get(ROAD.format("D2020")).json()["detail"]


@pytest.mark.parametrize("address", ["D7", "D2020-28", "rue-haute", "D2020-45-3", "x" * 200])
def test_a_road_that_is_not_there_is_not_found(road: Member, address: str) -> None:
    shown(browser(road), f"/voirie/routes/{address}/", 404)
    assert Client().get(ROAD.format(address)).status_code == 404


def test_people_of_other_members_see_the_road_and_not_its_assets(road: Member) -> None:
    sign(road, reference="P1")
    other = browser(factories.member(factories.commune("45902")))
    page = shown(other)
    assert "<h1>D 2020</h1>" in page
    assert "Aucun équipement" in page


def test_who_is_not_signed_in_is_asked_to(road: Member) -> None:
    answer = Client().get(PAGE, headers={"accept": "text/html"})
    assert (answer.status_code, "connexion" in answer["Location"]) == (302, True)


def test_a_road_is_read_alone(road: Member) -> None:
    assert browser(road).post(PAGE).status_code == 405
    assert Client().post(ROAD.format("D2020-45")).status_code == 405


def test_numbered_roads_lead_to_their_pages(road: Member) -> None:
    assert f'href="{PAGE}"' in shown(browser(road), "/voirie/routes/")


# -- the map ----------------------------------------------------------------------------------------------------------


def test_the_map_is_given_the_whole_road(road: Member) -> None:
    found = Client().get(ROAD.format("D2020-45")).json()
    assert (found["title"], found["subtitle"], found["links"]) == ("D 2020", "Route numérotée, PR 12 à 15", [])
    west, _south, east, _north = found["bbox_4326"]
    assert east - west == pytest.approx(0.04, abs=0.005)
    assert {one["type"] for one in found["geometry"]["geometries"]} == {"MultiLineString", "MultiPoint"}


def test_the_map_leads_who_is_signed_in_to_the_page_of_a_road(road: Member) -> None:
    assert [one["url"] for one in browser(road, Role.READER).get(ROAD.format("D2020-45")).json()["links"]] == [PAGE]


def test_a_place_on_a_road_leads_to_a_new_asset_and_new_works_for_who_makes_them(road: Member) -> None:
    asked = {"reference": "D 2020 PR 12+50"}
    urls = [one["url"] for one in browser(road).get(LOCATE, asked).json()["links"]]
    given = "start=D+2020+PR+12%2B50"
    assert urls == [f"/voirie/patrimoine/point/nouveau/?{given}", f"/voirie/travaux/nouveau/?{given}"]
    assert browser(road, Role.READER).get(LOCATE, asked).json()["links"] == []
    assert Client().get(LOCATE, asked).json()["links"] == []


@pytest.mark.parametrize("address", ["/voirie/patrimoine/point/nouveau/", "/voirie/travaux/nouveau/"])
def test_a_form_begins_from_the_place_that_it_is_given(road: Member, address: str) -> None:
    page = shown(browser(road), f"{address}?start=D+2020+PR+12%2B50")
    assert 'value="D 2020 PR 12+50"' in page


def test_a_place_off_the_road_that_was_named_says_so(road: Member) -> None:
    with factories.as_worker():
        line = LineString((X, Y + 5000), (X + 900, Y + 5000), srid=2154)
        RoadSection.objects.create(owner=road, route="D44", geom=line)
    answer = Client().get(LOCATE, {"x": X + 300, "y": Y, "route": "D 44"})
    assert (answer.status_code, words(answer.json()["detail"])) == (404, "La D 44 n’est pas à moins de 30 m.")


def sheet(client: Client, layer: str, pk: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/layers/{layer}/features/{pk}/").json()
    return found | {"lines": {one["name"]: one["display"] for one in found["properties"]}}


def test_the_sheet_of_a_section_is_called_by_its_road_and_names_its_communes(road: Member) -> None:
    with acting_as(SYSTEM):
        section = RoadSection.objects.order_by("pk")[0]
    found = sheet(browser(road), "road-sections", section.pk)
    assert (found["title"], found["lines"]["route"]) == ("D 2020", "D 2020")
    assert "(45901)" in found["lines"]["insee_left"]
    assert found["lines"]["measured_length"].replace("\u202f", " ").replace("\xa0", " ") == "1 500 m"
    assert [one["url"] for one in found["links"]] == [PAGE]


def test_the_sheet_of_a_marker_is_called_by_its_road_and_number(road: Member) -> None:
    with acting_as(SYSTEM):
        marker = RoadMarker.objects.get(number=13)
    assert sheet(Client(), "road-markers", marker.pk)["title"] == "D 2020 PR 13"


def test_the_sheet_of_an_asset_has_one_side_that_of_growing_markers(road: Member) -> None:
    with factories.as_worker():
        first = RoadSection.objects.order_by("pk")[0]
        first.geom = LineString((X + 1500, Y), (X, Y), srid=2154)
        first.save()
        calibrate("D2020")
    made = sign(road)
    made.refresh_from_db()
    assert made.side == "right"
    lines = sheet(browser(road), "road-assets", made.pk)["lines"]
    assert (lines["side"], lines["place"]) == ("À gauche", "D 2020 PR 12+250, à gauche")
    assert not {"section_id", "from_m"} & lines.keys()


def test_the_sheet_of_an_asset_leads_to_its_page_for_whom_it_opens(road: Member) -> None:
    made = sign(road)
    other = browser(factories.member(factories.commune("45902")))
    assert len(sheet(browser(road), "road-assets", made.pk)["links"]) == 1
    assert sheet(other, "road-assets", made.pk)["links"] == []
