"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from gis_core.models import Member, User
from gis_core.rights import SYSTEM, acting_as, rights_of
from permits.models import Consultation, Permit, Reminder
from permits.services.consulting import Request, ask
from permits.services.filing import Filing, file_permit
from permits.services.reminding import digest

Form = dict[str, Any]
PERMIT = "permis/<str:permit>/"
MISSING = "PC04590126Z9999"


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    rights = rights_of(person)
    with acting_as(rights):
        made = file_permit(given, rights).permit
        ask(made, Request(body="roads", asked=date(2026, 1, 6)), user=person, rights=rights)
        Reminder.objects.update_or_create(user=person, defaults={"feed_digest": digest(secret(owner.slug))})
    return made


def secret(whose: str) -> str:
    """Of the calendar of a member's person."""
    return f"secret-{whose}"


def consultation(of: Permit | None) -> int:
    """The request for an opinion of a file."""
    with acting_as(SYSTEM):
        return Consultation.objects.get(permit=of).pk if of else 999_999_999


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    made: dict[tuple[str, str], Form] = {
        (f"{PERMIT}consultations/", "POST"): {"body": "roads", "asked": "2026-01-07"},
        (f"{PERMIT}consultations/<int:consultation>/", "POST"): {
            "do": "answer",
            "opinion": "favourable",
            "answered": "2026-01-20",
        },
        ("permis/rappels/", "POST"): {"do": "feed_new"},
    }
    return made.get((route, method))
