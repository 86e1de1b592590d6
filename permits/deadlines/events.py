"""What happens to a file. Each event has the day on which it counts and the instant at which it was recorded."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from permits.deadlines.law import Ground, Kind, the


class Outcome(StrEnum):
    """How a file ends."""

    GRANTED = "granted"
    REFUSED = "refused"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Opinion(StrEnum):
    FAVOURABLE = "favourable"
    WITH_PRESCRIPTIONS = "with_prescriptions"
    UNFAVOURABLE = "unfavourable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`key` names the event for ever; `on` is the day on which it counts, `recorded` when it was entered."""

    key: str
    on: date
    recorded: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed(Event):
    """The town hall received the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsRequested(Event):
    """The applicant received the list of missing pieces (R.423-38). `sent` is the day of sending.

    With `outside_code` the code does not list one of them: the request has no effect (R.423-41).
    """

    documents: frozenset[str]
    sent: date
    outside_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsReceived(Event):
    """The town hall received pieces."""

    documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongerNotified(Event):
    """The applicant received the notice of a longer delay (R.423-18)."""

    grounds: frozenset[Ground]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredByHand(Event):
    """A delay of an article without a value here: `months` is the whole delay, or what is added to it (`adds`)."""

    article: str
    months: int
    reason: str
    adds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Event):
    """The town hall received the report of the public inquiry's commissioner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchitectSaid(Event):
    """The opinion of the architect of French buildings (ABF) was notified."""

    opinion: Opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Event):
    """The decision was notified to the applicant."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """The applicant gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Event):
    """The validity was extended; `on` is the day of the request."""


ORDER: tuple[type[Event], ...] = (
    Filed,
    DocumentsReceived,
    DocumentsRequested,
    LongerNotified,
    EnteredByHand,
    Reported,
    ArchitectSaid,
    Decided,
    Withdrawn,
    Extended,
)


def in_order(event: Event) -> tuple[date, int, str]:
    """Events of one day always come in the same order, whatever the order in which they were recorded."""
    return event.on, ORDER.index(type(event)), event.key


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is known of a file beside its events. `silence_refuses`: why no answer is a refusal (R.424-2)."""

    kind: Kind
    silence_refuses: frozenset[str] = field(default_factory=frozenset)


def received_by_registered_letter(presented: date) -> date:
    """A registered letter counts from its first presentation (R.423-47), collected or not."""
    return presented


def received_electronically(sent: date, consulted: date | None) -> date:
    """Electronic sending counts from its consultation, at the latest some days after it was sent (R.423-48)."""
    latest = sent + timedelta(days=the("electronic_days", sent).days)
    return min(consulted, latest) if consulted else latest
