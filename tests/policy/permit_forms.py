"""Files of two members, and what a valid request for each page and address of theirs holds."""

from datetime import date
from typing import Any

from gis_core.models import Member, User
from gis_core.rights import acting_as, rights_of
from permits.models import Permit, Team
from permits.services.filing import Filing, file_permit

Form = dict[str, Any]
SETTINGS = "permis/reglages/<slug:slug>/"
PERMIT = "permis/<str:permit>/"
MISSING = "PC04590126Z9999"


def permit(owner: Member, person: User) -> Permit:
    """A file of a member, filed by one of its people who may."""
    insee = str(owner.territories.values_list("commune_id", flat=True).first())
    given = Filing(kind="PC", insee=insee, filed_date=date(2026, 1, 5))
    with acting_as(rights_of(person)):
        return file_permit(given, rights_of(person)).permit


def team(owner: Member) -> Team:
    """A team of a member, without people."""
    return Team.objects.create(member=owner, name="Nord")


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body, or the query; None where the route needs none."""
    made: dict[tuple[str, str], Form] = {
        (SETTINGS, "POST"): {"series": "A", "applicant_roles": ["permit_instructor"], "applicant_years": 10},
        (f"{SETTINGS}equipes/", "POST"): {"name": "Sud"},
        (f"{SETTINGS}equipes/<int:team_id>/", "POST"): {"name": "Est"},
    }
    return made.get((route, method))
