"""The last days that follow a decision: what an instructor is reminded of once a file is open no more. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from permits.deadlines import law
from permits.deadlines.calendar import before_months
from permits.deadlines.law import Effect, Kind
from permits.deadlines.steps import Step, Timeline, What
from permits.deadlines.validity import MOST_EXTENSIONS

LATE_DAYS: Final = 7
"""For how long something that is to be done is told once its last day has passed."""


class LastDay(StrEnum):
    """What ends on such a day."""

    POST = "post"
    TRANSMIT = "transmit"
    REVOKE = "revoke"
    REMARKS = "remarks"
    THIRD_PARTIES = "third_parties"
    EXTEND = "extend"
    LAPSE = "lapse"
    INTERRUPTION = "interruption"
    CONTEST = "contest"
    DEFERRAL = "deferral"
    CONFIRM = "confirm"


DUTIES: Final = frozenset({LastDay.POST, LastDay.TRANSMIT})
"""What the authority has to do: told for a while after its day."""
DAYS: Final[Mapping[What, tuple[LastDay, frozenset[What]]]] = {
    What.POST_BY: (LastDay.POST, frozenset({What.POSTED_AT_TOWN_HALL})),
    What.TRANSMIT_BY: (LastDay.TRANSMIT, frozenset({What.TRANSMITTED})),
    What.REVOCABLE_UNTIL: (LastDay.REVOKE, frozenset()),
    What.REMARKS_BY: (LastDay.REMARKS, frozenset({What.REMARKS})),
    What.THIRD_PARTIES_UNTIL: (LastDay.THIRD_PARTIES, frozenset()),
    What.VALID_UNTIL: (LastDay.LAPSE, frozenset({What.WORKS_STARTED})),
    What.CONTEST_BY: (LastDay.CONTEST, frozenset({What.CONTESTED, What.ATTESTED})),
    What.DEFERRED_UNTIL: (LastDay.DEFERRAL, frozenset()),
    What.CONFIRM_BY: (LastDay.CONFIRM, frozenset()),
}
"""The steps that are such days, and the steps after which nobody is reminded of them."""


@dataclass(frozen=True, slots=True, order=True)
class Following:
    """A last day after a decision."""

    on: date
    name: LastDay


def following(timeline: Timeline, kind: Kind, day: date) -> list[Following]:
    """Those that are not past on a day, the first one first; of duties, those of the last week too.

    None of a certificate: nothing is posted, begun or contested of it.
    """
    if kind.certifies or timeline.outcome is None:
        return []
    made = {one for one in read_days(timeline, kind) if one.on >= day - earlier(one)}
    return sorted(made)


def earlier(one: Following) -> timedelta:
    return timedelta(days=LATE_DAYS if one.name in DUTIES else 0)


def read_days(timeline: Timeline, kind: Kind) -> Iterator[Following]:
    happened = {step.what for step in timeline.steps if step.effective}
    for step in timeline.steps:
        known = DAYS.get(step.what) if step.effective else None
        if known is None or happened & known[1]:
            continue
        yield Following(step.on, known[0])
        if step.what == What.VALID_UNTIL and (ask_by := extension_until(step, kind)):
            yield Following(ask_by, LastDay.EXTEND)
    if works_stand_still(timeline):
        stopped = [step for step in timeline.steps if step.what == What.WORKS_STOPPED]
        yield Following(stopped[-1].values["until"], LastDay.INTERRUPTION)


def extension_until(step: Step, kind: Kind) -> date | None:
    """The last day to ask for an extension of the validity (R.424-21); None where none is possible."""
    granted = step.values["from"]
    valid = next(law.rules_of(Effect.VALID, kind, granted), None)
    extends = next(law.rules_of(Effect.EXTENDS, kind, granted), None)
    never = valid is None or extends is None or valid.name == "five_years_2025"
    if never or step.values["extensions"] >= MOST_EXTENSIONS:
        return None
    return before_months(step.on, law.the("permit_extension_months", granted).months)


def works_stand_still(timeline: Timeline) -> bool:
    """Whether works were interrupted and neither taken up again nor finished, and the permit still holds."""
    works = [step.what for step in timeline.steps if step.what in (What.WORKS_STOPPED, What.WORKS_RESUMED)]
    finished = any(step.what == What.WORKS_FINISHED for step in timeline.steps)
    return bool(works) and works[-1] == What.WORKS_STOPPED and not finished and timeline.lapsed_on is None
