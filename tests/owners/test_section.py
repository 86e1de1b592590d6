"""The section of the parcel sheet: it leads whoever may ask, and names nobody."""

from typing import Any

import pytest
from django.test import Client

from gis_core.models import User
from tests import factories
from tests.owners.deliveries import owned, reader_of
from tests.owners.test_consulting import lines

pytestmark = pytest.mark.django_db


def section(client: Client, person: User | None, idu: str) -> Any:
    if person:
        client.force_login(person)
    sheet = client.post("/api/v1/parcels/sheet/", {"parcels": [idu]}, content_type="application/json").json()
    return next((one for one in sheet["sections"] if one["section"] == "owners"), None)


def test_whoever_may_ask_is_led_to_the_page_and_sees_no_name_before(client: Client) -> None:
    parcel = factories.parcel()
    owned(parcel.idu)
    person = reader_of()
    told = section(client, person, parcel.idu)
    assert told["lines"][0]["links"][0]["url"] == f"/proprietaires/consulter/?parcels={parcel.idu}"
    assert "FICTIF" not in str(told)
    assert lines(person) == []


def test_whoever_may_not_is_told_whom_to_ask(client: Client) -> None:
    parcel = factories.parcel()
    told = section(client, factories.user(factories.member(factories.commune(insee="45901"))), parcel.idu)
    assert told["lines"] == []
    assert "administrateur" in told["notes"][0]


def test_an_anonymous_asker_gets_no_such_section(client: Client) -> None:
    assert section(client, None, factories.parcel().idu) is None
