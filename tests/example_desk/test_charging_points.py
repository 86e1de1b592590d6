"""What a developer writes to bring in a new kind of objects, and all that they get for it."""

import csv
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.models import FileImport
from tests import factories
from tests.example_desk.conftest import Person, person_of
from tests.page_forms import form_with
from tests.policy.table import ROLES, lines

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
CHARGING = Path(__file__).with_name("charging")
EAST, NORTH = factories.ORIGIN
JSON = {"accept": "application/json"}
HEADER = (
    "nom_operateur,nom_station,implantation_station,coordonneesXY,id_pdc_itinerance,puissance_nominale,paiement_acte,"
    "date_mise_en_service,accessibilite_pmr\n"
)


def lon_lat(metres: int) -> tuple[float, float]:
    """A place in the members' territory."""
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(2154, 4326, always_xy=True).transform(EAST + metres, NORTH + 10)
    return round(lon, 7), round(lat, 7)


def row(number: int, *, power: str = "22", location: str = "Voirie", swapped: bool = False) -> str:
    lon, lat = lon_lat(10 * number)
    place = f'"{lat}, {lon}"' if swapped else f'"[{lon}, {lat}]"'
    return f"Modulo,Gare,{location},{place},FRMODPDC{number:03},{power},true,14/03/2024,Accessible\n"


@pytest.fixture
def technician(charging: Any) -> Person:
    return person_of(factories.member(factories.commune()))


@pytest.fixture
def elsewhere(charging: Any) -> Person:
    return person_of(factories.member(factories.commune()))


def send(person: Person, *rows: str, header: str = HEADER) -> str:
    """The address of the import of a table, which the worker has read."""
    sent = SimpleUploadedFile("bornes.csv", (header + "".join(rows)).encode())
    return person.post("/bornes/importer/", {"member": person.member.slug, "file": sent})


def press(person: Person, address: str, action: str, **chosen: str) -> str:
    form = form_with(person.page(address), "table-0") if action in ("load", "check") else {}
    return person.page(person.post(address, form | chosen | {"action": action}))


def load(person: Person, *rows: str) -> str:
    address = send(person, *rows)
    press(person, address, "load")
    return address


def points() -> list[tuple[str, float, str | None]]:
    """Reference, power and location of every charging point."""
    from tests.example_desk.charging.models import ChargingPoint

    with acting_as(SYSTEM):
        return list(ChargingPoint.objects.order_by("reference").values_list("reference", "power_kw", "location"))


def lines_of(*paths: Path) -> int:
    return sum(bool(line.strip()) for path in paths for line in path.read_text().splitlines())


def test_a_new_kind_of_objects_is_at_most_120_lines_and_200_with_its_list_and_api() -> None:
    for_its_list = lines_of(CHARGING / "listing.py") + 13  # of the manifest
    assert lines_of(*CHARGING.glob("*.py")) - for_its_list <= 120
    assert lines_of(*CHARGING.glob("*.py")) <= 200


def test_the_national_schema_is_recognised_and_tried_out_before_it_is_loaded(technician: Person) -> None:
    address = send(technician, row(1), row(2, location="Parking public"))
    form = form_with(technician.page(address), "table-0")
    assert form["column-0-reference"] == ["id_pdc_itinerance"]
    assert form["column-0-power_kw"] == ["puissance_nominale"]
    assert points() == []
    press(technician, address, "load")
    assert points() == [("FRMODPDC001", 22.0, "street"), ("FRMODPDC002", 22.0, "public_car_park")]


@pytest.mark.parametrize("swapped", [False, True], ids=["[lon, lat]", "lat, lon"])
def test_pairs_of_coordinates_are_read_by_where_each_lies(technician: Person, swapped: bool) -> None:
    from tests.example_desk.charging.models import ChargingPoint

    load(technician, row(1, swapped=swapped), row(2, swapped=swapped))
    with acting_as(SYSTEM):
        places = [(round(one.geom.x - EAST), round(one.geom.y - NORTH)) for one in ChargingPoint.objects.order_by("id")]
    assert places == [(10, 10), (20, 10)]


