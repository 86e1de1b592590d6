"""Orders: begun from a request, numbered, published without the applicant's name, withdrawn."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.letters.blocks import blocks_of
from gis_core.letters.document import Document, pdf_of
from gis_core.letters.kinds import LetterKind
from gis_core.models import Letter, LetterQuerySet
from gis_core.rights import Rights
from gis_core.services import letters
from gis_core.services.letters import About
from networks.works.kinds import ABOUT, ALIGNMENT, ANSWERS, ORDERS, REFUSAL
from networks.works.models import WorkOrder, WorkRequest
from networks.works.order_values import values_of
from networks.works.services.naming import check_doubts, check_names_nobody
from networks.works.services.requests import (
    State,
    check_in_hand,
    check_may_decide,
    decided,
    letters_about,
    locked_request,
    locked_row,
    may_decide,
    today,
)

DECIDES: Final = {REFUSAL: State.REFUSED, ALIGNMENT: State.ANSWERED}
"""What a request has become once such a letter is numbered; accepted with any other."""


# -- letters ----------------------------------------------------------------------------------------------------------


def letters_of(one: WorkRequest, rights: Rights) -> LetterQuerySet:
    """The letters of a request: drafts for those who decide, final ones for the town hall, too."""
    found = Letter.objects.visible_to(rights).about(ABOUT, str(one.pk)).filter(owner=one.owner_id)
    return found if may_decide(one.owner_id, rights) else found.filter(state=Letter.State.FINAL)


def letter_of(one: WorkRequest, letter_id: int, rights: Rights) -> Letter:
    """Raises NotFound."""
    people = ("owner", "created_by", "finalised_by")
    found = letters_of(one, rights).select_related(*people).filter(pk=min(letter_id, 2**63 - 1)).first()
    if found is None:
        raise NotFound(_("There is no such letter, or you may not see it."))
    return found


@transaction.atomic
def begin(one: WorkRequest, kind: LetterKind, rights: Rights) -> Letter:
    """A draft with what is known of the request. Raises Forbidden, NotFound, Conflict (withdrawn or forgotten)."""
    check_may_decide(one, rights)
    check_in_hand(locked_row(one))
    about = About(owner=one.owner, insee=one.insee, kind=ABOUT, key=str(one.pk))
    recipient = "\n".join(filter(None, (one.applicant_name, one.applicant_address)))
    return letters.begin(about, kind, values=values_of(one, kind.code), recipient=recipient, rights=rights)


@transaction.atomic
def change(one: WorkRequest, letter: Letter, words: Mapping[str, str], version: int, rights: Rights) -> Letter:
    """Raises Forbidden, Conflict, Stale, Invalid."""
    check_may_decide(one, rights)
    return letters.change(letter, words=words, version=version)


@transaction.atomic
def finalise(one: WorkRequest, letter: Letter, words: Mapping[str, str], version: int, rights: Rights) -> Letter:
    """Number it; the request is decided. What will be published must name no person. Raises as `change`."""
    check_may_decide(one, rights)
    locked = locked_row(one)
    check_in_hand(locked)
    changed = change(one, letter, words, version, rights)
    if letter.kind in ANSWERS:
        check_signed(changed)
    if letter.kind in ORDERS:
        check_names_nobody(locked, changed)
    made = letters.finalise(changed, version=changed.version, rights=rights)
    if locked.state != State.PUBLISHED:
        decided(locked, DECIDES.get(letter.kind, State.ACCEPTED), rights)
    return made


@transaction.atomic
def discard(one: WorkRequest, letter: Letter, version: int, rights: Rights) -> None:
    check_may_decide(one, rights)
    letters.discard(letter, version=version)


def check_signed(letter: Letter) -> None:
    """An order that nobody signs orders nothing. Raises Invalid."""
    if not letter.signatory.strip():
        raise Invalid(_("Say who signs the order: capacity and name."), parameter="signatory")


# -- what everybody reads ---------------------------------------------------------------------------------------------


@transaction.atomic
def publish(one: WorkRequest, letter: Letter, *, version: int, rights: Rights, confirmed: bool = False) -> WorkOrder:
    """Everybody reads the order from now on, without its recipient; `confirmed`: what may name somebody was looked at.

    Raises Forbidden, Conflict, Invalid, Stale.
    """
    check_may_decide(one, rights)
    locked = locked_request(one, version)
    if letter.kind not in ORDERS:
        raise Invalid(_("This letter is sent to who asked; it is not published."))
    if letter.state != Letter.State.FINAL:
        raise Conflict(_("Number the order first: a draft is not published."))
    check_in_hand(locked)
    if locked.state == State.REFUSED:
        raise Conflict(_("This request was refused: accept it before its order is published."))
    former = WorkOrder.objects.filter(letter_id=letter.pk).first()
    if former is not None:
        raise Conflict(
            _("This order is published already.")
            if former.withdrawn_at is None
            else _("This order was withdrawn: write a new one.")
        )
    check_names_nobody(locked, letter)
    check_doubts(locked, letter, confirmed=confirmed)
    pdf, work = public_pdf(locked, letter), locked.work
    made = WorkOrder.objects.create(
        owner=locked.owner,
        number=letter.number or "",
        title=letter.title,
        kind=letter.kind,
        insee=locked.insee,
        place=(work and work.place) or locked.place,
        starts_on=work.starts_on if work else locked.starts_on,
        ends_on=work.ends_on if work else locked.ends_on,
        letter_id=letter.pk,
        work_id=locked.work_id,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
    )
    locked.state = State.PUBLISHED
    locked.save(update_fields=["state"])
    return made


def public_pdf(one: WorkRequest, letter: Letter) -> bytes:
    """The order under its number and day, with a company for its recipient, or nobody."""
    assert letter.finalised_at is not None
    document = Document(
        **letters.around(letters.letterhead_of(letter.owner)),
        day=timezone.localdate(letter.finalised_at),
        number=letter.number or "",
        recipient=one.applicant_name if one.is_company else "",
        title=letter.title,
        body=blocks_of(letter.body),
        signatory=letter.signatory,
    )
    return pdf_of(document)


@transaction.atomic
def withdraw(one: WorkRequest, order_id: int, *, version: int, rights: Rights) -> WorkOrder:
    """Nobody reads it any more but those who deal with the request. Raises Forbidden, NotFound, Stale."""
    check_may_decide(one, rights)
    locked = locked_request(one, version)
    order = orders_of(locked).filter(pk=min(order_id, 2**63 - 1), withdrawn_at=None).select_for_update().first()
    if order is None:
        raise NotFound(_("There is no such published order."))
    order.withdrawn_at = timezone.now()
    order.save(update_fields=["withdrawn_at"])
    if not orders_of(locked).filter(withdrawn_at=None).exists():
        locked.state = State.ACCEPTED
        locked.save(update_fields=["state"])
    return order


def orders_of(one: WorkRequest) -> QuerySet[WorkOrder]:
    """The orders that were published for a request, without their files."""
    known = letters_about(one).values("pk")
    return WorkOrder.objects.filter(owner=one.owner_id, letter_id__in=known).defer("pdf")


def in_force(day: date, *, insee: str = "") -> QuerySet[WorkOrder]:
    """Published orders that are in force or still to come, the last published first."""
    found = WorkOrder.objects.filter(withdrawn_at=None, ends_on__gte=day).select_related("owner").defer("pdf")
    if insee:
        found = found.filter(insee=insee)
    return found.order_by("-published_at", "-pk")


def published(order_id: int) -> WorkOrder:
    """One that everybody reads, with its file; one whose days are over, too, as long as its applicant is known: what an
    order says of a place may tell who lived there. Raises NotFound.
    """
    oldest = today() - timedelta(days=round(365.25 * settings.ROAD_REQUEST_YEARS))
    found = WorkOrder.objects.filter(ends_on__gte=oldest, pk=min(order_id, 2**63 - 1), withdrawn_at=None).first()
    if found is None:
        raise NotFound(_("There is no such published order."))
    return found
