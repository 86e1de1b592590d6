"""The timeline in words: every date is explained, in both languages, from the values that it was counted with."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings

from permits.deadlines.clock import Timeline, What, revisions
from permits.deadlines.events import (
    Appeal,
    AppealLodged,
    ArchitectSaid,
    Decided,
    Event,
    Extended,
    File,
    Filed,
    Initial,
    Opinion,
    Outcome,
    Withdrawn,
)
from permits.deadlines.law import Ground, Kind
from permits.explanations import Explanation, distance, explain
from permits.labels import GROUNDS, describe_changes, effect_label, outcome_label, tacit_label
from permits.procedure import describe_state
from tests.permits.test_deadlines import asked, came, day, longer, made, read, said
from tests.permits.test_deadlines_in_any_order import LATER, files, histories, timeline

PC = Kind.PC
QUIET = (What.OPINION, What.NOTED)
"""They change no date by their nature: nothing is amiss."""


def why(line: Timeline, what: What, kind: Kind = PC, record: Any = None) -> Explanation:
    (step,) = said(line, what)
    with translation.override("fr"):
        return explain(step, kind, record)


def explain_in_french(step: Any) -> str:
    with translation.override("fr"):
        return explain(step, PC).why


@settings(max_examples=200, deadline=None)
@given(files, histories())
def test_every_step_of_any_history_has_a_title_and_a_reason(file: File, events: list[Event]) -> None:
    for language in ("fr", "en"):
        with translation.override(language):
            for step in timeline(file, events, LATER).steps:
                told = explain(step, file.kind)
                assert told.title
                assert told.why
                assert "%(" not in told.title + told.why
                assert step.effective or step.what in QUIET or told.why.startswith(("Sans effet", "Without effect"))


def test_the_last_day_is_explained_by_what_was_counted() -> None:
    told = why(read(PC, "2026-01-05"), What.DUE)
    assert told.why.startswith(
        "3 mois à partir du 5 janvier 2026. Le demandeur doit avoir reçu la décision avant minuit"
    )
    assert "quantième à quantième" in told.why
    assert told.articles == ("R.423-23 c",)


def test_a_request_that_came_late_says_until_when_it_had_to_come() -> None:
    told = why(read(PC, "2026-01-05", asked("2026-02-06", "PC2")), What.REQUESTED_LATE)
    assert told.title == "Pièces manquantes demandées trop tard"
    assert told.why.startswith("Sans effet : une demande doit être reçue jusqu’au 5 février 2026")


def test_a_replaced_request_names_the_one_that_counts_and_is_unsure() -> None:
    told = why(read(PC, "2026-01-05", asked("2026-01-10", "PC2"), asked("2026-01-20", "PC3")), What.REPLACED)
    assert "20 janvier 2026" in told.why
    assert "à confirmer" in told.why


def test_a_request_outside_the_code_says_so() -> None:
    told = why(read(PC, "2026-01-05", asked("2026-01-10", "PC99", outside_code=True)), What.REQUESTED_OUTSIDE_CODE)
    assert told.why.startswith("Sans effet : une pièce que le code ne prévoit pas")


def test_what_still_misses_is_named() -> None:
    line = read(PC, "2026-01-05", asked("2026-01-10", "PC2", "PC3"), came("2026-01-20", "PC2"))
    assert "PC3" in why(line, What.CAME).why
    assert "PC2" not in why(line, What.CAME).why


def test_a_longer_delay_names_its_grounds() -> None:
    line = read(PC, "2026-01-05", longer("2026-01-20", Ground.PROTECTED_SURROUNDINGS))
    assert "Abords de monument historique" in why(line, What.LONGER).why
    late = read(PC, "2026-01-05", longer("2026-02-20", Ground.PROTECTED_SURROUNDINGS))
    assert "Sans effet : une majoration doit être reçue jusqu’au 5 février 2026" in why(late, What.LONGER_LATE).why


def test_a_ground_that_no_article_knows_for_the_kind_is_without_effect() -> None:
    line = read(Kind.DP, "2026-01-05", longer("2026-01-20", Ground.COMMISSION))
    assert "aucun article ne majore" in why(line, What.LONGER, Kind.DP).why


def test_silence_says_what_it_means_and_since_when() -> None:
    told = why(read(PC, "2026-01-05"), What.TACIT)
    assert told.title == "Permis tacite"
    assert "avant la fin du 5 avril 2026" in told.why
    assert why(read(Kind.DP, "2026-01-05"), What.TACIT, Kind.DP).title == "Non-opposition tacite"
    refused = made(ArchitectSaid, "2026-02-01", opinion=Opinion.UNFAVOURABLE)
    assert why(read(PC, "2026-01-05", refused), What.TACIT).title == "Refus implicite"


def test_what_comes_after_the_end_says_when_the_end_was() -> None:
    line = read(PC, "2026-01-05", made(Withdrawn, "2026-05-01"))
    told = why(line, What.AFTER_THE_END, record=SimpleNamespace(what="withdrawn", detail={}))
    assert told.title == "Demande retirée"
    assert told.why == "Sans effet : le dossier était terminé depuis le 6 avril 2026."


def test_a_refusal_after_a_tacit_permit_says_what_it_does_and_what_it_lacks() -> None:
    told = why(read(PC, "2026-01-05", made(Decided, "2026-07-07", outcome=Outcome.REFUSED)), What.REFUSED_AFTER_GRANT)
    assert told.title == "Refusé après une décision tacite : vaut retrait"
    assert "la retire (CAA Nantes, 5 avril 2013" in told.why
    assert "reçu jusqu’au 6 juillet 2026" in told.why
    assert "Irrégulier : il est illégal, car notifié après le 6 juillet 2026, dernier jour ; aucune" in told.why
    assert "sans effet" not in told.why.lower()
    assert told.articles == ("L.424-5", "CRPA L.121-1", "CRPA L.122-1")


def test_two_decisions_of_one_day_are_told() -> None:
    grant = made(Decided, "2026-03-02", outcome=Outcome.GRANTED)
    refusal = replace(made(Decided, "2026-03-02", outcome=Outcome.REFUSED), key="other")
    line = read(PC, "2026-01-05", grant, refusal)
    told = [explain_in_french(step) for step in line.steps if step.event in (grant.key, "other")]
    assert len(told) == 2
    assert all("Deux décisions comptent de ce jour" in one for one in told)


@pytest.mark.parametrize(
    ("appeal", "word"), [(Appeal.COURT, "la validité est suspendue"), (Appeal.GRACIOUS, "ne déplace aucune date")]
)
def test_an_appeal_says_what_it_suspends(appeal: Appeal, word: str) -> None:
    grant = made(Decided, "2026-03-02", outcome=Outcome.GRANTED)
    line = read(PC, "2026-01-05", grant, made(AppealLodged, "2026-04-01", appeal=appeal))
    assert word in why(line, What.APPEALED).why


def test_a_change_says_what_it_follows() -> None:
    initial = Initial(number="PC 045 901 26 00001", granted_on=day("2026-05-20"), valid_until=day("2029-05-20"))
    line = read(PC, "2026-06-01", made(Decided, "2026-07-01", outcome=Outcome.GRANTED), initial=initial)
    assert "il suit PC 045 901 26 00001, accordé le 20 mai 2026" in why(line, What.FOLLOWS_INITIAL).why


def test_the_architect_s_opinion_is_not_said_to_be_given_to_the_applicant() -> None:
    line = read(PC, "2026-01-05", made(ArchitectSaid, "2026-02-01", opinion=Opinion.UNFAVOURABLE))
    record = SimpleNamespace(what="architect_said", detail={"channel": "hand"})
    assert why(line, What.OPINION, record=record).why.startswith("Reçu à temps")


def test_an_opinion_on_a_certificate_changes_nothing() -> None:
    line = read(Kind.CUB, "2026-01-05", made(ArchitectSaid, "2026-02-01", opinion=Opinion.UNFAVOURABLE))
    assert "ne change pas" in why(line, What.OPINION, Kind.CUB).why


@pytest.mark.parametrize(
    ("days", "word"),
    [
        (["2029-02-01"], "jusqu’au 10 janvier 2029, deux mois avant"),
        (["2028-11-10", "2029-11-10", "2030-11-10"], "deux fois au plus"),
        (["2026-01-06"], "avant l’accord"),
    ],
)
def test_an_extension_in_vain_says_why(days: list[str], word: str) -> None:
    granted = made(Decided, "2026-03-10", outcome=Outcome.GRANTED)
    line = read(PC, "2026-01-05", granted, *(made(Extended, one) for one in days))
    assert word in why(line, What.NOT_EXTENDED).why


@pytest.mark.parametrize(
    ("detail", "word", "article"),
    [
        ({"channel": "hand", "sent": "2026-01-10"}, "en main propre", None),
        ({"channel": "registered", "sent": "2026-01-08", "presented": "2026-01-10"}, "10 janvier 2026", "R.423-47"),
        ({"channel": "electronic", "sent": "2026-01-02", "consulted": None}, "non consulté", "R.423-48"),
        ({"channel": "electronic", "sent": "2026-01-08", "consulted": "2026-01-10"}, "consulté le 10", "R.423-48"),
    ],
)
def test_an_act_says_how_it_was_sent(detail: dict[str, Any], word: str, article: str | None) -> None:
    record = SimpleNamespace(what="pieces_asked", detail={"pieces": ["PC2"], **detail})
    told = why(read(PC, "2026-01-05", asked("2026-01-10", "PC2")), What.REQUESTED, record=record)
    assert word in told.why
    assert article is None or article in told.articles


def test_a_late_record_tells_what_it_changed() -> None:
    events = [made(Filed, "2026-01-05"), longer("2026-01-20", Ground.COMMISSION, recorded="2026-02-20")]
    last = revisions(File(kind=PC), events)[-1]
    with translation.override("fr"):
        told = describe_changes(last.changes, PC)
    assert "dernier jour pour notifier la décision : 5 avril 2026 → 5 juin 2026" in told


@pytest.mark.parametrize(
    ("on", "word"),
    [
        ("2026-01-05", "aujourd’hui"),
        ("2026-01-06", "demain"),
        ("2026-02-05", "dans 31 jours"),
        ("2028-06-01", "dans plus de 2 ans"),
        ("2026-01-04", "il y a 1 jour"),
        ("2024-01-01", "il y a plus de 2 ans"),
    ],
)
def test_how_far_a_day_is(on: str, word: str) -> None:
    with translation.override("fr"):
        assert distance(day(on), day("2026-01-05")) == word


def test_every_ground_has_words_and_an_effect_for_a_permit() -> None:
    assert set(GROUNDS) == set(Ground)
    with translation.override("fr"):
        assert all(effect_label(ground, PC, day("2026-01-05")) for ground in Ground)
        assert effect_label(Ground.COMMISSION, Kind.DP, day("2026-01-05")) is None
        assert effect_label(Ground.PUBLIC_BUILDING, PC, day("2026-01-05")) == ("5 mois en tout", "R.423-28")


@pytest.mark.parametrize("kind", Kind)
def test_every_outcome_has_words_for_every_kind(kind: Kind) -> None:
    for outcome in Outcome:
        assert outcome_label(outcome, kind)
        assert outcome == Outcome.WITHDRAWN or tacit_label(outcome, kind)


@pytest.mark.parametrize("kind", [Kind.CUA, Kind.CUB])
@pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.REFUSED])
def test_a_certificate_is_said_to_end_as_it_is_said_to_stand(kind: Kind, outcome: Outcome) -> None:
    assert outcome_label(outcome, kind) == describe_state(kind, outcome)
