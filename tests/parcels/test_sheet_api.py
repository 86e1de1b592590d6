"""The parcel sheet over HTTP, against real rows."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from shapely import LinearRing

from gis_core.members.rights import ANONYMOUS, Rights, acting_as, rights_of
from layers.cadastre.models import Address, Building
from layers.cadastre.sheet import PARCEL_FACTS
from layers.catalogue.models import Layer
from layers.parcels.crossing import crossings
from layers.parcels.ground import ground_of_shape
from layers.parcels.own_sections import PHOTOS
from layers.parcels.plan import Plan, draw
from layers.parcels.points import SECTIONS
from layers.parcels.sections import Answer, Ground, Line, Measure, Section, reader_with
from layers.parcels.services import sheets
from tests import factories
from tests.parcels.conftest import Place, drawn, section, square
from tests.photos import photo
from tests.wiring import give

pytestmark = pytest.mark.django_db
SHEET = "/api/v1/parcels/450010000A0001/sheet/"


def sheet(client: Client, address: str = SHEET, **query: str) -> dict[str, Any]:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def post(client: Client, body: Any, address: str = "/api/v1/parcels/sheet/") -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_parcel_tells_its_areas_and_their_difference(client: Client, place: Place) -> None:
    (line,) = section(sheet(client, "/api/v1/parcels/450010000A0002/sheet/"), "identity")["lines"]
    facts = {fact["name"]: fact["value"] for fact in line["facts"]}
    assert facts["area_m2"] == 2200
    assert facts["measured_area_m2"] == pytest.approx(2000, rel=4e-3)
    assert facts["area_difference"] == pytest.approx(-0.09, abs=2e-3)


def test_areas_that_differ_much_are_told(client: Client, place: Place) -> None:
    assert section(sheet(client, "/api/v1/parcels/450010000A0002/sheet/"), "identity")["notes"]
    assert section(sheet(client), "identity")["notes"] == []


def test_a_parcel_tells_its_commune_and_address(client: Client, place: Place) -> None:
    (line,) = section(sheet(client), "identity")["lines"]
    assert line["detail"] == "Bray"
    assert "3 rue des Vignes 45460 Bray" in [fact["value"] for fact in line["facts"]]


def test_an_address_of_several_parcels_is_told_of_each(client: Client, place: Place) -> None:
    with factories.as_owner():
        Address.objects.update(parcels=[place.first.idu, place.second.idu])
    (line,) = section(sheet(client, "/api/v1/parcels/450010000A0002/sheet/"), "identity")["lines"]
    assert "3 rue des Vignes 45460 Bray" in [fact["value"] for fact in line["facts"]]


def test_the_addresses_of_a_parcel_are_found_by_an_index_where_most_have_none(place: Place) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("""insert into cadastre_address (insee, number, road_name, suffix, postcode, commune_name, label,
            search_text, parcel_idu, geom) select insee, n, road_name, '', postcode, commune_name, label, '', '', geom
            from cadastre_address, generate_series(1, 5000) n""")
        cursor.execute("analyze cadastre_address")
        cursor.execute(f"explain {PARCEL_FACTS}", {"ids": [place.first.pk], "addresses": True, "buildings": True})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan on address_parcel " in plan


def test_the_fifteen_character_identifier_finds_the_same_parcel(client: Client, place: Place) -> None:
    assert sheet(client, "/api/v1/parcels/4500010000A0001/sheet/")["ground"]["parcels"] == [place.first.idu]


def test_buildings_are_measured_in_the_parcel(client: Client, place: Place) -> None:
    buildings = section(sheet(client), "buildings")
    (house,) = buildings["lines"]
    assert house["area_m2"] == pytest.approx(100, rel=4e-3)
    assert house["share"] == pytest.approx(0.05, abs=1e-4)
    assert {fact["name"] for fact in buildings["facts"]} == {"built_m2", "built_share"}


def test_a_building_has_its_heights_and_the_model_they_were_measured_on(client: Client, place: Place) -> None:
    with factories.as_owner():
        Building.objects.filter(kind="01").update(
            ground_m=98.3, eaves_m=4.1, ridge_m=7.2, heights_source="MNS 2025", heights_date=date(2025, 3, 1)
        )
    (house,) = section(sheet(client), "buildings")["lines"]
    facts = {fact["name"]: fact["display"] for fact in house["facts"]}
    assert house["detail"] == "Faîtage à 7,2\u00a0m"
    assert facts["ground_m"] == "98,3\u00a0m"
    assert facts["heights_source"].startswith("MNS 2025 (1")


def test_a_building_measured_on_a_model_that_was_taken_back_says_so(client: Client, place: Place) -> None:
    with factories.as_owner():
        Building.objects.filter(kind="01").update(
            ridge_m=7.2, heights_source="MNS 2025", heights_date=date(2025, 3, 1), heights_models=["mns-2025"]
        )
    (house,) = section(sheet(client), "buildings")["lines"]
    facts = {fact["name"]: fact["display"] for fact in house["facts"]}
    assert facts["heights_source"].startswith("MNS 2025, modèle retiré (1")


def test_a_building_that_was_not_measured_says_nothing_of_heights(client: Client, place: Place) -> None:
    (house,) = section(sheet(client), "buildings")["lines"]
    assert (house["detail"], house["facts"]) == ("", [])


def test_a_sliver_is_listed_apart_and_not_counted(client: Client, place: Place) -> None:
    buildings = section(sheet(client), "buildings")
    (shed,) = buildings["uncertain"]
    assert shed["area_m2"] == pytest.approx(0.6, abs=0.01)
    assert shed["uncertain"]
    assert buildings["facts"][0]["value"] == pytest.approx(100, rel=4e-3)


def test_a_building_that_only_shares_a_wall_is_not_on_the_parcel(client: Client, place: Place) -> None:
    with factories.as_owner():
        Building.objects.create(insee="45001", kind="01", geom=square(-10, 0, 10))
    buildings = section(sheet(client), "buildings")
    assert (len(buildings["lines"]), len(buildings["uncertain"])) == (1, 1)


def test_a_line_says_what_to_highlight(client: Client, place: Place) -> None:
    (line,) = section(sheet(client), "identity")["lines"]
    assert (line["layer"], line["feature"]) == ("parcels", place.first.pk)


def test_several_parcels_make_up_one_ground(client: Client, place: Place) -> None:
    answer = post(client, {"parcels": [place.first.idu, place.second.idu]}).json()
    assert answer["ground"]["measured_m2"] == pytest.approx(4000, rel=4e-3)
    assert len(section(answer, "identity")["lines"]) == 2
    assert section(answer, "buildings")["uncertain"] == []


def test_a_drawn_shape_is_a_ground_too(client: Client, place: Place) -> None:
    answer = post(client, {"shape": drawn(0, 0, 10, 10)}).json()
    (house,) = section(answer, "buildings")["lines"]
    assert house["area_m2"] == pytest.approx(25, rel=4e-3)
    assert answer["ground"]["parcels"] == []


def test_sections_stand_in_the_order_of_questions() -> None:
    """What is it, which rules, what crosses it, which applications, which networks, what is on record."""
    assert [one.slug for one in SECTIONS.all()] == [
        *("identity", "owners", "buildings"),
        *("zoning", "prescriptions", "planning-information"),
        *("easements", "risks"),
        *("permits", "simulations"),
        *("networks", "roads", "fire"),
        "photos",
    ]


def test_sections_come_one_by_one(client: Client, place: Place) -> None:
    names = [one["section"] for one in client.get("/api/v1/parcels/sections/").json()["results"]]
    assert names[:2] == ["identity", "buildings"]
    assert [one["section"] for one in sheet(client, sections="buildings")["sections"]] == ["buildings"]


@pytest.mark.parametrize("named", ["", ","])
def test_no_section_named_is_all_of_them(client: Client, place: Place, named: str) -> None:
    every = [one["section"] for one in sheet(client)["sections"]]
    assert [one["section"] for one in sheet(client, sections=named)["sections"]] == every
    body = post(client, {"parcels": [place.first.idu], "sections": []}).json()
    assert [one["section"] for one in body["sections"]] == every


def test_a_photo_is_listed_for_those_who_see_it(client: Client, place: Place) -> None:
    shown = photo(visibility="public", geom=factories.square(600_000, 6_700_000, 100))
    (line,) = section(sheet(client), "photos")["lines"]
    assert line["key"] == f"photo:{shown.slug}"


def test_a_photo_of_another_member_is_not_told(client: Client, place: Place) -> None:
    photo(visibility="owner", owner=factories.member(), geom=factories.square(600_000, 6_700_000, 100))
    photos = section(sheet(client), "photos")
    assert (photos["lines"], len(photos["notes"])) == ([], 1)


def test_nothing_of_a_sheet_is_kept_by_caches(client: Client, place: Place) -> None:
    assert client.get(SHEET)["Cache-Control"] == "private, no-store"


def test_a_section_that_cannot_be_read_is_told_and_the_others_come(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(ground: Ground, rights: Rights) -> Answer:
        with connection.cursor() as cursor:
            cursor.execute("select * from no_such_table")
        raise AssertionError

    give(monkeypatch, SECTIONS, Section(slug="broken", title="B", order=1, collect=broken))
    answer = sheet(client)
    assert section(answer, "broken")["failed"]
    assert section(answer, "identity")["failed"] is None
    assert client.get(SHEET.replace("sheet/", "sheet.pdf")).status_code == 503


def test_an_area_is_not_rounded_before_it_is_shown() -> None:
    """342.48 m² are shown as 342; as 342.5 a screen would show 343."""
    assert Line(key="a", title="A", measure=Measure(area_m2=342.4827)).as_json()["area_m2"] == 342.48


def test_any_fault_of_a_section_leaves_the_others(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(ground: Ground, rights: Rights) -> Answer:
        raise KeyError("a table of codes that lacks one")

    give(monkeypatch, SECTIONS, Section(slug="broken", title="B", order=1, collect=broken))
    answer = sheet(client)
    assert section(answer, "broken")["failed"]
    assert section(answer, "identity")["failed"] is None


def test_a_list_that_was_cut_says_so(client: Client, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with factories.as_owner():
        Building.objects.create(insee="45001", kind="01", geom=square(20, 20, 5))
    monkeypatch.setattr(sheets, "MOST_CROSSINGS", 2)
    buildings = section(sheet(client), "buildings")
    assert len(buildings["lines"]) + len(buildings["uncertain"]) == 2
    assert "2" in buildings["notes"][0]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/parcels/450010000A0099/sheet/", 404),
        ("/api/v1/parcels/nonsense/sheet/", 400),
        ("/api/v1/parcels/450010000A0001/sheet/?day=tomorrow", 400),
        ("/api/v1/parcels/450010000A0001/sheet/?day=20200101", 400),
        ("/api/v1/parcels/450010000A0001/sheet/?day=2020-W10-1", 400),
        ("/api/v1/parcels/450010000A0001/sheet/?day=2020-02-30", 400),
        ("/api/v1/parcels/450010000A0001/sheet/?sections=identity,nothing", 400),
        ("/api/v1/parcels/450010000A0099/sheet.pdf", 404),
    ],
)
def test_what_cannot_be_answered_says_why(client: Client, place: Place, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"parcels": []},
        {"parcels": ["450010000A0001"], "shape": {}},
        {"parcels": ["450010000A0001"] * 101},
        {"parcels": ["450010000A0001"], "day": "20200101"},
        {"parcels": ["450010000A0001"], "day": "2020-W10-1"},
        {"shape": {"type": "Polygon", "coordinates": [[[1.7, 47.4], [1.700001, 47.4], [1.7, 47.400001], [1.7, 47.4]]]}},
        {"shape": {"type": "Point", "coordinates": [1.7, 47.4]}},
        {"shape": {"type": "Polygon", "coordinates": "x"}},
        {"shape": {"type": "Polygon", "coordinates": [[[1, 47], [2, 48], [2, 47], [1, 48], [1, 47]]]}},
        {"shape": {"type": "Polygon", "coordinates": [[[1, 47], [2, 47], [2, 48], [1, 48], [1, 47]]]}},
        {"shape": {"type": "Polygon", "coordinates": [[[-60, 4], [-59, 4], [-59, 5], [-60, 4]]]}},
    ],
)
def test_a_ground_that_is_none_is_refused_in_words(client: Client, place: Place, body: Any) -> None:
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json()["title"]


def test_a_missing_parcel_among_several_is_named(client: Client, place: Place) -> None:
    answer = post(client, {"parcels": [place.first.idu, "450010000A0077"]})
    assert answer.status_code == 404
    assert "450010000A0077" in answer.json()["detail"]


def test_the_day_of_the_rules_is_kept(client: Client, place: Place) -> None:
    assert sheet(client, day="2020-02-29")["ground"]["day"] == date(2020, 2, 29).isoformat()


# -- who does not see a layer -----------------------------------------------------------------------------------------


def hide(slug: str) -> None:
    """Leave a layer to one member alone, which nobody here belongs to."""
    with factories.as_owner():
        Layer.objects.filter(slug=slug).update(visibility=Layer.Visibility.OWNER, owner=factories.member())


def test_a_section_is_not_for_who_does_not_see_its_layer(client: Client, place: Place) -> None:
    hide("buildings")
    names = [one["section"] for one in client.get("/api/v1/parcels/sections/").json()["results"]]
    assert "buildings" not in names
    assert "buildings" not in [one["section"] for one in sheet(client)["sections"]]
    assert client.get(SHEET, {"sections": "buildings"}).status_code == 400


def test_addresses_are_not_told_to_who_does_not_see_them(client: Client, place: Place) -> None:
    hide("addresses")
    (line,) = section(sheet(client), "identity")["lines"]
    assert "address" not in [fact["name"] for fact in line["facts"]]


def test_the_feature_of_a_parcel_tells_what_the_asker_sees_around_it(client: Client, place: Place) -> None:
    address = f"/api/v1/layers/parcels/features/{place.first.pk}/"
    told = client.get(address).json()
    assert "3 rue des Vignes" in told["subtitle"]
    assert "built_share" in [one["name"] for one in told["properties"]]
    hide("addresses")
    hide("buildings")
    told = client.get(address).json()
    assert told["subtitle"] == "Bray"
    assert "built_share" not in [one["name"] for one in told["properties"]]


def test_a_plan_kept_by_the_connection_shows_each_asker_their_own(place: Place) -> None:
    owner = factories.member()
    photo(visibility="owner", owner=owner, geom=factories.square(600_000, 6_700_000, 100))
    ground = ground_of_shape(drawn(5, 5, 10, 10), date(2026, 1, 1))
    backend: Any = connection
    people = (rights_of(factories.user(owner)), ANONYMOUS, rights_of(factories.user(factories.member()))) * 4
    seen = []
    for rights in people:
        backend.set_who_asks(rights.settings())
        seen.append([len(found) for found in crossings(ground, [PHOTOS])])
    with connection.cursor() as cursor:
        cursor.execute("select sum(generic_plans) from pg_prepared_statements where statement like '%catalogue_photo%'")
        assert cursor.fetchone()[0]
    assert seen == [[1], [0], [0]] * 4


def test_who_does_not_see_parcels_finds_none(client: Client, place: Place) -> None:
    hide("parcels")
    assert client.get(SHEET).status_code == 404
    assert client.get(SHEET.replace("sheet/", "sheet.pdf")).status_code == 404
    assert post(client, {"parcels": [place.first.idu]}).status_code == 404
    assert post(client, {"references": [place.first.idu]}, "/api/v1/parcels/select/").status_code == 404


def test_a_shape_still_tells_the_layers_that_are_seen(client: Client, place: Place) -> None:
    hide("parcels")
    answer = post(client, {"shape": drawn(0, 0, 10, 10)}).json()
    assert len(section(answer, "buildings")["lines"]) == 1
    assert "identity" not in [one["section"] for one in answer["sections"]]


def test_the_map_of_a_sheet_draws_the_layers_that_are_seen(place: Place) -> None:
    def plan() -> Plan:
        with acting_as(ANONYMOUS):
            return draw(ground_of_shape(drawn(0, 0, 40, 50), date(2026, 1, 1)), reader_with(ANONYMOUS))

    seen = plan()
    hide("buildings")
    assert len(plan().shapes) == len(seen.shapes) - 2
    assert plan().svg.count("<path") == seen.svg.count("<path") - 1


def test_a_hole_stays_empty_on_the_map(place: Place) -> None:
    """Rings that turn the other way are not filled (SVG's nonzero rule)."""
    rings = [*drawn(0, 0, 40, 40)["coordinates"], *drawn(10, 10, 20, 20)["coordinates"]]
    with acting_as(ANONYMOUS):
        ground = ground_of_shape({"type": "Polygon", "coordinates": rings}, date(2026, 1, 1))
        shapes = draw(ground, reader_with(ANONYMOUS)).shapes
    (path,) = [one[3] for one in shapes if one[0] == "ground"]
    outer, inner = (LinearRing(turned(ring)) for ring in path.upper().split("Z")[:2])
    assert outer.is_ccw != inner.is_ccw


def turned(ring: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", ring)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
