"""What was done about a request, undone: reopened, withdrawn by who asked, detached from works, deleted."""

import shutil

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden
from gis_core.models import Letter
from gis_core.rights import Rights
from networks.works.models import WorkRequest
from networks.works.services.request_pieces import folder_of
from networks.works.services.requests import (
    State,
    check_may_decide,
    decided,
    is_numbered,
    letters_about,
    locked_request,
    may_change,
    may_write,
)


@transaction.atomic
def reopen(one: WorkRequest, *, version: int, rights: Rights) -> WorkRequest:
    """As it was before anybody decided. Raises Forbidden, Stale, Conflict (numbered)."""
    check_may_decide(one, rights)
    locked = locked_request(one, version)
    check_not_numbered(locked)
    locked.state, locked.decided_date, locked.decided_by = State.RECEIVED, None, None
    locked.save(update_fields=["state", "decided_date", "decided_by"])
    return locked


@transaction.atomic
def withdraw(one: WorkRequest, *, version: int, rights: Rights) -> WorkRequest:
    """Who asked wants it no more, as whoever answers the telephone notes. Raises Forbidden, Stale, Conflict."""
    if not may_write(one.owner_id, one.insee, rights):
        raise Forbidden(_("Your role does not allow this."))
    locked = locked_request(one, version)
    if locked.state in (State.PUBLISHED, State.ANSWERED):
        raise Conflict(_("This request is answered: its order or letter stands."))
    return decided(locked, State.WITHDRAWN, rights)


@transaction.atomic
def detach(one: WorkRequest, *, version: int, rights: Rights) -> WorkRequest:
    """The works stay, without this request. Raises Forbidden, Stale, Conflict (an order is published)."""
    check_may_decide(one, rights)
    locked = locked_request(one, version)
    if locked.state == State.PUBLISHED:
        raise Conflict(_("An order is published for these works: the request stays with them."))
    locked.work, locked.joined_by = None, None
    locked.save(update_fields=["work", "joined_by"])
    return locked


@transaction.atomic
def delete(one: WorkRequest, *, version: int, rights: Rights) -> None:
    """With its pieces and drafts, for good: entered twice, or to be erased. Raises Forbidden, Stale, Conflict."""
    locked = locked_request(one, version)
    if not may_change(locked, rights):
        raise Forbidden(_("You do not delete this request: who decides on it does."))
    check_not_numbered(locked)
    folder = folder_of(locked.pk)
    letters_about(locked).filter(state=Letter.State.DRAFT).delete()
    locked.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def check_not_numbered(one: WorkRequest) -> None:
    if is_numbered(one):
        raise Conflict(_("A letter about this request is numbered: the request stays with it, as it was decided."))
