"""What a third party may be told at the counter (LPF L.107 A, R*107 A-1 and following): counted, then an extract."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.accounts.lookalikes import plain_letters
from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_one
from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member, User
from gis_core.ownership.retention import Counts, forget_journal_lines
from layers.features.search_terms import search_text
from layers.owners.models import JournalLine, Level, OwnerAccess
from layers.owners.services import consulting, journal
from layers.owners.services.reading import ParcelSeen, count, read_parcels

# R*107 A-1: one commune, and no more than five parcels.
MOST_PARCELS = 5
# Written or not before the same name.
CIVILITIES = {"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks at the counter; `exemption` says why the limits do not bind them."""

    name: str
    address: str = ""
    exemption: str = ""

    @property
    def key(self) -> str:
        """The same for “Jean Dupont”, “DUPONT Jean” and “M. Jean Dupont”, in whichever letters that look so."""
        name_parts = sorted(search_text(plain_letters(self.name)).split())
        return " ".join([word for word in name_parts if word not in CIVILITIES] or name_parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What is handed over: never birth, nor why somebody pays no tax."""

    number: int
    at: datetime
    service: Member
    requester: Requester
    parcels: tuple[ParcelSeen, ...]
    missing: tuple[str, ...]


@transaction.atomic
def answer_request(requester: Requester, parcels: list[str], *, user: User, rights: Rights) -> Extract:
    """Count the request, write it in the journal, read. Raises Invalid, Forbidden (limits, rights) and Unavailable."""
    query = consulting.Demand(
        parcels=consulting.identifiers(parcels, MOST_PARCELS), purpose=JournalLine.Purpose.THIRD_PARTY
    )
    if len(query.insee) > 1:
        raise Invalid(_("A request is about one commune alone (LPF R*107 A-1)."), parameter="parcels")
    if not requester.key:
        raise Invalid(_("The requester gives their name, or that of their company."), parameter="requester")
    action = JournalLine.Action.EXTRACT
    entry = consulting.entry_of(query, user, journal.members_concerned(rights, query.insee), action)
    consulting.check_open(query, entry)
    service = service_for(rights, *query.insee)
    number, in_week, in_month = count_requests(requester, query, service)
    if number is None:
        message = _(
            "This person has made %(week)s requests this week and %(month)s this month: the limits are 5 and 10."
        )
        consulting.refuse(entry, message % {"week": in_week, "month": in_month})
    reference = _("Request no. %(number)s") % {"number": number}
    record = journal.write_entry(replace(entry, reference=reference, owners=count(query.parcels)))
    if record.flagged:
        consulting.slow_down(user)
    seen = read_parcels(record.id, query.parcels)
    known = {one.idu for one in seen}
    missing = tuple(idu for idu in query.parcels if idu not in known)
    return Extract(
        number=number, at=database_clock.now(), service=service, requester=requester, parcels=seen, missing=missing
    )


def service_for(rights: Rights, insee: str) -> Member:
    """The member that answers: the asker's own where their role reads the owners of this commune. Raises Forbidden."""
    reading = OwnerAccess.objects.filter(level__in=(Level.NAMES, Level.ALL), member__territories__commune_id=insee)
    for access in reading.select_related("member").order_by("member_id"):
        if rights.roles.get(access.member_id) == access.role:
            return access.member
    raise Forbidden(_("Your role does not allow this."))


def count_requests(requester: Requester, query: consulting.Demand, service: Member) -> tuple[int | None, int, int]:
    """The request's number (None: one too many), and how many were made this week and this month before it."""
    given = {
        "service": service.pk,
        "requester": requester.name,
        "requester_key": requester.key[:150],
        "address": requester.address,
        "parcels": list(query.parcels),
        "exemption": requester.exemption,
    }
    number, in_week, in_month = fetch_one(
        "select number, in_week, in_month from arpent.open_owner_request(%s::jsonb)", [json.dumps(given)]
    )
    return number, in_week, in_month


def forget() -> int:
    """Requests that count no more go; returns how many went."""
    (gone,) = fetch_one("select arpent.forget_owner_requests()")
    return int(gone)


def rehearse_forgetting() -> Counts:
    """How many `forget` removes, to be undone."""
    return [(None, gone)] if (gone := forget()) else []


def forget_readings(before: datetime) -> Counts:
    """Lines of the journal of owners from before this instant go, as the agency chose. For the worker."""
    return forget_journal_lines("owners_journalline", before)
