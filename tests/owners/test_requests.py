"""Third parties at the counter (LPF R*107 A-1 and A-3): counted in PostgreSQL, answered by a PDF."""

import json
from datetime import datetime
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.utils import timezone

from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Member
from layers.owners.models import Level, ThirdPartyRequest
from layers.owners.services.requests import Requester, forget
from tests import factories
from tests.owners.deliveries import IDU, owned, reader_of
from tests.owners.test_consulting import lines

pytestmark = pytest.mark.django_db
REQUESTS = "/api/v1/owners/requests/"
PARIS = ZoneInfo("Europe/Paris")


def post(client: Client, name: str = "Jeanne Fictive", parcels: list[str] | None = None, **requester: Any) -> Any:
    given = {"requester": {"name": name} | requester, "parcels": parcels or [IDU]}
    return client.post(REQUESTS, given, content_type="application/json")


def words_of(answer: Any) -> str:
    document = pypdfium2.PdfDocument(answer.content)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def asked(service: Member, at: datetime, name: str = "Jeanne Fictive", exemption: str = "") -> None:
    with factories.as_owner():
        ThirdPartyRequest.objects.create(
            at=at, service=service.pk, requester=name, requester_key=Requester(name=name).key, parcels=[IDU],
            exemption=exemption, by_user=0,
        )  # fmt: skip


def counts(service: Member, instant: datetime, name: str = "Jeanne Fictive") -> tuple[int, int]:
    with connection.cursor() as cursor:
        key = Requester(name=name).key
        cursor.execute(
            "select in_week, in_month from arpent.owner_request_counts(%s, %s, %s)", [service.pk, key, instant]
        )
        in_week, in_month = cursor.fetchone()
    return in_week, in_month


def test_the_extract_names_owners_without_birth_or_exemptions(client: Client) -> None:
    owned()
    client.force_login(reader_of(level=Level.ALL))
    answer = post(client, address="1 rue des Essais")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    words = words_of(answer)
    assert "MME FICTIF1 EVE (Propriétaire)" in words
    assert "Jeanne Fictive" in words
    assert not any(secret in words for secret in ("1980", "45 ESSAI", "Natura"))


