"""What becomes of a decision: one worked case an article, its dates worked by hand and written as literals."""

from datetime import date
from typing import Any

import pytest

from permits.deadlines.clock import Timeline, What
from permits.deadlines.events import (
    Appeal,
    AppealEnded,
    AppealLodged,
    AppealOutcome,
    Attested,
    Cause,
    Confirmed,
    Contested,
    Decided,
    Event,
    Extended,
    Initial,
    Outcome,
    PostedAtTownHall,
    PostedOnSite,
    RemarksReceived,
    RevocationAnnounced,
    Revoked,
    Transmitted,
    Withdrawn,
    WorksFinished,
    WorksResumed,
    WorksStarted,
    WorksStopped,
)
from permits.deadlines.law import Kind
from tests.permits.test_deadlines import LATER, asked, day, made, read, said


def granted(on: str, signed: str = "") -> Event:
    return made(Decided, on, outcome=Outcome.GRANTED, signed=day(signed) if signed else None)


def refused(on: str, **more: Any) -> Event:
    return made(Decided, on, outcome=Outcome.REFUSED, **more)


def revoked(on: str, cause: Cause = Cause.ILLEGAL) -> Event:
    return made(Revoked, on, cause=cause)


def announced(on: str, remarks_by: str = "") -> Event:
    return made(RevocationAnnounced, on, remarks_by=day(remarks_by) if remarks_by else None)


def annulled(on: str) -> Event:
    return made(AppealEnded, on, outcome=AppealOutcome.ANNULLED)


def flaws(line: Timeline, what: What = What.REVOKED) -> tuple[str, ...]:
    (step,) = said(line, what)
    assert step.effective
    assert step.irregular == bool(step.values["flaws"])
    return tuple(step.values["flaws"])


# -- L.424-5: withdrawal by the authority -----------------------------------------------------------------------------


def test_a_tacit_permit_may_be_withdrawn_for_three_months() -> None:
    """Filed on 5 January, tacit on 6 April."""
    line = read(Kind.PC, "2026-01-05")
    assert (line.ended_on, line.revocable_until) == (day("2026-04-06"), day("2026-07-06"))
    assert said(line, What.REVOCABLE_UNTIL)[0].articles == ("L.424-5",)


@pytest.mark.parametrize(
    ("signed", "received", "until"),
    [
        ("2026-05-18", "2026-05-20", "2026-08-18"),
        ("2027-11-29", "2027-12-02", "2028-02-29"),
        ("2026-11-30", "2026-12-03", "2027-02-28"),
    ],
)
def test_the_three_months_of_an_express_permit_run_from_its_signature(signed: str, received: str, until: str) -> None:
    filed = f"{received[:4]}-{int(received[5:7]) - 1:02d}-01"
    assert read(Kind.PC, filed, granted(received, signed)).revocable_until == day(until)


def test_a_withdrawal_notified_within_three_months_after_the_holder_was_heard_is_regular() -> None:
    line = read(Kind.PC, "2026-01-05", announced("2026-06-10", "2026-06-20"), revoked("2026-07-06"))
    assert (line.outcome, line.tacit, line.ended_on) == (Outcome.REVOKED, False, day("2026-07-06"))
    assert flaws(line) == ()
    assert line.valid_until is None


def test_a_withdrawal_notified_the_day_after_the_third_month_stands_and_is_told_as_illegal() -> None:
    line = read(Kind.PC, "2026-01-05", announced("2026-06-10", "2026-06-20"), revoked("2026-07-07"))
    assert (line.outcome, flaws(line)) == (Outcome.REVOKED, ("late",))


def test_a_withdrawal_without_a_contradictory_procedure_says_so() -> None:
    assert flaws(read(Kind.PC, "2026-01-05", revoked("2026-06-20"))) == ("unheard",)


