"""What becomes of what people of the planning desk have, when they leave or are away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_core.database import clock as database_clock
from permits.models import ConsultationLink
from permits.services.reminding import close_feed

if TYPE_CHECKING:
    from gis_core.models import Member, User


def close_calendar(user: User, member: Member | None) -> int:
    """The address of a person's calendar, once they are of no member any more: at a member its entries end alone."""
    return close_feed(user) if member is None else 0


def close_consultations(user: User, member: Member | None) -> int:
    """Links of consultations that were sent to the person's own address; those of the bodies consulted stay open."""
    links = ConsultationLink.objects.filter(revoked_at=None, email__iexact=user.email)
    if not user.email:
        return 0
    if member is not None:
        links = links.filter(permit__owner=member)
    return links.update(revoked_at=database_clock.now())
