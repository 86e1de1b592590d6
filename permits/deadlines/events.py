"""What happens to a file. Each event has the day on which it counts and the instant at which it was recorded."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from permits.deadlines.law import Ground, Kind, the


class Outcome(StrEnum):
    """How a file stands once it is open no more: what was decided, or that the decision is gone.

    `withdrawn`: the applicant gave up; `deferred`: the decision was put off (sursis à statuer); `revoked`: the
    authority withdrew its decision (retrait).
    """

    GRANTED = "granted"
    REFUSED = "refused"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    INADMISSIBLE = "inadmissible"
    REVOKED = "revoked"
    ANNULLED = "annulled"


DECISIONS = (Outcome.GRANTED, Outcome.REFUSED, Outcome.REJECTED, Outcome.DEFERRED, Outcome.INADMISSIBLE)
"""What an authority may decide."""
GONE = (Outcome.REVOKED, Outcome.ANNULLED)
"""There was a decision, and it is no more: the application is before the authority again."""


class Cause(StrEnum):
    """Why a decision is withdrawn: it is illegal, its holder asks for it, it was obtained by fraud."""

    ILLEGAL = "illegal"
    REQUESTED = "requested"
    FRAUD = "fraud"


class Appeal(StrEnum):
    """Before whom a decision is contested: its author, the court, the court by the prefect."""

    GRACIOUS = "gracious"
    COURT = "court"
    PREFECT = "prefect"


class AppealOutcome(StrEnum):
    DISMISSED = "dismissed"
    GIVEN_UP = "given_up"
    ANNULLED = "annulled"
    PARTLY_ANNULLED = "partly_annulled"


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
    """The decision was notified to the applicant. `signed` is its day; one that is put off says for how many months."""

    outcome: Outcome
    signed: date | None = None
    months: int = 0

    @property
    def dated(self) -> date:
        """The day of the decision, as far as it is known."""
        return self.signed or self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """The applicant gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Event):
    """The validity was extended; `on` is the day of the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAnnounced(Event):
    """The holder received the letter that announces a withdrawal, and may make remarks until `remarks_by`."""

    remarks_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarksReceived(Event):
    """The holder's remarks were received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Event):
    """The withdrawal of the decision in force was notified to its holder."""

    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLodged(Event):
    """The decision in force is contested; `on` is the day on which its holder was told."""

    appeal: Appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealEnded(Event):
    """The outcome of an appeal was notified; `final` when nothing more can be brought against it."""

    outcome: AppealOutcome
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Event):
    """The applicant confirmed the application: after a decision that was put off, or one that is no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmitted(Event):
    """The prefect received the decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingPosted(Event):
    """The notice of filing was posted at the town hall (R.423-6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedAtTownHall(Event):
    """The decision was posted at the town hall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedOnSite(Event):
    """The board was put up on the ground; `on` is its first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksStarted(Event):
    """The works were declared begun (DOC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksStopped(Event):
    """The works have stood still since this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksResumed(Event):
    """The works went on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksFinished(Event):
    """The town hall received the declaration of completion (DAACT). `survey`: a check is due (R.462-7)."""

    survey: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested(Event):
    """The holder received that the works do not conform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested(Event):
    """It was attested that conformity is not contested."""


ORDER: tuple[type[Event], ...] = (
    Filed,
    DocumentsReceived,
    DocumentsRequested,
    LongerNotified,
    EnteredByHand,
    Reported,
    ArchitectSaid,
    FilingPosted,
    RevocationAnnounced,
    RemarksReceived,
    AppealLodged,
    Decided,
    Withdrawn,
    Revoked,
    AppealEnded,
    Confirmed,
    Extended,
    Transmitted,
    PostedAtTownHall,
    PostedOnSite,
    WorksStarted,
    WorksStopped,
    WorksResumed,
    WorksFinished,
    Contested,
    Attested,
)


def in_order(event: Event) -> tuple[date, int, date, int, str]:
    """Events of one day always come in the same order, whatever the order in which they were recorded.

    Of two decisions that count on one day, the one that was signed last comes last.
    """
    dated = event.dated if isinstance(event, Decided) else event.on
    return event.on, ORDER.index(type(event)), dated, len(event.key), event.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Initial:
    """How the permit stands that a file modifies or transfers. `granted_on` is None unless it was ever granted.

    `gone` says that it is no more, and `gone_on` since when; `begun`, that its works have begun.
    """

    number: str
    granted_on: date | None = None
    begun: bool = False
    valid_until: date | None = None
    lapsed_on: date | None = None
    gone: Outcome | None = None
    gone_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is known of a file beside its events. `silence_refuses`: why no answer is a refusal (R.424-2).

    `initial` is what a modification or a transfer changes: it has no validity of its own.
    """

    kind: Kind
    silence_refuses: frozenset[str] = field(default_factory=frozenset)
    initial: Initial | None = None


def reception_by_registered_letter(presented: date) -> date:
    """A registered letter counts from its first presentation (R.423-47), collected or not."""
    return presented


def electronic_reception(sent: date, consulted: date | None) -> date:
    """Electronic sending counts from its consultation, at the latest some days after it was sent (R.423-48)."""
    latest = sent + timedelta(days=the("electronic_days", sent).days)
    return min(consulted, latest) if consulted else latest