def test_a_withdrawal_on_the_last_day_for_remarks_comes_too_early() -> None:
    early = read(Kind.PC, "2026-01-05", announced("2026-06-10", "2026-06-20"), revoked("2026-06-20"))
    assert flaws(early) == ("before_remarks",)
    assert flaws(read(Kind.PC, "2026-01-05", announced("2026-06-10", "2026-06-20"), revoked("2026-06-21"))) == ()


def test_remarks_stand_in_the_timeline() -> None:
    line = read(Kind.PC, "2026-01-05", announced("2026-06-10", "2026-06-20"), made(RemarksReceived, "2026-06-18"))
    assert said(line, What.REMARKS_BY)[0].on == day("2026-06-20")
    assert said(line, What.REMARKS)[0].articles == ("CRPA L.121-1", "CRPA L.122-1")


def test_at_the_holder_s_request_there_is_no_last_day() -> None:
    line = read(Kind.PC, "2026-01-05", revoked("2028-02-29", Cause.REQUESTED))
    assert (line.outcome, flaws(line)) == (Outcome.REVOKED, ())


def test_what_was_obtained_by_fraud_is_withdrawn_at_any_time_once_the_holder_was_heard() -> None:
    line = read(Kind.PC, "2026-01-05", announced("2031-01-05"), revoked("2031-03-01", Cause.FRAUD))
    assert flaws(line) == ()
    assert said(line, What.REVOKED)[0].articles[0] == "CRPA L.241-2"
    assert flaws(read(Kind.PC, "2026-01-05", revoked("2031-03-01", Cause.FRAUD))) == ("unheard",)


def test_a_declaration_may_be_withdrawn_since_27_march_2014() -> None:
    before = read(Kind.DP, "2014-03-01", granted("2014-03-26"), announced("2014-04-01"), revoked("2014-05-02"))
    assert (before.outcome, flaws(before)) == (Outcome.REVOKED, ("not_allowed",))
    assert read(Kind.DP, "2014-03-01", granted("2014-03-27")).revocable_until == day("2014-06-27")


def test_a_certificate_follows_the_common_law_of_four_months_which_is_uncertain() -> None:
    line = read(Kind.CUB, "2026-05-01", granted("2026-05-31"))
    (step,) = said(line, What.REVOCABLE_UNTIL)
    assert (step.on, step.uncertain, step.articles) == (day("2026-09-30"), True, ("CRPA L.242-1",))


def test_nothing_is_withdrawn_before_a_decision() -> None:
    line = read(Kind.PC, "2026-01-05", revoked("2026-02-01"), today=day("2026-03-01"))
    assert line.outcome is None
    assert not said(line, What.NOTHING_TO_REVOKE)[0].effective


# -- a refusal after a tacit permit -----------------------------------------------------------------------------------


def test_a_refusal_received_after_a_tacit_permit_withdraws_it() -> None:
    line = read(Kind.PC, "2026-01-05", refused("2026-07-06"))
    assert (line.outcome, line.tacit, line.ended_on) == (Outcome.REFUSED, False, day("2026-07-06"))
    assert flaws(line, What.REFUSED_AFTER_GRANT) == ("unheard",)


def test_a_refusal_received_after_the_three_months_stands_and_is_told_as_illegal() -> None:
    line = read(Kind.PC, "2026-01-05", refused("2026-07-07"))
    assert line.outcome == Outcome.REFUSED
    assert flaws(line, What.REFUSED_AFTER_GRANT) == ("late", "unheard")


def test_a_withdrawn_refusal_makes_the_tacit_permit_live_again_and_a_second_one_is_late() -> None:
    """The days of CAA Nantes, 5 April 2013, 11NT03035: filed on 21 July 2009, refused in October and again in 2010."""
    first = [refused("2009-10-05"), revoked("2010-08-03")]
    line = read(Kind.PCMI, "2009-07-21", *first)
    assert (line.outcome, line.tacit, line.ended_on) == (Outcome.GRANTED, True, day("2009-09-22"))
    assert line.revocable_until == day("2009-12-22")
    again = read(Kind.PCMI, "2009-07-21", *first, refused("2010-08-06"))
    assert again.outcome == Outcome.REFUSED
    late = [step for step in said(again, What.REFUSED_AFTER_GRANT) if "late" in step.values["flaws"]]
    assert [step.on for step in late] == [day("2010-08-06")]


