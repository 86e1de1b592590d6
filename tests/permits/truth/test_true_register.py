"""What everybody reads without an account, and what a town hall reads and does."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.page_forms import form_with
from tests.permits.truth.desk import HTML, Desk, text_of, words

REGISTER, FILINGS, PLACES = "/permis/registre/", "/permis/registre/depots/", "/permis/registre/carte.geojson"


def public(url: str) -> str:
    answer = Client().get(url, headers=HTML)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode()


def rows(url: str) -> str:
    """What the table of a public list says."""
    return words("".join(re.findall(r"(?s)<tbody>.*?</tbody>", public(url))))


def decided(desk: Desk, **given: Any) -> str:
    number = desk.file("PC", "2026-10-05", **given)
    desk.decide(number, "2026-11-10")
    return number


def test_a_decision_is_on_the_register_with_its_works_and_days(desk: Desk) -> None:
    decided(desk, description="Un garage de 30 m²", address="3 rue des Lilas")
    listed = rows(REGISTER)
    for said in ("PC 045 901 26 00001", "Lorris", "Un garage de 30 m²", "3 rue des Lilas", "AB 1", "Accordé"):
        assert said in listed
    assert "10 nov" in listed
    assert "5 oct" in listed


@pytest.mark.parametrize(
    "written",
    [
        {"description": "Garage de Jeanne Martin"},
        {"description": "garage de la famille MARTIN"},
        {"description": "Garage de M. Dupont"},
        {"description": "Garage de M Dupont"},
        {"description": "garage de m. Dupont"},
        {"description": "Garage des consorts Durand"},
        {"description": "Garage de Madame Durand"},
        {"address": "chez Martin, 3 rue des Lilas"},
        {"address": "lieu-dit Chez Jeanne"},
    ],
)
def test_nobody_is_named_online(desk: Desk, written: dict[str, str]) -> None:
    decided(desk, **written)
    pending = desk.file("DP", "2026-11-20", parcels=["AB 2"], **written)
    assert pending
    for url in (REGISTER, FILINGS, PLACES):
        shown = public(url)
        for name in ("Martin", "MARTIN", "Jeanne", "Dupont", "Durand"):
            assert name not in shown


@pytest.mark.parametrize("works", ["Une clôture de 30 m. de long", "Un mur de 2 m en pierre", "Lot M 3, hangar"])
def test_a_measure_is_nobody_s_name(desk: Desk, works: str) -> None:
    decided(desk, description=works)
    assert works in rows(REGISTER)


def test_no_certificate_is_on_a_public_list(desk: Desk) -> None:
    certificate = desk.file("CUb", "2026-10-05")
    desk.file("CUa", "2026-11-20")
    desk.decide(certificate, "2026-11-10", "refused")
    assert "CU 045" not in public(REGISTER) + public(FILINGS) + public(PLACES)
    assert "CU0459" not in public(REGISTER) + public(FILINGS) + public(PLACES)


def test_a_pending_file_is_among_the_filings_until_it_is_decided(desk: Desk) -> None:
    number = desk.file("PC", "2026-10-05")
    assert "PC 045 901 26 00001" in rows(FILINGS)
    assert "PC 045" not in rows(REGISTER)
    desk.decide(number, "2026-11-10")
    assert "PC 045" not in rows(FILINGS)
    assert "PC 045 901 26 00001" in rows(REGISTER)


def test_a_tacit_permit_is_on_the_register_as_such(desk: Desk) -> None:
    desk.file("DP", "2026-01-02")
    listed = rows(REGISTER)
    assert "tacite" in listed
    assert "3 fév" in listed


def test_a_withdrawn_permit_is_not_shown_as_granted(desk: Desk) -> None:
    number = desk.file("PC", "2026-05-05")
    desk.record(number, "revoke_announced", "2026-09-01", remarks_by="2026-09-16")
    desk.record(number, "revoked", "2026-10-10", cause="illegal", reason="UB 7", signed="2026-10-09")
    assert "Accordé" not in rows(REGISTER)


def test_a_member_that_shows_nothing_shows_nothing(desk: Desk) -> None:
    decided(desk)
    desk.file("DP", "2026-11-20")
    client, url = desk.client("gis_administrator"), f"/permis/reglages/{desk.world.member.slug}/"
    sent = form_with(client.get(url, headers=HTML).content.decode(), "series")
    sent.pop("public_register")
    assert client.post(url, sent, headers=HTML).status_code == 302
    assert "045 901" not in rows(REGISTER) + rows(FILINGS)
    assert "0459012600001" not in public(PLACES)


@pytest.mark.parametrize("path", ["", "timeline", "events/", "applicant/"])
def test_nobody_without_an_account_reads_a_file(desk: Desk, path: str) -> None:
    number = decided(desk)
    assert Client().get(f"/api/v1/permits/{number}/{path}").status_code in (401, 403, 404)


@pytest.mark.parametrize("path", ["", "courriers/", "pieces/", "demandeur/", "consultations/"])
def test_nobody_without_an_account_opens_a_page_of_a_file(desk: Desk, path: str) -> None:
    answer = Client().get(f"/permis/{decided(desk)}/{path}", headers=HTML)
    assert answer.status_code in (302, 401, 403, 404)
    assert "Martin" not in answer.content.decode()


# The town hall (of 45901)

PAGES = ["", "courriers/", "pieces/", "demandeur/", "consultations/", "modifier/", "evenements/decided/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_town_hall_opens_no_page_of_another_commune(desk: Desk, path: str) -> None:
    number = desk.file("PC", "2026-10-05", insee="45902", parcels=[])
    assert desk.client("town_hall").get(f"/permis/{number}/{path}", headers=HTML).status_code == 404


def test_a_town_hall_reads_and_writes_nothing_of_another_commune_by_program(desk: Desk) -> None:
    number = desk.file("PC", "2026-10-05", insee="45902", parcels=[])
    client = desk.client("town_hall")
    for path in ("", "timeline", "events/", "applicant/"):
        assert client.get(f"/api/v1/permits/{number}/{path}").status_code == 404
    assert desk.try_record(number, "note", "2026-11-10", "town_hall", note="x").status_code == 404
    assert number not in client.get("/api/v1/permits/").content.decode()
    assert "045 902" not in words(client.get("/permis/", headers=HTML).content.decode())


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("decided", {"outcome": "granted", "signed": "2026-11-08"}),
        ("pieces_came", {"pieces": ["PC4"]}),
        ("note", {"note": "Vu en mairie"}),
        ("withdrawn", {}),
    ],
)
def test_a_town_hall_records_what_is_its_own(desk: Desk, what: str, detail: dict[str, Any]) -> None:
    number = desk.file("PC", "2026-10-05")
    assert desk.try_record(number, what, "2026-11-10", "town_hall", **detail).status_code == 201


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("pieces_asked", {"pieces": ["PC4"]}),
        ("longer_notified", {"grounds": ["commission"]}),
        ("architect_said", {"opinion": "favourable"}),
        ("reported", {}),
        ("revoke_announced", {"remarks_by": "2026-11-28"}),
    ],
)
def test_a_town_hall_does_not_record_what_is_the_instructor_s(desk: Desk, what: str, detail: dict[str, Any]) -> None:
    number = desk.file("PC", "2026-10-05")
    assert desk.try_record(number, what, "2026-11-10", "town_hall", **detail).status_code == 403


def test_a_town_hall_posts_and_transmits_a_decision(desk: Desk) -> None:
    number = decided(desk)
    for what in ("posted_town_hall", "transmitted", "posted_on_site"):
        assert desk.try_record(number, what, "2026-11-12", "town_hall").status_code == 201


def test_a_draft_is_seen_by_the_town_hall_only_once_proposed(desk: Desk) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted")
    town_hall = desk.client("town_hall")
    assert town_hall.get(letter, headers=HTML).status_code == 404
    assert town_hall.get(f"{letter}pdf/", headers=HTML).status_code == 404
    assert desk.client().post(f"{letter}signature/", {"do": "propose"}, headers=HTML).status_code == 302
    assert "est accordé" in words(town_hall.get(letter, headers=HTML).content.decode())
    assert "PROJET" in text_of(b"".join(town_hall.get(f"{letter}pdf/", headers=HTML))).upper()


def test_a_proposed_draft_has_the_letterhead_of_its_authority_for_the_town_hall_too(desk: Desk) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted")
    assert "Commune de Lorris" in desk.pdf(letter)
    desk.client().post(f"{letter}signature/", {"do": "propose"}, headers=HTML)
    assert "Commune de Lorris" in desk.pdf(letter, "town_hall")
    assert "Commune de Lorris" in desk.page(letter, "town_hall")


def test_a_town_hall_reads_who_signs_on_the_page_of_a_file(desk: Desk) -> None:
    number = desk.file("PC", "2026-10-05")
    assert "Jeanne Dupuis" in desk.file_page(number)
    assert "Jeanne Dupuis" in desk.file_page(number, "town_hall")


def test_a_town_hall_changes_and_numbers_no_draft(desk: Desk) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted")
    desk.client().post(f"{letter}signature/", {"do": "propose"}, headers=HTML)
    sent = desk.draft(letter)
    for action in ("save", "final", "discard"):
        answer = desk.client("town_hall").post(letter, sent | {"action": [action]}, headers=HTML)
        assert answer.status_code in (403, 404)


def test_a_draft_withdrawn_from_the_signature_is_hidden_again(desk: Desk) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted")
    desk.client().post(f"{letter}signature/", {"do": "propose"}, headers=HTML)
    shown = desk.client().get(letter, headers=HTML).content.decode()
    hide = [value for value in re.findall(r'<button name="do" value="(\w+)"', shown) if value != "propose"]
    assert hide
    desk.client().post(f"{letter}signature/", {"do": hide[-1]}, headers=HTML)
    assert desk.client("town_hall").get(letter, headers=HTML).status_code == 404


def test_a_stranger_s_member_sees_nothing(desk: Desk) -> None:
    number = decided(desk)
    for path in PAGES:
        assert desk.client("stranger").get(f"/permis/{number}/{path}", headers=HTML).status_code == 404
    assert desk.client("stranger").get(f"/api/v1/permits/{number}/").status_code == 404