def test_an_extract_is_in_the_journal_under_its_number(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    post(client)
    with factories.as_owner():
        number = ThirdPartyRequest.objects.get().pk
    (line,) = lines(person)
    assert (line.action, line.purpose, line.reference) == ("extract", "third_party", f"Demande n° {number}")


def test_the_sixth_request_of_a_week_is_refused_and_written(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    names = ("Jeanne Fictive", "FICTIVE Jeanne", "jeanne fictive", "Jeanne  Fictive", "Jéanne Fictive")
    assert [post(client, name).status_code for name in names] == [200] * 5
    assert post(client).status_code == 403
    assert [line.refusal != "" for line in lines(person)] == [False] * 5 + [True]


def test_the_eleventh_request_of_a_month_is_refused(client: Client) -> None:
    owned()
    person = reader_of()
    service = person.memberships.get().member
    client.force_login(person)
    now = timezone.now().astimezone(PARIS)
    for _time in range(10):
        asked(service, now.replace(day=1, hour=0, minute=1))
    assert post(client).status_code == 403


def test_another_person_or_another_service_has_counts_of_its_own(client: Client) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    for _time in range(5):
        asked(person.memberships.get().member, timezone.now())
        asked(factories.member(), timezone.now(), "Paul Fictif")
    assert post(client, "Paul Fictif").status_code == 200


LOOKALIKES = [
    *("Jeanne Fıctıve", "JΕΑΝΝΕ Fictive", "Jеаnnе Fictive", "J\uff45anne Fictive", "Jeanne F\u0456ctive"),
    *("JEANNE FІCTIVE", "𝐉𝐞𝐚𝐧𝐧𝐞 Fictive", "Jeanne\u00a0Fictive", "Je\u00adanne Fictive"),
]


@pytest.mark.parametrize(
    "name",
    ["FICTIVE Jeanne", "Mme Jeanne Fictive", "Jeanne-Fictive", "Je\u200banne Fictive", *LOOKALIKES],
)
def test_a_name_is_the_same_however_it_is_written(name: str) -> None:
    assert Requester(name=name).key == Requester(name="Jeanne Fictive").key


@pytest.mark.parametrize("exemption", ["holder", "authority"])
def test_the_limits_do_not_bind_right_holders_and_authorities(client: Client, exemption: str) -> None:
    owned()
    person = reader_of()
    client.force_login(person)
    for _time in range(5):
        asked(person.memberships.get().member, timezone.now())
    assert post(client, exemption=exemption).status_code == 200


def test_weeks_begin_on_monday_and_months_on_their_first_day_in_paris() -> None:
    service = factories.member()
    # Sunday, 31 May 2026, 23:30 in Paris; one hour later, Monday, a week and a month have begun.
    asked(service, datetime(2026, 5, 31, 23, 30, tzinfo=PARIS))
    assert counts(service, datetime(2026, 5, 31, 23, 45, tzinfo=PARIS)) == (1, 1)
    assert counts(service, datetime(2026, 6, 1, 0, 30, tzinfo=PARIS)) == (0, 0)


def test_a_week_across_two_months_counts_in_both_ways() -> None:
    service = factories.member()
    asked(service, datetime(2026, 6, 30, 12, tzinfo=PARIS))
    assert counts(service, datetime(2026, 7, 1, 12, tzinfo=PARIS)) == (1, 0)


def test_requests_that_are_not_bound_are_not_counted() -> None:
    service, now = factories.member(), timezone.now()
    asked(service, now, exemption="holder")
    assert counts(service, now) == (0, 0)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"parcels": [f"45901000AB{number:04d}" for number in range(6)]}, 400),
        ({"parcels": [IDU, "45902000AB0001"]}, 400),
        ({"parcels": ["45902000AB0001"]}, 403),
        ({"name": ""}, 400),
        ({"name": "…"}, 400),
        ({"exemption": "friend"}, 400),
    ],
    ids=str,
)
def test_what_the_law_does_not_allow_is_refused(client: Client, given: dict[str, Any], status: int) -> None:
    client.force_login(reader_of())
    assert post(client, **given).status_code == status


def test_who_asked_long_ago_is_forgotten() -> None:
    service = factories.member()
    asked(service, datetime(2020, 1, 1, tzinfo=PARIS))
    asked(service, timezone.now())
    assert forget() == 1


def test_a_second_request_waits_until_the_first_ones_transaction_ends() -> None:
    person, service = factories.user(factories.member()), 1
    given = json.dumps({"service": service, "requester": "Jeanne", "requester_key": "fictive", "parcels": [IDU],
                        "address": "", "exemption": ""})  # fmt: skip
    first, second = (connections["default"].copy() for _time in range(2))
    with acting_as(rights_of(person)):
        for one in (first, second):
            one.set_autocommit(False)
    try:
        numbers = [number_given(first, given) for _time in range(6)]
        assert [number is None for number in numbers] == [False] * 5 + [True]
        waiting = Thread(target=lambda: numbers.append(number_given(second, given)))
        second.inc_thread_sharing()
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        first.rollback()
        waiting.join(60)
        assert numbers[-1] is not None
    finally:
        for one in (first, second):
            one.rollback()
            one.close()


def test_greek_and_turkish_letters_have_no_count_of_their_own(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    names = ("Zoé Zilliz", "Ζoé Ζilliz", "Zoé Zıllız", "Ζoé Ζıllız", "ΖΟÉ ΖΙLLΙΖ", "Ζoé Zilliz")
    assert [post(client, name).status_code for name in names] == [200] * 5 + [403]


def number_given(through: BaseDatabaseWrapper, given: str) -> int | None:
    with through.cursor() as cursor:
        cursor.execute("select number from arpent.open_owner_request(%s::jsonb)", [given])
        (number,) = cursor.fetchone()
    return None if number is None else int(number)
