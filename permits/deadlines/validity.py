"""What follows a decision that was granted: until when it may be withdrawn and holds, who must be told, the works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from permits.deadlines import law
from permits.deadlines.calendar import after_months, before_months, next_day
from permits.deadlines.decisions import SUSPENDING, Act, revocation_rule
from permits.deadlines.events import (
    AppealEnded,
    AppealLodged,
    Attested,
    Contested,
    Extended,
    Initial,
    PostedAtTownHall,
    PostedOnSite,
    Transmitted,
    WorksFinished,
    WorksResumed,
    WorksStarted,
    WorksStopped,
)
from permits.deadlines.law import Effect, Rule
from permits.deadlines.steps import Reading, What

MOST_EXTENSIONS = 2
YEAR = 12
STILL_VALID_ON = date(2025, 5, 27)
"""The decree 2025-461 lengthens what was valid on this day, its extensions counted."""
INTERRUPTION = ("R.424-17", "CE, 10 May 2017, n° 399405")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Last days to withdraw a decision and to begin its works; `lapsed` since when it holds no more."""

    revocable_until: date | None
    until: date | None
    lapsed: date | None


def follow(reading: Reading, act: Act) -> Validity:
    """What follows a decision that was granted, on the day of the reading."""
    rule = revocation_rule(reading, act)
    revocable = after_months(act.dated, rule.months) if rule else None
    if rule and revocable:
        reading.say(revocable, What.REVOCABLE_UNTIL, rule.article, uncertain=rule.uncertain,
                    values={"from": act.dated, "months": rule.months})  # fmt: skip
    if reading.file.initial:
        until, lapsed = follow_initial(reading, act, reading.file.initial)
    else:
        until = Lasting(reading, act).read()
        lapsed = lapse(reading, act, until)
    if not reading.file.kind.certifies:
        publicise(reading, act)
        complete(reading)
    return Validity(revocable_until=revocable, until=until, lapsed=lapsed)


# -- how long it holds ------------------------------------------------------------------------------------------------


class Lasting:
    """The day until which works must begin, or the certificate holds: extended, and suspended by appeals."""

    def __init__(self, reading: Reading, act: Act) -> None:
        self.reading, self.granted = reading, act.on
        self.until: date | None = None
        self.count, self.appeals = 0, 0
        self.suspended_on: date | None = None
        self.days = 0
        self.months, self.more = 0, 0

    def read(self) -> date | None:
        """The last day; None where no row covers the decision, or while a court has not decided."""
        rule = next(law.rules_of(Effect.VALID, self.reading.file.kind, self.granted), None)
        if rule is None:
            return None
        self.more = YEAR if rule.name == "one_year_more_2025" else 0
        self.months = rule.months - self.more
        self.until, self.articles, self.uncertain = (
            after_months(self.granted, self.months),
            ["R.424-17" if self.more else rule.article],
            rule.uncertain,
        )
        for event in self.reading.events:
            if event.on > STILL_VALID_ON:
                self.lengthen(rule)
            match event:
                case Extended():
                    self.extend(event, rule)
                case AppealLodged() if event.appeal in SUSPENDING:
                    self.suspend(event)
                case AppealEnded() if event.final:
                    self.resume(event)
        self.lengthen(rule)
        if self.suspended_on:
            self.reading.say(self.suspended_on, What.SUSPENDED, "R.424-19", values={"until": self.until})
            return None
        values = {"from": self.granted, "months": self.months, "extensions": self.count, "suspended": self.days}
        self.reading.say(self.until, What.VALID_UNTIL, *dict.fromkeys(self.articles), uncertain=self.uncertain,
                         values=values)  # fmt: skip
        return self.until

    def lengthen(self, rule: Rule) -> None:
        """Add, once, the year that the decree gives to what was valid on its day."""
        assert self.until is not None
        if self.more and (self.suspended_on or self.until >= STILL_VALID_ON):
            self.until, self.months = after_months(self.until, self.more), rule.months
            self.articles.append(rule.article)
        self.more = 0

    def extend(self, one: Extended, rule: Rule) -> None:
        assert self.until is not None
        kind = self.reading.file.kind
        extends = next(law.rules_of(Effect.EXTENDS, kind, self.granted), None)
        limit = law.the("certificate_extension_months" if kind.certifies else "permit_extension_months", self.granted)
        never = extends is None or rule.name == "five_years_2025"
        ask_by = before_months(self.until, limit.months)
        good = not never and self.count < MOST_EXTENSIONS and self.granted <= one.on <= ask_by
        article = extends.article if extends else rule.article
        values = {"never": never, "count": self.count, "from": self.granted, "until": ask_by}
        self.reading.say(one.on, What.EXTENDED if good else What.NOT_EXTENDED, article, event=one.key, effective=good,
                         uncertain=limit.uncertain, values=values)  # fmt: skip
        if good and extends is not None:
            self.until, self.count = after_months(self.until, extends.months), self.count + 1
            self.uncertain = self.uncertain or extends.uncertain
            self.articles.append(article)

    def suspend(self, event: AppealLodged) -> None:
        """A court stops the clock until nothing more can be brought against its decision (R.424-19)."""
        if self.reading.file.kind.certifies or self.until is None or not self.granted <= event.on <= self.until:
            return
        self.appeals += 1
        self.suspended_on = self.suspended_on or event.on

    def resume(self, event: AppealEnded) -> None:
        if self.suspended_on is None or self.until is None:
            return
        self.appeals -= 1
        if self.appeals <= 0:
            days = (event.on - self.suspended_on).days
            self.until, self.days, self.appeals = self.until + timedelta(days), self.days + days, 0
            self.articles.append("R.424-19")
            self.suspended_on = None


