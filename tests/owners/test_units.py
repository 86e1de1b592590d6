"""Unité foncière: the touching parcels of one account, through the journal like everything about owners."""

from typing import Any

import pytest
from django.test import Client

from layers.owners.models import JournalLine
from tests import factories
from tests.owners.deliveries import ACCOUNT, IDU, owned, reader_of
from tests.owners.test_consulting import lines

pytestmark = pytest.mark.django_db
UNITS = "/api/v1/owners/units/"
X, Y = factories.ORIGIN


def placed(number: int, east: float, north: float, account: str = ACCOUNT) -> None:
    """A parcel of 100 m by 100 m at so many metres from the first, and its account."""
    idu = f"{IDU[:-4]}{number:04d}"
    factories.parcel(number=f"{number:04d}", geom=factories.square(X + east, Y + north))
    owned(idu, account, owners=1 if number == 1 else 0)


def ask(client: Client, **given: Any) -> Any:
    return client.post(UNITS, {"parcels": [IDU], "purpose": "permit"} | given, content_type="application/json")


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [int(idu[-4:]) for idu in answer.json()["parcels"]]


def test_touching_parcels_of_the_account_make_one_unit(client: Client) -> None:
    client.force_login(reader_of())
    placed(1, 0, 0)
    placed(2, 100, 0)
    placed(3, 200, 0)
    placed(4, 100, 100, account="450901B00002")
    answer = ask(client)
    assert numbers(answer) == [1, 2, 3]
    assert answer.json()["measured_m2"] == pytest.approx(30_000, rel=4e-3)


def test_a_parcel_of_the_account_that_lies_apart_is_another_unit(client: Client) -> None:
    client.force_login(reader_of())
    placed(1, 0, 0)
    placed(2, 150, 0)
    assert numbers(ask(client)) == [1]


def test_a_common_corner_does_not_join_parcels(client: Client) -> None:
    client.force_login(reader_of())
    placed(1, 0, 0)
    placed(2, 100, 100)
    assert numbers(ask(client)) == [1]


def test_limits_that_miss_each_other_by_some_centimetres_are_one(client: Client) -> None:
    client.force_login(reader_of())
    placed(1, 0, 0)
    placed(2, 100.04, 0)
    assert numbers(ask(client)) == [1, 2]


def test_a_unit_is_a_consultation_of_the_journal(client: Client) -> None:
    person = reader_of()
    client.force_login(person)
    placed(1, 0, 0)
    answer = ask(client)
    (line,) = lines(person)
    assert (line.action, line.parcels) == (JournalLine.Action.CONSULTATION, [IDU])
    assert answer["Cache-Control"] == "no-store"


def test_whoever_may_not_read_owners_gets_no_unit(client: Client) -> None:
    owned()
    client.force_login(factories.user(factories.member(), "reader"))
    assert ask(client).status_code == 403


def test_a_unit_is_asked_for_one_parcel_at_a_time(client: Client) -> None:
    client.force_login(reader_of())
    assert ask(client, parcels=[IDU, f"{IDU[:-1]}2"]).status_code == 400


def test_a_parcel_that_the_register_does_not_know_is_told(client: Client) -> None:
    client.force_login(reader_of())
    assert ask(client).status_code == 404
