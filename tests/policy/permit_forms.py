"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Member, User
from gis_core.rights import acting_as, rights_of
from permits.models import Permit, Piece
from permits.services.filing import Filing, file_permit
from permits.services.pieces import path_of

Form = dict[str, Any]
PERMIT = "permis/<str:permit>/"
MISSING = "PC04590126Z9999"
PIECES: dict[int, int] = {}
"""The piece of each file."""
DRAWING = b"AC1032" + b"\0" * 60


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    with acting_as(rights_of(person)):
        made = file_permit(given, rights_of(person)).permit
        PIECES[made.pk] = piece(made).pk
    return made


def piece(of: Permit) -> Piece:
    """A piece of a file, with its content."""
    made = Piece.objects.create(
        permit=of, title="Plan", media_type="image/vnd.dwg", active=True, size_bytes=len(DRAWING), sha256="0" * 64
    )
    path_of(made).parent.mkdir(parents=True, exist_ok=True)
    path_of(made).write_bytes(DRAWING)
    return made


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    made: dict[tuple[str, str], Form] = {
        ("permis/demandeurs/", "POST"): {"q": "martin"},
        (f"{PERMIT}demandeur/", "POST"): {"name": "Jeanne Fictive"},
        (f"{PERMIT}pieces/", "POST"): {"kind": "plan", "file": SimpleUploadedFile("plan.dwg", DRAWING)},
    }
    return made.get((route, method))
