"""What was done about a request, undone: reopened, withdrawn by who asked, detached from works, deleted."""

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden
from gis_core.members.rights import Rights
from gis_core.models import Letter
from networks.roadworks.models import WorkRequest
from networks.roadworks.services.requests import (
    State,
    check_may_decide,
    is_numbered,
    letters_about,
    lock_request,
    may_change,
    may_write,
    write_decision,
)


@transaction.atomic
def reopen(one: WorkRequest, *, version: int, rights: Rights) -> WorkRequest:
    """As it was before anybody decided. Raises Forbidden, Stale, Conflict (numbered)."""
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    check_not_numbered(locked)
    locked.state, locked.decided_date, locked.decided_by = State.RECEIVED, None, None
    locked.save(update_fields=["state", "decided_date", "decided_by"])
    return locked


@transaction.atomic
def withdraw(one: WorkRequest, *, version: int, rights: Rights) -> WorkRequest:
    """Who asked wants it no more, as whoever answers the telephone notes. Raises Forbidden, Stale, Conflict."""
    if not may_write(one.owner_id, one.insee, rights):
        raise Forbidden(_("Your role does not allow this."))
    locked = lock_request(one, version)
    if locked.state in (State.PUBLISHED, State.ANSWERED):
        raise Conflict(_("This request is answered: its order or letter stands."))
    return write_decision(locked, State.WITHDRAWN, rights)


@transaction.atomic
def detach(one: WorkRequest, *, version: int, rights: Rights) -> WorkRequest:
    """The works stay, without this request. Raises Forbidden, Stale, Conflict (an order is published)."""
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    if locked.state == State.PUBLISHED:
        raise Conflict(_("An order is published for these works: the request stays with them."))
    locked.work, locked.joined_by = None, None
    locked.save(update_fields=["work", "joined_by"])
    return locked


@transaction.atomic
def delete(one: WorkRequest, *, version: int, rights: Rights) -> None:
    """With its drafts, for good: entered twice, or by mistake. Raises Forbidden, Stale, Conflict (it is an archive)."""
    locked = lock_request(one, version)
    if not may_change(locked, rights):
        raise Forbidden(_("You do not delete this request: who decides on it does."))
    check_not_numbered(locked)
    if not may_be_deleted(locked):
        raise Conflict(
            _(
                "A request that was decided, or has pieces, removed ones too, is a public archive (Code du patrimoine,"
                " L.212-2): note it as withdrawn instead."
            )
        )
    letters_about(locked).filter(state=Letter.State.DRAFT).delete()
    locked.delete()


def may_be_deleted(one: WorkRequest) -> bool:
    """What was entered, and no more: nobody ever decided, nothing was attached (`sql/keep_request.sql` as well)."""
    untouched = one.state == State.RECEIVED and not one.was_decided and one.forgotten_date is None
    return untouched and not one.documents.exists()


def check_not_numbered(one: WorkRequest) -> None:
    if is_numbered(one):
        raise Conflict(_("A letter about this request is numbered: the request stays with it, as it was decided."))
