"""The public register: decisions and filings under instruction, for everybody, and nobody's name."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gis_core.desk.listing import Pager
from gis_core.members.rights import ANONYMOUS, acting_as
from permits.models import Permit, Settings
from permits.numbers import format_parcel
from permits.services.register import REGISTER, FilingQuery, Outcome, RegisterQuery, decisions, filings
from tests import factories
from tests.permits.conftest import World

URL = "/permis/registre/"
FILINGS = f"{URL}depots/"
FILING_COLUMNS = ["number", "kind", "insee", "idus", "works", "address", "filed_date"]
COLUMNS = [*FILING_COLUMNS, "decided_date", "outcome", "tacit", "shape"]


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(date(2026, 3, 1))


def granted(world: World, **given: Any) -> Permit:
    return world.record(world.file(**given), "decided", date(2026, 1, 20), outcome="granted")


def shown(url: str, **given: str) -> str:
    """A page as everybody sees it."""
    return Client().get(url, given, headers={"accept": "text/html"}).content.decode()


def found(**given: str) -> list[str]:
    """The decisions that anybody finds."""
    with acting_as(ANONYMOUS):
        return [one.number for one in decisions(RegisterQuery.parse(given))]


def test_everybody_reads_decisions(world: World) -> None:
    permit = granted(world, description="Abri de jardin", address="3 rue Haute")
    text = shown(URL)
    assert all(word in text for word in (str(permit), "AB 1", "Accordé", "Abri de jardin", "3 rue Haute"))
    assert not any(word in text for word in ("Jeanne", "Martin", "Lilas"))


@pytest.mark.parametrize(
    "written",
    [
        "Maison de Jeanne Martin",
        "Extension MARTIN",
        "Abri pour jeanne",
        "Garage (Mme Durand)",
        "Clôture de M. Durand",
        "Maison des consorts Durand",
        "Maison de famille",
    ],
)
def test_a_text_that_may_name_somebody_is_left_out(world: World, written: str) -> None:
    granted(world, description=written, address=written)
    with acting_as(ANONYMOUS):
        (one,) = decisions(RegisterQuery())
    assert (one.works, one.address) == ("", "")
    assert written not in shown(URL)


@pytest.mark.parametrize("written", ["Abri de 20 m de long", "Piscine, m² : 32", "Maisonnette"])
def test_a_text_that_names_nobody_is_shown(world: World, written: str) -> None:
    granted(world, description=written)
    with acting_as(ANONYMOUS):
        assert [one.works for one in decisions(RegisterQuery())] == [written]


def test_a_text_that_no_applicant_can_be_compared_with_is_left_out(world: World) -> None:
    granted(world, description="Abri de jardin", applicant=None)
    with acting_as(ANONYMOUS):
        assert [one.works for one in decisions(RegisterQuery())] == [""]


def test_certificates_are_not_shown(world: World) -> None:
    for kind in ("CUa", "CUb"):
        world.record(world.file(kind=kind), "decided", date(2026, 1, 20), outcome="granted")
    assert found() == []
    assert found(kind="CUa") == []
    assert "CUa" not in shown(URL)


def test_the_map_shows_the_grounds_of_the_decisions(world: World) -> None:
    permit = granted(world)
    granted(world, insee="45902", parcels=[])
    answer = Client().get(f"{URL}carte.geojson", {"number": str(permit)}).json()
    (feature,) = answer["features"]
    assert (feature["id"], feature["geometry"]["type"], answer["more"]) == (permit.number, "MultiPolygon", False)
    assert set(feature["properties"]) == {"title", "label", "detail", "colour", "href"}
    assert len(Client().get(f"{URL}carte.geojson").json()["features"]) == 1


def test_the_map_shows_every_outcome_of_the_register(world: World) -> None:
    permit = granted(world)
    for outcome in Outcome.values:
        with factories.as_owner():
            Permit.objects.filter(pk=permit.pk).update(state=outcome)
        (feature,) = Client().get(f"{URL}carte.geojson").json()["features"]
        assert feature["properties"]["label"] == str(Outcome(outcome).label)
        assert feature["properties"]["colour"].startswith("#")


def test_the_map_refuses_a_filter_that_makes_no_sense(world: World) -> None:
    assert Client().get(f"{URL}carte.geojson", {"kind": "XX"}).status_code == 400


# -- filings under instruction ----------------------------------------------------------------------------------------


def filed(**given: str) -> list[str]:
    with acting_as(ANONYMOUS):
        return [one.number for one in filings(FilingQuery.parse(given))]


def test_everybody_reads_what_is_under_instruction(world: World) -> None:
    permit = world.file(filed_date=date(2026, 2, 20), description="Abri de jardin")
    text = shown(FILINGS)
    assert all(word in text for word in (str(permit), "AB 1", "Abri de jardin", "20 fév. 2026"))
    assert not any(word in text for word in ("Jeanne", "Martin"))


def test_a_filing_leaves_the_list_with_its_decision(world: World) -> None:
    granted(world)
    world.record(world.file(filed_date=date(2026, 2, 20)), "withdrawn", date(2026, 2, 21))
    assert filed() == []


def test_certificates_are_not_among_the_filings(world: World) -> None:
    world.file(kind="CUb", filed_date=date(2026, 2, 20))
    assert filed() == filed(kind="CUb") == []


def test_filings_of_a_member_that_shows_nothing_stay_out(world: World) -> None:
    world.file(filed_date=date(2026, 2, 20))
    with factories.as_owner():
        Settings.objects.create(member=world.member, applicant_roles=[], public_register=False)
    assert filed() == []


def test_filings_are_found_by_commune_and_kind(world: World) -> None:
    permit = world.file(filed_date=date(2026, 2, 20))
    other = world.file(filed_date=date(2026, 2, 21), insee="45902", parcels=[], kind="DP")
    assert filed() == [other.number, permit.number]
    assert filed(insee="45901") == filed(kind="PC") == [permit.number]


@pytest.mark.parametrize("name", ["kind", "offset"])
def test_a_wrong_search_of_filings_is_said_in_words(world: World, name: str) -> None:
    assert Client().get(FILINGS, {name: "-1"}, headers={"accept": "text/html"}).status_code == 400


def test_postgresql_gives_of_filings_these_columns_and_no_other(world: World) -> None:
    world.file(filed_date=date(2026, 2, 20))
    with acting_as(ANONYMOUS), connection.cursor() as cursor:
        cursor.execute("select * from arpent.public_filings('', '', 10, 0)")
        assert [column.name for column in cursor.description] == FILING_COLUMNS
        assert len(cursor.fetchall()) == 1


def test_nobody_asks_postgresql_for_the_text_of_a_file(world: World) -> None:
    permit = world.file()
    with acting_as(ANONYMOUS), connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("select arpent.public_text(%s, 'x')", [permit.pk])


# -- decisions --------------------------------------------------------------------------------------------------------


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
        assert cursor.fetchone()[0] <= 2_001


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
