"""The outages that people are in charge of, when they leave or are away."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from gis_core.models import Member, User
from gis_core.points import WorkItem
from networks.water.models import Outage
from networks.water.services.outages import hand_over, technicians_of


def find_outages(user: User, member: Member) -> list[WorkItem]:
    """Those under way that the person is in charge of, the latest first."""
    outages = Outage.objects.filter(owner=member, in_charge=user, state=Outage.State.OPEN, struck_at=None)
    return [
        WorkItem(number=one.pk, title=str(one), url=reverse("outage", args=[one.pk]))
        for one in outages.defer("answer", "question")
    ]


def why_no_outages(colleague: User, member: Member) -> str:
    """Why somebody may not be in charge of the member's outages, "" where they may."""
    if colleague.pk in technicians_of(member.pk):
        return ""
    return _("Choose a network technician or a GIS administrator of this member.")


def give_outages(ids: Sequence[int], colleague: User, rights: Rights) -> None:
    """Put somebody else in charge, with an entry in the journal of each outage. Raises Forbidden, Conflict, Invalid."""
    for outage in Outage.objects.filter(pk__in=ids).order_by("pk"):
        hand_over(outage, to=colleague.pk, note="", rights=rights)