def test_a_day_in_french_and_what_no_column_takes_are_kept(technician: Person) -> None:
    from tests.example_desk.charging.models import ChargingPoint

    load(technician, row(1))
    with acting_as(SYSTEM):
        one = ChargingPoint.objects.get()
    assert str(one.opened_date) == "2024-03-14"
    assert one.pay_per_use is True
    assert one.more == {"accessibilite_pmr": "Accessible"}


@pytest.mark.parametrize("power", ["22 kW", "22,0", "22 KW", " 22"])
def test_a_number_may_bear_the_unit_of_its_column(technician: Person, power: str) -> None:
    load(technician, row(1, power=f'"{power}"'))
    assert [kw for _reference, kw, _location in points()] == [22.0]


def test_what_an_object_needs_is_asked_for_at_once(technician: Person) -> None:
    lon, lat = lon_lat(10)
    page = technician.page(send(technician, f"A1,11,{lon},{lat}\n", header="borne,kilowatts,lon,lat\n"))
    assert "column-0-power_kw" in page.partition("Autres colonnes")[0]


def test_a_file_that_leaves_out_what_is_known_updates_the_rest(technician: Person) -> None:
    load(technician, row(1))
    lon, lat = lon_lat(10)
    header = "id_pdc_itinerance,implantation_station,lon,lat\n"
    address = send(technician, f"FRMODPDC001,Parking public,{lon},{lat}\n", header=header)
    press(technician, address, "load")
    assert points() == [("FRMODPDC001", 22.0, "public_car_park")]


def test_what_lacks_a_value_is_not_called_without_a_place(technician: Person) -> None:
    page = technician.page(send(technician, row(1, power=""), row(2)))
    assert "Sans position" not in page


def test_a_row_without_what_it_needs_is_left_out_and_told(technician: Person) -> None:
    address = load(technician, row(1), row(2, power=""), row(3, power="trois"))
    assert [reference for reference, _power, _location in points()] == ["FRMODPDC001"]
    findings = technician.client.get(f"{address}lignes.csv").content.decode("utf-8-sig")
    told = [one for one in csv.reader(StringIO(findings), delimiter=";") if "FRMODPDC002" in ";".join(one)]
    assert len(told) == 1
    assert "Puissance" in ";".join(told[0])


def test_what_was_corrected_here_stays_and_what_the_file_changed_comes(technician: Person) -> None:
    from tests.example_desk.charging.models import ChargingPoint

    load(technician, row(1), row(2))
    with factories.as_worker(), acting_as(SYSTEM):
        ChargingPoint.objects.filter(reference="FRMODPDC001").update(power_kw=50)
    load(technician, row(1), row(2, power="150"), row(3))
    assert points() == [
        ("FRMODPDC001", 50.0, "street"), ("FRMODPDC002", 150.0, "street"), ("FRMODPDC003", 22.0, "street"),
    ]  # fmt: skip


def test_what_would_change_is_shown_object_by_object_before_it_is_loaded(technician: Person) -> None:
    load(technician, row(1), row(2))
    page = technician.page(send(technician, row(1), row(2, power="150", location="Parking public"), row(3)))
    table = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="object-changes"') :].split("</section>")[0])
    assert re.search(r"FRMODPDC002 +Modifié +Implantation +Voirie +Parking public +Puissance +22 +150", table)
    assert re.search(r"FRMODPDC003 +Nouveau", table)
    assert "FRMODPDC001" not in table
    assert page.count('<path class="changed"') == 1


def test_an_import_is_taken_back(technician: Person) -> None:
    load(technician, row(1))
    address = load(technician, row(1, power="7.4"), row(2))
    assert len(points()) == 2
    press(technician, address, "take_back")
    assert points() == [("FRMODPDC001", 22.0, "street")]