def follow_initial(reading: Reading, act: Act, initial: Initial) -> tuple[date | None, date | None]:
    """The validity of the permit that is modified or transferred; it is asked for there, and lost with it."""
    until = None if initial.begun else initial.valid_until
    known = {"number": initial.number, "from": initial.granted_on, "until": until, "begun": initial.begun}
    reading.say(until or act.on, What.FOLLOWS_INITIAL, values=known)
    for one in reading.of(Extended):
        reading.say(one.on, What.NOT_EXTENDED, "R.424-21", event=one.key, effective=False,
                    values={"initial": initial.number})  # fmt: skip
    if initial.gone and initial.gone_on:
        reading.say(initial.gone_on, What.INITIAL_ENDED, values={"number": initial.number, "outcome": initial.gone})
    for started in reading.of(WorksStarted):
        reading.say(started.on, What.WORKS_STARTED, "R.424-16", event=started.key)
    return until, initial.lapsed_on


# -- works ------------------------------------------------------------------------------------------------------------


def lapse(reading: Reading, act: Act, until: date | None) -> date | None:
    """Since when the permit has lapsed: no works by its last day, or a year without works after it (R.424-17)."""
    started = [one for one in reading.of(WorksStarted) if one.on >= act.on]
    for one in started:
        late = until is not None and one.on > until
        reading.say(one.on, What.WORKS_STARTED, "R.424-16", event=one.key, irregular=late, values={"until": until})
    if until is None:
        return None
    if not any(one.on <= until for one in started):
        return without_works(reading, until)
    return lapse_by_interruption(reading, until)


def without_works(reading: Reading, until: date) -> date | None:
    lapsed = next_day(until)
    if lapsed > reading.today:
        return None
    if not reading.file.kind.certifies:
        reading.say(lapsed, What.LAPSED, "R.424-17", values={"after": until})
    return lapsed


def lapse_by_interruption(reading: Reading, until: date) -> date | None:
    """The first year that passed without works, counted from the end of the validity at the earliest."""
    months = law.the("interruption_months", until).months
    stopped: date | None = None
    lapsed: date | None = None
    for event in reading.events:
        if isinstance(event, WorksStopped) and stopped is None:
            stopped = event.on
            reading.say(event.on, What.WORKS_STOPPED, *INTERRUPTION, event=event.key,
                        values={"until": after_months(max(stopped, until), months)})  # fmt: skip
        elif isinstance(event, WorksResumed | WorksFinished) and stopped is not None:
            if isinstance(event, WorksResumed):
                reading.say(event.on, What.WORKS_RESUMED, event=event.key)
            lapsed, stopped = lapsed or lapse_day(stopped, until, months, event.on), None
    if stopped is not None:
        lapsed = lapsed or lapse_day(stopped, until, months, reading.today)
    if lapsed:
        reading.say(lapsed, What.LAPSED, *INTERRUPTION, values={"months": months, "until": until})
    return lapsed


