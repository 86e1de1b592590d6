"""What follows a decision: validity, works, changes, certificates, posting; days worked out by hand."""

import re

import pytest

from tests.permits.truth.desk import HTML, Desk, words


def granted(desk: Desk, on: str = "2020-01-15", *, filed: str = "2019-11-20", signed: str | None = None) -> str:
    number = desk.file("PC", filed)
    desk.decide(number, on, signed=signed or on)
    return number


@pytest.mark.parametrize(
    ("filed", "signed", "notified", "until"),
    [
        ("2025-11-20", "2026-01-10", "2026-01-15", "2029-01-15"),  # from its notification
        ("2024-01-05", "2024-02-28", "2024-02-29", "2029-02-28"),  # decree 2025-461: five years
        ("2026-06-30", "2026-08-30", "2026-08-31", "2029-08-31"),
    ],
)
def test_a_permit_lives_three_years_from_its_notification(
    desk: Desk, filed: str, signed: str, notified: str, until: str
) -> None:
    assert desk.clock(granted(desk, notified, filed=filed, signed=signed))["valid_until"] == until


def test_a_tacit_permit_lives_three_years_from_its_birth(desk: Desk) -> None:
    assert desk.clock(desk.file("DP", "2026-01-02"))["valid_until"] == "2029-02-03"


def test_an_extension_is_asked_two_months_before_twice_at_most(desk: Desk) -> None:
    number = granted(desk)  # until 15 January 2023
    desk.record(number, "extended", "2022-11-15")
    assert desk.clock(number)["valid_until"] == "2024-01-15"
    desk.record(number, "extended", "2023-11-15")
    desk.record(number, "extended", "2024-11-15")
    assert desk.clock(number)["valid_until"] == "2025-01-15"


def test_an_extension_asked_a_day_too_late_has_no_effect(desk: Desk) -> None:
    number = granted(desk)
    event = desk.record(number, "extended", "2022-11-16")
    assert desk.clock(number)["valid_until"] == "2023-01-15"
    assert not desk.step(number, event)["effective"]


@pytest.mark.parametrize(
    ("filed", "on", "until"),
    [
        ("2022-03-10", "2022-05-28", "2027-05-28"),
        ("2024-03-10", "2024-05-28", "2029-05-28"),
        ("2024-03-10", "2024-05-29", "2027-05-29"),
    ],
)
def test_the_decree_of_2025_gives_five_years_between_its_days(desk: Desk, filed: str, on: str, until: str) -> None:
    assert desk.clock(granted(desk, on, filed=filed))["valid_until"] == until


def test_a_permit_of_2021_that_was_extended_has_one_year_more(desk: Desk) -> None:
    number = granted(desk, "2022-03-15", filed="2022-01-10")
    desk.record(number, "extended", "2024-12-20")  # until 15 March 2026
    assert desk.clock(number)["valid_until"] == "2027-03-15"


def test_a_permit_of_2021_that_had_lapsed_before_the_decree_is_not_lengthened(desk: Desk) -> None:
    clock = desk.clock(granted(desk, "2021-06-01", filed="2021-03-10"))
    assert (clock["valid_until"], clock["lapsed_on"]) == ("2024-06-01", "2024-06-02")


def test_a_permit_without_works_lapses_the_day_after(desk: Desk) -> None:
    assert desk.clock(granted(desk))["lapsed_on"] == "2023-01-16"


def test_works_begun_on_the_last_day_keep_the_permit(desk: Desk) -> None:
    number = granted(desk)
    desk.record(number, "works_started", "2023-01-15")
    assert desk.clock(number)["lapsed_on"] is None


def test_a_year_of_interruption_lapses_the_permit(desk: Desk) -> None:
    number = granted(desk)
    desk.record(number, "works_started", "2022-12-01")
    desk.record(number, "works_stopped", "2024-03-01")
    assert desk.clock(number)["lapsed_on"] == "2025-03-02"


def test_an_interruption_before_the_end_counts_from_the_end(desk: Desk) -> None:
    number = granted(desk)
    desk.record(number, "works_started", "2020-06-01")
    desk.record(number, "works_stopped", "2021-01-01")
    assert desk.clock(number)["lapsed_on"] == "2024-01-16"


