"""Two members on communes of their own, and people of every role at the first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Commune, Member, User
from permits.models import Authority, Permit, Signatory
from permits.services.applicants import Person
from permits.services.filing import Filing, file_permit
from permits.services.recording import record
from tests import factories


@dataclass
class World:
    """A member with the communes 45901 and 45902, another with 45903, people by role, two parcels in 45901."""

    commune: Commune
    elsewhere: Commune
    member: Member
    other: Member
    people: dict[str, User]

    def rights(self, who: str = Role.PERMIT_INSTRUCTOR) -> Any:
        return rights_of(self.people[who])

    def as_(self, who: str = Role.PERMIT_INSTRUCTOR) -> Any:
        return acting_as(self.rights(who))

    def file(self, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Permit:
        """A PC filed on 5 January 2026 on parcel AB 1, unless told otherwise."""
        defaults: dict[str, Any] = {
            "kind": "PC",
            "insee": "45901",
            "filed_date": date(2026, 1, 5),
            "parcels": ["AB 1"],
            "applicant": Person("Jeanne Martin", "1 rue des Lilas", "jeanne@example.org"),
        }
        with self.as_(who):
            return file_permit(Filing(**defaults | given), self.rights(who)).permit

    def record(
        self, permit: Permit, what: str, on: date | None, who: str = Role.PERMIT_INSTRUCTOR, **detail: Any
    ) -> Permit:
        """The file after something happened to it."""
        from permits.procedure import What

        with self.as_(who):
            record(permit, What(what), on=on, detail=detail, rights=self.rights(who))
            permit.refresh_from_db()
        return permit

    def client(self, who: str = Role.PERMIT_INSTRUCTOR) -> Client:
        """A client that takes errors for answers, signed in as that person."""
        client = Client(raise_request_exception=False, headers={"accept": "application/json"})
        client.force_login(self.people[who])
        return client


@pytest.fixture
def world(db: None) -> World:
    return made_world()


def mayor_of(member: Member) -> Signatory:
    """The mayor decides on every file of the member, and signs."""
    authority = Authority.objects.create(
        owner=member,
        quality="mayor",
        name="Commune de Lorris",
        address="1 place du Martroi\n45260 Lorris",
        place="Lorris",
        court="tribunal administratif d’Orléans",
        since_date=date(2020, 7, 3),
    )
    named = {"first_name": "Jeanne", "last_name": "Dupuis", "quality": "La maire"}
    return Signatory.objects.create(authority=authority, since_date=date(2020, 7, 3), **named)


@factories.as_owner()
def made_world() -> World:
    commune, second = factories.commune("45901", "Lorris"), factories.commune("45902", "Montereau")
    elsewhere = factories.commune("45903", "Boiscommun")
    member, other = factories.member(commune, second), factories.member(elsewhere)
    people = factories.everybody(member, commune)
    people["stranger"] = factories.user(other, Role.PERMIT_INSTRUCTOR)
    mayor_of(member)
    factories.parcel("45901", "AB", "0001")
    factories.parcel("45901", "AB", "0002", geom=factories.square(x=factories.ORIGIN[0] + 100))
    factories.parcel("45903", "AC", "0001")
    return World(commune, elsewhere, member, other, people)


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make it another day in Paris."""

    def be(day: date) -> None:
        from permits.services.recording import instant_of

        monkeypatch.setattr(database_clock, "ask", lambda: instant_of(day))
        database_clock.forget()

    return be
