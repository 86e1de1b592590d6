"""Withdrawals, refusals after a tacit permit, annulments: days worked out by hand on a calendar."""

from typing import Any

import pytest

from tests.permits.truth.desk import Desk


@pytest.mark.parametrize(
    ("kind", "filed", "until"),
    [
        ("DP", "2026-01-02", "2026-05-03"),  # tacit on 3 February
        ("PC", "2025-08-31", "2026-03-01"),  # due 30 November, tacit on 1 December
        ("PCMI", "2026-09-29", None),  # not tacit yet on 29 November
    ],
)
def test_the_last_day_to_withdraw_a_tacit_decision(desk: Desk, kind: str, filed: str, until: str | None) -> None:
    desk.today("2026-11-29")
    assert desk.clock(desk.file(kind, filed))["revocable_until"] == until


@pytest.mark.parametrize(
    ("filed", "signed", "notified", "until"),
    [
        ("2025-09-10", "2025-11-30", "2025-12-05", "2026-02-28"),  # of the decision, not of its notification
        ("2023-09-10", "2023-11-30", "2023-12-05", "2024-02-29"),
        ("2026-05-20", "2026-08-01", "2026-08-03", "2026-11-01"),  # All Saints, a Sunday: not put off
    ],
)
def test_the_last_day_to_withdraw_a_signed_permit(
    desk: Desk, filed: str, signed: str, notified: str, until: str
) -> None:
    number = desk.file("PC", filed)
    desk.decide(number, notified, signed=signed)
    assert desk.clock(number)["revocable_until"] == until


def withdraw(desk: Desk, number: str, on: str, *, cause: str = "illegal", heard: tuple[str, str] | None = None) -> int:
    if heard:
        desk.record(number, "revoke_announced", heard[0], remarks_by=heard[1])
    return desk.record(number, "revoked", on, cause=cause, reason="Le projet méconnaît l’article UB 7", signed=on)


def tacit(desk: Desk) -> str:
    """A PC tacit on 11 June 2026, that may be withdrawn until 11 September 2026."""
    return desk.file("PC", "2026-03-10")


def test_a_withdrawal_in_time_after_a_hearing_is_regular(desk: Desk) -> None:
    number = tacit(desk)
    event = withdraw(desk, number, "2026-09-11", heard=("2026-08-10", "2026-08-25"))
    step = desk.step(number, event)
    assert (step["effective"], step["irregular"]) == (True, False)
    assert desk.state(number)[0] not in ("granted", "refused")


def test_a_withdrawal_the_day_after_the_third_month_stands_and_is_told_as_illegal(desk: Desk) -> None:
    number = tacit(desk)
    event = withdraw(desk, number, "2026-09-12", heard=("2026-08-10", "2026-08-25"))
    step = desk.step(number, event)
    assert (step["effective"], step["irregular"]) == (True, True)
    assert desk.state(number)[0] != "granted"
    assert "sans effet" not in step["why"].lower()
    assert "11 septembre 2026" in step["why"]


def test_a_withdrawal_signed_in_time_but_received_late_is_irregular(desk: Desk) -> None:
    number = tacit(desk)
    desk.record(number, "revoke_announced", "2026-08-10", remarks_by="2026-08-25")
    sent: dict[str, Any] = {"signed": "2026-09-09", "channel": "registered", "sent": "2026-09-10"}
    event = desk.record(number, "revoked", cause="illegal", reason="UB 7", presented="2026-09-12", **sent)
    assert desk.step(number, event)["irregular"]


@pytest.mark.parametrize("heard", [None, ("2026-08-20", "2026-09-05")])
def test_a_withdrawal_without_time_for_remarks_is_irregular_and_stands(
    desk: Desk, heard: tuple[str, str] | None
) -> None:
    number = tacit(desk)
    step = desk.step(number, withdraw(desk, number, "2026-09-01", heard=heard))
    assert (step["effective"], step["irregular"]) == (True, True)


def test_fraud_has_no_last_day(desk: Desk) -> None:
    desk.today("2030-06-30")
    number = tacit(desk)
    event = withdraw(desk, number, "2030-05-20", cause="fraud", heard=("2030-04-01", "2030-04-16"))
    assert not desk.step(number, event)["irregular"]
    assert desk.state(number)[0] != "granted"


def test_the_holder_s_own_request_has_no_last_day_and_needs_no_hearing(desk: Desk) -> None:
    number = tacit(desk)
    event = withdraw(desk, number, "2026-11-20", cause="requested")
    assert not desk.step(number, event)["irregular"]


def test_a_refusal_after_a_tacit_permit_withdraws_it_and_says_what_is_missing(desk: Desk) -> None:
    number = tacit(desk)
    event = desk.decide(number, "2026-06-20", "refused", signed="2026-06-15")
    step = desk.step(number, event)
    assert (step["effective"], step["irregular"]) == (True, True)  # no hearing
    assert "sans effet" not in desk.file_page(number).lower()
    assert desk.state(number)[0] != "granted"