def test_a_refusal_on_the_last_day_is_no_withdrawal() -> None:
    line = read(Kind.PC, "2026-01-05", refused("2026-04-05"))
    assert said(line, What.REFUSED_AFTER_GRANT) == []


def test_a_grant_after_a_tacit_permit_confirms_it_and_moves_no_date() -> None:
    line = read(Kind.PC, "2026-01-05", granted("2026-04-20"))
    assert (line.outcome, line.tacit, line.valid_until) == (Outcome.GRANTED, True, day("2029-04-06"))
    assert not said(line, What.CONFIRMS)[0].effective


def test_a_grant_after_a_refusal_takes_its_place() -> None:
    line = read(Kind.PC, "2026-01-05", refused("2026-03-02"), granted("2026-05-04"))
    assert (line.outcome, line.ended_on) == (Outcome.GRANTED, day("2026-05-04"))
    assert said(line, What.GRANTED_AFTER_REFUSAL)[0].uncertain


def test_of_two_decisions_of_one_day_the_one_signed_last_counts_and_both_are_told() -> None:
    one = Decided(key="9", on=day("2026-03-02"), recorded=granted("2026-03-02").recorded, outcome=Outcome.GRANTED,
                  signed=day("2026-02-27"))  # fmt: skip
    other = Decided(key="10", on=day("2026-03-02"), recorded=one.recorded, outcome=Outcome.REFUSED,
                    signed=day("2026-02-26"))  # fmt: skip
    line = read(Kind.PC, "2026-01-05", one, other)
    assert line.outcome == Outcome.GRANTED
    assert [step.values["same_day"] for step in line.steps if step.event in ("9", "10")] == [True, True]


def test_of_two_decisions_of_one_day_whose_signature_is_not_known_the_last_recorded_counts() -> None:
    at = granted("2026-03-02").recorded
    nine = Decided(key="9", on=day("2026-03-02"), recorded=at, outcome=Outcome.GRANTED)
    ten = Decided(key="10", on=day("2026-03-02"), recorded=at, outcome=Outcome.REFUSED)
    assert read(Kind.PC, "2026-01-05", ten, nine).outcome == Outcome.REFUSED


def test_who_gave_up_gives_up_no_decision() -> None:
    line = read(Kind.PC, "2026-01-05", granted("2026-03-02"), made(Withdrawn, "2026-04-01"))
    assert line.outcome == Outcome.GRANTED
    assert not said(line, What.AFTER_THE_END)[0].effective


# -- annulment, deferral, confirmation --------------------------------------------------------------------------------


def test_an_annulled_permit_is_no_more() -> None:
    line = read(Kind.PC, "2026-01-05", granted("2026-03-02"), annulled("2027-05-11"))
    assert (line.outcome, line.ended_on, line.valid_until) == (Outcome.ANNULLED, day("2027-05-11"), None)


def test_an_annulled_withdrawal_makes_the_permit_live_again() -> None:
    line = read(Kind.PC, "2026-01-05", granted("2026-03-02"), revoked("2026-05-04"), annulled("2027-05-11"))
    assert (line.outcome, line.ended_on) == (Outcome.GRANTED, day("2026-03-02"))
    assert said(line, What.REVIVED)[0].values["annulled"]


def test_a_dismissed_appeal_leaves_the_decision() -> None:
    ended = made(AppealEnded, "2027-05-11", outcome=AppealOutcome.DISMISSED)
    assert read(Kind.PC, "2026-01-05", granted("2026-03-02"), ended).outcome == Outcome.GRANTED


