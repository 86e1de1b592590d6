"""Applications in the search box: by number, for those who may see them."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import Role
from permits.models import ApplicantReading
from tests import factories
from tests.permits.conftest import World

TODAY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(TODAY)


def suggested(world: World, q: str, who: str = Role.PERMIT_INSTRUCTOR) -> list[dict[str, Any]]:
    results = world.client(who).get("/api/v1/search/", {"q": q}).json()["results"]
    return [one for one in results if one["kind"] == "permit"]


@pytest.mark.parametrize(
    "q",
    [
        "PC 045 901 26 A0001",
        "pc 45 901 26 a0001",
        "PC04590126A0001",
        "45 901 26 A0001",
        "pc 045 901",
        "901 26 A0001",
        "26A0001",
        "A0001",
    ],
)
def test_a_file_is_found_by_its_number_in_any_writing(world: World, q: str) -> None:
    permit = world.file(number="PC 045 901 26 A0001")
    (result,) = suggested(world, q)
    assert (result["label"], result["url"], result["id"]) == (str(permit), f"/permis/{permit.number}/", permit.pk)
    assert result["center_4326"]


@pytest.mark.parametrize(
    "q",
    ["26 00003", "26/00003", "2600003", "9012600003", "PC 26 3", "pc 26-00003", "PC 901 26 3", "pcmi 26/3", "Pc26 3"],
)
def test_a_file_is_found_by_what_its_number_is_called_in_the_office(world: World, q: str) -> None:
    permit = world.file(number="PC 045 901 26 00003")
    (result,) = suggested(world, q)
    assert result["id"] == permit.pk


@pytest.mark.parametrize("who", [Role.PERMIT_INSTRUCTOR, "stranger"])
def test_a_whole_number_that_no_file_bears_is_said_to_be_none_whether_it_is_hidden_or_not(
    world: World, who: str
) -> None:
    if who == "stranger":
        world.file(number="PC 045 901 26 A0009")
    answer = world.client(who).get("/api/v1/search/", {"q": "pc 045 901 26 a0009"}).json()
    assert answer == {
        "results": [],
        "message": "Il n’y a pas de dossier pc 045 901 26 a0009 que vous puissiez voir.",
    }


def test_letters_leave_out_the_files_of_other_natures(world: World) -> None:
    world.file(number="PC 045 901 26 00003")
    assert suggested(world, "PD 26 3") == []


def test_the_beginning_of_a_number_is_not_taken_for_the_end_of_another(world: World) -> None:
    permit = world.file(number="PC 045 901 26 00003")
    (result,) = suggested(world, "PC 045 901 2")
    assert result["id"] == permit.pk


def test_the_list_finds_a_file_by_what_its_number_is_called(world: World) -> None:
    permit = world.file(number="PC 045 901 26 00003")
    page = world.client().get("/permis/", {"q": "PC 26 3"}, headers={"accept": "text/html"}).content.decode()
    assert str(permit) in page


def test_a_file_without_ground_leads_to_its_page(world: World) -> None:
    permit = world.file(parcels=[])
    (result,) = suggested(world, permit.number)
    assert (result["center_4326"], result["layer"], result["url"]) == (None, None, f"/permis/{permit.number}/")


def test_a_file_of_others_is_not_suggested(world: World) -> None:
    permit = world.file()
    assert suggested(world, permit.number, "stranger") == []


def test_a_hidden_file_costs_as_many_queries_as_none(world: World) -> None:
    client = world.client("stranger")
    with CaptureQueriesContext(connection) as nothing:
        client.get("/api/v1/search/", {"q": "PC 045 901 26 A0001"})
    world.file(number="PC 045 901 26 A0001")
    with CaptureQueriesContext(connection) as hidden:
        client.get("/api/v1/search/", {"q": "PC 045 901 26 A0001"})
    assert len(hidden) == len(nothing)


def test_the_list_says_why_a_decided_file_is_shown(world: World) -> None:
    done = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    page = world.client().get("/permis/", {"q": done.number, "state": "open"}, headers={"accept": "text/html"})
    assert "Ce numéro est entier" in page.content.decode()
    assert str(done) in page.content.decode()


def test_a_list_of_open_files_that_finds_none_searches_the_closed_ones_with_the_same_words(world: World) -> None:
    done = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    client = world.client()
    page = client.get("/permis/", {"q": "AB 1", "state": "open"}, headers={"accept": "text/html"}).content.decode()
    assert str(done) not in page
    link = re.search(r'href="([^"]*)">Chercher aussi parmi les dossiers clos<', page)
    assert link
    found = client.get(html.unescape(link[1]), headers={"accept": "text/html"}).content.decode()
    assert str(done) in found


def pages(world: World, q: str, who: str) -> list[dict[str, Any]]:
    results = world.client(who).get("/api/v1/search/", {"q": q}).json()["results"]
    return [one for one in results if one["kind"] == "page"]


@pytest.mark.parametrize(("q", "offered"), [("dupont", True), ("AB 12", False), ("12 rue des Lilas", False)])
def test_a_name_offers_the_search_of_applicants_to_those_who_read_them(world: World, q: str, offered: bool) -> None:
    offers = [(one["url"], one["body"]) for one in pages(world, q, Role.PERMIT_INSTRUCTOR)]
    assert (("/permis/demandeurs/", {"q": q}) in offers) is offered


def test_a_reader_is_not_offered_the_search_of_applicants(world: World) -> None:
    assert pages(world, "dupont", Role.READER) == []


def test_typing_a_name_reads_no_applicant(world: World) -> None:
    world.file()
    pages(world, "martin", Role.PERMIT_INSTRUCTOR)
    with factories.as_owner():
        assert not ApplicantReading.objects.filter(action="read").exists()


def test_the_page_that_is_offered_searches_what_was_typed(world: World) -> None:
    permit = world.file()
    page = world.client().post("/permis/demandeurs/", {"q": "martin"}, headers={"accept": "text/html"})
    assert str(permit) in page.content.decode()