def test_a_refusal_after_the_hearing_and_within_three_months_is_regular(desk: Desk) -> None:
    number = tacit(desk)
    desk.record(number, "revoke_announced", "2026-07-01", remarks_by="2026-07-16")
    event = desk.decide(number, "2026-09-11", "refused", signed="2026-09-10")
    step = desk.step(number, event)
    assert (step["effective"], step["irregular"]) == (True, False)


def test_a_refusal_after_the_third_month_is_irregular_and_stands(desk: Desk) -> None:
    number = tacit(desk)
    desk.record(number, "revoke_announced", "2026-07-01", remarks_by="2026-07-16")
    event = desk.decide(number, "2026-09-12", "refused", signed="2026-09-10")
    step = desk.step(number, event)
    assert (step["effective"], step["irregular"], desk.state(number)[0] == "granted") == (True, True, False)


def test_a_refusal_received_on_the_last_day_prevents_the_tacit_permit(desk: Desk) -> None:
    number = tacit(desk)
    event = desk.decide(number, "2026-06-10", "refused")
    assert not desk.step(number, event)["irregular"]
    assert desk.state(number) == ("refused", False)


def test_a_withdrawn_refusal_gives_the_tacit_permit_back_of_the_same_day(desk: Desk) -> None:
    number = tacit(desk)
    desk.decide(number, "2026-06-20", "refused")
    desk.record(number, "revoked", "2026-07-20", cause="illegal", reason="Refus illégal", signed="2026-07-19")
    assert desk.state(number) == ("granted", True)
    assert desk.clock(number)["valid_until"] == "2029-06-11"


def test_a_certificate_is_withdrawn_within_four_months(desk: Desk) -> None:
    number = desk.file("CUa", "2026-01-05")
    desk.decide(number, "2026-01-31")
    assert desk.clock(number)["revocable_until"] == "2026-05-31"


def test_an_annulled_permit_is_no_permit(desk: Desk) -> None:
    number = desk.file("PC", "2026-01-05")
    desk.decide(number, "2026-03-10")
    desk.record(number, "appeal_lodged", "2026-04-10", appeal="court")
    desk.record(number, "appeal_ended", "2026-10-20", appeal_outcome="annulled", final=True)
    assert desk.state(number)[0] != "granted"


def test_an_annulled_refusal_gives_no_tacit_permit(desk: Desk) -> None:
    number = desk.file("PC", "2026-01-05")
    desk.decide(number, "2026-03-10", "refused")
    desk.record(number, "appeal_lodged", "2026-04-10", appeal="court")
    desk.record(number, "appeal_ended", "2026-07-20", appeal_outcome="annulled", final=True)
    assert desk.state(number)[0] not in ("granted", "refused")


def test_an_annulled_withdrawal_gives_the_permit_back(desk: Desk) -> None:
    number = tacit(desk)
    withdraw(desk, number, "2026-09-01", heard=("2026-08-10", "2026-08-25"))
    desk.record(number, "appeal_lodged", "2026-09-20", appeal="court")
    desk.record(number, "appeal_ended", "2026-11-20", appeal_outcome="annulled", final=True)
    assert desk.state(number) == ("granted", True)


def test_two_decisions_of_one_day_are_told(desk: Desk) -> None:
    number = desk.file("PC", "2026-09-10")
    desk.decide(number, "2026-11-10", "granted", signed="2026-11-05")
    desk.decide(number, "2026-11-10", "refused", signed="2026-11-09")
    page = desk.file_page(number)
    assert "Deux décisions" in page
    assert desk.state(number)[0] != "granted"


def test_a_decision_is_put_off_two_years_at_most(desk: Desk) -> None:
    number = desk.file("PC", "2026-09-10")
    answer = desk.try_record(number, "decided", "2026-11-10", outcome="deferred", months=25, signed="2026-11-09")
    assert answer.status_code == 400
    desk.decide(number, "2026-11-10", "deferred", months=24)
    assert "10 novembre 2028" in desk.file_page(number)


def test_a_struck_event_counts_no_more_and_stays_visible(desk: Desk) -> None:
    number = tacit(desk)
    event = desk.decide(number, "2026-06-05", "refused")
    answer = desk.client().post(
        f"/api/v1/permits/{number}/events/{event}/strike/", {"reason": "Autre dossier"}, content_type="application/json"
    )
    assert answer.status_code in (200, 204)
    assert desk.state(number) == ("granted", True)
    assert "Autre dossier" in desk.file_page(number)


def test_an_application_put_off_is_confirmed_within_two_months_of_the_end(desk: Desk) -> None:
    number = desk.file("PC", "2024-09-10")
    desk.decide(number, "2024-11-10", "deferred", months=12)  # until 10 November 2025
    assert "10 janvier 2026" in desk.file_page(number)
    late = desk.record(number, "confirmed", "2026-01-11")
    assert not desk.step(number, late)["effective"]
