"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from gis_core.letters.kinds import kind_of
from gis_core.models import Letter, Member, User
from gis_core.rights import acting_as, rights_of
from permits.letters import Asked
from permits.models import Permit
from permits.services.filing import Filing, file_permit
from permits.services.letters import begin_letter

Form = dict[str, Any]
PERMIT = "permis/<str:permit>/"
MISSING = "PC04590126Z9999"


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    with acting_as(rights_of(person)):
        return file_permit(given, rights_of(person)).permit


def letter(permit: Permit, person: User) -> Letter:
    """A draft of a letter of a file."""
    with acting_as(rights_of(person)):
        return begin_letter(permit, kind_of("permit-consultation"), Asked(), rights_of(person))


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    words = {"title": "Objet", "body": "Texte", "recipient": "", "signatory": "", "version": 1, "action": "save"}
    made: dict[tuple[str, str], Form] = {
        (f"{PERMIT}courriers/", "POST"): {"kind": "permit-receipt"},
        (f"{PERMIT}courriers/<int:letter_id>/", "POST"): words,
        ("courriers/<slug:slug>/<slug:kind>/", "POST"): {**words, "version": 0},
        ("courriers/<slug:slug>/en-tete/", "POST"): {"place": "Lorris"},
    }
    return made.get((route, method))