def test_the_mapping_that_somebody_chose_is_kept_for_the_next_file(technician: Person, elsewhere: Person) -> None:
    odd = "borne,kilowatts,lon,lat\n"
    lon, lat = lon_lat(10)
    address = send(technician, f"A1,11,{lon},{lat}\n", header=odd)
    press(technician, address, "check", **{"column-0-reference": "borne", "column-0-power_kw": "kilowatts"})
    press(technician, address, "load")
    again = form_with(technician.page(send(technician, f"A2,11,{lon},{lat}\n", header=odd)), "table-0")
    theirs = form_with(elsewhere.page(send(elsewhere, f"A2,11,{lon},{lat}\n", header=odd)), "table-0")
    assert (again["column-0-power_kw"], theirs["column-0-power_kw"]) == (["kilowatts"], [""])


def test_words_that_came_since_are_understood_with_a_mapping_that_was_kept(technician: Person) -> None:
    load(technician, row(1))
    load(technician, row(2, location="Parking public"))
    assert points()[1] == ("FRMODPDC002", 22.0, "public_car_park")


def test_an_import_is_of_its_member_alone(technician: Person, elsewhere: Person) -> None:
    address = load(technician, row(1))
    assert elsewhere.client.get(address).status_code == 404
    assert "bornes.csv" not in elsewhere.page("/bornes/importer/")


def test_what_people_do_with_a_file_that_is_none(technician: Person) -> None:
    address = technician.post(
        "/bornes/importer/", {"member": technician.member.slug, "file": SimpleUploadedFile("bornes.csv", b"\x00\x01")}
    )
    page = technician.page(address)
    with acting_as(SYSTEM):
        assert FileImport.objects.get(source="charging-points").state == FileImport.State.REFUSED
    assert 'role="alert"' in page


# -- the list ---------------------------------------------------------------------------------------------------------


def test_its_list_is_filtered_ordered_and_taken_away(technician: Person) -> None:
    load(technician, row(1), row(2, power="150"), row(3, power="50", location="Parking public"))
    assert re.findall(r"FRMODPDC\d{3}</", technician.page("/bornes/", sort="-power_kw")) == [
        "FRMODPDC002</",
        "FRMODPDC003</",
        "FRMODPDC001</",
    ]
    rows = list(
        csv.DictReader(StringIO(technician.page("/bornes/", power="40", format="csv").lstrip("\ufeff")), delimiter=";")
    )
    assert [(one["Identifiant"], one["Puissance"]) for one in rows] == [("FRMODPDC002", "150"), ("FRMODPDC003", "50")]


def test_the_title_of_its_list_says_which_tab_it_is(technician: Person) -> None:
    assert "<title>Bornes · " in technician.page("/bornes/")


def test_a_row_of_its_list_leads_to_its_sheet_on_the_map(technician: Person) -> None:
    load(technician, row(1))
    page = technician.page("/bornes/").replace("&amp;", "&")
    assert re.search(r'href="/#v=1&c=[\d.-]+,[\d.]+&z=18&l=charging-points&s=charging-points\.\d+">FRMODPDC001<', page)
    assert "22\xa0kW" in page


def test_its_list_is_an_api_that_says_codes(technician: Person) -> None:
    load(technician, row(1), row(2, power="150"))
    answer = technician.client.get("/api/v1/charging-points/", {"power": "100"}, headers=JSON).json()
    assert answer["count"] == 1
    assert (answer["results"][0]["reference"], answer["results"][0]["power_kw"]) == ("FRMODPDC002", 150.0)


def test_its_list_tells_no_other_member_anything(technician: Person, elsewhere: Person) -> None:
    load(technician, row(1))
    files = [f"/bornes/?format={suffix}" for suffix in ("csv", "gpkg", "geojson")]
    for address in ("/bornes/", *files, "/api/v1/charging-points/"):
        headers = JSON if "api" in address else {}
        answers = [
            person.client.get(address, headers=headers).content.decode(errors="replace")
            for person in (elsewhere, technician)
        ]
        assert ["FRMODPDC001" in answer for answer in answers] == [False, True]


