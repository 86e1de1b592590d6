"""The legal clock: one worked case an article, its dates worked by hand and written as literals."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from permits.deadlines import law
from permits.deadlines.calendar import PARIS, after_months, end_of
from permits.deadlines.clock import Timeline, What, revisions, timeline
from permits.deadlines.events import (
    ArchitectSaid,
    Decided,
    DocumentsReceived,
    DocumentsRequested,
    EnteredByHand,
    Event,
    Extended,
    File,
    Filed,
    LongerNotified,
    Opinion,
    Outcome,
    Reported,
    Withdrawn,
    electronic_reception,
    reception_by_registered_letter,
)
from permits.deadlines.law import Ground, Kind

LATER = date(2040, 1, 1)
type Made = Event


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, hour: int = 9) -> datetime:
    return datetime.combine(day(text), datetime.min.time(), UTC).replace(hour=hour)


def made(kind: type[Event], on: str, recorded: str = "", **more: Any) -> Event:
    """An event, recorded on its own day unless it is said otherwise."""
    return kind(key=f"{kind.__name__} {on}", on=day(on), recorded=at(recorded or on), **more)


def asked(on: str, *pieces: str, sent: str = "", **more: Any) -> Event:
    return made(DocumentsRequested, on, documents=frozenset(pieces), sent=day(sent or on), **more)


def came(on: str, *pieces: str, **more: Any) -> Event:
    return made(DocumentsReceived, on, documents=frozenset(pieces), **more)


def longer(on: str, *grounds: Ground, **more: Any) -> Event:
    return made(LongerNotified, on, grounds=frozenset(grounds), **more)


def read(kind: Kind, filed: str, *events: Event, today: date = LATER, **known: Any) -> Timeline:
    return timeline(File(kind=kind, **known), [made(Filed, filed), *events], today)


def said(line: Timeline, what: What) -> list[Any]:
    return [step for step in line.steps if step.what == what]


# -- counting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
    ],
)
def test_a_month_ends_on_the_same_day_number_or_on_the_last_day(begin: str, months: int, end: str) -> None:
    assert after_months(day(begin), months) == day(end)


def test_a_declaration_filed_on_2_january_is_tacit_on_3_february_at_midnight_in_paris() -> None:
    line = read(Kind.DP, "2026-01-02")
    assert line.due_on == day("2026-02-02")
    assert end_of(line.due_on) == datetime(2026, 2, 3, 0, 0, tzinfo=PARIS)
    assert (line.outcome, line.tacit, line.ended_on) == (Outcome.GRANTED, True, day("2026-02-03"))


def test_sundays_and_holidays_count() -> None:
    """14 July 2026 is a holiday, 1 November 2026 a Sunday and a holiday."""
    assert read(Kind.DP, "2026-06-14").due_on == day("2026-07-14")
    assert read(Kind.DP, "2026-10-01").due_on == day("2026-11-01")


def test_a_file_is_open_on_the_last_day() -> None:
    assert read(Kind.DP, "2026-01-02", today=day("2026-02-02")).outcome is None
    assert read(Kind.DP, "2026-01-02", today=day("2026-02-03")).outcome == Outcome.GRANTED


# -- R.423-23, R.410-9, R.410-10 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        (Kind.DP, "2026-04-10"),
        (Kind.PD, "2026-05-10"),
        (Kind.PCMI, "2026-05-10"),
        (Kind.PC, "2026-06-10"),
        (Kind.PA, "2026-06-10"),
        (Kind.CUA, "2026-04-10"),
        (Kind.CUB, "2026-05-10"),
    ],
)
def test_the_usual_delays(kind: Kind, due: str) -> None:
    assert read(kind, "2026-03-10").due_on == day(due)


# -- R.423-18, R.423-24, R.423-25, R.423-28, R.423-32 -----------------------------------------------------------------


def test_protected_surroundings_add_a_month() -> None:
    line = read(Kind.PCMI, "2026-03-10", longer("2026-04-02", Ground.PROTECTED_SURROUNDINGS))
    assert (line.months, line.due_on) == (3, day("2026-06-10"))
    assert said(line, What.DUE)[0].articles == ("R.423-23 b", "R.423-24")


def test_a_commission_adds_two_months() -> None:
    assert read(Kind.PC, "2026-03-10", longer("2026-04-02", Ground.COMMISSION)).due_on == day("2026-08-10")


def test_one_and_two_months_are_not_added_up() -> None:
    both = longer("2026-04-02", Ground.COMMISSION, Ground.PROTECTED_SURROUNDINGS)
    assert read(Kind.PC, "2026-03-10", both).months == 5


def test_a_commission_does_not_lengthen_a_declaration_but_an_electronic_participation_does() -> None:
    assert read(Kind.DP, "2026-03-10", longer("2026-04-02", Ground.COMMISSION)).months == 1
    assert read(Kind.DP, "2026-03-10", longer("2026-04-02", Ground.ELECTRONIC_PARTICIPATION)).months == 3


def test_a_public_building_makes_five_months() -> None:
    assert read(Kind.PC, "2026-03-10", longer("2026-04-02", Ground.PUBLIC_BUILDING)).due_on == day("2026-08-10")
    assert read(Kind.PCMI, "2026-03-10", longer("2026-04-02", Ground.REGISTERED_MONUMENT)).months == 5


def test_a_longer_delay_notified_on_the_last_day_of_the_first_month_counts() -> None:
    assert read(Kind.DP, "2026-03-10", longer("2026-04-10", Ground.PROTECTED_SURROUNDINGS)).months == 2


def test_a_longer_delay_notified_after_the_first_month_has_no_effect() -> None:
    line = read(Kind.PC, "2026-03-10", longer("2026-04-11", Ground.PROTECTED_SURROUNDINGS))
    assert line.months == 3
    (step,) = said(line, What.LONGER_LATE)
    assert not step.effective


def test_after_a_public_inquiry_two_months_run_from_the_report() -> None:
    inquiry = longer("2026-04-02", Ground.PUBLIC_INQUIRY)
    assert read(Kind.PC, "2026-03-10", inquiry).due_on is None
    line = read(Kind.PC, "2026-03-10", inquiry, made(Reported, "2026-09-15"))
    assert line.due_on == day("2026-11-15")


def test_no_delay_runs_from_a_report_while_pieces_are_missing() -> None:
    """R.423-20: from the report at the earliest, of a file that is complete."""
    events = [longer("2026-04-02", Ground.PUBLIC_INQUIRY), asked("2026-04-01", "P"), made(Reported, "2026-05-20")]
    assert read(Kind.PC, "2026-03-10", *events, today=day("2026-06-01")).due_on is None


# -- R.423-26 to -29, R.423-34 to -37 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ground", "due"),
    [
        (Kind.PC, Ground.NATIONAL_PARK, "2026-08-10"),
        (Kind.PC, Ground.NATIONAL_COMMISSION, "2026-08-10"),
        (Kind.PCMI, Ground.NATURE_RESERVE, "2026-08-10"),
        (Kind.DP, Ground.NATURE_RESERVE, "2026-05-10"),
        (Kind.PCMI, Ground.CLEARING, "2026-06-10"),
        (Kind.PC, Ground.CLEARING_SURVEYED, "2026-08-10"),
        (Kind.PA, Ground.CLEARING_INQUIRY, "2026-10-10"),
    ],
)
def test_special_delays_replace_the_usual_one(kind: Kind, ground: Ground, due: str) -> None:
    assert read(kind, "2026-03-10", longer("2026-04-01", ground)).due_on == day(due)


@pytest.mark.parametrize(
    ("ground", "due"),
    [
        (Ground.CLEARING_PROLONGED, "2026-09-10"),
        (Ground.ARCHITECT_APPEAL, "2026-08-10"),
        (Ground.NATIONAL_RETAIL_COMMISSION, "2026-08-10"),
        (Ground.CALLED_IN, "2026-11-10"),
    ],
)
def test_a_prolongation_notified_before_the_delay_has_passed_counts(ground: Ground, due: str) -> None:
    line = read(Kind.PC, "2026-03-10", longer("2026-06-10", ground))
    assert line.due_on == day(due)
    assert said(line, What.PROLONGED)[0].effective


def test_a_prolongation_notified_after_the_delay_has_no_effect() -> None:
    line = read(Kind.PC, "2026-03-10", longer("2026-06-11", Ground.ARCHITECT_APPEAL))
    assert line.due_on == day("2026-06-10")
    assert not said(line, What.PROLONGED_LATE)[0].effective


def test_a_second_prolongation_is_in_time_until_the_first_one_ends() -> None:
    """Three months, three more until 10 September, within which two more are notified."""
    prolonged = [longer("2026-06-10", Ground.CLEARING_PROLONGED), longer("2026-08-01", Ground.ARCHITECT_APPEAL)]
    assert read(Kind.PC, "2026-03-10", *prolonged).due_on == day("2026-11-10")


def test_before_april_2017_the_surroundings_of_a_monument_make_four_months() -> None:
    assert read(Kind.PCMI, "2016-03-10", longer("2016-04-01", Ground.PROTECTED_SURROUNDINGS)).due_on == day(
        "2016-07-10"
    )


def test_a_special_delay_entered_by_hand_counts_with_its_reason() -> None:
    hand = made(EnteredByHand, "2026-04-01", article="R.423-31", months=7, reason="site classé", adds=False)
    line = read(Kind.PC, "2026-03-10", hand)
    assert line.due_on == day("2026-10-10")
    assert said(line, What.BY_HAND)[0].values["reason"] == "site classé"


def test_a_prolongation_by_hand_is_added_where_it_comes_in_time() -> None:
    in_time = made(EnteredByHand, "2026-06-10", article="R.423-36", months=3, reason="avis national", adds=True)
    late = made(EnteredByHand, "2026-06-11", article="R.423-36", months=3, reason="avis national", adds=True)
    assert read(Kind.PC, "2026-03-10", in_time).due_on == day("2026-09-10")
    assert read(Kind.PC, "2026-03-10", late).due_on == day("2026-06-10")


def test_articles_without_a_value_are_listed() -> None:
    assert {article for article, _what in law.NOT_COVERED} >= {"R.423-31", "R.423-33", "R.423-36"}
    assert not {rule.article for rule in law.RULES} & {article for article, _what in law.NOT_COVERED}


def test_a_file_from_before_the_code_of_2007_is_not_covered() -> None:
    with pytest.raises(law.NotCoveredError):
        read(Kind.PC, "2005-03-10")


# -- R.423-19, R.423-22, R.423-38 to -41 ------------------------------------------------------------------------------


def test_a_file_of_which_nothing_is_asked_is_complete_since_its_filing() -> None:
    line = read(Kind.PC, "2026-03-10")
    assert line.complete_on == day("2026-03-10")
    assert said(line, What.DEEMED_COMPLETE)[0].articles == ("R.423-19", "R.423-22")


def test_the_delay_runs_from_the_day_on_which_the_last_piece_comes() -> None:
    line = read(
        Kind.PCMI, "2026-03-10", asked("2026-04-08", "PCMI2", "PCMI5"), came("2026-05-02", "PCMI2"),
        came("2026-06-30", "PCMI5"),
    )  # fmt: skip
    assert (line.complete_on, line.answer_by) == (day("2026-06-30"), day("2026-07-08"))
    assert line.due_on == day("2026-08-30")


def test_pieces_that_do_not_come_within_three_months_reject_the_file() -> None:
    line = read(Kind.PCMI, "2026-03-10", asked("2026-04-08", "PCMI2"), came("2026-07-09", "PCMI2"))
    assert (line.outcome, line.tacit, line.ended_on) == (Outcome.REJECTED, True, day("2026-07-09"))
    assert said(line, What.REJECTED)[0].articles == ("R.423-39",)


def test_pieces_count_that_come_after_the_letter_left_and_before_it_arrived() -> None:
    """Sent on 3 April, presented on the 8th; the applicant, told on the telephone, comes on the 5th."""
    line = read(Kind.PC, "2026-03-10", asked("2026-04-08", "P", sent="2026-04-03"), came("2026-04-05", "P"))
    assert (line.complete_on, line.due_on) == (day("2026-04-05"), day("2026-07-05"))


def test_pieces_count_on_the_last_day() -> None:
    assert read(Kind.PCMI, "2026-03-10", asked("2026-04-08", "P"), came("2026-07-08", "P")).due_on == day("2026-09-08")


def test_pieces_asked_after_the_first_month_do_not_change_the_delay() -> None:
    line = read(Kind.PCMI, "2026-03-10", asked("2026-04-11", "PCMI2"))
    assert (line.complete_on, line.due_on) == (day("2026-03-10"), day("2026-05-10"))
    (step,) = said(line, What.REQUESTED_LATE)
    assert not step.effective


def test_a_piece_that_the_code_does_not_list_does_not_change_the_delay() -> None:
    line = read(Kind.PCMI, "2026-03-10", asked("2026-04-02", "étude de sol", outside_code=True))
    assert line.due_on == day("2026-05-10")


def test_a_second_request_within_the_month_replaces_the_first() -> None:
    line = read(
        Kind.PCMI, "2026-03-10", asked("2026-03-20", "A"), asked("2026-04-09", "A", "B"), came("2026-05-01", "A")
    )
    assert line.answer_by == day("2026-07-09")
    assert line.complete_on is None
    assert said(line, What.REPLACED)[0].uncertain


# -- R.423-47, R.423-48 -----------------------------------------------------------------------------------------------


def test_a_registered_letter_counts_from_its_first_presentation() -> None:
    assert reception_by_registered_letter(presented=day("2026-04-08")) == day("2026-04-08")


def test_electronic_sending_counts_from_its_consultation_at_the_latest_after_eight_days() -> None:
    assert electronic_reception(day("2026-04-01"), day("2026-04-03")) == day("2026-04-03")
    assert electronic_reception(day("2026-04-01"), None) == day("2026-04-09")
    assert electronic_reception(day("2026-04-01"), day("2026-05-01")) == day("2026-04-09")
    assert not law.the("electronic_days", day("2026-04-01")).uncertain


# -- R.424-1 to R.424-3, R.410-12 -------------------------------------------------------------------------------------


def test_silence_grants() -> None:
    line = read(Kind.PC, "2026-03-10")
    assert (line.silence, said(line, What.TACIT)[0].articles) == (Outcome.GRANTED, ("R.424-1",))


def test_a_declaration_in_a_classified_site_is_not_opposed_by_silence() -> None:
    """CE 26 October 2012, n° 350737: R.424-2 is about permits."""
    assert read(Kind.DP, "2026-03-10", silence_refuses=frozenset({"classified_site"})).outcome == Outcome.GRANTED
    assert read(Kind.PC, "2026-03-10", silence_refuses=frozenset({"classified_site"})).outcome == Outcome.REFUSED


def test_silence_refuses_what_is_assessed_for_the_environment() -> None:
    line = read(Kind.DP, "2026-03-10", silence_refuses=frozenset({"environmental_assessment"}))
    assert (line.outcome, said(line, What.TACIT)[0].articles) == (Outcome.REFUSED, ("R.424-2-1",))


def test_silence_refuses_in_the_listed_cases() -> None:
    line = read(Kind.PC, "2026-03-10", silence_refuses=frozenset({"demolition in a registered site"}))
    assert (line.outcome, said(line, What.TACIT)[0].articles) == (Outcome.REFUSED, ("R.424-2",))


@pytest.mark.parametrize(
    ("opinion", "outcome"),
    [
        (Opinion.FAVOURABLE, Outcome.GRANTED),
        (Opinion.WITH_PRESCRIPTIONS, Outcome.REFUSED),
        (Opinion.UNFAVOURABLE, Outcome.REFUSED),
    ],
)
def test_silence_after_the_architect_s_opinion(opinion: Opinion, outcome: Outcome) -> None:
    assert read(Kind.PC, "2026-03-10", made(ArchitectSaid, "2026-04-20", opinion=opinion)).outcome == outcome


def test_an_opinion_that_comes_too_late_does_not_change_what_silence_means() -> None:
    late = made(ArchitectSaid, "2026-06-11", opinion=Opinion.UNFAVOURABLE)
    assert read(Kind.PC, "2026-03-10", late).outcome == Outcome.GRANTED


def test_a_tacit_certificate_says_so_by_its_article() -> None:
    assert said(read(Kind.CUB, "2026-03-10"), What.TACIT)[0].articles == ("R.410-12",)


# -- the end ----------------------------------------------------------------------------------------------------------


def test_a_decision_notified_on_the_last_day_counts() -> None:
    line = read(Kind.PC, "2026-03-10", made(Decided, "2026-06-10", outcome=Outcome.REFUSED))
    assert (line.outcome, line.tacit, line.ended_on) == (Outcome.REFUSED, False, day("2026-06-10"))


def test_a_refusal_notified_a_day_late_withdraws_a_tacit_permit() -> None:
    line = read(Kind.PC, "2026-03-10", made(Decided, "2026-06-11", outcome=Outcome.REFUSED))
    assert said(line, What.TACIT)[0].on == day("2026-06-11")
    assert (line.outcome, line.tacit) == (Outcome.REFUSED, False)
    assert said(line, What.REFUSED_AFTER_GRANT)[0].effective


def test_a_withdrawn_file_is_never_tacit() -> None:
    line = read(Kind.PC, "2026-03-10", made(Withdrawn, "2026-05-01"))
    assert (line.outcome, line.ended_on) == (Outcome.WITHDRAWN, day("2026-05-01"))


# -- R.424-17, R.424-21, decree 2025-461, L.410-1, R.410-17 -----------------------------------------------------------


def granted(kind: Kind, filed: str, on: str, *events: Event) -> Timeline:
    return read(kind, filed, made(Decided, on, outcome=Outcome.GRANTED), *events)


def test_a_permit_is_valid_three_years() -> None:
    line = granted(Kind.PC, "2026-03-10", "2026-05-20")
    assert line.valid_until == day("2029-05-20")
    assert said(line, What.VALID_UNTIL)[0].articles == ("R.424-17",)


@pytest.mark.parametrize(
    ("filed", "on", "until"),
    [
        ("2020-11-02", "2020-12-31", "2023-12-31"),
        ("2020-11-02", "2021-01-01", "2024-01-01"),  # no more valid on 27 May 2025: nothing to lengthen
        ("2022-04-01", "2022-05-26", "2025-05-26"),
        ("2022-04-01", "2022-05-27", "2026-05-27"),
        ("2022-04-01", "2022-05-28", "2027-05-28"),
        ("2024-04-01", "2024-05-28", "2029-05-28"),
        ("2024-04-01", "2024-05-29", "2027-05-29"),
    ],
)
def test_the_decree_of_2025_lengthens_what_was_granted_between_two_days(filed: str, on: str, until: str) -> None:
    assert granted(Kind.PC, filed, on).valid_until == day(until)


def test_the_decree_of_2025_lengthens_declarations_too() -> None:
    assert granted(Kind.DP, "2023-02-10", "2023-03-01").valid_until == day("2028-03-01")


def test_an_extension_asked_two_months_before_adds_a_year_twice_at_most() -> None:
    asked_for = [made(Extended, on) for on in ("2029-03-20", "2030-03-20", "2031-03-20")]
    line = granted(Kind.PC, "2026-03-10", "2026-05-20", *asked_for)
    assert line.valid_until == day("2031-05-20")
    assert len(said(line, What.NOT_EXTENDED)) == 1


def test_an_extension_asked_too_late_has_no_effect() -> None:
    assert granted(Kind.PC, "2026-03-10", "2026-05-20", made(Extended, "2029-03-21")).valid_until == day("2029-05-20")


def test_five_years_are_not_extended() -> None:
    line = granted(Kind.PC, "2024-01-10", "2024-03-20", made(Extended, "2028-03-20"))
    assert line.valid_until == day("2029-03-20")


def test_a_certificate_holds_eighteen_months_and_a_year_more() -> None:
    assert granted(Kind.CUB, "2026-03-10", "2026-05-05").valid_until == day("2027-11-05")
    line = granted(Kind.CUB, "2026-03-10", "2026-05-05", made(Extended, "2027-09-05"))
    assert line.valid_until == day("2028-11-05")


# -- what is recorded late --------------------------------------------------------------------------------------------


def test_a_piece_recorded_after_the_file_was_rejected_tells_what_it_changes() -> None:
    events = [
        made(Filed, "2026-03-10"),
        asked("2026-04-08", "P"),
        made(DocumentsReceived, "2026-07-01", recorded="2026-08-20", documents=frozenset({"P"})),
    ]
    last = revisions(File(kind=Kind.PCMI), events)[-1]
    told = {change.name: (change.was, change.now) for change in last.changes}
    assert told["outcome"] == (Outcome.REJECTED, None)
    assert told["due_on"] == (None, day("2026-09-01"))


def test_what_changes_nothing_is_told_as_such() -> None:
    events = [made(Filed, "2026-03-10"), longer("2026-05-20", Ground.PROTECTED_SURROUNDINGS)]
    assert revisions(File(kind=Kind.PC), events)[-1].changes == ()


def test_what_was_told_before_a_late_record_is_that_of_the_day_in_paris() -> None:
    """Half past midnight of 3 February in Paris: the file was a tacit permit by then."""
    late = datetime(2026, 2, 2, 23, 30, tzinfo=UTC)
    decided = Decided(key="late", on=day("2026-02-02"), recorded=late, outcome=Outcome.REFUSED)
    last = revisions(File(kind=Kind.DP), [made(Filed, "2026-01-02"), decided])[-1]
    told = {change.name: (change.was, change.now) for change in last.changes}
    assert told["outcome"] == (Outcome.GRANTED, Outcome.REFUSED)
