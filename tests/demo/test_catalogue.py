"""/aide/composants/: for who administers a demo, and nowhere else."""

from typing import Any

import pytest
from django.test import Client

from demo.catalogue.parts import PARTS
from gis_core.members.rights import Role
from gis_core.models import User
from tests import factories

pytestmark = pytest.mark.django_db
INDEX = "/aide/composants/"
STATES = [(part.slug, state.slug) for part in PARTS for state in part.states]


def administrator() -> User:
    return factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)


@pytest.fixture
def staff(client: Client, settings: Any) -> Client:
    settings.DEMO = True
    client.force_login(administrator())
    return client


def test_outside_a_demo_it_does_not_exist(client: Client) -> None:
    client.force_login(administrator())
    assert client.get(INDEX).status_code == 404
    assert client.get(f"{INDEX}liste/normale/").status_code == 404


@pytest.mark.parametrize("address", [INDEX, f"{INDEX}liste/normale/"])
def test_in_a_demo_it_is_for_the_agency(client: Client, settings: Any, address: str) -> None:
    settings.DEMO = True
    assert client.get(address, headers={"accept": "text/html"}).status_code == 302
    client.force_login(factories.user(factories.member()))
    assert client.get(address).status_code == 403


def test_an_unknown_part_or_state_is_missing(staff: Client) -> None:
    assert [staff.get(f"{INDEX}{one}").status_code for one in ("rien/normale/", "liste/rien/")] == [404, 404]


@pytest.mark.parametrize(("part", "state"), STATES)
def test_each_state_is_shown(staff: Client, part: str, state: str) -> None:
    expected = {"erreur": 400, "conflit": 409, "deja-enregistre": 409, "introuvable": 404, "interdite": 403}
    assert staff.get(f"{INDEX}{part}/{state}/").status_code == expected.get(state, 200)


def test_a_list_of_the_catalogue_gives_its_files_and_places(staff: Client) -> None:
    assert b"CH-2026-00001" in staff.get(f"{INDEX}liste/normale/?format=csv").content
    assert len(staff.get(f"{INDEX}liste/carte/?format=geojson").json()["features"]) == 5


def test_what_a_form_sends_is_checked(staff: Client) -> None:
    answer = staff.post(f"{INDEX}formulaire/vide/", {"title": "Rue"})
    assert "Ce champ est obligatoire" in answer.content.decode()
