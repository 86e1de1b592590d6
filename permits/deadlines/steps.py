"""What a timeline is made of: its steps, what each of them says, and the reading that adds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from permits.deadlines.events import Event, File, Outcome


class What(StrEnum):
    """What a step of the timeline says."""

    FILED = "filed"
    DEEMED_COMPLETE = "deemed_complete"
    REQUESTED = "asked"
    REQUESTED_LATE = "asked_late"
    REQUESTED_OUTSIDE_CODE = "asked_outside_code"
    REQUESTED_OF_CERTIFICATE = "asked_of_certificate"
    REPLACED = "replaced"
    CAME = "came"
    COMPLETE = "complete"
    ANSWER_BY = "answer_by"
    REJECTED = "rejected"
    LONGER = "longer"
    LONGER_LATE = "longer_late"
    PROLONGED = "prolonged"
    PROLONGED_LATE = "prolonged_late"
    BY_HAND = "by_hand"
    BY_HAND_LATE = "by_hand_late"
    REPORT = "report"
    FILING_POSTED = "filing_posted"
    OPINION = "opinion"
    NOTIFY_BY = "notify_by"
    DUE = "due"
    TACIT = "tacit"
    DECIDED = "decided"
    AFTER_THE_END = "after_the_end"
    WITHDRAWN = "withdrawn"
    VALID_UNTIL = "valid_until"
    EXTENDED = "extended"
    NOT_EXTENDED = "not_extended"
    NOTED = "noted"
    # What becomes of a decision.
    REVOCABLE_UNTIL = "revocable_until"
    REVOCATION_ANNOUNCED = "revocation_announced"
    REMARKS_BY = "remarks_by"
    REMARKS = "remarks"
    REFUSED_AFTER_GRANT = "refused_after_grant"
    GRANTED_AFTER_REFUSAL = "granted_after_refusal"
    CONFIRMS = "confirms"
    REVOKED = "revoked"
    REFUSAL_REVOKED = "refusal_revoked"
    REVIVED = "revived"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    APPEALED = "appealed"
    APPEAL_ENDED = "appeal_ended"
    ANNULLED = "annulled"
    NOTHING_TO_ANNUL = "nothing_to_annul"
    DEFERRED_UNTIL = "deferred_until"
    CONFIRM_BY = "confirm_by"
    CONFIRMED = "confirmed"
    CONFIRMED_LATE = "confirmed_late"
    CONFIRMED_IN_VAIN = "confirmed_in_vain"
    # What follows a permit.
    TRANSMIT_BY = "transmit_by"
    TRANSMITTED = "transmitted"
    ENFORCEABLE = "enforceable"
    POST_BY = "post_by"
    POSTED_AT_TOWN_HALL = "posted_at_town_hall"
    POSTED_ON_SITE = "posted_on_site"
    THIRD_PARTIES_UNTIL = "third_parties_until"
    FOLLOWS_INITIAL = "follows_initial"
    INITIAL_ENDED = "initial_ended"
    SUSPENDED = "suspended"
    WORKS_STARTED = "works_started"
    WORKS_STOPPED = "works_stopped"
    WORKS_RESUMED = "works_resumed"
    LAPSED = "lapsed"
    WORKS_FINISHED = "works_finished"
    CONTEST_BY = "contest_by"
    CONTESTED = "contested"
    CONTESTED_LATE = "contested_late"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One date, and why: the articles it follows from, the event that made it, the values that were counted with.

    An `irregular` act has effect, and lacks what the law asks of it: a judge may annul it.
    """

    on: date
    what: What
    articles: tuple[str, ...] = ()
    event: str | None = None
    effective: bool = True
    irregular: bool = False
    uncertain: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What is known on a day. Dates that do not exist are None; `due_on` is the last day to notify a decision.

    `silence` is what no answer means. `outcome` is None while the file is open; the decision in force, of the day
    `dated_on`, counts since `ended_on`, and may be withdrawn as illegal until `revocable_until`. It holds no more since
    `lapsed_on`.
    """

    filed_on: date
    notify_by: date
    complete_on: date | None
    answer_by: date | None
    months: int | None
    due_on: date | None
    silence: Outcome
    outcome: Outcome | None
    tacit: bool
    ended_on: date | None
    dated_on: date | None
    revocable_until: date | None
    valid_until: date | None
    lapsed_on: date | None
    steps: Sequence[Step] = field(default_factory=tuple, compare=False)


class Reading:
    """One reading of a file's events on a day; each part of it adds its steps."""

    def __init__(self, file: File, events: Sequence[Event], today: date) -> None:
        self.file, self.events, self.today = file, events, today
        self.steps: list[Step] = []

    def of[Kind: Event](self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    def say(self, on: date, what: What, *articles: str, **more: Any) -> None:
        self.steps.append(Step(on=on, what=what, articles=articles, **more))

    def note_the_rest(self) -> None:
        """No event is passed over: those that change no date stand there too."""
        noted = {step.event for step in self.steps}
        for event in self.events:
            if event.key not in noted:
                self.say(event.on, What.NOTED, event=event.key, effective=False)
