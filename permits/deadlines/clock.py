"""The timeline of a file: every date with the articles that make it, from its events alone.

The same events give the same timeline, in whatever order they were recorded. What is recorded late may change what was
told before: `revisions` lists every such change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from permits.deadlines import law
from permits.deadlines.calendar import PARIS, after_months, next_day
from permits.deadlines.decisions import Decisions, Silence
from permits.deadlines.events import (
    ArchitectSaid,
    DocumentsReceived,
    DocumentsRequested,
    EnteredByHand,
    Event,
    File,
    Filed,
    FilingPosted,
    LongerNotified,
    Opinion,
    Outcome,
    Reported,
    in_order,
)
from permits.deadlines.law import Effect, Ground, NotCoveredError, Rule, SilenceRefuses
from permits.deadlines.steps import Reading
from permits.deadlines.steps import Step as Step
from permits.deadlines.steps import Timeline as Timeline
from permits.deadlines.steps import What as What
from permits.deadlines.validity import follow

LENGTHENING = (Effect.MORE, Effect.WHOLE, Effect.AFTER_REPORT)
PROLONGING = (Effect.PROLONGS, Effect.PROLONGS_TO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A date or an outcome that a late record changed."""

    name: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What became known at an instant, and what it changed of what was told before."""

    recorded: datetime
    events: tuple[str, ...]
    changes: tuple[Change, ...]


class NothingFiledError(ValueError):
    """A file begins with one filing."""


def timeline(file: File, events: Iterable[Event], today: date) -> Timeline:
    """The timeline of a file as its events give it. Raises NothingFiledError, NotCoveredError (filed before 2007)."""
    return Clock(file, sorted(events, key=in_order), today).read()


class Clock(Reading):
    """The reading of a file's events from its filing to its end."""

    def __init__(self, file: File, events: Sequence[Event], today: date) -> None:
        super().__init__(file, events, today)
        filings = [event for event in events if isinstance(event, Filed)]
        if len(filings) != 1:
            raise NothingFiledError(len(filings))
        self.filed = filings[0].on
        self.notify_by = after_months(self.filed, self.law("first_month").months)
        self.request_by = after_months(self.filed, self.law("request_month").months)

    def read(self) -> Timeline:
        self.say(self.filed, What.FILED, event=self.of(Filed)[0].key)
        values = {"from": self.filed, "months": self.law("first_month").months}
        self.say(self.notify_by, What.NOTIFY_BY, "R.423-18", "R.423-38", values=values)
        for posted in self.of(FilingPosted):
            self.say(posted.on, What.FILING_POSTED, "R.423-6", event=posted.key)
        complete, answer_by = self.completeness()
        months, due = self.delay(complete)
        silence, because = self.silence(due)
        passed = self.end_of_silence(answer_by if complete is None else None, due, silence, because)
        decisions = Decisions(self, passed, months)
        act = decisions.read()
        after = follow(self, act) if act and act.outcome == Outcome.GRANTED else None
        self.note_the_rest()
        return Timeline(
            filed_on=self.filed,
            notify_by=self.notify_by,
            complete_on=complete or decisions.confirmed,
            answer_by=answer_by,
            months=months,
            due_on=decisions.due or due,
            silence=silence,
            outcome=act.outcome if act else None,
            tacit=act.tacit if act else False,
            ended_on=act.on if act else None,
            revocable_until=after.revocable_until if after else None,
            valid_until=after.until if after else None,
            lapsed_on=after.lapsed if after else None,
            steps=tuple(sorted(self.steps, key=lambda step: step.on)),
        )

    def law(self, name: str) -> Rule:
        """Delays are those of the day of filing."""
        return law.the(name, self.filed)

    # -- complete or not ----------------------------------------------------------------------------------------------

    def completeness(self) -> tuple[date | None, date | None]:
        """The day on which the file is complete (R.423-19, -22), and the last day for its missing pieces (R.423-39)."""
        request = self.request()
        if request is None:
            until = {"until": self.notify_by}
            self.say(self.filed, What.DEEMED_COMPLETE, "R.423-19", "R.423-22", values=until)
            return self.filed, None
        months = self.law("answer_months").months
        answer_by = after_months(request.on, months)
        complete = self.all_came(request, answer_by)
        values = {"from": request.on, "months": months, "complete": complete}
        self.say(answer_by, What.ANSWER_BY, "R.423-39", event=request.key, effective=not complete, values=values)
        return complete, answer_by

    def all_came(self, request: DocumentsRequested, answer_by: date) -> date | None:
        """The day on which the last of the pieces that were asked for came in time."""
        missing = set(request.documents)
        for came in self.of(DocumentsReceived):
            if not request.sent <= came.on <= answer_by or not missing & came.documents:
                continue
            missing -= came.documents
            if not missing:
                self.say(came.on, What.COMPLETE, "R.423-19", "R.423-39", event=came.key)
                return came.on
            self.say(came.on, What.CAME, "R.423-39", event=came.key, values={"missing": sorted(missing)})
        return None

    def request(self) -> DocumentsRequested | None:
        """The request for missing pieces that counts: the last one of the first month, for pieces of the code."""
        requests = self.of(DocumentsRequested)
        good = [one for one in requests if not self.objection(one)]
        for one in requests:
            if objection := self.objection(one):
                unsure = objection == What.REQUESTED_OF_CERTIFICATE
                self.say(one.on, objection, "R.423-41", event=one.key, effective=False, uncertain=unsure,
                         values={"until": self.request_by})  # fmt: skip
            elif one is not good[-1]:
                self.say(one.on, What.REPLACED, "R.423-40", event=one.key, effective=False, uncertain=True,
                         values={"by": good[-1].on})  # fmt: skip
            else:
                self.say(one.on, What.REQUESTED, "R.423-38", event=one.key, values={"missing": sorted(one.documents)})
        return good[-1] if good else None

    def objection(self, request: DocumentsRequested) -> What | None:
        """Why a request has no effect."""
        if self.file.kind.certifies:
            return What.REQUESTED_OF_CERTIFICATE
        if request.outside_code:
            return What.REQUESTED_OUTSIDE_CODE
        return What.REQUESTED_LATE if request.on > self.request_by else None

    # -- the delay ----------------------------------------------------------------------------------------------------

    def delay(self, complete: date | None) -> tuple[int | None, date | None]:
        """How many months, and the last day to notify; no day while pieces or the inquiry's report are waited for."""
        rules = self.lengthening()
        (usual,) = law.rules_of(Effect.USUAL, self.file.kind, self.filed)
        months, because = self.longest(usual, rules)
        start: date | None = complete
        if inquiry := next((rule for rule in rules if rule.effect == Effect.AFTER_REPORT), None):
            months, because = inquiry.months, ("R.423-20", inquiry.article)
            start = self.report() if complete else None
        if start is None:
            for one in self.of(EnteredByHand):
                if one.adds:
                    self.by_hand(one, None)
            return months, None
        months, because = self.prolong(start, months, because)
        due = after_months(start, months)
        self.say(due, What.DUE, *because, values={"months": months, "from": start})
        return months, due

    def lengthening(self) -> list[Rule]:
        """The rows that notices of a longer delay bring, of those notified in the first month (R.423-18)."""
        by_name: dict[str, Rule] = {}
        for notice in self.of(LongerNotified):
            rules = list(self.rules_for(notice.grounds, LENGTHENING))
            if not rules and any(self.rules_for(notice.grounds, PROLONGING)):
                continue
            late = notice.on > self.notify_by
            what = What.LONGER_LATE if late else What.LONGER
            articles = sorted({rule.article for rule in rules})
            self.say(notice.on, what, "R.423-18", *articles, event=notice.key, effective=bool(rules) and not late,
                     values={"grounds": sorted(notice.grounds), "until": self.notify_by})  # fmt: skip
            if not late:
                by_name |= {rule.name: rule for rule in rules}
        return list(by_name.values())

    def rules_for(self, grounds: Iterable[Ground], effects: Iterable[Effect]) -> Iterable[Rule]:
        for effect in effects:
            yield from (
                rule for rule in law.rules_of(effect, self.file.kind, self.filed) if rule.grounds & set(grounds)
            )

    def longest(self, usual: Rule, rules: Sequence[Rule]) -> tuple[int, tuple[str, ...]]:
        """The longest of what is notified: more months are never added up (R.423-25)."""
        choices: list[tuple[int, tuple[str, ...]]] = [(usual.months, (usual.article,))]
        choices += [
            (usual.months + one.months, (usual.article, one.article)) for one in rules if one.effect == Effect.MORE
        ]
        choices += [(one.months, (one.article,)) for one in rules if one.effect == Effect.WHOLE]
        for one in self.of(EnteredByHand):
            if one.adds:
                continue
            if self.by_hand(one, self.notify_by):
                choices.append((one.months, (one.article,)))
        return max(choices, key=lambda choice: choice[0])

    def prolong(self, start: date, months: int, because: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
        """What is known only later, and notified before the delay had passed (R.423-34 to -37, R.423-44)."""
        for one in self.events:
            until = after_months(start, months)
            if isinstance(one, EnteredByHand) and one.adds:
                if self.by_hand(one, until):
                    months, because = months + one.months, (*because, one.article)
            elif isinstance(one, LongerNotified) and (rules := list(self.rules_for(one.grounds, PROLONGING))):
                late, articles = one.on > until, sorted({rule.article for rule in rules})
                self.say(one.on, What.PROLONGED_LATE if late else What.PROLONGED, "R.423-44", *articles, event=one.key,
                         effective=not late, values={"grounds": sorted(one.grounds), "until": until})  # fmt: skip
                if not late:
                    months, because = after_rules(months, rules), (*because, *articles)
        return months, because

    def by_hand(self, one: EnteredByHand, until: date | None) -> bool:
        """Whether it was notified in time."""
        late = until is not None and one.on > until
        what = What.BY_HAND_LATE if late else What.BY_HAND
        values = {"months": one.months, "reason": one.reason, "adds": one.adds, "until": until}
        self.say(one.on, what, one.article, event=one.key, effective=not late, values=values)
        return not late

    def report(self) -> date | None:
        reports = self.of(Reported)
        for one in reports:
            self.say(one.on, What.REPORT, "R.423-20", event=one.key)
        return reports[0].on if reports else None

    # -- the end ------------------------------------------------------------------------------------------------------

    def silence(self, due: date | None) -> tuple[Outcome, tuple[str, ...]]:
        """What no answer means, and by which article."""
        refused = False
        for one in self.of(ArchitectSaid):
            good = self.file.kind.certifies or one.opinion == Opinion.FAVOURABLE
            counts = not good and (due is None or one.on <= due)
            refused = refused or counts
            self.say(one.on, What.OPINION, "R.424-3", event=one.key, effective=counts,
                     values={"opinion": one.opinion, "until": due})  # fmt: skip
        if self.file.kind.certifies:
            return Outcome.GRANTED, ("R.410-12",)
        if refused:
            return Outcome.REFUSED, ("R.424-3",)
        if reasons := law.refusing(self.file.kind, self.file.silence_refuses):
            assessed = reasons == {SilenceRefuses.ENVIRONMENTAL_ASSESSMENT}
            return Outcome.REFUSED, ("R.424-2-1" if assessed else "R.424-2",)
        return Outcome.GRANTED, ("R.424-1",)

    def end_of_silence(
        self, answer_by: date | None, due: date | None, silence: Outcome, because: tuple[str, ...]
    ) -> Silence | None:
        """What no answer becomes, and when; None while the delay does not run."""
        if answer_by is not None:
            return Silence(on=next_day(answer_by), after=answer_by, outcome=Outcome.REJECTED, what=What.REJECTED,
                           articles=("R.423-39",))  # fmt: skip
        if due is None:
            return None
        return Silence(on=next_day(due), after=due, outcome=silence, what=What.TACIT, articles=because)


def after_rules(months: int, rules: Iterable[Rule]) -> int:
    """How many months a prolongation makes: some are added, one is the whole of it."""
    for rule in rules:
        months = months + rule.months if rule.effect == Effect.PROLONGS else max(months, rule.months)
    return months


# -- what late records change -----------------------------------------------------------------------------------------


def revisions(file: File, events: Iterable[Event]) -> list[Revision]:
    """What each instant of recording changed of what was told just before it; nothing changes in silence."""
    known: list[Event] = []
    made: list[Revision] = []
    every = sorted(events, key=lambda event: (event.recorded, in_order(event)))
    for instant in dict.fromkeys(event.recorded for event in every):
        fresh = [event for event in every if event.recorded == instant]
        today = instant.astimezone(PARIS).date()
        changes = differences(read_or_none(file, known, today), read_or_none(file, [*known, *fresh], today))
        made.append(Revision(recorded=instant, events=tuple(event.key for event in fresh), changes=tuple(changes)))
        known += fresh
    return made


def read_or_none(file: File, events: Sequence[Event], today: date) -> Timeline | None:
    try:
        return timeline(file, events, today)
    except (NothingFiledError, NotCoveredError):
        return None


def differences(was: Timeline | None, now: Timeline | None) -> Iterable[Change]:
    names = [one.name for one in fields(Timeline) if one.compare]
    pairs = [(name, getattr(was, name, None), getattr(now, name, None)) for name in names]
    return [Change(name=name, was=before, now=after) for name, before, after in pairs if before != after]