def test_no_tacit_permit_follows_an_annulled_refusal_until_the_applicant_confirms() -> None:
    line = read(Kind.PC, "2026-01-05", refused("2026-03-02"), annulled("2027-01-12"))
    assert (line.outcome, line.tacit) == (Outcome.ANNULLED, False)
    confirmed = made(Confirmed, "2027-01-20")
    asked_again = read(Kind.PC, "2026-01-05", refused("2026-03-02"), annulled("2027-01-12"), confirmed)
    assert (asked_again.due_on, asked_again.ended_on) == (day("2027-04-20"), day("2027-04-21"))
    assert (asked_again.outcome, asked_again.tacit) == (Outcome.GRANTED, True)


def test_no_tacit_permit_follows_a_withdrawn_refusal() -> None:
    line = read(Kind.PC, "2026-01-05", refused("2026-03-02"), revoked("2026-04-01"))
    assert (line.outcome, said(line, What.TACIT)) == (Outcome.REVOKED, [])


def deferred(on: str, months: int, signed: str = "") -> Event:
    return made(Decided, on, outcome=Outcome.DEFERRED, months=months, signed=day(signed) if signed else None)


def test_a_decision_is_put_off_two_years_and_confirmed_within_two_months() -> None:
    line = read(Kind.PC, "2026-01-05", deferred("2026-04-02", 24, "2026-03-31"))
    assert (line.outcome, line.valid_until) == (Outcome.DEFERRED, None)
    assert said(line, What.DEFERRED_UNTIL)[0].on == day("2028-03-31")
    assert said(line, What.CONFIRM_BY)[0].on == day("2028-05-31")


def test_silence_grants_two_months_after_the_confirmation_which_is_uncertain() -> None:
    put_off = deferred("2026-04-02", 24, "2026-03-31")
    line = read(Kind.PC, "2026-01-05", put_off, made(Confirmed, "2028-05-31"))
    assert (line.due_on, line.ended_on, line.outcome) == (day("2028-07-31"), day("2028-08-01"), Outcome.GRANTED)
    assert said(line, What.CONFIRMED)[0].uncertain
    waiting = read(Kind.PC, "2026-01-05", put_off, made(Confirmed, "2028-05-31"), today=day("2028-07-31"))
    assert waiting.outcome is None


def test_a_confirmation_that_comes_late_has_no_effect() -> None:
    line = read(Kind.PC, "2026-01-05", deferred("2026-04-02", 24, "2026-03-31"), made(Confirmed, "2028-06-01"))
    assert line.outcome == Outcome.DEFERRED
    assert not said(line, What.CONFIRMED_LATE)[0].effective


def test_a_deferral_after_a_tacit_permit_is_a_withdrawal_too() -> None:
    line = read(Kind.PC, "2026-01-05", deferred("2026-05-04", 24))
    assert flaws(line, What.REFUSED_AFTER_GRANT) == ("unheard",)


def test_an_inadmissible_application_ends_as_such() -> None:
    line = read(Kind.PC, "2026-01-05", made(Decided, "2026-02-02", outcome=Outcome.INADMISSIBLE))
    assert (line.outcome, line.revocable_until) == (Outcome.INADMISSIBLE, None)


def test_a_rejection_that_is_withdrawn_and_confirmed_runs_again() -> None:
    """Pieces asked for on 12 January did not come until 12 April."""
    events = [asked("2026-01-12", "PC2"), revoked("2026-05-04"), made(Confirmed, "2026-05-11")]
    line = read(Kind.PC, "2026-01-05", *events, today=day("2026-06-01"))
    assert (line.outcome, line.complete_on, line.due_on) == (None, day("2026-05-11"), day("2026-08-11"))


# -- R.424-17, R.424-19: validity, suspended and lost -----------------------------------------------------------------


def appealed(on: str, appeal: Appeal = Appeal.COURT) -> Event:
    return made(AppealLodged, on, appeal=appeal)


