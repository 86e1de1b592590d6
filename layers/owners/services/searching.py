"""Searching owners by name, for a purpose: the journal says that somebody searches, then which parcels they read."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import User
from layers.features.search_terms import split_terms
from layers.owners.models import JournalLine
from layers.owners.services import journal
from layers.owners.services.access import open_communes
from layers.owners.services.consulting import Consultation, Demand, check_purpose, consult, refuse
from layers.owners.services.reading import open_owners

LONGEST_NAME = 100
SHORTEST_TERM = 3
MOST_TERMS = 6
MOST_PARCELS = 50


@dataclass(frozen=True, slots=True)
class OwnerSearch:
    """The parcels of the owners of a name, as a consultation shows them; `more` where there are more parcels.

    `consultation` is None where no parcel has an owner of that name.
    """

    consultation: Consultation | None
    more: bool = False


def search_owners(name: str, purpose: str, reference: str, *, user: User, rights: Rights) -> OwnerSearch:
    """Write that somebody searches, find the parcels, then consult them. The name itself is kept nowhere.

    Raises Invalid for no purpose or too short a name, Forbidden for whoever reads no owners, Unavailable.
    """
    terms = terms_of(name)
    checked, text = check_purpose(purpose, reference)
    opened = open_communes()
    entry = journal.Entry(
        action=JournalLine.Action.SEARCH,
        purpose=checked,
        reference=text,
        parcels=[],
        members=journal.members_concerned(rights, set(opened)),
        **journal.who(user),
    )
    if not opened:
        refuse(entry, _("No commune's owners are open to you."))
    idus = find_parcels(journal.write_entry(entry).id, terms)
    if not idus:
        return OwnerSearch(None)
    demand = Demand(parcels=tuple(idus[:MOST_PARCELS]), purpose=checked, reference=text)
    action = JournalLine.Action.SEARCH
    return OwnerSearch(consult(demand, user=user, rights=rights, action=action), len(idus) > MOST_PARCELS)


def terms_of(name: str) -> list[str]:
    """The words of a name as they are compared, the longest first. Raises Invalid for too short or too long a name."""
    terms = sorted(split_terms(name), key=len, reverse=True)[:MOST_TERMS]
    if len(name) > LONGEST_NAME or not terms or len(terms[0]) < SHORTEST_TERM:
        message = _("Type a name, three letters at least and %(most)s characters at most.")
        raise Invalid(message % {"most": LONGEST_NAME}, parameter="name")
    return terms


def find_parcels(line: int, terms: list[str]) -> list[str]:
    """Identifiers of the parcels, one more than are shown where there are more; for a search of the journal alone."""
    with open_owners(line), connection.cursor() as cursor:
        cursor.execute("select * from arpent.find_owners(%s, %s)", [terms, MOST_PARCELS + 1])
        return [idu for (idu,) in cursor.fetchall()]
