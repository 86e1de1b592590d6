"""Owners by name: for a purpose, in the communes that are open, through the journal; the name is kept nowhere."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from gis_core.members.rights import acting_as, rights_of
from layers.owners.models import Level
from layers.owners.services.searching import find_parcels
from tests import factories
from tests.owners.deliveries import IDU, owned, reader_of
from tests.owners.test_consulting import lines
from tests.owners.test_wall import written

pytestmark = pytest.mark.django_db
ADDRESS, PAGE = "/api/v1/owners/search/", "/proprietaires/rechercher/"
HTML = {"accept": "text/html"}


def search(client: Client, name: str, **given: Any) -> Any:
    return client.post(ADDRESS, {"name": name, "purpose": "permit"} | given, content_type="application/json")


def parcels(answer: Any) -> list[str]:
    consultation = answer.json()["consultation"]
    return [one["idu"] for one in consultation["parcels"]] if consultation else []


@pytest.mark.parametrize("name", ["fictif1", "FICTIF", "eve fictif", "Fictif-1"])
def test_the_parcels_of_an_owner_are_found_by_name(client: Client, name: str) -> None:
    owned()
    client.force_login(reader_of())
    answer = search(client, name)
    assert (answer.status_code, parcels(answer)) == (200, [IDU] if name != "Fictif-1" else [])
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["st fictif", "Saint-Fictif", "FICTIF ST", "saint"])
@pytest.mark.parametrize("written_name", ["ST FICTIF", "SAINT-FICTIF"])
def test_a_saint_is_found_however_it_is_written(client: Client, name: str, written_name: str) -> None:
    owned(name=written_name)
    owned("45901000AB0456", "450901A00002", name="STOFICTIF")
    client.force_login(reader_of())
    assert parcels(search(client, name)) == [IDU]


def test_an_owner_of_a_commune_that_is_closed_is_not_found(client: Client) -> None:
    owned("45902000AB0001", "450902A00001")
    client.force_login(reader_of())
    assert parcels(search(client, "fictif1")) == []


def test_who_had_the_parcel_in_a_former_year_is_not_found(client: Client) -> None:
    owned(year=2024, name="ANCIEN")
    owned(year=2025)
    client.force_login(reader_of())
    assert parcels(search(client, "ancien")) == []


def test_the_journal_says_the_search_and_the_parcels_and_never_the_name(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    search(client, "fictif1", reference="PC 12")
    begun, read = lines(person)
    assert (begun.action, begun.parcels, begun.owners, begun.purpose) == ("search", [], 0, "permit")
    assert (read.action, read.parcels, read.owners, read.reference) == ("search", [IDU], 1, "PC 12")


def test_a_search_that_finds_nobody_is_in_the_journal_too(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    assert parcels(search(client, "personne")) == []
    assert [one.action for one in lines(person)] == ["search"]


@pytest.mark.parametrize(
    "given", [{"purpose": ""}, {"purpose": "curiosity"}, {"purpose": "other"}, {"name": "ab"}, {"name": "12 4"}]
)
def test_a_search_without_a_purpose_or_a_name_is_refused(client: Client, given: dict[str, str]) -> None:
    owned()
    client.force_login(reader_of())
    assert search(client, **{"name": "fictif1"} | given).status_code == 400


def test_who_reads_no_owners_is_refused_and_the_journal_says_so(client: Client) -> None:
    owned()
    person = reader_of(level=Level.NONE)
    client.force_login(person)
    assert search(client, "fictif1").status_code == 403
    (line,) = lines(person)
    assert line.refusal


@pytest.mark.parametrize("action", ["consultation", "export", "extract"])
def test_postgresql_searches_for_a_line_of_a_search_alone(action: str) -> None:
    owned()
    person = reader_of()
    with acting_as(rights_of(person)):
        line = written(IDU, action=action)
        with pytest.raises(DatabaseError, match="journal"), transaction.atomic():
            find_parcels(line, ["fictif1"])


def test_postgresql_searches_for_nobody_elses_line() -> None:
    owned()
    with acting_as(rights_of(reader_of())):
        line = written(action="search")
    with (
        acting_as(rights_of(factories.user(factories.member()))),
        pytest.raises(DatabaseError, match="journal"),
        transaction.atomic(),
    ):
        find_parcels(line, ["fictif1"])


def test_the_page_shows_the_parcels_with_their_owners(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    page = client.post(PAGE, {"name": "fictif1", "purpose": "permit"}, headers=HTML).content.decode()
    assert "MME FICTIF1 EVE" in page
    assert IDU in page


def test_a_name_from_the_search_box_is_searched_once_a_purpose_is_said(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    answer = client.post(PAGE, {"name": "fictif1"}, headers=HTML)
    assert answer.status_code == 200
    assert 'value="fictif1"' in answer.content.decode()
    assert lines(person) == []


@pytest.mark.parametrize(("level", "offered"), [(Level.NAMES, True), (Level.NONE, False)])
def test_the_search_box_offers_the_search_to_those_who_read_owners(client: Client, level: Level, offered: bool) -> None:
    person = reader_of(level=level)
    client.force_login(person)
    results = client.get("/api/v1/search/", {"q": "dupont"}).json()["results"]
    assert ((PAGE, {"name": "dupont"}) in [(one["url"], one["body"]) for one in results]) is offered
    assert lines(person) == []