def test_works_resumed_within_the_year_keep_the_permit(desk: Desk) -> None:
    number = granted(desk)
    desk.record(number, "works_started", "2022-12-01")
    desk.record(number, "works_stopped", "2024-03-01")
    desk.record(number, "works_resumed", "2025-03-01")
    desk.record(number, "works_finished", "2025-06-01")
    assert desk.clock(number)["lapsed_on"] is None


def test_a_court_appeal_suspends_the_validity(desk: Desk) -> None:
    number = granted(desk)
    desk.record(number, "appeal_lodged", "2020-03-15", appeal="court")
    desk.record(number, "appeal_ended", "2021-03-15", appeal_outcome="dismissed", final=True)
    assert desk.clock(number)["valid_until"] == "2024-01-15"


def test_a_gracious_appeal_does_not_suspend_the_validity(desk: Desk) -> None:
    number = granted(desk)
    desk.record(number, "appeal_lodged", "2020-03-10", appeal="gracious")
    desk.record(number, "appeal_ended", "2020-05-10", appeal_outcome="dismissed")
    assert desk.clock(number)["valid_until"] == "2023-01-15"


# Modification and transfer


@pytest.mark.parametrize(("change", "suffix"), [("M", "M01"), ("T", "T01")])
def test_a_change_has_the_initial_permit_s_number_and_validity(desk: Desk, change: str, suffix: str) -> None:
    parent = granted(desk, "2025-01-15", filed="2024-11-20")
    number = desk.file("PC", "2026-05-04", parent=parent, change=change)
    desk.decide(number, "2026-06-10")
    assert number == f"{parent}{suffix}"
    assert desk.clock(number)["valid_until"] == "2028-01-15"


def test_a_second_modification_is_the_second(desk: Desk) -> None:
    parent = granted(desk, "2025-01-15", filed="2024-11-20")
    desk.file("PC", "2026-02-04", parent=parent, change="M")
    assert desk.file("PC", "2026-05-04", parent=parent, change="M") == f"{parent}M02"


def test_a_modification_follows_an_extension_of_the_initial_permit(desk: Desk) -> None:
    parent = granted(desk, "2024-06-15", filed="2024-04-20")
    number = desk.file("PC", "2025-05-04", parent=parent, change="M")
    desk.decide(number, "2025-06-10")
    desk.today("2027-05-01")
    desk.record(parent, "extended", "2027-04-15")
    assert desk.clock(number)["valid_until"] == "2028-06-15"


def test_a_modification_of_a_permit_whose_works_are_finished_is_told(desk: Desk) -> None:
    parent = granted(desk, "2025-01-15", filed="2024-11-20")
    desk.record(parent, "works_started", "2025-02-01")
    desk.record(parent, "works_finished", "2026-03-01")
    number = desk.file("PC", "2026-11-04", parent=parent, change="M")
    assert "DAACT" in desk.file_page(number) or "achèvement" in desk.file_page(number).lower()


def test_the_modification_of_a_permit_that_lapsed_is_told(desk: Desk) -> None:
    parent = granted(desk)
    number = desk.file("PC", "2026-11-04", parent=parent, change="M")
    page = desk.file_page(number)
    assert "périm" in page.lower()


# Certificates


@pytest.mark.parametrize(
    ("kind", "filed", "on", "until"),
    [
        ("CUb", "2025-12-01", "2026-01-15", "2027-07-15"),
        ("CUa", "2025-08-10", "2025-08-31", "2027-02-28"),
        ("CUa", "2026-01-31", None, "2027-09-01"),  # tacit on 1 March
    ],
)
def test_a_certificate_holds_eighteen_months(desk: Desk, kind: str, filed: str, on: str | None, until: str) -> None:
    number = desk.file(kind, filed)
    if on:
        desk.decide(number, on)
    assert desk.clock(number)["valid_until"] == until


