"""What cannot be: refused in words, with nothing lost."""

import re
from typing import Any

import pytest

from tests.page_forms import form_with
from tests.permits.truth.desk import HTML, Desk, words

FILE = {"kind": "PC", "insee": "45901", "filed_date": "2026-10-05", "parcels": ["AB 1"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "XX"},
        {"insee": "99999"},
        {"insee": "45903"},  # another member's commune
        {"filed_date": "2026-02-30"},
        {"filed_date": "2026-12-01"},  # tomorrow
        {"filed_date": "05/10/2026"},
        {"filed_date": None},
        {"number": "PC 999"},
        {"number": "PC 045 902 26 00001"},  # another commune's
        {"number": "DP 045 901 26 00001"},  # another nature's
        {"number": "PC 045 901 25 00001"},  # another year's
        {"parcels": ["n’importe quoi"]},
        {"silence_refuses": ["x" * 41]},
        {"description": "x" * 2001},
        {"change": "M"},  # of what?
        {"change": "M", "parent": "PC 045 901 26 09999"},
    ],
)
def test_a_file_that_cannot_be_is_refused_in_words(desk: Desk, wrong: dict[str, Any]) -> None:
    answer = desk.client().post("/api/v1/permits/", FILE | wrong, content_type="application/json")
    assert answer.status_code in (400, 403, 404, 409)
    problem = answer.json()
    assert problem.get("detail") or problem.get("errors")
    assert desk.client().get("/api/v1/permits/").json()["count"] == 0


