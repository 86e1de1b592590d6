"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from gis_core.models import Member, User
from gis_core.rights import acting_as, rights_of
from permits.models import Permit
from permits.services.filing import Filing, file_permit

Form = dict[str, Any]
PERMIT = "permis/<str:permit>/"
MISSING = "PC04590126Z9999"


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    with acting_as(rights_of(person)):
        return file_permit(given, rights_of(person)).permit


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    made: dict[tuple[str, str], Form] = {}
    return made.get((route, method))
