"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Job, Member, User
from gis_core.rights import SYSTEM, acting_as, rights_of
from permits.importers.job import KIND
from permits.importers.report import COUNTS, LISTS
from permits.models import Consultation, Permit, Reminder
from permits.services.consulting import Request, ask
from permits.services.filing import Filing, file_permit
from permits.services.reminding import digest
from tests import factories

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


REGISTER = b"numero;depot\nPC 045 901 20 00001;01/02/2020\n"
API = "api/v1/permits/"
ONE = f"{API}<str:permit>/"
OPENADS = "openads/services/<str:project>/"


def register(owner: Member, person: User) -> Job:
    """An import of a register that is over."""
    lists: dict[str, Any] = {name: [] for name in LISTS}
    told = {"name": "registre.csv", **dict.fromkeys(COUNTS, 0), "instructors": {}, **lists}
    return factories.job(owner, kind=KIND, started_by=person, state=Job.State.DONE, report=told)


def arguments(permit: Permit | None, parcel: str) -> dict[str, Any]:
    """What stands in the addresses of files besides their number."""
    with acting_as(SYSTEM):
        filed = permit.events.values_list("pk", flat=True).first() if permit else None
    return {
        "event_id": filed or 999_999_999,
        "project": "openads~openads",
        "dossier": permit.number if permit else MISSING,
        "parcels": parcel,
        "insee": parcel[:5],
    }


def body(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """A JSON body with its headers, as the keywords of the test client."""
    made: dict[tuple[str, str], Form] = {
        (API, "POST"): {"kind": "PC", "insee": "45901", "filed_date": "2026-01-05", "member": given["member"]},
        (ONE, "PATCH"): {"description": "Abri de jardin"},
        (f"{ONE}events/", "POST"): {"what": "note", "on": "2026-01-06", "detail": {"note": "Appel"}},
        (f"{ONE}events/<int:event_id>/strike/", "POST"): {"reason": "Erreur"},
        (f"{OPENADS}dossiers/<str:dossier>/emprise", "POST"): {"parcelles": [given["parcels"]]},
    }
    found = made.get((route, method))
    return {"data": found, "content_type": "application/json", "HTTP_IF_MATCH": "*"} if found else None


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
        ("permis/importer/", "POST"): {
            "member": given["member"],
            "file": SimpleUploadedFile("registre.csv", REGISTER),
        },
    }
    return made.get((route, method))