def test_an_appeal_suspends_the_validity_until_it_is_decided_for_good() -> None:
    """731 days from 1 July 2026 to 1 July 2028, in a leap year."""
    dismissed = made(AppealEnded, "2028-07-01", outcome=AppealOutcome.DISMISSED)
    waiting = read(Kind.PC, "2026-03-10", granted("2026-05-20"), appealed("2026-07-01"))
    assert (waiting.valid_until, waiting.lapsed_on) == (None, None)
    line = read(Kind.PC, "2026-03-10", granted("2026-05-20"), appealed("2026-07-01"), dismissed)
    assert line.valid_until == day("2031-05-21")


def test_an_outcome_that_can_be_contested_leaves_the_validity_suspended() -> None:
    first = made(AppealEnded, "2028-07-01", outcome=AppealOutcome.DISMISSED, final=False)
    line = read(Kind.PC, "2026-03-10", granted("2026-05-20"), appealed("2026-07-01"), first)
    assert line.valid_until is None


def test_a_gracious_appeal_suspends_nothing() -> None:
    line = read(Kind.PC, "2026-03-10", granted("2026-05-20"), appealed("2026-07-01", Appeal.GRACIOUS))
    assert line.valid_until == day("2029-05-20")


def test_a_permit_lapses_the_day_after_its_last_day_without_works() -> None:
    events = [granted("2026-05-20")]
    assert read(Kind.PC, "2026-03-10", *events, today=day("2029-05-20")).lapsed_on is None
    assert read(Kind.PC, "2026-03-10", *events, today=day("2029-05-21")).lapsed_on == day("2029-05-21")
    assert read(Kind.PC, "2026-03-10", *events, made(WorksStarted, "2029-05-20")).lapsed_on is None


def test_works_begun_after_the_last_day_do_not_save_the_permit() -> None:
    line = read(Kind.PC, "2026-03-10", granted("2026-05-20"), made(WorksStarted, "2029-05-21"))
    assert line.lapsed_on == day("2029-05-21")
    assert said(line, What.WORKS_STARTED)[0].irregular


@pytest.mark.parametrize(
    ("stopped", "lapsed"),
    [("2027-06-01", "2030-05-21"), ("2029-05-20", "2030-05-21"), ("2032-02-29", "2033-03-01")],
)
def test_a_year_without_works_counts_from_the_end_of_the_validity_at_the_earliest(stopped: str, lapsed: str) -> None:
    events = [granted("2026-05-20"), made(WorksStarted, "2027-01-10"), made(WorksStopped, stopped)]
    assert read(Kind.PC, "2026-03-10", *events).lapsed_on == day(lapsed)
    before = date.fromordinal(day(lapsed).toordinal() - 1)
    assert read(Kind.PC, "2026-03-10", *events, today=before).lapsed_on is None


def test_works_that_go_on_within_the_year_save_the_permit() -> None:
    events = [granted("2026-05-20"), made(WorksStarted, "2027-01-10"), made(WorksStopped, "2027-06-01")]
    assert read(Kind.PC, "2026-03-10", *events, made(WorksResumed, "2030-05-20")).lapsed_on is None
    assert read(Kind.PC, "2026-03-10", *events, made(WorksResumed, "2030-05-21")).lapsed_on == day("2030-05-21")


# -- a modification or a transfer -------------------------------------------------------------------------------------


def change(initial: Initial, *events: Event, today: date = LATER) -> Timeline:
    return read(Kind.PC, "2027-02-01", granted("2027-04-01"), *events, today=today, initial=initial)


def test_a_change_follows_the_validity_of_the_initial_permit() -> None:
    initial = Initial(number="PC 1", granted_on=day("2026-05-20"), valid_until=day("2029-05-20"))
    assert change(initial, today=day("2028-01-01")).valid_until == day("2029-05-20")


