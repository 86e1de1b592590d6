"""Asking for the owners of parcels: a purpose, a line in the journal, then what the asker's level opens."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_one
from gis_core.errors import Forbidden, Invalid, Unavailable
from gis_core.members.rights import Rights
from gis_core.models import User
from layers.owners.models import JournalLine
from layers.owners.services import journal
from layers.owners.services.access import open_communes
from layers.owners.services.reading import ParcelSeen, count, read_parcels
from layers.parcels.ground import identifier

MOST_PARCELS = 100
LONGEST_REFERENCE = 200
SLOWED_S = 5.0
# A slowed answer keeps a thread of a web process: one person has one at a time, whichever process or machine answers.
SLOWED = "select pg_try_advisory_xact_lock(hashtextextended('arpent owners slowed for ' || %s::text, 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Which parcels (identifiers of 14 characters), why, and in which year of the register (None: the latest)."""

    parcels: tuple[str, ...]
    purpose: JournalLine.Purpose
    reference: str = ""
    year: int | None = None

    @property
    def insee(self) -> set[str]:
        return {idu[:5] for idu in self.parcels}


@dataclass(frozen=True, slots=True)
class Consultation:
    """What was read; `missing` are the parcels that the register does not know. `flagged`: see the journal."""

    line: int
    flagged: bool
    parcels: tuple[ParcelSeen, ...]
    missing: tuple[str, ...]


# A third party's request has a way of its own, where it is counted.
PURPOSES = tuple(one for one in JournalLine.Purpose if one != JournalLine.Purpose.THIRD_PARTY)


def demand(parcels: Sequence[str], purpose: str, reference: str = "", year: int | None = None) -> Demand:
    """What is asked, checked. Raises Invalid."""
    checked, text = check_purpose(purpose, reference)
    return Demand(parcels=identifiers(parcels), purpose=checked, reference=text, year=year)


def check_purpose(purpose: str, reference: str) -> tuple[JournalLine.Purpose, str]:
    """Why somebody reads, and the reference without the blanks around it. Raises Invalid."""
    if purpose not in PURPOSES:
        known = ", ".join(PURPOSES)
        raise Invalid(_("Say why you ask: “purpose” is one of %(known)s.") % {"known": known}, parameter="purpose")
    text = reference.strip()
    if purpose == JournalLine.Purpose.OTHER and not text:
        raise Invalid(_("Say in a few words what these owners are asked for."), parameter="reference")
    if len(text) > LONGEST_REFERENCE or not text.isprintable():
        message = _("The reference holds at most %(limit)s characters on one line.")
        raise Invalid(message % {"limit": LONGEST_REFERENCE}, parameter="reference")
    return JournalLine.Purpose(purpose), text


def identifiers(parcels: Sequence[str], most: int = MOST_PARCELS) -> tuple[str, ...]:
    """Identifiers of 14 characters, each once, given with or without the direction (15). Raises Invalid."""
    unique = tuple(dict.fromkeys(map(identifier, parcels)))
    if not 0 < len(unique) <= most:
        message = _("Between one and %(most)s parcels can be asked for at once.")
        raise Invalid(message % {"most": most}, parameter="parcels")
    return unique


def consult(
    query: Demand,
    *,
    user: User,
    rights: Rights,
    action: JournalLine.Action = JournalLine.Action.CONSULTATION,
) -> Consultation:
    """Write in the journal, then read. Raises Forbidden (which is written too) and Unavailable (nothing is shown)."""
    concerned = journal.members_concerned(rights, query.insee)
    entry = entry_of(query, user, concerned, action)
    check_open(query, entry)
    record = journal.write_entry(replace(entry, owners=count(query.parcels, query.year)))
    if record.flagged:
        slow_down(user)
    parcels = read_parcels(record.id, query.parcels, query.year)
    seen = {one.idu for one in parcels}
    return Consultation(record.id, record.flagged, parcels, tuple(idu for idu in query.parcels if idu not in seen))


def entry_of(query: Demand, user: User, members: list[int], action: JournalLine.Action) -> journal.Entry:
    return journal.Entry(
        action=action,
        purpose=query.purpose,
        reference=query.reference,
        parcels=list(query.parcels),
        members=members,
        **journal.who(user),
    )


def check_open(query: Demand, entry: journal.Entry) -> None:
    """Refuse parcels of communes that are not open to the user.

    Raises Forbidden, once the refusal is in the journal.
    """
    opened = open_communes()
    closed = sum(idu[:5] not in opened for idu in query.parcels)
    if closed:
        refuse(entry, _("The owners of %(count)s of these parcels are not open to you.") % {"count": closed})


def refuse(entry: journal.Entry, message: str) -> NoReturn:
    """Write a refusal in the journal, then raise it."""
    journal.write_entry(replace(entry, refusal=message))
    raise Forbidden(message)


def slow_down(user: User) -> None:
    """Make somebody who reads a lot wait. Raises Unavailable for those who do not wait for their own answer."""
    (alone,) = fetch_one(SLOWED, [user.pk])
    if not alone:
        raise Unavailable(_("Your consultations are slowed down: wait for the answer before you ask again."))
    time.sleep(SLOWED_S)
