"""The procedure: what may be recorded of a file, by whom, and in which states."""

from collections.abc import Mapping
from dataclasses import dataclass

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


OPEN = (State.RECEIVED, State.INCOMPLETE, State.INSTRUCTION)
AFTER_GRANT = (State.GRANTED, State.WORKS, State.FINISHED, State.EXPIRED)
PUBLISHED = (*AFTER_GRANT, State.REFUSED, State.REJECTED)
"""What ends in a decision, which a public register shows."""


class What(models.TextChoices):
    """What happens to a file. The first ten are those that the clock counts with (`permits.deadlines.events`)."""

    FILED = "filed", _("Filed")
    DOCUMENTS_REQUESTED = "pieces_asked", _("Missing pieces asked for")
    DOCUMENTS_RECEIVED = "pieces_came", _("Pieces received")
    LONGER_NOTIFIED = "longer_notified", _("Longer delay notified")
    BY_HAND = "by_hand", _("Delay entered by hand")
    REPORTED = "reported", _("Report of the public inquiry received")
    ARCHITECT_SAID = "architect_said", _("Opinion of the architect of French buildings")
    DECIDED = "decided", _("Decision notified")
    WITHDRAWN = "withdrawn", _("Application withdrawn")
    EXTENDED = "extended", _("Extension of validity asked for")
    WORKS_STARTED = "works_started", _("Works begun (DOC)")
    WORKS_FINISHED = "works_finished", _("Works finished (DAACT)")
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
MOVES: Mapping[What, Move] = {
    What.DOCUMENTS_REQUESTED: Move(INSTRUCTS, ANY),
    What.DOCUMENTS_RECEIVED: Move(COUNTER, ANY),
    What.LONGER_NOTIFIED: Move(INSTRUCTS, ANY),
    What.BY_HAND: Move(INSTRUCTS, ANY),
    What.REPORTED: Move(INSTRUCTS, ANY),
    What.ARCHITECT_SAID: Move(INSTRUCTS, ANY),
    What.DECIDED: Move(COUNTER, ANY),
    What.WITHDRAWN: Move(COUNTER, ANY),
    What.EXTENDED: Move(COUNTER, frozenset(AFTER_GRANT)),
    What.WORKS_STARTED: Move(COUNTER, frozenset(AFTER_GRANT)),
    What.WORKS_FINISHED: Move(COUNTER, frozenset(AFTER_GRANT)),
    What.NOTE: Move(COUNTER, ANY),
}
"""A file begins with its filing, which is no move. What comes too late is recorded, and shown as without effect."""


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
