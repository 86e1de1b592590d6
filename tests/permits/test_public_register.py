"""The public register: decisions, for everybody, and nothing else."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.desk.listing import Pager
from gis_core.members.rights import ANONYMOUS, acting_as
from permits.models import Permit, Settings
from permits.numbers import format_parcel
from permits.services.register import REGISTER, RegisterQuery, decisions
from tests import factories
from tests.permits.conftest import World

URL = "/permis/registre/"
COLUMNS = ["number", "kind", "insee", "idus", "filed_date", "decided_date", "outcome", "tacit"]


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(date(2026, 3, 1))


def granted(world: World, **given: Any) -> Permit:
    return world.record(world.file(**given), "decided", date(2026, 1, 20), outcome="granted")


def found(**given: str) -> list[str]:
    """The decisions that anybody finds."""
    with acting_as(ANONYMOUS):
        return [one.number for one in decisions(RegisterQuery.parse(given))]


def test_everybody_reads_decisions(world: World) -> None:
    permit = granted(world, description="Un secret de famille", address="3 rue cachée")
    text = Client().get(URL, headers={"accept": "text/html"}).content.decode()
    assert str(permit) in text
    assert "AB 1" in text
    assert "Accordé" in text
    assert not any(word in text for word in ("secret", "cachée", "Jeanne", "Martin"))


def test_a_refusal_is_named_as_one(world: World) -> None:
    world.record(world.file(), "decided", date(2026, 1, 20), outcome="refused")
    assert re.search(r">Refusé\s*<", Client().get(URL, headers={"accept": "text/html"}).content.decode())


def test_open_and_withdrawn_files_stay_out(world: World) -> None:
    world.file(filed_date=date(2026, 2, 20))
    world.record(world.file(filed_date=date(2026, 2, 20)), "withdrawn", date(2026, 2, 21))
    assert found() == []


def test_refusals_and_silence_are_decisions(world: World) -> None:
    refused = world.record(world.file(), "decided", date(2026, 1, 20), outcome="refused")
    tacit = world.file(kind="DP")
    with acting_as(ANONYMOUS):
        rows = decisions(RegisterQuery())
    assert {(one.number, one.outcome, one.tacit) for one in rows} == {
        (refused.number, "refused", False),
        (tacit.number, "granted", True),
    }


def test_a_member_keeps_its_decisions_to_itself(world: World) -> None:
    granted(world)
    with factories.as_owner():
        Settings.objects.create(member=world.member, applicant_roles=[], public_register=False)
    assert found() == []


def test_postgresql_gives_these_columns_and_no_other(world: World) -> None:
    granted(world)
    with acting_as(ANONYMOUS), connection.cursor() as cursor:
        cursor.execute("select * from arpent.public_decisions('', 0, '', '', 10, 0)")
        assert [column.name for column in cursor.description] == COLUMNS
        assert len(cursor.fetchall()) == 1
        assert not Permit.objects.exists()


@pytest.mark.parametrize("limit", [1_000_000, -1])
def test_postgresql_bounds_a_page(world: World, limit: int) -> None:
    granted(world)
    with acting_as(ANONYMOUS), connection.cursor() as cursor:
        cursor.execute("select count(*) from arpent.public_decisions('', 0, '', '', %s, -5)", [limit])
        assert cursor.fetchone()[0] <= 101


def test_decisions_are_found_by_commune_year_kind_and_number(world: World) -> None:
    permit, other = granted(world), granted(world, kind="DP", insee="45902", parcels=[])
    assert found(insee="45902") == found(kind="DP") == found(number="dp 045 902") == [other.number]
    assert found(number=str(permit)) == [permit.number]
    assert found(year="2025") == []
    assert len(found(year="2026")) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("number", "'; drop table"), ("kind", "XX"), ("year", "1066"), ("offset", "-1")]
)
def test_what_makes_no_sense_is_said_in_words(world: World, name: str, value: str) -> None:
    answer = Client().get(URL, {name: value}, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert 'class="errorlist' in answer.content.decode()


def test_the_register_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("permits.pages.register.REGISTER", replace(REGISTER, pager=Pager(rows=1)))
    granted(world)
    granted(world)
    pages = [Client().get(URL, {"offset": offset}, headers={"accept": "text/html"}) for offset in (0, 1)]
    texts = [page.content.decode() for page in pages]
    assert [(text.count("<tr data-key"), "Suivants" in text) for text in texts] == [(1, True), (1, False)]


@pytest.mark.parametrize(
    ("idu", "words"), [("45901000AB0012", "AB 12"), ("459010000A0120", "A 120"), ("45901123AB0001", "123 AB 1")]
)
def test_a_parcel_is_said_as_people_do(idu: str, words: str) -> None:
    assert format_parcel(idu) == words
