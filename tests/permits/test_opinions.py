"""Opinions of the bodies that are asked, article by article; dates are computed by hand."""

from datetime import date

import pytest

from permits.deadlines.events import Opinion
from permits.deadlines.law import Kind
from permits.deadlines.opinions import (
    OPINION_RULES,
    OPINIONS_NOT_COVERED,
    Body,
    KnownOpinion,
    OpinionStatus,
    Protection,
    due_on,
    opinion_on,
    rule_for,
)
from permits.models import Consultation

FILED = date(2026, 1, 5)
SURROUNDINGS = {Protection.SURROUNDINGS}
REGISTERED = {Protection.REGISTERED_SITE}
CLASSIFIED = {Protection.CLASSIFIED_SITE}


def told(body: Body, kind: Kind, protections: set[Protection] | None = None, filed: date = FILED) -> object:
    rule = rule_for(body, kind, filed, protections or set())
    return rule and (rule.article, rule.months, rule.silence.value)


@pytest.mark.parametrize("body", [one for one in Body if one != Body.ABF])
@pytest.mark.parametrize("kind", [Kind.DP, Kind.PD, Kind.PCMI, Kind.PC, Kind.PA])
def test_a_body_has_a_month_and_its_silence_is_favourable(body: Body, kind: Kind) -> None:
    assert told(body, kind) == ("R.423-59", 1, "favourable")


@pytest.mark.parametrize("kind", [Kind.PD, Kind.PCMI, Kind.PC, Kind.PA])
def test_the_architect_has_two_months_for_a_permit_in_protected_surroundings(kind: Kind) -> None:
    assert told(Body.ABF, kind, SURROUNDINGS) == ("R.423-67", 2, "favourable")


def test_the_architect_has_one_month_for_a_declaration() -> None:
    assert told(Body.ABF, Kind.DP, SURROUNDINGS) == ("R.423-59", 1, "favourable")


@pytest.mark.parametrize("protections", [REGISTERED, CLASSIFIED])
def test_the_architect_has_two_months_for_a_building_permit_in_a_site(protections: set[Protection]) -> None:
    assert told(Body.ABF, Kind.PC, protections) == ("R.423-67", 2, "favourable")


def test_the_architect_s_silence_refuses_a_demolition_in_a_registered_site() -> None:
    assert told(Body.ABF, Kind.PD, REGISTERED) == ("R.423-67-2", 2, "unfavourable")
    assert told(Body.ABF, Kind.PD, REGISTERED | SURROUNDINGS) == ("R.423-67-2", 2, "unfavourable")
    assert told(Body.ABF, Kind.PD, CLASSIFIED) == ("R.423-67", 2, "favourable")


def test_the_architect_s_delays_before_the_text_that_was_read_are_entered_by_hand() -> None:
    assert told(Body.ABF, Kind.PC, SURROUNDINGS, date(2019, 12, 31)) is None
    assert told(Body.ABF, Kind.DP, SURROUNDINGS, date(2019, 12, 31)) is None


def test_a_month_for_an_operational_certificate_is_uncertain() -> None:
    rule = rule_for(Body.WATER, Kind.CUB, FILED)
    assert rule is not None
    assert (rule.article, rule.months, rule.uncertain) == ("R.410-10", 1, True)


def test_an_information_certificate_has_no_delay_here() -> None:
    assert rule_for(Body.WATER, Kind.CUA, FILED) is None


def test_a_file_older_than_the_code_has_no_delay_here() -> None:
    assert rule_for(Body.ROADS, Kind.PC, date(2007, 9, 30)) is None


def test_an_article_has_a_value_or_is_named_as_not_covered() -> None:
    assert not {rule.article for rule in OPINION_RULES} & {article for article, _why in OPINIONS_NOT_COVERED}


def test_each_value_says_where_it_was_read() -> None:
    assert all(rule.source for rule in OPINION_RULES)
    assert {rule.name for rule in OPINION_RULES if rule.source == "not read in a source"} == {
        rule.name for rule in OPINION_RULES if rule.uncertain
    }


def test_the_delay_runs_from_date_to_date_from_the_receipt() -> None:
    assert due_on(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert due_on(date(2026, 3, 15), 2) == date(2026, 5, 15)


DUE = date(2026, 3, 15)


def test_the_last_day_still_belongs_to_the_body() -> None:
    assert opinion_on(DUE, due=DUE, silence=Opinion.FAVOURABLE) == KnownOpinion(OpinionStatus.WAITING)


def test_silence_speaks_from_the_next_day_on() -> None:
    answer = opinion_on(date(2026, 3, 16), due=DUE, silence=Opinion.FAVOURABLE)
    assert answer == KnownOpinion(OpinionStatus.TACIT, Opinion.FAVOURABLE, date(2026, 3, 16))


def test_silence_of_which_nothing_is_known_is_an_answer_that_is_overdue() -> None:
    assert opinion_on(date(2026, 3, 16), due=DUE, silence=None) == KnownOpinion(OpinionStatus.OVERDUE)


def test_an_answer_in_time_is_the_opinion() -> None:
    answer = opinion_on(
        date(2026, 4, 1), due=DUE, silence=Opinion.FAVOURABLE, answered=DUE, opinion=Opinion.UNFAVOURABLE
    )
    assert answer == KnownOpinion(OpinionStatus.ANSWERED, Opinion.UNFAVOURABLE, DUE)


def test_an_answer_after_the_delay_is_told_to_be_late() -> None:
    late = date(2026, 3, 16)
    answer = opinion_on(late, due=DUE, silence=Opinion.FAVOURABLE, answered=late, opinion=Opinion.UNFAVOURABLE)
    assert answer.status == OpinionStatus.ANSWERED_LATE


def test_the_register_knows_the_same_bodies() -> None:
    assert {one.value for one in Consultation.Body} == {one.value for one in Body}