def test_a_change_is_not_extended_itself() -> None:
    initial = Initial(number="PC 1", granted_on=day("2026-05-20"), valid_until=day("2029-05-20"))
    line = change(initial, made(Extended, "2028-05-20"))
    assert line.valid_until == day("2029-05-20")
    assert said(line, What.NOT_EXTENDED)[0].values["initial"] == "PC 1"


def test_a_change_lapses_with_the_initial_permit() -> None:
    initial = Initial(
        number="PC 1", granted_on=day("2026-05-20"), valid_until=day("2029-05-20"), lapsed_on=day("2029-05-21")
    )
    assert change(initial).lapsed_on == day("2029-05-21")


# -- who is told, and the works ---------------------------------------------------------------------------------------


def test_a_signed_decision_goes_to_the_prefect_within_fifteen_days_and_is_enforceable_then() -> None:
    decided = granted("2026-02-25", "2026-02-20")
    line = read(Kind.PC, "2026-01-05", decided, made(Transmitted, "2026-03-03"))
    assert said(line, What.TRANSMIT_BY)[0].on == day("2026-03-07")
    assert said(line, What.ENFORCEABLE)[0].on == day("2026-03-03")
    assert not said(line, What.TRANSMITTED)[0].irregular
    early = read(Kind.PC, "2026-01-05", decided, made(Transmitted, "2026-02-21"))
    assert said(early, What.ENFORCEABLE)[0].on == day("2026-02-25")


def test_a_decision_is_posted_at_the_town_hall_within_eight_days() -> None:
    line = read(Kind.PC, "2026-01-05", granted("2026-02-25"), made(PostedAtTownHall, "2026-03-06"))
    assert (said(line, What.POST_BY)[0].on, said(line, What.POST_BY)[0].uncertain) == (day("2026-03-05"), True)
    assert said(line, What.POSTED_AT_TOWN_HALL)[0].irregular
    assert not said(read(Kind.PC, "2015-08-01", granted("2015-09-01")), What.POST_BY)[0].uncertain


def test_third_parties_have_two_months_from_the_first_day_of_the_board() -> None:
    line = read(Kind.PC, "2026-09-01", granted("2026-11-02"), made(PostedOnSite, "2026-12-31"))
    assert said(line, What.THIRD_PARTIES_UNTIL)[0].on == day("2027-02-28")


def test_a_board_that_was_put_up_again_begins_the_two_months_anew() -> None:
    boards = [made(PostedOnSite, "2026-11-10"), made(PostedOnSite, "2026-12-01")]
    line = read(Kind.PC, "2026-09-01", granted("2026-11-02"), *boards)
    assert [step.on for step in said(line, What.THIRD_PARTIES_UNTIL)] == [day("2027-02-01")]


@pytest.mark.parametrize(("survey", "until"), [(False, "2027-02-28"), (True, "2027-04-30")])
def test_conformity_is_contested_within_three_or_five_months(survey: bool, until: str) -> None:
    events = [granted("2026-02-25"), made(WorksFinished, "2026-11-30", survey=survey)]
    line = read(Kind.PC, "2026-01-05", *events, made(Contested, until))
    assert said(line, What.CONTEST_BY)[0].on == day(until)
    assert said(line, What.CONTESTED)[0].effective
    late = read(Kind.PC, "2026-01-05", *events, made(Contested, "2027-05-01"))
    assert not said(late, What.CONTESTED_LATE)[0].effective


def test_an_attestation_stands_in_the_timeline() -> None:
    events = [granted("2026-02-25"), made(WorksFinished, "2026-11-30"), made(Attested, "2027-03-15")]
    assert said(read(Kind.PC, "2026-01-05", *events), What.ATTESTED)[0].articles == ("R.462-10",)


def test_a_certificate_is_neither_posted_nor_sent_nor_built() -> None:
    line = read(Kind.CUB, "2026-05-01", granted("2026-05-31"))
    assert not {What.POST_BY, What.TRANSMIT_BY, What.LAPSED} & {step.what for step in line.steps}
    assert line.lapsed_on == day("2027-12-01")