@pytest.mark.parametrize(
    ("what", "on", "detail"),
    [
        ("decided", "2026-12-01", {"outcome": "granted"}),  # tomorrow
        ("decided", "2026-10-04", {"outcome": "granted"}),  # before the filing
        ("decided", "2026-11-10", {}),
        ("decided", "2026-11-10", {"outcome": "maybe"}),
        ("decided", "2026-11-10", {"outcome": "granted", "signed": "2026-11-11"}),  # signed after it was received
        ("decided", "2026-11-10", {"outcome": "deferred", "months": 0}),
        ("decided", "2026-11-10", {"outcome": "deferred", "months": 25}),
        ("decided", None, {"outcome": "granted"}),
        ("pieces_asked", "2026-10-20", {}),
        ("pieces_asked", "2026-10-20", {"pieces": []}),
        ("longer_notified", "2026-10-20", {"grounds": []}),
        ("longer_notified", "2026-10-20", {"grounds": ["because"]}),
        ("longer_notified", None, {"grounds": ["commission"], "channel": "pigeon"}),
        (
            "longer_notified",
            None,
            {"grounds": ["commission"], "channel": "registered", "sent": "2026-10-20", "presented": "2026-10-19"},
        ),
        ("by_hand", "2026-10-20", {"months": 3}),  # neither article nor reason
        ("by_hand", "2026-10-20", {"article": "R.423-31", "reason": "x", "months": 0}),
        ("by_hand", "2026-10-20", {"article": "R.423-31", "reason": "x", "months": "trois"}),
        ("by_hand", "2026-10-20", {"article": "R.423-31", "reason": "x", "months": "0361"}),
        ("by_hand", "2026-10-20", {"article": "R.423-31", "reason": "x", "months": "001999999"}),
        ("decided", "2026-11-10", {"outcome": "deferred", "months": "0241"}),
        ("architect_said", "2026-10-20", {"opinion": "mixed"}),
        ("note", "2026-11-10", {"note": "x" * 2001}),
        ("by_hand", "2026-10-20", {"article": "x" * 201, "reason": "x", "months": 3}),
        ("pieces_asked", "2026-10-20", {"pieces": ["x" * 201]}),
        ("teleported", "2026-11-10", {}),
    ],
)
def test_an_event_that_cannot_be_is_refused_in_words(
    desk: Desk, what: str, on: str | None, detail: dict[str, Any]
) -> None:
    number = desk.file("PC", "2026-10-05")
    answer = desk.try_record(number, what, on, **detail)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert len(desk.client().get(f"/api/v1/permits/{number}/events/").json()) <= 4
    assert desk.clock(number)["due_on"] == "2027-01-05"


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("revoke_announced", {"remarks_by": "2026-11-19"}),  # before the letter was received
        ("revoked", {"cause": "mood", "reason": "UB 7"}),
        ("revoked", {"cause": "illegal"}),
        ("appeal_lodged", {"appeal": "divine"}),
        ("works_finished", {"survey": "oui"}),
    ],
)
def test_what_follows_a_decision_is_checked_too(desk: Desk, what: str, detail: dict[str, Any]) -> None:
    number = desk.file("PC", "2026-10-05")
    assert desk.try_record(number, "revoked", "2026-11-10", cause="illegal", reason="x").status_code == 409
    desk.decide(number, "2026-11-10")
    answer = desk.try_record(number, what, "2026-11-20", **detail)
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null", '{"what": "note", "detail": []}', '{"what": ["note"]}'])
def test_what_is_no_event_at_all_is_refused(desk: Desk, body: str) -> None:
    number = desk.file("PC", "2026-10-05")
    url = f"/api/v1/permits/{number}/events/"
    assert desk.client().post(url, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("reason", ["", " ", "x" * 201])
def test_an_event_is_struck_with_a_reason(desk: Desk, reason: str) -> None:
    number = desk.file("PC", "2026-10-05")
    event = desk.record(number, "note", "2026-11-10", note="Rien")
    url = f"/api/v1/permits/{number}/events/{event}/strike/"
    assert desk.client().post(url, {"reason": reason}, content_type="application/json").status_code == 400


def test_the_filing_itself_is_not_struck(desk: Desk) -> None:
    number = desk.file("PC", "2026-10-05")
    first = desk.clock(number)["steps"][0]["event"]
    url = f"/api/v1/permits/{number}/events/{first}/strike/"
    answer = desk.client().post(url, {"reason": "Erreur"}, content_type="application/json")
    assert answer.status_code in (400, 409)
    assert desk.clock(number)["due_on"] == "2027-01-05"


def test_the_same_file_twice_is_told(desk: Desk) -> None:
    desk.file("PC", "2026-11-05")
    client = desk.client()
    sent = form_with(client.get("/permis/deposer/", headers=HTML).content.decode(), "kind", "filed_date")
    given = {"kind": ["PC"], "insee": ["45901"], "filed_date": ["2026-11-06"], "parcels": ["AB 1"], "name": ["Autre"]}
    answer = client.post("/permis/deposer/", sent | given, headers=HTML)
    said = words(answer.content.decode())
    assert "semble déjà déposé" in said
    assert "PC 045 901 26 00001" in said
    assert client.get("/api/v1/permits/").json()["count"] == 1


def test_what_was_typed_stays_after_an_error(desk: Desk) -> None:
    client = desk.client()
    sent = form_with(client.get("/permis/deposer/", headers=HTML).content.decode(), "kind", "filed_date")
    given = {"kind": ["PC"], "insee": ["45901"], "filed_date": ["2027-01-01"], "description": ["Un garage 🏠"]}
    answer = client.post("/permis/deposer/", sent | given, headers=HTML)
    assert answer.status_code == 400
    assert "Un garage 🏠" in answer.content.decode()


@pytest.mark.parametrize("text", ["Un toit vert 🏠🌳", "x" * 20_000, "a\u200bb", "‮abc", "<b>gras</b>", "{{ numero }}"])
def test_a_prescription_of_any_text_is_kept_or_refused_in_words(desk: Desk, text: str) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted-with")
    body = re.sub(r"\[à compléter[^\]]*\]", lambda _: text, desk.draft(letter)["body"][0])
    answer = desk.submit(letter, "save", body=body)
    assert answer.status_code in (302, 400)
    kept = desk.draft(letter)["body"][0] if answer.status_code == 302 else words(answer.content.decode())
    assert text.split("<")[0][:15_000] in kept
    assert desk.pdf(letter)


def test_the_emoji_of_an_act_is_printed_or_refused_in_words(desk: Desk) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted-with")
    body = re.sub(r"\[à compléter[^\]]*\]", "Un toit vert 🏠", desk.draft(letter)["body"][0])
    answer = desk.submit(letter, "final", body=body)
    if answer.status_code == 302:
        assert "Un toit vert" in desk.pdf(letter)
    else:
        assert answer.status_code == 400
        assert "🏠" in words(answer.content.decode())


def test_a_nul_character_is_refused_in_words(desk: Desk) -> None:
    number = desk.file("PC", "2026-10-05")
    assert desk.try_record(number, "note", "2026-11-10", note="a\x00b").status_code == 400


def test_a_template_with_an_unknown_field_is_refused_with_its_line(desk: Desk) -> None:
    client = desk.client("gis_administrator")
    url = f"/courriers/{desk.world.member.slug}/permit-granted/"
    sent = form_with(client.get(url, headers=HTML).content.decode(), "title", "body")
    body = "Bonjour\r\n\r\n{{ maire_adjoint }}\r\n\r\n{{ recours }}"
    answer = client.post(url, sent | {"body": [body], "action": ["save"]}, headers=HTML)
    said = words(answer.content.decode())
    assert answer.status_code == 400
    assert "maire_adjoint" in said
    assert re.search(r"[Ll]igne 3", said)


def test_two_windows_on_one_draft_lose_nothing(desk: Desk) -> None:
    letter = desk.begin(desk.file("PC", "2026-10-05"), "permit-granted")
    first, second = desk.draft(letter), desk.draft(letter)
    client = desk.client()
    body = first["body"][0]
    one = client.post(letter, first | {"action": ["save"], "body": [body + "\r\n\r\nPremière fenêtre"]}, headers=HTML)
    assert one.status_code == 302
    two = client.post(letter, second | {"action": ["save"], "body": [body + "\r\n\r\nSeconde fenêtre"]}, headers=HTML)
    shown = two.content.decode()
    assert two.status_code in (400, 409, 412)
    assert "Première fenêtre" in shown
    assert "Seconde fenêtre" in shown
    assert "Première fenêtre" in desk.draft(letter)["body"][0]


def test_a_change_of_a_file_without_its_version_is_refused(desk: Desk) -> None:
    number = desk.file("PC", "2026-10-05")
    url = f"/api/v1/permits/{number}/"
    answer = desk.client().patch(url, {"address": "x"}, content_type="application/json")
    assert answer.status_code == 428
    stale = desk.client().patch(url, {"address": "x"}, content_type="application/json", headers={"if-match": '"99"'})
    assert stale.status_code == 412
