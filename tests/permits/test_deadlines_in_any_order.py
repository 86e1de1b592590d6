"""What holds for any events: the order of recording does not matter, no late record changes the past in silence."""

import random
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from permits.deadlines.calendar import PARIS, after_months, before_months
from permits.deadlines.clock import Timeline, revisions, timeline
from permits.deadlines.events import (
    Appeal,
    AppealEnded,
    AppealLodged,
    AppealOutcome,
    ArchitectSaid,
    Attested,
    Cause,
    Confirmed,
    Contested,
    Decided,
    DocumentsReceived,
    DocumentsRequested,
    EnteredByHand,
    Event,
    Extended,
    File,
    Filed,
    FilingPosted,
    LongerNotified,
    Opinion,
    Outcome,
    PostedAtTownHall,
    PostedOnSite,
    RemarksReceived,
    Reported,
    RevocationAnnounced,
    Revoked,
    Transmitted,
    Withdrawn,
    WorksFinished,
    WorksResumed,
    WorksStarted,
    WorksStopped,
)
from permits.deadlines.law import Ground, Kind

FILED = date(2026, 3, 10)
LATER = date(2040, 1, 1)
days = st.integers(0, 400).map(lambda more: FILED + timedelta(days=more))
documents = st.frozensets(st.sampled_from("ABC"), min_size=1)
kinds: dict[type[Event], dict[str, st.SearchStrategy[Any]]] = {
    DocumentsRequested: {"documents": documents, "outside_code": st.booleans()},
    DocumentsReceived: {"documents": documents},
    LongerNotified: {"grounds": st.frozensets(st.sampled_from(Ground), min_size=1, max_size=3)},
    EnteredByHand: {
        "article": st.just("R.423-34"), "months": st.integers(1, 9), "reason": st.just("r"), "adds": st.booleans(),
    },
    Reported: {},
    ArchitectSaid: {"opinion": st.sampled_from(Opinion)},
    Decided: {
        "outcome": st.sampled_from([Outcome.GRANTED, Outcome.REFUSED, Outcome.DEFERRED, Outcome.INADMISSIBLE]),
        "months": st.integers(1, 24),
    },
    Withdrawn: {},
    RevocationAnnounced: {"remarks_by": st.none() | days},
    Revoked: {"cause": st.sampled_from(Cause)},
    AppealLodged: {"appeal": st.sampled_from(Appeal)},
    AppealEnded: {"outcome": st.sampled_from(AppealOutcome), "final": st.booleans()},
    WorksFinished: {"survey": st.booleans()},
    **{key: {} for key in (FilingPosted, RemarksReceived)},
    **{key: {} for key in (Confirmed, Extended, Transmitted, PostedAtTownHall, PostedOnSite)},
    **{key: {} for key in (WorksStarted, WorksStopped, WorksResumed, Contested, Attested)},
}  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A filing and up to ten events, each recorded on its day or up to two hundred days later."""
    made: list[Event] = [Filed(key="0", on=FILED, recorded=noon(FILED))]
    for number in range(draw(st.integers(0, 10))):
        kind, on = draw(st.sampled_from(list(kinds))), draw(days)
        more = {name: draw(values) for name, values in kinds[kind].items()}
        if kind is DocumentsRequested:
            more["sent"] = on - timedelta(days=draw(st.integers(0, 8)))
        recorded = noon(on + timedelta(days=draw(st.integers(0, 200))))
        made.append(kind(key=str(number + 1), on=on, recorded=recorded, **more))
    return made


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


files = st.builds(File, kind=st.sampled_from(Kind), silence_refuses=st.sampled_from([frozenset(), frozenset({"site"})]))


@settings(max_examples=300, deadline=None)
@given(files, histories(), st.integers())
def test_no_two_orders_of_recording_disagree(file: File, events: list[Event], seed: int) -> None:
    shuffled = events[:]
    random.Random(seed).shuffle(shuffled)
    instants = [event.recorded for event in shuffled]
    otherwise = [replace(event, recorded=instant) for event, instant in zip(events, instants, strict=True)]
    first, second = timeline(file, events, LATER), timeline(file, otherwise[::-1], LATER)
    assert first == second
    assert first.steps == second.steps


@settings(max_examples=300, deadline=None)
@given(files, histories())
def test_every_change_that_a_late_record_makes_is_told(file: File, events: list[Event]) -> None:
    """Whoever follows the revisions knows, at each instant, what the timeline of what was recorded says."""
    known: list[Event] = []
    former: Timeline | None = None
    for revision in revisions(file, events):
        today = revision.recorded.astimezone(PARIS).date()
        former = timeline(file, known, today) if any(isinstance(one, Filed) for one in known) else None
        known += [event for event in events if event.recorded == revision.recorded]
        if not any(isinstance(one, Filed) for one in known):
            continue
        now = timeline(file, known, today)
        told = {change.name: change.now for change in revision.changes}
        for one in fields(Timeline):
            if one.compare and getattr(former, one.name, None) != getattr(now, one.name):
                assert told[one.name] == getattr(now, one.name)


@settings(max_examples=300, deadline=None)
@given(files, histories())
def test_every_event_stands_in_the_timeline(file: File, events: list[Event]) -> None:
    told = {step.event for step in timeline(file, events, LATER).steps}
    assert told >= {event.key for event in events}


@settings(max_examples=500, deadline=None)
@given(st.dates(date(2008, 1, 1), date(2060, 1, 1)), st.integers(0, 60))
def test_months_go_forth_and_back_within_the_end_of_a_month(day: date, months: int) -> None:
    there = after_months(day, months)
    assert there.day == day.day or (there + timedelta(days=1)).day == 1
    assert before_months(there, months) <= day
