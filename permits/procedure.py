"""The procedure: what may be recorded of a file, by whom, and in which states."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.members.rights import Role


class State(models.TextChoices):
    """Where a file stands; it follows from its events and the day (`services.reading`)."""

    RECEIVED = "received", _("Received")
    INCOMPLETE = "incomplete", _("Incomplete")
    INSTRUCTION = "instruction", _("Under instruction")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", pgettext_lazy("permit", "Refused")
    REJECTED = "rejected", _("Rejected, pieces missing")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WORKS = "works", _("Works begun")
    FINISHED = "finished", _("Works finished")
    EXPIRED = "expired", _("Expired")
    DEFERRED = "deferred", _("Decision put off")
    INADMISSIBLE = "inadmissible", _("Inadmissible")
    REVOKED = "revoked", _("Decision withdrawn")
    ANNULLED = "annulled", _("Annulled by the court")


CERTIFICATE_STATES: Mapping[tuple[str, str], Any] = {
    ("CUa", State.GRANTED): _("Issued"),
    ("CUb", State.GRANTED): _("Feasible"),
    ("CUb", State.REFUSED): _("Not feasible"),
}
"""A certificate grants and refuses nothing: it is issued, and says whether the ground can be used (A.410-5)."""


def describe_state(kind: str, state: str) -> str:
    """A state in words, as one says it of such a file."""
    return str(CERTIFICATE_STATES.get((kind, state)) or State(state).label)


OPEN = (State.RECEIVED, State.INCOMPLETE, State.INSTRUCTION)
AFTER_GRANT = (State.GRANTED, State.WORKS, State.FINISHED, State.EXPIRED)
GONE = (State.REVOKED, State.ANNULLED)
"""There was a decision, and it is no more."""
DECIDED = (*AFTER_GRANT, State.REFUSED, State.REJECTED, State.DEFERRED, State.INADMISSIBLE)
"""There is a decision, of whatever sense."""
PUBLISHED = (*DECIDED, *GONE)
"""What a public register shows: decisions, and that they are no more."""


class What(models.TextChoices):
    """What happens to a file. All but the note count for its dates (`permits.deadlines.events`)."""

    FILED = "filed", _("Filed")
    DOCUMENTS_REQUESTED = "pieces_asked", _("Missing pieces asked for")
    DOCUMENTS_RECEIVED = "pieces_came", _("Pieces received")
    LONGER_NOTIFIED = "longer_notified", _("Longer delay notified")
    BY_HAND = "by_hand", _("Delay entered by hand")
    REPORTED = "reported", _("Report of the public inquiry received")
    ARCHITECT_SAID = "architect_said", _("Opinion of the architect of French buildings")
    FILING_POSTED = "filing_posted", _("Notice of filing posted at the town hall")
    DECIDED = "decided", _("Decision notified")
    WITHDRAWN = "withdrawn", _("Application withdrawn")
    REVOCATION_ANNOUNCED = "revoke_announced", _("Withdrawal announced (contradictory letter)")
    REMARKS_RECEIVED = "remarks_came", _("Remarks of the holder received")
    REVOKED = "revoked", _("Withdrawal of the decision notified")
    APPEAL_LODGED = "appeal_lodged", _("Appeal lodged")
    APPEAL_ENDED = "appeal_ended", _("Outcome of an appeal")
    CONFIRMED = "confirmed", _("Application confirmed by the applicant")
    EXTENDED = "extended", _("Extension of validity asked for")
    TRANSMITTED = "transmitted", _("Sent to the prefect")
    POSTED_AT_TOWN_HALL = "posted_town_hall", _("Decision posted at the town hall")
    POSTED_ON_SITE = "posted_on_site", _("Posted on the ground")
    WORKS_STARTED = "works_started", _("Works begun (DOC)")
    WORKS_STOPPED = "works_stopped", _("Works interrupted")
    WORKS_RESUMED = "works_resumed", _("Works resumed")
    WORKS_FINISHED = "works_finished", _("Works finished (DAACT)")
    CONTESTED = "contested", _("Conformity contested")
    ATTESTED = "attested", _("Attestation of no contest given")
    NOTE = "note", _("Note")


@dataclass(frozen=True, slots=True)
class Move:
    """Who may record it, and in which states of the file."""

    roles: frozenset[Role]
    states: frozenset[State]


NEXT = {
    "notify_by": _("Notices until"),
    "answer_by": _("Pieces until"),
    "due": _("Decision until"),
}
"""What is due next, in words that a day follows."""
INSTRUCTS = frozenset({Role.PERMIT_INSTRUCTOR, Role.GIS_ADMINISTRATOR})
COUNTER = INSTRUCTS | {Role.TOWN_HALL}
ANY = frozenset(State)
GRANTED = frozenset(AFTER_GRANT)
WITH_DECISION = frozenset((*DECIDED, *GONE))
MOVES: Mapping[What, Move] = {
    What.DOCUMENTS_REQUESTED: Move(INSTRUCTS, ANY),
    What.DOCUMENTS_RECEIVED: Move(COUNTER, ANY),
    What.LONGER_NOTIFIED: Move(INSTRUCTS, ANY),
    What.BY_HAND: Move(INSTRUCTS, ANY),
    What.REPORTED: Move(INSTRUCTS, ANY),
    What.ARCHITECT_SAID: Move(INSTRUCTS, ANY),
    What.FILING_POSTED: Move(COUNTER, ANY),
    What.DECIDED: Move(COUNTER, ANY),
    What.WITHDRAWN: Move(COUNTER, ANY),
    What.REVOCATION_ANNOUNCED: Move(INSTRUCTS, WITH_DECISION),
    What.REMARKS_RECEIVED: Move(COUNTER, WITH_DECISION),
    What.REVOKED: Move(INSTRUCTS, WITH_DECISION),
    What.APPEAL_LODGED: Move(COUNTER, WITH_DECISION),
    What.APPEAL_ENDED: Move(INSTRUCTS, WITH_DECISION),
    What.CONFIRMED: Move(COUNTER, frozenset((*GONE, State.DEFERRED))),
    What.EXTENDED: Move(COUNTER, GRANTED),
    What.TRANSMITTED: Move(COUNTER, GRANTED),
    What.POSTED_AT_TOWN_HALL: Move(COUNTER, GRANTED),
    What.POSTED_ON_SITE: Move(COUNTER, GRANTED),
    What.WORKS_STARTED: Move(COUNTER, GRANTED),
    What.WORKS_STOPPED: Move(COUNTER, GRANTED),
    What.WORKS_RESUMED: Move(COUNTER, GRANTED),
    What.WORKS_FINISHED: Move(COUNTER, GRANTED),
    What.CONTESTED: Move(INSTRUCTS, GRANTED),
    What.ATTESTED: Move(COUNTER, GRANTED),
    What.NOTE: Move(COUNTER, ANY),
}
"""A file begins with its filing, which is no move. What comes too late is recorded, and shown as such."""
OF_WORKS = frozenset(
    {
        What.TRANSMITTED,
        What.POSTED_AT_TOWN_HALL,
        What.POSTED_ON_SITE,
        What.WORKS_STARTED,
        What.WORKS_STOPPED,
        What.WORKS_RESUMED,
        What.WORKS_FINISHED,
        What.CONTESTED,
        What.ATTESTED,
    }
)
"""What follows a permit or a declaration, and no certificate; never before it was granted."""
POSTINGS = (What.FILING_POSTED, What.POSTED_AT_TOWN_HALL)
"""What a town hall posts: of filings (R.423-6) and of decisions (R.424-15), never of certificates."""


class RevocationCause(models.TextChoices):
    """Why a decision is withdrawn (`permits.deadlines.events.Cause`)."""

    ILLEGAL = "illegal", _("It is illegal")
    REQUESTED = "requested", _("Its holder asks for it")
    FRAUD = "fraud", _("It was obtained by fraud")


class Appeal(models.TextChoices):
    """Before whom a decision is contested (`permits.deadlines.events.Appeal`)."""

    GRACIOUS = "gracious", _("Gracious or hierarchical appeal")
    COURT = "court", _("Appeal to the administrative court")
    PREFECT = "prefect", _("Referral by the prefect")


class AppealOutcome(models.TextChoices):
    """How an appeal ended (`permits.deadlines.events.AppealOutcome`)."""

    DISMISSED = "dismissed", _("Dismissed")
    GIVEN_UP = "given_up", _("Given up")
    ANNULLED = "annulled", _("Decision annulled")
    PARTLY_ANNULLED = "partly_annulled", _("Decision annulled in part")


class SilenceRefuses(models.TextChoices):
    """Why no answer is a refusal (R.424-2), to be chosen at the filing (`permits.deadlines.law.SILENCE_REFUSES`)."""

    DEMOLITION_IN_REGISTERED_SITE = (
        "demolition_in_registered_site",
        _("Demolition in a registered site, inside a building permit too (CE 12 February 2020, n° 421949)"),
    )
    DEFENCE = "defence", _("Works that the minister of defence must authorise")
    CLASSIFIED_SITE = "classified_site", _("Authorisation in a classified site, or one about to be")
    NATURE_RESERVE = "nature_reserve", _("Authorisation in a nature reserve")
    CALLED_IN = "called_in", _("A minister took the file over")
    ENVIRONMENTAL_ASSESSMENT = "environmental_assessment", _("Environmental assessment (R.424-2-1)")
