"""Consultations over HTTP: the journal first, then what the level opens; refusals stay in the journal."""

import csv
import io
import time
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from gis_core.members.rights import Role
from gis_core.models import User
from gis_core.tokens.authentication import create_token
from layers.owners.models import JournalLine, Level
from layers.owners.services import consulting, journal
from tests import factories
from tests.imports.workers import address
from tests.owners.deliveries import ACCOUNT, IDU, give, owned, reader_of

pytestmark = pytest.mark.django_db
CONSULT, EXPORT, JOURNAL = (f"/api/v1/owners/{path}/" for path in ("consultations", "consultations/export", "journal"))


def post(client: Client, address: str = CONSULT, **given: Any) -> Any:
    return client.post(address, {"parcels": [IDU], "purpose": "permit"} | given, content_type="application/json")


def lines(person: User) -> list[JournalLine]:
    """What is committed in the journal, whatever the test's transaction becomes."""
    apart = connections["default"].copy()
    try:
        with apart.cursor() as cursor:
            cursor.execute("set role arpent_owner")
            cursor.execute(
                "select action, purpose, reference, parcels, owners, refusal, flagged, by_name, by_token, members"
                " from owners_journalline where by_user = %s order by id",
                [person.pk],
            )
            names = [column.name for column in cursor.description]
            return [JournalLine(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    finally:
        apart.close()


def test_owners_are_shown_by_account_and_right(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    answer = post(client)
    assert answer.status_code == 200
    (parcel,) = answer.json()["parcels"]
    (account,) = parcel["accounts"]
    (right,) = account["rights"]
    assert (parcel["idu"], parcel["area_m2"], account["code"], account["ground"]) == (IDU, 1234, ACCOUNT, True)
    assert (right["code"], right["label"]) == ("P", "Propriétaire")
    assert right["owners"][0]["name"] == "MME FICTIF1 EVE"


def test_birth_and_exemptions_are_for_the_level_all(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    (parcel,) = post(client).json()["parcels"]
    assert parcel["exemptions"] == []
    assert parcel["accounts"][0]["rights"][0]["owners"][0]["born"] is None
    client.force_login(reader_of_the_same_commune(Level.ALL))
    (parcel,) = post(client).json()["parcels"]
    assert parcel["exemptions"] == ["Natura 2000 2020–2030"]
    assert parcel["accounts"][0]["rights"][0]["owners"][0]["born"] == "18/05/1980"


def reader_of_the_same_commune(level: Level) -> User:
    from gis_core.models import Commune

    member = factories.member(Commune.objects.get(insee="45901"))
    give(member, Role.READER, level)
    return factories.user(member, Role.READER)


def test_a_consultation_is_in_the_journal_before_the_answer(client: Client) -> None:
    owned(owners=2)
    person = reader_of()
    client.force_login(person)
    post(client, reference="PC 045 901 26 00012")
    (line,) = lines(person)
    assert (line.action, line.purpose, line.reference, line.parcels) == (
        "consultation",
        "permit",
        "PC 045 901 26 00012",
        [IDU],
    )
    assert (line.owners, line.refusal, line.members) == (2, "", [person.memberships.get().member_id])
    assert person.username in line.by_name


def test_the_journal_counts_the_owners_of_communes_whose_registers_are_of_different_years(client: Client) -> None:
    owned(owners=2, year=2024)
    owned("45902000AB0001", "450902A00001", owners=3)
    member = factories.member(factories.commune("45901"), factories.commune("45902"))
    give(member, Role.READER)
    person = factories.user(member, Role.READER)
    client.force_login(person)
    post(client, parcels=[IDU, "45902000AB0001"])
    (line,) = lines(person)
    assert line.owners == 5


def test_a_refusal_stays_in_the_journal_though_the_request_is_rolled_back(client: Client) -> None:
    owned("45902000AB0001", "450902A00001")
    person = reader_of()
    client.force_login(person)
    answer = post(client, parcels=[IDU, "45902000AB0001"])
    assert answer.status_code == 403
    assert "FICTIF" not in answer.content.decode()
    (line,) = lines(person)
    assert (line.owners, line.parcels) == (0, [IDU, "45902000AB0001"])
    assert "1 de ces parcelles" in line.refusal


def test_another_members_parcel_is_refused_as_one_that_does_not_exist(client: Client) -> None:
    owned("45902000AB0001", "450902A00001")
    client.force_login(reader_of())
    there, nowhere = post(client, parcels=["45902000AB0001"]), post(client, parcels=["45999000ZZ0001"])
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)


def test_without_the_journal_nothing_is_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    owned()
    client.force_login(reader_of(level=Level.ALL))
    monkeypatch.setattr(journal, "STATEMENT", "select 1, false from nowhere where %s::jsonb is null")
    answer = post(client)
    assert answer.status_code == 503
    assert "FICTIF" not in answer.content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"purpose": ""},
        {"purpose": "curiosity"},
        {"purpose": "third_party"},
        {"purpose": "other"},
        {"parcels": []},
        {"parcels": ["AB 12"]},
        {"parcels": [f"45901000AB{number:04d}" for number in range(101)]},
        {"reference": "x" * 201},
        {"reference": "PC\n12"},
        {"year": 1},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_and_never_reaches_the_journal(client: Client, given: dict[str, Any]) -> None:
    person = reader_of()
    client.force_login(person)
    assert post(client, **given).status_code == 400
    assert lines(person) == []


def test_a_parcel_that_the_register_does_not_know_is_said(client: Client) -> None:
    client.force_login(reader_of())
    assert post(client).json()["missing"] == [IDU]


def test_identifiers_of_fifteen_characters_are_understood(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    assert post(client, parcels=["450901000AB0001"]).json()["parcels"][0]["idu"] == IDU


def test_the_latest_year_is_shown_and_the_one_before_on_request(client: Client) -> None:
    owned(year=2025, name="ANCIEN")
    owned(year=2026, name="NOUVEAU")
    client.force_login(reader_of())
    named = [str(post(client, year=year).json()) for year in (None, 2025)]
    assert ["NOUVEAU" in named[0], "ANCIEN" in named[0]] == [True, False]
    assert ["NOUVEAU" in named[1], "ANCIEN" in named[1]] == [False, True]


def test_the_journal_counts_the_owners_that_are_shown(client: Client) -> None:
    owned(year=2025, owners=3)
    owned(year=2026, owners=2)
    owned(idu="45901000AB0002", account="45901F00002", year=2025, owners=4)
    person = reader_of()
    client.force_login(person)
    for year in (None, 2025, 2024):
        post(client, parcels=[IDU, "45901000AB0002"], year=year)
    assert [line.owners for line in lines(person)] == [6, 7, 0]


@pytest.mark.parametrize("address", [CONSULT, EXPORT, JOURNAL, "/api/v1/owners/requests/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_no_answer_may_be_stored(client: Client, address: str, method: str) -> None:
    client.force_login(reader_of())
    answer = getattr(client, method)(address, {}, content_type="application/json")
    assert answer["Cache-Control"] == "no-store"


def test_a_token_is_named_in_the_journal(client: Client) -> None:
    owned()
    person = reader_of()
    _token, secret = create_token(user=person, name="qgis")
    given = {"parcels": [IDU], "purpose": "permit"}
    answer = client.post(CONSULT, given, content_type="application/json", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert lines(person)[0].by_token == "qgis"


def test_the_export_is_a_table_that_computes_nothing_and_is_written_as_an_export(client: Client) -> None:
    owned(name="=FICTIF()")
    with factories.as_owner():
        from layers.owners.models import Owner

        Owner.objects.update(title="", name="=CMD()", first_names="")
    person = reader_of()
    client.force_login(person)
    answer = post(client, EXPORT)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer["Content-Type"].startswith("text/csv")
    assert rows[0][:2] == ["Parcelle", "Année"]
    assert rows[1][0] == IDU
    assert "'=CMD()" in rows[1]
    assert [line.action for line in lines(person)] == ["export"]


def test_names_are_never_found_by_search_nor_in_the_catalogue(client: Client) -> None:
    owned()
    client.force_login(reader_of(level=Level.ALL))
    assert "FICTIF" not in client.get("/api/v1/search/", {"q": "FICTIF1"}).content.decode()
    assert "owners_" not in client.get("/api/v1/layers/").content.decode()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(consulting, "SLOWED_S", 0.3)
    return 0.3


def test_reading_five_hundred_owners_in_ten_minutes_is_slowed_and_told(client: Client, quick: float) -> None:
    owned(owners=260)
    person = reader_of()
    client.force_login(person)
    assert post(client).json()["flagged"] is False
    begun = time.monotonic()
    assert post(client).json()["flagged"] is True
    assert time.monotonic() - begun >= quick
    assert [(line.owners, line.flagged) for line in lines(person)] == [(260, False), (260, True)]


def test_whoever_does_not_wait_for_a_slowed_answer_is_refused(client: Client) -> None:
    owned(owners=501)
    person = reader_of()
    client.force_login(person)
    with psycopg.connect(**address(connections["default"].settings_dict["NAME"])) as elsewhere:
        elsewhere.execute(consulting.SLOWED, [person.pk])
        assert post(client).status_code == 503


def test_administrators_read_the_journal_page_by_page(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    for _time in range(3):
        post(client)
    administrator = factories.user(person.memberships.get().member, Role.GIS_ADMINISTRATOR)
    client.force_login(administrator)
    told = client.get(JOURNAL, {"limit": 2}).json()
    assert (told["count"], len(told["results"])) == (3, 2)
    assert told["results"][0]["members"] == [person.memberships.get().member.slug]
    assert "FICTIF" not in str(told)


def test_those_who_administer_nothing_do_not_read_the_journal(client: Client) -> None:
    client.force_login(reader_of())
    assert client.get(JOURNAL).status_code == 403
