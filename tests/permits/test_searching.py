"""Applications in the search box: by number, for those who may see them."""

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
