"""Planning applications in the parcel sheet and on the map: here, around, and for who sees them."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from gis_core.desk.navigation import map_addresses
from gis_core.members.rights import Role, rights_of
from permits.models import Permit
from tests import factories
from tests.permits.conftest import World

IDU = "45901000AB0001"
X, Y = factories.ORIGIN


def told(world: World, who: str | None = Role.PERMIT_INSTRUCTOR, **asked: Any) -> Any:
    """The section of the sheet of parcel AB 1."""
    client = world.client(who) if who else Client()
    body = {"parcels": [IDU], **asked}
    sheet = client.post("/api/v1/parcels/sheet/", body, content_type="application/json").json()
    return next((one for one in sheet["sections"] if one["section"] == "permits"), None)


def titles(section: Any) -> list[str]:
    return [line["title"] for line in section["lines"]]


def test_files_on_the_ground_are_listed_the_latest_first(world: World) -> None:
    first = world.file(filed_date=date(2024, 5, 2))
    last = world.record(world.file(), "decided", date(2026, 2, 10), outcome="granted")
    section = told(world)
    assert titles(section) == [str(last), str(first)]
    line = section["lines"][0]
    assert (line["layer"], line["feature"], line["share"]) == ("permits", last.pk, 1.0)
    assert line["links"] == [{"title": "Ouvrir le dossier", "url": f"/permis/{last.number}/"}]
    assert "Accordé" in line["detail"]
    assert [fact["display"] for fact in line["facts"]] == ["5\xa0janv.\xa02026", "10\xa0févr.\xa02026"]


def test_files_around_are_counted_and_the_nearest_listed(world: World) -> None:
    neighbour = world.file(parcels=["AB 2"])
    factories.parcel("45901", "AB", "0003", geom=factories.square(X + 130, Y))
    factories.parcel("45901", "AB", "0004", geom=factories.square(X + 151, Y))
    near, _far = world.file(parcels=["AB 3"]), world.file(parcels=["AB 4"])
    section = told(world)
    assert titles(section) == [str(neighbour), str(near)]
    assert [line["detail"].split(" · ")[0] for line in section["lines"]] == ["mitoyen", "à 30\xa0m"]
    assert [fact["display"] for fact in section["facts"]] == ["0 dossier", "2 dossiers"]
    assert (section["uncertain"], section["notes"]) == ([], ["Aucun dossier qui vous soit ouvert sur ce terrain."])


def test_no_more_than_five_of_those_around_are_listed(world: World) -> None:
    for _file in range(12):
        world.file(parcels=["AB 2"])
    section = told(world)
    assert (len(section["lines"]), section["facts"][1]["value"]) == (5, 12)
    assert "5 plus proches" in section["notes"][-1]


def test_a_file_filed_after_the_day_of_the_sheet_is_not_in_it(world: World) -> None:
    world.file()
    assert titles(told(world, day="2026-01-04")) == []


def test_the_section_names_no_applicant(world: World) -> None:
    world.file()
    assert "Martin" not in str(told(world))


@pytest.mark.parametrize(("who", "count"), [(Role.READER, 1), (Role.TOWN_HALL, 1), ("stranger", 0)])
def test_each_sees_their_own_files(world: World, who: str, count: int) -> None:
    world.file()
    assert len(titles(told(world, who))) == count


def test_who_is_not_signed_in_gets_no_such_section(world: World) -> None:
    world.file()
    assert told(world, None) is None


def test_a_frozen_sheet_keeps_no_file(world: World) -> None:
    world.file()
    body = {"parcels": [IDU]}
    frozen = world.client().post("/api/v1/parcels/sheets/", body, content_type="application/json").json()
    kept = world.client().get(f"/api/v1/parcels/sheets/{frozen['number']}/").json()
    assert "identity" in str(kept)
    assert "permits" not in str(kept)


def test_the_section_costs_no_statement_of_its_own(world: World) -> None:
    client, body = world.client(), {"parcels": [IDU]}

    def asked() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.post("/api/v1/parcels/sheet/", body, content_type="application/json")
        return [one["sql"] for one in queries]

    asked()
    for _file in range(3):
        world.file()
    assert sum("permits_permit" in statement for statement in asked()) == 1


# -- the sheet on the map, the next deadlines -------------------------------------------------------------------------


def test_the_sheet_of_a_file_names_it_as_people_do(world: World) -> None:
    permit = world.file()
    sheet = world.client().get(f"/api/v1/layers/permits/features/{permit.pk}/").json()
    assert (sheet["title"], sheet["subtitle"]) == (str(permit), "Lorris")
    assert {one["name"]: one["value"] for one in sheet["properties"]}["number"] == permit.number
    assert "insee" not in {one["name"] for one in sheet["properties"]}


@pytest.fixture
def in_february(on_day: Any) -> None:
    on_day(date(2026, 2, 3))


@pytest.mark.parametrize(
    ("who", "sees", "files"),
    [
        (Role.READER, True, False),
        (Role.NETWORK_TECHNICIAN, True, False),
        (Role.TOWN_HALL, True, True),
        (Role.PERMIT_INSTRUCTOR, True, True),
        (Role.GIS_ADMINISTRATOR, True, True),
        (Role.AGENCY_ADMINISTRATOR, True, True),
        (None, False, False),
    ],
)
def test_the_map_leads_each_where_they_may_go(
    world: World, rf: RequestFactory, who: str | None, sees: bool, files: bool
) -> None:
    request: Any = rf.get("/")
    request.user = world.people[who] if who else AnonymousUser()
    request.rights = rights_of(request.user)
    told = map_addresses(request)
    assert told["permits"] == ("/permis/" if sees else None)
    assert told["file_permit"] == ("/permis/deposer/" if files else None)
    assert told["roads"] == ("/voirie/" if who else "/travaux/")


def deadlines(world: World, who: str = Role.PERMIT_INSTRUCTOR) -> Any:
    return world.client(who).get("/permis/echeances.json").json()


def mine(world: World, **given: Any) -> Permit:
    return world.file(instructor=world.people[Role.PERMIT_INSTRUCTOR].pk, **given)


def test_an_instructor_gets_their_own_deadlines_what_is_due_first_first(world: World, in_february: None) -> None:
    last = mine(world, filed_date=date(2026, 1, 9))
    first = mine(world)
    world.file()
    answer = deadlines(world)
    assert (answer["whose"], [one["number"] for one in answer["results"]]) == ("mine", [first.number, last.number])
    one = answer["results"][0]
    assert (one["next_date"], one["days"], one["late"], one["soon"]) == ("2026-02-05", 2, False, True)
    west, south, east, north = one["bbox_4326"]
    assert west < east
    assert south < north


def test_who_instructs_nothing_gets_those_of_their_members(world: World, in_february: None) -> None:
    permit = mine(world)
    answer = deadlines(world, Role.READER)
    assert (answer["whose"], [one["number"] for one in answer["results"]]) == ("members", [permit.number])
    assert deadlines(world, "stranger")["results"] == []


def test_a_file_without_ground_has_no_place(world: World, in_february: None) -> None:
    mine(world, parcels=[])
    assert deadlines(world)["results"][0]["bbox_4326"] is None


def test_closed_files_have_no_deadline(world: World, in_february: None) -> None:
    world.record(mine(world), "decided", date(2026, 2, 2), outcome="refused")
    assert deadlines(world)["results"] == []


def test_at_most_twenty_deadlines_come(world: World, in_february: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from permits.services import mine as service

    monkeypatch.setattr(service, "MOST", 2)
    for _file in range(3):
        mine(world)
    answer = deadlines(world)
    assert (len(answer["results"]), answer["more"]) == (2, True)


def test_who_is_not_signed_in_is_told_so(world: World) -> None:
    answer = Client().get("/permis/echeances.json")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_the_deadlines_name_no_applicant(world: World, in_february: None) -> None:
    mine(world)
    assert not re.search("Martin", str(deadlines(world)))
