"""What is decided of a file, one act after the other: silence, decisions, withdrawals, appeals and their outcomes.

Each act takes the place of the one before; an act that is withdrawn or annulled gives that place back. A refusal after
a permit is a withdrawal of it (CAA Nantes, 5 April 2013, 11NT03035): it has effect, whatever it lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from permits.deadlines import law
from permits.deadlines.calendar import after_months, next_day
from permits.deadlines.events import (
    GONE,
    Appeal,
    AppealEnded,
    AppealLodged,
    AppealOutcome,
    Cause,
    Confirmed,
    Decided,
    Event,
    Outcome,
    RemarksReceived,
    RevocationAnnounced,
    Revoked,
    Withdrawn,
)
from permits.deadlines.law import Effect, Rule
from permits.deadlines.steps import Reading, What

CONTRADICTORY = ("CRPA L.121-1", "CRPA L.122-1")
FAVOURABLE = Outcome.GRANTED
SUSPENDING = (Appeal.COURT, Appeal.PREFECT)
"""Appeals to a court, which stop the validity of a permit (R.424-19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What no answer becomes on the day `on`, the first after the last day `after`, and by which articles."""

    on: date
    after: date
    outcome: Outcome
    what: What
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What stands since `on`. `dated` is the day of the decision, from which its withdrawal is counted.

    `replaced` is the act that it took the place of, `months` for how long a decision is put off.
    """

    outcome: Outcome
    on: date
    dated: date
    tacit: bool = False
    months: int = 0
    replaced: Act | None = None


class Decisions:
    """The acts of a file in the order in which they count; `current` is the one in force, None while it is open."""

    def __init__(self, reading: Reading, silence: Silence | None, months: int | None) -> None:
        self.reading, self.silence, self.months = reading, silence, months
        self.current: Act | None = None
        self.due: date | None = None
        self.confirmed: date | None = None

    def read(self) -> Act | None:
        """Go through the events; returns the act in force."""
        for event in self.reading.events:
            if handle := HANDLERS.get(type(event)):
                self.keep_silence(event.on)
                handle(self, event)
        self.keep_silence(self.reading.today)
        if self.current and self.current.outcome == Outcome.DEFERRED:
            self.put_off(self.current)
        return self.current

    def keep_silence(self, day: date) -> None:
        """Let silence decide, where it has by this day and nobody else did."""
        silence = self.silence
        if self.current is not None or silence is None or silence.on > min(day, self.reading.today):
            return
        self.current = Act(outcome=silence.outcome, on=silence.on, dated=silence.on, tacit=True)
        self.reading.say(silence.on, silence.what, *silence.articles,
                         values={"outcome": silence.outcome, "after": silence.after})  # fmt: skip

    # -- decisions ----------------------------------------------------------------------------------------------------

    def decide(self, event: Decided) -> None:
        current, values = self.current, {"outcome": event.outcome, **self.same_day(event)}
        if current is None or current.outcome in (*GONE, Outcome.DEFERRED):
            self.enact(event, What.DECIDED, values=values)
        elif current.outcome == Outcome.WITHDRAWN:
            self.come_late(event)
        elif (current.outcome == FAVOURABLE) == (event.outcome == FAVOURABLE):
            values |= {"ended": current.on, "tacit": current.tacit}
            self.reading.say(event.on, What.CONFIRMS, event=event.key, effective=False, uncertain=True, values=values)
        elif event.outcome == FAVOURABLE:
            values |= {"ended": current.on}
            self.enact(event, What.GRANTED_AFTER_REFUSAL, uncertain=True, values=values)
        else:
            self.withdraw_permit(event, What.REFUSED_AFTER_GRANT, current, Cause.ILLEGAL, event.outcome, values)

    def enact(self, event: Decided, what: What, **more: Any) -> None:
        self.current = act_of(event, replaced=self.current)
        self.reading.say(event.on, what, event=event.key, **more)

    def same_day(self, event: Decided) -> dict[str, bool]:
        """Whether other decisions count on its day."""
        others = [one for one in self.reading.of(Decided) if one.on == event.on and one.key != event.key]
        return {"same_day": True} if others else {}

    def give_up(self, event: Withdrawn) -> None:
        if self.current is not None:
            self.come_late(event)
            return
        self.current = Act(outcome=Outcome.WITHDRAWN, on=event.on, dated=event.on)
        self.reading.say(event.on, What.WITHDRAWN, event=event.key, values={"outcome": Outcome.WITHDRAWN})

    def come_late(self, event: Event) -> None:
        assert self.current is not None
        ended = {"ended": self.current.on}
        self.reading.say(event.on, What.AFTER_THE_END, event=event.key, effective=False, values=ended)

    def put_off(self, act: Act) -> None:
        """Until when the decision is put off, and the application may be confirmed (L.424-1)."""
        until = after_months(act.dated, act.months)
        months = law.the("confirmation_months", act.dated).months
        self.reading.say(until, What.DEFERRED_UNTIL, "L.424-1", values={"from": act.dated, "months": act.months})
        self.reading.say(after_months(until, months), What.CONFIRM_BY, "L.424-1",
                         values={"from": until, "months": months})  # fmt: skip

    def confirm(self, event: Confirmed) -> None:
        """The application is before the authority again: a new delay runs, at the end of which silence decides."""
        act = self.current
        if act is None or act.outcome not in (*GONE, Outcome.DEFERRED):
            self.reading.say(event.on, What.CONFIRMED_IN_VAIN, event=event.key, effective=False)
            return
        deferred = act.outcome == Outcome.DEFERRED
        months = law.the("deferred_decision_months", act.dated).months if deferred else self.months or 0
        if deferred:
            until = after_months(after_months(act.dated, act.months), law.the("confirmation_months", act.dated).months)
            if event.on > until:
                self.reading.say(event.on, What.CONFIRMED_LATE, "L.424-1", event=event.key, effective=False,
                                 values={"until": until})  # fmt: skip
                return
        self.due, self.confirmed = after_months(event.on, months), event.on
        articles = ("L.424-1",) if deferred else ()
        self.reading.say(event.on, What.CONFIRMED, *articles, event=event.key, uncertain=True,
                         values={"deferred": deferred, "months": months, "until": self.due})  # fmt: skip
        self.reading.say(self.due, What.DUE, *articles, uncertain=True, values={"months": months, "from": event.on})
        self.current, self.silence = None, self.new_silence(self.due, articles)

    def new_silence(self, due: date, articles: tuple[str, ...]) -> Silence:
        """What silence is at the end of the new delay: as before, but never a rejection for missing pieces."""
        former = self.silence
        outcome = former.outcome if former and former.outcome != Outcome.REJECTED else FAVOURABLE
        articles = articles or (former.articles if former else ())
        return Silence(on=next_day(due), after=due, outcome=outcome, what=What.TACIT, articles=articles)

    # -- withdrawals --------------------------------------------------------------------------------------------------

    def revoke(self, event: Revoked) -> None:
        current = self.current
        if current is None or current.outcome in (Outcome.WITHDRAWN, Outcome.ANNULLED):
            self.reading.say(event.on, What.NOTHING_TO_REVOKE, event=event.key, effective=False)
        elif current.outcome == FAVOURABLE:
            self.withdraw_permit(event, What.REVOKED, current, event.cause, Outcome.REVOKED, {})
        elif former := find_revived_act(current):
            self.revive(event, former, annulled=False)
        else:
            self.current = Act(outcome=Outcome.REVOKED, on=event.on, dated=event.on, replaced=current)
            self.reading.say(event.on, What.REFUSAL_REVOKED, event=event.key, values={"ended": current.on})

    def withdraw_permit(
        self, event: Decided | Revoked, what: What, act: Act, cause: Cause, outcome: Outcome, values: Mapping[str, Any]
    ) -> None:
        """A permit is withdrawn, whatever the withdrawal lacks: it stands until a judge annuls it."""
        rule = revocation_rule(self.reading, act)
        until = after_months(act.dated, rule.months) if rule else None
        flaws = self.flaws(event, act, cause, until)
        articles = {Cause.ILLEGAL: (rule.article if rule else "L.424-5", *CONTRADICTORY), Cause.REQUESTED: ("L.424-5",),
                    Cause.FRAUD: ("CRPA L.241-2", *CONTRADICTORY)}[cause]  # fmt: skip
        known: dict[str, Any] = {"outcome": outcome, "cause": cause, "until": until, "flaws": flaws}
        known |= {"ended": act.on, "dated": act.dated, "tacit": act.tacit}
        uncertain = cause == Cause.ILLEGAL and rule is not None and rule.uncertain
        self.reading.say(event.on, what, *articles, event=event.key, irregular=bool(flaws), uncertain=uncertain,
                         values={**values, **known})  # fmt: skip
        self.current = (
            act_of(event, replaced=act)
            if isinstance(event, Decided)
            else Act(outcome=outcome, on=event.on, dated=event.on, replaced=act)
        )

    def flaws(self, event: Event, act: Act, cause: Cause, until: date | None) -> tuple[str, ...]:
        """What the law asks of such a withdrawal, and is not recorded of this one."""
        if cause == Cause.REQUESTED:
            return ()
        flaws = []
        if cause == Cause.ILLEGAL and until is None:
            flaws.append("not_allowed")
        if cause == Cause.ILLEGAL and until is not None and event.on > until:
            flaws.append("late")
        announced = [one for one in self.reading.of(RevocationAnnounced) if act.on <= one.on <= event.on]
        if not announced:
            flaws.append("unheard")
        elif announced[-1].remarks_by and event.on <= announced[-1].remarks_by:
            flaws.append("before_remarks")
        return tuple(flaws)

    def announce(self, event: RevocationAnnounced) -> None:
        self.reading.say(event.on, What.REVOCATION_ANNOUNCED, *CONTRADICTORY, event=event.key)
        if event.remarks_by:
            self.reading.say(event.remarks_by, What.REMARKS_BY, *CONTRADICTORY, event=event.key,
                             values={"from": event.on})  # fmt: skip

    def hear(self, event: RemarksReceived) -> None:
        self.reading.say(event.on, What.REMARKS, *CONTRADICTORY, event=event.key)

    # -- the courts ---------------------------------------------------------------------------------------------------

    def contest(self, event: AppealLodged) -> None:
        granted = self.current is not None and self.current.outcome == FAVOURABLE
        works = granted and not self.reading.file.kind.certifies
        values = {"appeal": event.appeal, "suspends": works and event.appeal in SUSPENDING}
        self.reading.say(event.on, What.APPEALED, event=event.key, values=values)

    def end_appeal(self, event: AppealEnded) -> None:
        current = self.current
        values = {"outcome": event.outcome, "final": event.final}
        if event.outcome != AppealOutcome.ANNULLED:
            self.reading.say(event.on, What.APPEAL_ENDED, event=event.key, values=values)
        elif current is None or current.outcome in (Outcome.WITHDRAWN, Outcome.ANNULLED):
            self.reading.say(event.on, What.NOTHING_TO_ANNUL, event=event.key, effective=False, values=values)
        elif former := find_revived_act(current):
            self.revive(event, former, annulled=True)
        else:
            self.current = Act(outcome=Outcome.ANNULLED, on=event.on, dated=event.on, replaced=current)
            self.reading.say(event.on, What.ANNULLED, event=event.key, values={**values, "ended": current.on})

    def revive(self, event: Event, former: Act, *, annulled: bool) -> None:
        """The permit that had been withdrawn lives again: the same decision, of the same day."""
        self.current = replace(former)
        values = {"since": former.on, "tacit": former.tacit, "annulled": annulled}
        self.reading.say(event.on, What.REVIVED, event=event.key, uncertain=True, values=values)


def act_of(event: Decided, replaced: Act | None) -> Act:
    return Act(outcome=event.outcome, on=event.on, dated=event.dated, months=event.months, replaced=replaced)


def find_revived_act(act: Act) -> Act | None:
    """The permit that comes back when an act is withdrawn or annulled: the one that this act had withdrawn."""
    former = act.replaced
    return former if former is not None and former.outcome == FAVOURABLE else None


def revocation_rule(reading: Reading, act: Act) -> Rule | None:
    """How long a decision may be withdrawn as illegal; None where the law of its day allowed none."""
    return next(law.rules_of(Effect.REVOCABLE, reading.file.kind, act.dated), None)


HANDLERS: Mapping[type[Event], Callable[[Decisions, Any], None]] = {
    Decided: Decisions.decide,
    Withdrawn: Decisions.give_up,
    Confirmed: Decisions.confirm,
    Revoked: Decisions.revoke,
    RevocationAnnounced: Decisions.announce,
    RemarksReceived: Decisions.hear,
    AppealLodged: Decisions.contest,
    AppealEnded: Decisions.end_appeal,
}
