"""The pages: who sees what, the journal, a consultation by hand."""

import pytest
from django.test import Client

from gis_core.members.rights import Role
from layers.owners.models import Level
from layers.owners.services.access import levels_of
from tests import factories
from tests.owners.deliveries import IDU, give, owned, reader_of

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html"}


def levels(**chosen: str) -> dict[str, str]:
    return {role.value: chosen.get(role.value, "none") for role in Role}


def test_an_administrator_chooses_what_each_role_reads(client: Client) -> None:
    member = factories.member()
    client.force_login(factories.user(member, Role.GIS_ADMINISTRATOR))
    answer = client.post(f"/proprietaires/acces/{member.slug}/", levels(permit_instructor="names"), headers=HTML)
    assert answer.status_code == 302
    assert levels_of(member)[Role.PERMIT_INSTRUCTOR] == Level.NAMES


def test_a_level_that_does_not_exist_changes_nothing(client: Client) -> None:
    member = factories.member()
    client.force_login(factories.user(member, Role.GIS_ADMINISTRATOR))
    answer = client.post(f"/proprietaires/acces/{member.slug}/", levels(reader="everything"), headers=HTML)
    assert answer.status_code == 400
    assert set(levels_of(member).values()) == {Level.NONE}


def test_the_list_shows_the_levels_in_words(client: Client) -> None:
    member = factories.member()
    give(member, Role.READER, Level.ALL)
    client.force_login(factories.user(member, Role.GIS_ADMINISTRATOR))
    page = client.get("/proprietaires/", headers=HTML).content.decode()
    assert "Tout, naissance et exonérations comprises" in page


def test_a_consultation_by_hand_shows_owners_once(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    answer = client.post("/proprietaires/consulter/", {"parcels": IDU, "purpose": "permit"}, headers=HTML)
    page = answer.content.decode()
    assert "MME FICTIF1 EVE" in page
    assert "1980" not in page
    assert "no-store" in answer["Cache-Control"]


def test_the_level_all_shows_birth_by_hand_too(client: Client) -> None:
    owned()
    client.force_login(reader_of(level=Level.ALL))
    page = client.post(
        "/proprietaires/consulter/", {"parcels": IDU, "purpose": "permit"}, headers=HTML
    ).content.decode()
    assert "né(e) le 18/05/1980" in page


def test_a_consultation_by_hand_can_be_taken_away_as_a_table(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    answer = client.post(
        "/proprietaires/consulter/", {"parcels": IDU, "purpose": "permit", "export": "1"}, headers=HTML
    )
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]


def test_a_request_at_the_counter_gives_the_extract(client: Client) -> None:
    owned()
    client.force_login(reader_of())
    answer = client.post("/proprietaires/tiers/", {"parcels": IDU, "name": "Jeanne Fictive"}, headers=HTML)
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]


def test_a_request_beyond_the_law_is_refused_in_the_form(client: Client) -> None:
    client.force_login(reader_of())
    answer = client.post("/proprietaires/tiers/", {"parcels": f"{IDU} 45902000AB0001", "name": "Jeanne"}, headers=HTML)
    assert answer.status_code == 400
    assert "une seule commune" in answer.content.decode()


def test_a_refusal_by_hand_keeps_what_was_typed(client: Client) -> None:
    client.force_login(factories.user(factories.member()))
    answer = client.post("/proprietaires/consulter/", {"parcels": IDU, "purpose": "permit"}, headers=HTML)
    assert answer.status_code == 403
    assert IDU in answer.content.decode()


def test_the_address_of_a_sheet_fills_the_form(client: Client) -> None:
    client.force_login(reader_of())
    assert IDU in client.get("/proprietaires/consulter/", {"parcels": IDU}, headers=HTML).content.decode()


def test_the_journal_shows_who_asked_and_flags_what_is_unusual(client: Client) -> None:
    owned(owners=500)
    person = reader_of()
    client.force_login(person)
    from layers.owners.services import consulting

    consulting.SLOWED_S, kept = 0.0, consulting.SLOWED_S
    try:
        client.post(
            "/proprietaires/consulter/", {"parcels": IDU, "purpose": "permit", "reference": "PC 12"}, headers=HTML
        )
    finally:
        consulting.SLOWED_S = kept
    client.force_login(factories.user(person.memberships.get().member, Role.GIS_ADMINISTRATOR))
    page = client.get("/proprietaires/journal/", headers=HTML).content.decode()
    assert "PC 12" in page
    assert "inhabituel" in page
    assert "FICTIF" not in page
