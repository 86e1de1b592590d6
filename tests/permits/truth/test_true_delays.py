"""Delays worked out by hand on a calendar, from the articles alone: filing to tacit decision."""

from typing import Any

import pytest

from tests.permits.truth.desk import Desk


@pytest.mark.parametrize(
    ("kind", "filed", "due"),
    [
        ("DP", "2026-01-02", "2026-02-02"),  # R.423-23 a, the example of the congress of notaries
        ("PCMI", "2025-12-31", "2026-02-28"),  # R.423-23 b, end of a shorter month
        ("PD", "2026-01-15", "2026-03-15"),  # a Sunday
        ("PC", "2025-11-30", "2026-02-28"),  # R.423-23 c, a Saturday
        ("PA", "2026-01-31", "2026-04-30"),
        ("CUa", "2026-01-31", "2026-02-28"),  # R.410-9
        ("CUb", "2026-01-10", "2026-03-10"),  # R.410-10
        ("DP", "2024-01-31", "2024-02-29"),  # leap year
        ("DP", "2026-04-01", "2026-05-01"),  # Labour Day
        ("PCMI", "2026-05-14", "2026-07-14"),  # Bastille Day
    ],
)
def test_the_usual_delay_ends_on_the_same_day_number(desk: Desk, kind: str, filed: str, due: str) -> None:
    assert desk.clock(desk.file(kind, filed))["due_on"] == due


@pytest.mark.parametrize(
    ("kind", "filed", "tacit"),
    [("DP", "2026-01-02", "2026-02-03"), ("PCMI", "2025-12-31", "2026-03-01"), ("PC", "2026-05-30", "2026-08-31")],
)
def test_silence_grants_on_the_day_after(desk: Desk, kind: str, filed: str, tacit: str) -> None:
    number = desk.file(kind, filed)
    assert (desk.state(number), desk.permit(number)["ended_date"]) == (("granted", True), tacit)


@pytest.mark.parametrize(
    ("kind", "grounds", "months", "due"),
    [
        ("DP", ["protected_surroundings"], 2, "2026-05-10"),  # R.423-24: + 1
        ("PCMI", ["protected_surroundings"], 3, "2026-06-10"),
        ("PC", ["protected_surroundings"], 4, "2026-07-10"),
        ("PA", ["derogation"], 4, "2026-07-10"),
        ("PC", ["farmland_commission", "protected_surroundings"], 4, "2026-07-10"),  # one month only
        ("PCMI", ["commission"], 4, "2026-07-10"),  # R.423-25: + 2
        ("PC", ["commission"], 5, "2026-08-10"),
        ("PC", ["commission", "protected_surroundings"], 5, "2026-08-10"),  # not added up
        ("DP", ["electronic_participation"], 3, "2026-06-10"),
        ("PC", ["listed_building"], 5, "2026-08-10"),  # R.423-28
        ("PC", ["public_building"], 5, "2026-08-10"),
        ("PC", ["public_building", "protected_surroundings"], 5, "2026-08-10"),
    ],
)
def test_a_longer_delay(desk: Desk, kind: str, grounds: list[str], months: int, due: str) -> None:
    number = desk.file(kind, "2026-03-10")
    desk.record(number, "longer_notified", "2026-03-25", grounds=grounds)
    clock = desk.clock(number)
    assert (clock["months"], clock["due_on"]) == (months, due)


def test_a_departmental_commission_does_not_lengthen_a_declaration(desk: Desk) -> None:
    number = desk.file("DP", "2026-03-10")
    desk.try_record(number, "longer_notified", "2026-03-25", grounds=["commission"])
    assert desk.clock(number)["due_on"] == "2026-04-10"


@pytest.mark.parametrize(
    ("detail", "due"),
    [
        ({"on": "2026-04-10"}, "2026-07-10"),
        ({"on": "2026-04-11"}, "2026-06-10"),
        ({"on": None, "channel": "registered", "sent": "2026-04-08", "presented": "2026-04-10"}, "2026-07-10"),
        ({"on": None, "channel": "registered", "sent": "2026-04-09", "presented": "2026-04-11"}, "2026-06-10"),
        ({"on": None, "channel": "electronic", "sent": "2026-04-09", "consulted": "2026-04-10"}, "2026-07-10"),
        ({"on": None, "channel": "electronic", "sent": "2026-04-03"}, "2026-06-10"),  # 8 days: 11 April
    ],
)
def test_a_longer_delay_is_received_within_the_month(desk: Desk, detail: dict[str, Any], due: str) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "longer_notified", grounds=["protected_surroundings"], **detail)
    assert desk.clock(number)["due_on"] == due


def test_a_longer_delay_counts_after_pieces_were_asked(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "pieces_asked", "2026-03-25", pieces=["PC4"])
    desk.record(number, "longer_notified", "2026-04-01", grounds=["protected_surroundings"])
    desk.record(number, "pieces_came", "2026-05-20", pieces=["PC4"])
    clock = desk.clock(number)
    assert (clock["complete_on"], clock["months"], clock["due_on"]) == ("2026-05-20", 4, "2026-09-20")


def test_the_page_still_offers_a_longer_delay_once_pieces_are_asked(desk: Desk) -> None:
    desk.today("2026-03-26")
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "pieces_asked", "2026-03-25", pieces=["PC4"])
    todo = desk.file_page(number).split("Autre événement")[0]
    assert "Majoration de délai notifiée" in todo


def test_after_an_inquiry_two_months_run_from_the_report(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "longer_notified", "2026-03-20", grounds=["public_inquiry"])
    desk.record(number, "reported", "2026-07-31")
    assert desk.clock(number)["due_on"] == "2026-09-30"


