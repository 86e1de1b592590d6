"""Pages of many files ask as many questions as pages of few."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import acting_as, under_policies
from permits.procedure import What
from permits.services.reminding import digest_of, entries_of
from tests import factories
from tests.permits.conftest import World

LISTS = (
    "/permis/",
    "/permis/?q=maison",
    "/permis/carte.geojson",
    "/permis/export/?format=csv",
    "/permis/statistiques/",
    "/permis/registre/",
    "/permis/echeances.json",
    "/api/v1/permits/",
    "/api/v1/permits/?format=geojson",
)
TABS = ("", "pieces/", "consultations/", "courriers/", "demandeur/")


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 4))


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, headers={"accept": "text/html"} if "api" not in path else {})
        assert answer.status_code == 200, path
        for _chunk in answer if answer.streaming else ():
            pass
    return len(asked)


def files(world: World, most: int) -> None:
    for rank in range(most):
        permit = world.file(description="maison", instructor=world.people["permit_instructor"].pk)
        if rank % 2:
            world.record(permit, What.DECIDED, date(2026, 2, 2), outcome="granted")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_many_files_needs_no_more_queries(world: World, path: str) -> None:
    client = world.client()
    files(world, 2)
    few = [count(client, path), count(client, path)][-1]
    files(world, 8)
    assert count(client, path) <= few


@pytest.mark.parametrize("tab", TABS)
def test_a_file_of_many_events_needs_no_more_queries(world: World, tab: str) -> None:
    client, permit = world.client(), world.file()
    world.record(permit, What.NOTE, date(2026, 1, 6), note="une")
    path = f"/permis/{permit.number}/{tab}"
    few = [count(client, path), count(client, path)][-1]
    for day in range(7, 17):
        world.record(permit, What.NOTE, date(2026, 1, day), note="autre")
    assert count(client, path) <= few


def test_filing_for_many_members_needs_no_more_queries(world: World) -> None:
    client, path = world.client("agency_administrator"), "/permis/deposer/"
    few = [count(client, path), count(client, path)][-1]
    for _rank in range(5):
        factories.user(factories.member(factories.commune()), "permit_instructor")
    assert count(client, path) <= few


@pytest.mark.parametrize("told", [lambda *given: digest_of(*given, date(2026, 2, 4)), entries_of])
def test_reminders_of_many_files_need_no_more_queries(world: World, told: Any) -> None:
    def asked() -> int:
        with acting_as(world.rights()), under_policies(), CaptureQueriesContext(connection) as queries:
            told(world.people["permit_instructor"], world.rights())
        return len(queries)

    files(world, 2)
    few = asked()
    files(world, 8)
    assert asked() <= few
