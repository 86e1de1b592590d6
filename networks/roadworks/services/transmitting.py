"""A request that another authority decides about goes to it, where it is a member (CRPA L.114-2)."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.roadworks.models import WorkRequest, WorkTransmission, WorkTransmissionQuerySet
from networks.roadworks.services.competence import Authority, Competence, competent
from networks.roadworks.services.requests import check_in_hand, check_may_decide, locate_request, lock_request
from networks.roadworks.services.undoing import check_not_numbered

RECEIVES: Final = {
    Authority.COMMUNE: Member.Kind.EPCI,
    Authority.EPCI: Member.Kind.EPCI,
    Authority.DEPARTEMENT: Member.Kind.DEPARTEMENT,
}
"""Which kind of member deals with what an authority decides; an inter-communal body prepares what its mayors sign."""


def receiver_of(one: WorkRequest, competence: Competence) -> Member | None:
    """The member of the commune that deals with what its own does not decide."""
    kind = RECEIVES.get(competence.one)
    if kind is None or kind == one.owner.kind:
        return None
    return Member.objects.filter(kind=kind, territories__commune_id=one.insee).order_by("pk").first()


@transaction.atomic
def transmit(one: WorkRequest, *, version: int, rights: Rights) -> Member:
    """To whom it went, with its pieces: drafts are deleted, works of others detached. The sender sees the line of it
    alone from now on. Raises Forbidden, Stale, Conflict (numbered, withdrawn, nobody to send it to).
    """
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    check_in_hand(locked)
    check_not_numbered(locked)
    receiver = receiver_of(locked, competent(locate_request(locked), locked.kind, locked.owner))
    if receiver is None:
        raise Conflict(_("No other member here decides about this request."))
    execute("select arpent.transmit_request(%s, %s, %s)", (locked.pk, receiver.pk, database_clock.today()))
    return receiver


def list_sent(rights: Rights) -> WorkTransmissionQuerySet:
    """What the asker's members sent elsewhere, the last first."""
    mine = WorkTransmission.objects.visible_to(rights).select_related("owner", "receiver")
    return mine if rights.agency else mine.filter(owner_id__in=list(rights.roles))


def get_transmission(one: WorkRequest, rights: Rights) -> WorkTransmission | None:
    """How a request came to the member that has it; None where it was entered there."""
    lines = WorkTransmission.objects.visible_to(rights).filter(number=one.pk, receiver_id=one.owner_id)
    return lines.select_related("owner").order_by("-pk").first()
