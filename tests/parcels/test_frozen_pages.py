"""/fiches/: frozen sheets are found again by those who may see them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from gis_core.desk.listing import Pager
from gis_core.members.rights import Role
from gis_core.models import User
from layers.parcels.listing import FROZEN_SHEETS
from tests import factories
from tests.parcels.conftest import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor(place: Place) -> User:
    return factories.user(factories.member(), Role.PERMIT_INSTRUCTOR)


@pytest.fixture
def sheets(client: Client, instructor: User) -> list[dict[str, Any]]:
    """One of the first parcel, one of the second."""
    client.force_login(instructor)
    asked = [{"parcels": [idu]} for idu in ("450010000A0001", "450010000A0002")]
    address, kind = "/api/v1/parcels/sheets/", "application/json"
    return [client.post(address, json.dumps(one), content_type=kind).json() for one in asked]


def page(client: Client, language: str = "fr", **asked: Any) -> str:
    answer = client.get("/fiches/", asked, headers={"accept": "text/html", "accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_sheet_is_listed_with_its_place_fingerprint_and_file(client: Client, sheets: list[dict[str, Any]]) -> None:
    text = page(client)
    for sheet in sheets:
        assert sheet["number"] in text
        assert sheet["content_sha256"] in text
        assert f'href="{sheet["pdf"]}"' in text
    assert "Parcelle A 1, Bray" in text


@pytest.mark.parametrize("way", ["number", "content_sha256", "title", "parcel"])
def test_a_sheet_is_found_by(client: Client, sheets: list[dict[str, Any]], way: str) -> None:
    wanted, other = sheets
    text = page(client, q=wanted["content"]["ground"]["parcels"][0].lower() if way == "parcel" else wanted[way])
    assert wanted["pdf"] in text
    assert other["pdf"] not in text


@pytest.mark.parametrize("q", ["Bray A 1", "45001 section A parcelle 1"])
def test_a_sheet_is_found_by_its_parcel_as_people_write_it(
    client: Client, sheets: list[dict[str, Any]], q: str
) -> None:
    text = page(client, q=q)
    assert sheets[0]["pdf"] in text
    assert sheets[1]["pdf"] not in text


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "ne répond à « FP-1999 »"), ("en", "you may see answers to “FP-1999”")]
)
def test_a_search_that_finds_nothing_says_so(client: Client, instructor: User, language: str, words: str) -> None:
    instructor.language = language
    with factories.as_owner():
        instructor.save()
    client.force_login(instructor)
    assert words in page(client, language, q="FP-1999")


@pytest.mark.parametrize(("language", "words"), [("fr", "Rien n’est encore figé"), ("en", "Nothing is frozen yet")])
def test_without_a_sheet_the_page_says_how_one_is_made(
    client: Client, instructor: User, language: str, words: str
) -> None:
    instructor.language = language
    with factories.as_owner():
        instructor.save()
    client.force_login(instructor)
    assert words in page(client, language)


def test_long_lists_come_by_pages(
    client: Client, sheets: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.parcels.pages.FROZEN_SHEETS", replace(FROZEN_SHEETS, pager=Pager(rows=1)))
    first, second = sheets
    assert first["pdf"] not in page(client)
    assert second["pdf"] not in page(client, offset=1)
    assert "Suivants" in page(client)
    assert "Précédents" in page(client, offset=1)


def test_another_member_finds_nothing(client: Client, sheets: list[dict[str, Any]]) -> None:
    client.force_login(factories.user(factories.member(), Role.PERMIT_INSTRUCTOR))
    assert "Rien n’est encore figé" in page(client, q="")
    assert sheets[0]["pdf"] not in page(client, q=sheets[0]["number"])


def test_a_colleague_finds_them(client: Client, instructor: User, sheets: list[dict[str, Any]]) -> None:
    client.force_login(factories.user(instructor.memberships.get().member, Role.READER))
    assert sheets[0]["pdf"] in page(client)


def test_whoever_is_not_signed_in_is_led_to_sign_in(client: Client) -> None:
    answer = client.get("/fiches/", headers={"accept": "text/html"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/compte/connexion/")


def test_a_wrong_stretch_is_refused(client: Client, instructor: User) -> None:
    client.force_login(instructor)
    assert client.get("/fiches/", {"offset": "x"}, headers={"accept": "text/html"}).status_code == 400