def lapse_day(stopped: date, until: date, months: int, day: date) -> date | None:
    """The day after a year without works, if it has come by a day."""
    lapsed = next_day(after_months(max(stopped, until), months))
    return lapsed if lapsed <= day else None


def complete(reading: Reading) -> None:
    """The declaration of completion, until when it may be contested, and whether it was (R.462-6)."""
    finished = reading.of(WorksFinished)
    contest_by: date | None = None
    for one in finished:
        reading.say(one.on, What.WORKS_FINISHED, "L.462-1", event=one.key)
        months = law.the("survey_contest_months" if one.survey else "contest_months", one.on).months
        contest_by = after_months(one.on, months)
        articles = ("R.462-6", "R.462-7") if one.survey else ("R.462-6",)
        reading.say(contest_by, What.CONTEST_BY, *articles, event=one.key, values={"from": one.on, "months": months})
    for contest in reading.of(Contested) if finished else ():
        late = contest_by is not None and contest.on > contest_by
        reading.say(contest.on, What.CONTESTED_LATE if late else What.CONTESTED, "R.462-6", event=contest.key,
                    effective=not late, values={"until": contest_by})  # fmt: skip
    for attested in reading.of(Attested) if finished else ():
        reading.say(attested.on, What.ATTESTED, "R.462-10", event=attested.key)


# -- who is told ------------------------------------------------------------------------------------------------------


def publicise(reading: Reading, act: Act) -> None:
    """The prefect, the town hall's board, the board on the ground: what is due, and what was done."""
    transmit(reading, act, [one for one in reading.of(Transmitted) if one.on >= act.dated])
    post_by = law.the("post_days", act.on)
    until = act.on + timedelta(post_by.days)
    reading.say(until, What.POST_BY, post_by.article, uncertain=post_by.uncertain,
                values={"from": act.on, "days": post_by.days})  # fmt: skip
    for one in reading.of(PostedAtTownHall):
        if one.on >= act.dated:
            reading.say(one.on, What.POSTED_AT_TOWN_HALL, post_by.article, event=one.key, irregular=one.on > until,
                        values={"until": until})  # fmt: skip
    boards = [one for one in reading.of(PostedOnSite) if one.on >= act.dated]
    for board in boards:
        reading.say(board.on, What.POSTED_ON_SITE, post_by.article, "R.600-2", event=board.key)
    if boards:
        months = law.the("third_party_months", boards[-1].on).months
        reading.say(after_months(boards[-1].on, months), What.THIRD_PARTIES_UNTIL, "R.600-2", event=boards[-1].key,
                    values={"from": boards[-1].on, "months": months})  # fmt: skip


def transmit(reading: Reading, act: Act, sent: Sequence[Transmitted]) -> None:
    """A decision that was signed goes to the prefect, and may be carried out once it is there (L.424-7)."""
    if act.tacit:
        return
    rule = law.the("transmission_days", act.on)
    until = act.dated + timedelta(rule.days)
    reading.say(until, What.TRANSMIT_BY, "L.424-7", rule.article, uncertain=rule.uncertain,
                values={"from": act.dated, "days": rule.days})  # fmt: skip
    for one in sent:
        reading.say(one.on, What.TRANSMITTED, "L.424-7", rule.article, event=one.key, irregular=one.on > until,
                    values={"until": until})  # fmt: skip
    if sent:
        reading.say(max(act.on, sent[0].on), What.ENFORCEABLE, "L.424-7",
                    values={"notified": act.on, "sent": sent[0].on})  # fmt: skip