@pytest.mark.parametrize(("asked", "until"), [("2025-05-15", "2026-07-15"), ("2025-05-16", "2025-07-15")])
def test_a_certificate_is_extended_by_a_year_asked_two_months_before(desk: Desk, asked: str, until: str) -> None:
    number = desk.file("CUb", "2023-12-01")
    desk.decide(number, "2024-01-15")
    desk.record(number, "extended", asked)
    assert desk.clock(number)["valid_until"] == until


def test_a_negative_certificate_is_not_feasible_never_refused(desk: Desk) -> None:
    number = desk.file("CUb", "2026-10-01")
    desk.decide(number, "2026-11-10", "refused")
    assert desk.permit(number)["state_label"] == "Non réalisable"
    assert "Non réalisable" in desk.file_page(number)
    listed = desk.client().get("/permis/?state=", headers=HTML).content.decode()
    row = words(re.findall(r"(?s)<tbody>.*?</tbody>", listed)[0])
    assert "CU 045 901 26 00001" in row
    assert "Non réalisable" in row
    assert "Refus" not in row


def test_statistics_count_a_negative_certificate_as_not_feasible(desk: Desk) -> None:
    desk.decide(desk.file("CUb", "2026-10-01"), "2026-11-10", "refused")
    assert "non réalisable" in desk.page("/permis/statistiques/").lower()


# Works, conformity, publicity


@pytest.mark.parametrize(
    ("survey", "finished", "until"),
    [
        (False, "2025-11-30", "28 février 2026"),
        (False, "2026-03-10", "10 juin 2026"),
        (True, "2026-03-10", "10 août 2026"),
    ],
)
def test_conformity_is_contested_within_three_or_five_months(
    desk: Desk, survey: bool, finished: str, until: str
) -> None:
    number = granted(desk, "2025-01-15", filed="2024-11-20")
    desk.record(number, "works_started", "2025-02-01")
    desk.record(number, "works_finished", finished, survey=survey)
    assert until in desk.file_page(number)


@pytest.mark.parametrize(("on", "regular"), [("2026-06-10", True), ("2026-06-11", False)])
def test_a_contest_after_the_third_month_is_told(desk: Desk, on: str, regular: bool) -> None:
    number = granted(desk, "2025-01-15", filed="2024-11-20")
    desk.record(number, "works_started", "2025-02-01")
    desk.record(number, "works_finished", "2026-03-10")
    step = desk.step(number, desk.record(number, "contested", on))
    assert (step["effective"] and not step["irregular"]) is regular


def test_third_parties_have_two_months_from_the_board(desk: Desk) -> None:
    number = granted(desk, "2026-01-15", filed="2025-11-20")
    desk.record(number, "posted_on_site", "2026-02-03")
    assert any(step["date"] == "2026-04-03" and "R.600-2" in step["articles"] for step in desk.clock(number)["steps"])


def test_a_decision_goes_to_the_prefect_within_fifteen_days_of_its_signature(desk: Desk) -> None:
    number = granted(desk, "2026-01-20", filed="2025-11-20", signed="2026-01-15")
    steps = desk.clock(number)["steps"]
    assert any(step["date"] == "2026-01-30" and "L.424-7" in step["articles"] for step in steps)


def test_the_town_hall_posts_within_eight_days(desk: Desk) -> None:
    steps = desk.clock(granted(desk, "2026-01-15", filed="2025-11-20"))["steps"]
    assert any(step["date"] == "2026-01-23" and "R.424-15" in step["articles"] for step in steps)


def test_works_declared_begun_after_the_lapse_are_told(desk: Desk) -> None:
    number = granted(desk)
    assert desk.step(number, desk.record(number, "works_started", "2023-02-01"))["irregular"]
    assert desk.permit(number)["state"] == "expired"


def test_a_modification_falls_with_its_permit(desk: Desk) -> None:
    parent = granted(desk, "2026-06-15", filed="2026-04-20")
    number = desk.file("PC", "2026-07-01", parent=parent, change="M")
    desk.decide(number, "2026-07-20")
    desk.record(parent, "revoke_announced", "2026-08-01", remarks_by="2026-08-16")
    desk.record(parent, "revoked", "2026-09-10", cause="illegal", reason="UB 7", signed="2026-09-09")
    assert desk.permit(number)["state"] != "granted"
