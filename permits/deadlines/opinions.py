"""How long a body has to say its opinion, and what its silence means: dated rows, as in `permits.deadlines.law`.

The delay runs from date to date from the day on which the body received the request (R.423-59). A row holds for files
filed from `since` on; where none holds, the delay is entered by hand with its article.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from permits.deadlines.calendar import after_months, next_day
from permits.deadlines.events import Opinion
from permits.deadlines.law import CODE_2007, NOT_CERTIFICATES, PERMITS, REMEMBERED, Kind


class Body(StrEnum):
    """Who is asked."""

    ABF = "abf"
    SDIS = "sdis"
    WATER = "water"
    ELECTRICITY = "electricity"
    ROADS = "roads"
    PREFECTURE = "prefecture"
    TOWN_HALL = "town_hall"
    OTHER = "other"


class Protection(StrEnum):
    """What the ground lies in, where the architect's delay depends on it."""

    SURROUNDINGS = "surroundings"
    """A remarkable heritage site (SPR), or the surroundings of a monument."""
    REGISTERED_SITE = "registered_site"
    CLASSIFIED_SITE = "classified_site"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionRule:
    """A delay of one article. `protections` empty: whatever protects the ground. `silence` is what no answer means."""

    name: str
    article: str
    months: int
    silence: Opinion
    bodies: frozenset[Body] = frozenset(Body)
    kinds: frozenset[Kind]
    protections: frozenset[Protection] = frozenset()
    since: date = CODE_2007
    uncertain: bool = False
    source: str

    def holds(self, body: Body, kind: Kind, filed: date, protections: Collection[Protection]) -> bool:
        return (
            body in self.bodies
            and kind in self.kinds
            and filed >= self.since
            and (not self.protections or not self.protections.isdisjoint(protections))
        )


ABF = frozenset({Body.ABF})
AS_IT_STANDS = date(2020, 1, 1)
"""R.423-67 was read as it stands since the decree 2019-617; what held before was not read."""
GENERAL = "Légibase, « Les délais et conditions d’émission des avis ou accords », 2021"
ARCHITECT = "juriblio, R*423-67 (version 7)"

# The first that holds is the one: exceptions before the rule.
OPINION_RULES: tuple[OpinionRule, ...] = (
    OpinionRule(
        name="demolition_in_registered_site",
        article="R.423-67-2",
        months=2,
        silence=Opinion.UNFAVOURABLE,
        bodies=ABF,
        kinds=frozenset({Kind.PD}),
        protections=frozenset({Protection.REGISTERED_SITE}),
        since=date(2012, 3, 1),
        source="Doctrine, R*423-67-2 (décret n° 2012-274)",
    ),
    OpinionRule(
        name="architect_surroundings",
        article="R.423-67",
        months=2,
        silence=Opinion.FAVOURABLE,
        bodies=ABF,
        kinds=PERMITS,
        protections=frozenset({Protection.SURROUNDINGS, Protection.CLASSIFIED_SITE}),
        since=AS_IT_STANDS,
        source=ARCHITECT,
    ),
    OpinionRule(
        name="architect_registered_site",
        article="R.423-67",
        months=2,
        silence=Opinion.FAVOURABLE,
        bodies=ABF,
        kinds=frozenset({Kind.PC, Kind.PCMI, Kind.PA}),
        protections=frozenset({Protection.REGISTERED_SITE}),
        since=AS_IT_STANDS,
        source=ARCHITECT,
    ),
    OpinionRule(
        name="architect_otherwise",
        article="R.423-59",
        months=1,
        silence=Opinion.FAVOURABLE,
        bodies=ABF,
        kinds=NOT_CERTIFICATES,
        since=AS_IT_STANDS,
        source=GENERAL,
    ),
    OpinionRule(
        name="general",
        article="R.423-59",
        months=1,
        silence=Opinion.FAVOURABLE,
        bodies=frozenset(Body) - ABF,
        kinds=NOT_CERTIFICATES,
        source=GENERAL,
    ),
    OpinionRule(
        name="certificate",
        article="R.410-10",
        months=1,
        silence=Opinion.FAVOURABLE,
        kinds=frozenset({Kind.CUB}),
        uncertain=True,
        source=REMEMBERED,
    ),
)

OPINIONS_NOT_COVERED: tuple[tuple[str, str], ...] = (
    ("R.423-60", "exception to the month of R.423-59"),
    ("R.423-61", "exception to the month of R.423-59"),
    ("R.423-62", "exception to the month of R.423-59"),
    ("R.423-63", "exception to the month of R.423-59"),
    ("R.423-64", "exception to the month of R.423-59"),
    ("R.423-65", "exception to the month of R.423-59"),
    ("R.423-66", "exception to the month of R.423-59"),
)
"""Articles whose values were read nowhere: their delays are entered by hand."""


def rule_for(
    body: Body, kind: Kind, filed: date, protections: Collection[Protection] = frozenset()
) -> OpinionRule | None:
    """The delay that the body has for a file filed that day; None where it is to be entered by hand."""
    return next((rule for rule in OPINION_RULES if rule.holds(body, kind, filed, protections)), None)


def due_on(received: date, months: int) -> date:
    """The last day on which the body may answer."""
    return after_months(received, months)


class OpinionStatus(StrEnum):
    """Where a consultation stands on a day."""

    WAITING = "waiting"
    TACIT = "tacit"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"


@dataclass(frozen=True, slots=True)
class KnownOpinion:
    """What is known of an opinion: `opinion` is the body's, or what its silence says; `since` is when it is there."""

    status: OpinionStatus
    opinion: Opinion | None = None
    since: date | None = None


def opinion_on(
    today: date, *, due: date, silence: Opinion | None, answered: date | None = None, opinion: Opinion | None = None
) -> KnownOpinion:
    """The opinion as it stands: the delay's last day belongs to the body, silence speaks from the next one on.

    An answer after that comes late: it is shown as such, and what it is worth is for the instructor to weigh.
    """
    if answered is not None and answered <= today:
        late = answered > due
        return KnownOpinion(OpinionStatus.ANSWERED_LATE if late else OpinionStatus.ANSWERED, opinion, answered)
    if today <= due:
        return KnownOpinion(OpinionStatus.WAITING)
    return KnownOpinion(OpinionStatus.TACIT, silence, next_day(due)) if silence else KnownOpinion(OpinionStatus.OVERDUE)
