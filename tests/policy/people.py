"""What the policy table needs of people: an absence, an open review of rights and a closed one for each member."""

from datetime import date
from typing import Any

from gis_core.database import clock as database_clock
from gis_core.models import Absence, Membership, RightsReview
from tests import factories

REVIEW = "membres/<slug:slug>/revue/<int:review_id>/"
PERSON = "membres/<slug:slug>/<int:membership_id>/"
FORMS: dict[tuple[str, str], dict[str, Any]] = {
    (f"{PERSON}passation/", "POST"): {"purpose": "leaves", "action": "try"},
    (f"{PERSON}dernier-jour/", "POST"): {"last_date": "2027-06-30"},
}


def rows(persons: dict[str, Membership]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    days = {"first_date": date(2026, 1, 1), "last_date": date(2026, 1, 31)}
    with factories.as_owner():
        for whose, person in persons.items():
            Absence.objects.create(owner=person.member, person=person.user, **days)
            final = {"state": "final", "pdf": b"%PDF", "sha256": "0" * 64, "closed_at": database_clock.now()}
            for name, more in (("open", {}), ("final", final)):
                review = RightsReview.objects.create(owner=person.member, last_date=date(2026, 1, 31), **more)
                made[f"review {name} {whose}"] = review.pk
    return made


def arguments(route: str, made: dict[str, Any], whose: str, missing: int) -> dict[str, Any]:
    state = "final" if route.endswith(".pdf") else "open"
    return {"review_id": made.get(f"review {state} {whose}", missing)}