def test_a_filter_of_its_list_that_makes_no_sense_is_refused(technician: Person) -> None:
    assert technician.client.get("/bornes/", {"power": "beaucoup"}).status_code == 400
    assert (
        technician.client.get("/api/v1/charging-points/", {"location": "nulle part"}, headers=JSON).status_code == 400
    )


def test_its_list_is_a_workbook_too_and_for_those_who_signed_in(technician: Person) -> None:
    load(technician, row(1))
    assert technician.client.get("/bornes/", {"format": "xlsx"}).content.startswith(b"PK")
    assert Client(headers={"accept": "text/html"}).get("/bornes/").status_code == 302


def test_its_rights_are_those_of_every_list_of_the_kit(charging: Any) -> None:
    commune = factories.commune()
    member = factories.member(commune)
    clients = [Client()]
    for role in ROLES[1:]:
        clients.append(Client())
        clients[-1].force_login(factories.user(member, role, communes=(commune,) if role == "town_hall" else ()))
    written = [line for line in lines() if "bornes/" in line.route or "charging" in line.route]
    written = [line for line in written if "importer/" not in line.route]
    assert {line.route for line in written} == {"bornes/", "api/v1/charging-points/"}
    for line in written:
        methods = ("POST", "PUT", "PATCH", "DELETE") if line.methods == ("REST",) else line.methods
        for method in methods:
            answers = tuple(str(client.generic(method, f"/{line.route}").status_code) for client in clients)
            assert answers == line.statuses, (line.route, method)


def test_the_rights_of_its_imports_are_those_of_every_source(charging: Any) -> None:
    routes = {line.route for line in lines() if line.route.startswith("bornes/importer/")}
    imports = "bornes/importer/<int:import_id>/"
    assert routes == {"bornes/importer/", imports, f"{imports}lignes.csv"}


# -- the layer, the wiring --------------------------------------------------------------------------------------------


def test_its_layer_is_in_the_catalogue_and_its_rows_on_the_map_of_their_member_alone(
    technician: Person, elsewhere: Person
) -> None:
    load(technician, row(1))
    (layer,) = [one for one in layers(technician) if one["slug"] == "charging-points"]
    assert layer["title"] == "Bornes de recharge"
    assert [references(technician), references(elsewhere)] == [["FRMODPDC001"], []]


def test_the_parcel_sheet_tells_of_those_on_the_ground_then_around_to_their_member_alone(
    technician: Person, elsewhere: Person
) -> None:
    load(technician, row(1), row(20, power="50"), row(90))
    factories.parcel("45901", "AB", "0001", geom=factories.square(EAST, NORTH, 40))
    assert nearby(technician) == ["Gare | sur le terrain · 22 kW", "Gare | à 160 m · 50 kW"]
    assert nearby(elsewhere) == []


def nearby(person: Person) -> list[str]:
    """The lines of the section, and what it says where there is none."""
    body = {"parcels": ["45901000AB0001"]}
    sheet = person.client.post("/api/v1/parcels/sheet/", body, content_type="application/json", headers=JSON).json()
    (section,) = [one for one in sheet["sections"] if one["section"] == "charging-points"]
    assert section["lines"] or section["notes"] == ["Aucun connu à moins de 300\xa0m."]
    return [f"{line['title']} | {line['detail']}".replace("\xa0", " ") for line in section["lines"]]


def layers(person: Person) -> Any:
    return person.client.get("/api/v1/layers/", headers=JSON).json()["results"]


def references(person: Person) -> list[str]:
    """The points that the map is given."""
    answer = person.client.get("/api/v1/layers/charging-points/features/", headers=JSON)
    return sorted(set(re.findall(r"FRMODPDC\d{3}", answer.content.decode())))


def test_its_manifest_alone_wires_it(charging: Any) -> None:
    points = {given.point.name for given in charging.gives}
    assert points >= {"intake.file_sources", "catalogue.layers", "desk.listings", "desk.tabs"}
    apps = ("gis_core", "layers", "networks", "permits", "simulation", "tiles", "orthophoto")
    files = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    assert [path for path in files if "example_desk" in path.read_text() or "charging-points" in path.read_text()] == []