def test_a_certificate_has_no_longer_delay(desk: Desk) -> None:
    desk.today("2026-03-12")
    number = desk.file("CUb", "2026-03-10")
    assert "Majoration" not in desk.file_page(number)
    desk.try_record(number, "longer_notified", "2026-03-12", grounds=["protected_surroundings"])
    assert desk.clock(number)["due_on"] == "2026-05-10"


# Missing pieces


def test_without_its_pieces_a_permit_is_rejected_after_three_months(desk: Desk) -> None:
    number = desk.file("PC", "2025-11-05")
    desk.record(number, "pieces_asked", "2025-11-30", pieces=["PC4", "PC6"])
    assert desk.clock(number)["answer_by"] == "2026-02-28"
    permit = desk.permit(number)
    assert (permit["tacit"], permit["ended_date"]) == (True, "2026-03-01")
    assert "rejet tacite" in desk.file_page(number).lower()


def test_without_its_pieces_a_declaration_is_opposed(desk: Desk) -> None:
    number = desk.file("DP", "2026-03-10")
    desk.record(number, "pieces_asked", "2026-04-10", pieces=["DP2"])
    assert desk.permit(number)["ended_date"] == "2026-07-11"
    assert "opposition tacite" in desk.file_page(number).lower()


def test_pieces_that_come_on_the_last_day_make_the_file_complete(desk: Desk) -> None:
    number = desk.file("PC", "2025-11-05")
    desk.record(number, "pieces_asked", "2025-11-30", pieces=["PC4"])
    desk.record(number, "pieces_came", "2026-02-28", pieces=["PC4"])
    clock = desk.clock(number)
    assert (clock["complete_on"], clock["due_on"]) == ("2026-02-28", "2026-05-28")


def test_pieces_that_come_a_day_late_change_nothing(desk: Desk) -> None:
    number = desk.file("PC", "2025-11-05")
    desk.record(number, "pieces_asked", "2025-11-30", pieces=["PC4"])
    desk.record(number, "pieces_came", "2026-03-01", pieces=["PC4"])
    assert desk.permit(number)["ended_date"] == "2026-03-01"


def test_one_piece_of_two_leaves_the_file_incomplete(desk: Desk) -> None:
    number = desk.file("PC", "2026-09-10")
    desk.record(number, "pieces_asked", "2026-09-20", pieces=["PC4", "PC6"])
    desk.record(number, "pieces_came", "2026-10-01", pieces=["PC4"])
    clock = desk.clock(number)
    assert (clock["complete_on"], clock["due_on"], clock["answer_by"]) == (None, None, "2026-12-20")


@pytest.mark.parametrize(("on", "more"), [("2026-04-11", {}), ("2026-03-20", {"outside_code": True})])
def test_a_request_too_late_or_outside_the_code_changes_nothing(desk: Desk, on: str, more: dict[str, Any]) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "pieces_asked", on, pieces=["PC4"], **more)
    clock = desk.clock(number)
    assert (clock["complete_on"], clock["due_on"]) == ("2026-03-10", "2026-06-10")


def test_a_second_request_within_the_month_replaces_the_first(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "pieces_asked", "2026-03-15", pieces=["PC4"])
    desk.record(number, "pieces_asked", "2026-04-08", pieces=["PC6"])
    assert desk.clock(number)["answer_by"] == "2026-07-08"


# What silence means


def test_silence_refuses_a_permit_in_a_classified_site(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10", silence_refuses=["classified_site"])
    assert (desk.state(number), desk.permit(number)["ended_date"]) == (("refused", True), "2026-06-11")


def test_silence_does_not_oppose_a_declaration_in_a_classified_site(desk: Desk) -> None:
    assert desk.state(desk.file("DP", "2026-03-10", silence_refuses=["classified_site"])) == ("granted", True)


@pytest.mark.parametrize(
    ("opinion", "on", "state"),
    [
        ("favourable", "2026-04-20", "granted"),
        ("with_prescriptions", "2026-04-20", "refused"),  # R.424-3
        ("unfavourable", "2026-04-20", "refused"),
    ],
)
def test_silence_after_the_architect_spoke(desk: Desk, opinion: str, on: str, state: str) -> None:
    number = desk.file("PCMI", "2026-03-10")
    desk.record(number, "longer_notified", "2026-03-20", grounds=["protected_surroundings"])
    desk.record(number, "architect_said", on, opinion=opinion)
    assert desk.state(number) == (state, True)


def test_a_tacit_certificate_has_the_effects_of_an_information_certificate_only(desk: Desk) -> None:
    number = desk.file("CUb", "2026-01-10")
    page = desk.file_page(number)
    assert desk.permit(number)["ended_date"] == "2026-03-11"
    assert "R.410-12" in page
    assert "Accordé" not in page


def test_an_opinion_of_the_architect_after_the_delay_changes_nothing(desk: Desk) -> None:
    number = desk.file("PCMI", "2026-03-10")
    desk.record(number, "architect_said", "2026-05-11", opinion="unfavourable")
    assert desk.state(number) == ("granted", True)


def test_silence_refuses_a_demolition_in_a_registered_site_inside_a_building_permit(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10", silence_refuses=["demolition_in_registered_site"])
    assert desk.state(number) == ("refused", True)  # CE, 12 February 2020, n° 421949


def test_a_delay_by_hand_replaces_the_usual_one(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "by_hand", "2026-03-20", months=8, article="R.423-31", reason="Site classé")
    assert desk.clock(number)["due_on"] == "2026-11-10"


def test_a_withdrawn_application_has_no_delay_any_more(desk: Desk) -> None:
    number = desk.file("PC", "2026-03-10")
    desk.record(number, "withdrawn", "2026-04-01")
    assert desk.state(number) == ("withdrawn", False)
