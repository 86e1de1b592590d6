"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from gis_core.models import Member, User
from gis_core.rights import acting_as, rights_of
from permits.models import Event, Permit
from permits.procedure import What
from permits.services.filing import Filing, file_permit
from permits.services.recording import record
from tests import factories

Form = dict[str, Any]
PERMIT = "permis/<str:permit>/"
MISSING = "PC04590126Z9999"


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    with acting_as(rights_of(person)):
        made = file_permit(given, rights_of(person)).permit
        record(made, What.NOTE, on=given.filed_date, detail={"note": "Vu"}, rights=rights_of(person))
    return made


def note_of(permit: Permit) -> int:
    """The event of a file that may be struck out."""
    with factories.as_owner():
        return int(Event.objects.get(permit=permit, what=What.NOTE, struck_at=None).pk)


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    day = date(2026, 1, 6).isoformat()
    typed = {"insee": "45901", "filed_date": day, "parcels": "", "change": "", "parent": "", "number": ""}
    made: dict[tuple[str, str], Form] = {
        ("permis/deposer/", "POST"): {"kind": "PC", **typed},
        (f"{PERMIT}modifier/", "POST"): {"address": "1 rue Haute"},
        (f"{PERMIT}evenements/<str:what>/", "POST"): {"on": day, "note": "Vu"},
        (f"{PERMIT}evenements/<int:event_id>/rayer/", "POST"): {"reason": "Erreur"},
    }
    return made.get((route, method))
