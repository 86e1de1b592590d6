"""Orders: begun from a request, numbered, published without the applicant's name, withdrawn."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

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
from layers.features.words import words as words_of
from networks.works.kinds import ABOUT, ORDERS
from networks.works.models import WorkOrder, WorkRequest
from networks.works.order_values import values_of
from networks.works.services.requests import State, check_may_decide, locked_request, may_decide, today

TITLES: Final = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"})


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
    """A draft with what is known of the request. Raises Forbidden."""
    check_may_decide(one, rights)
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
    changed = change(one, letter, words, version, rights)
    if letter.kind in ORDERS:
        check_signed(changed)
        check_names_nobody(one, changed)
    made = letters.finalise(changed, version=changed.version, rights=rights)
    locked = WorkRequest.objects.select_for_update().get(pk=one.pk)
    if locked.state != State.PUBLISHED:
        locked.state = State.ACCEPTED if letter.kind in ORDERS else State.REFUSED
        locked.decided_date = today()
        locked.save(update_fields=["state", "decided_date"])
    return made


@transaction.atomic
def discard(one: WorkRequest, letter: Letter, version: int, rights: Rights) -> None:
    check_may_decide(one, rights)
    letters.discard(letter, version=version)


def check_signed(letter: Letter) -> None:
    """An order that nobody signs orders nothing. Raises Invalid."""
    if not letter.signatory.strip():
        raise Invalid(_("Say who signs the order: capacity and name."), parameter="signatory")


def check_names_nobody(one: WorkRequest, letter: Letter) -> None:
    """An order is read by everybody: its words do not name the person who asked. Raises Invalid."""
    if one.is_company:
        return
    place = (one.work and one.work.place) or one.place
    for name, text in (*((name, getattr(letter, name)) for name in ("title", "body", "signatory")), ("place", place)):
        if named := person_in(text, one):
            words = _(
                "The order is published and names the person who asked (“%(named)s”): write “le bénéficiaire” instead;"
                " their name stays in the recipient, which is not published."
            )
            raise Invalid(words % {"named": named}, parameter=name)


def person_in(text: str, one: WorkRequest) -> str:
    """What in a text tells who asked: the name, however it is written, “M. Name”, the e-mail, the telephone."""
    said = words_of(text)
    parts = [part for part in words_of(one.applicant_name) if part not in TITLES]
    for first, second in pairwise(said):
        if first in TITLES and second in parts:
            return f"{first} {second}"
        if first != second and {first, second} <= set(parts):
            return one.applicant_name
    if len(parts) == 1 and parts[0] in said:
        return one.applicant_name
    for line in one.applicant_address.splitlines():
        address = words_of(line)
        if len(address) > 2 and any(word.isdigit() for word in address) and in_order(address, said):
            return line
    if one.applicant_email and one.applicant_email.lower() in text.lower():
        return one.applicant_email
    digits = "".join(filter(str.isdigit, one.applicant_phone))[-9:]
    if len(digits) == 9 and digits in "".join(filter(str.isdigit, text)):
        return one.applicant_phone
    return ""


def in_order(parts: Sequence[str], said: Sequence[str]) -> bool:
    return f" {' '.join(parts)} " in f" {' '.join(said)} "


# -- what everybody reads ---------------------------------------------------------------------------------------------


@transaction.atomic
def publish(one: WorkRequest, letter: Letter, *, version: int, rights: Rights) -> WorkOrder:
    """Everybody reads the order from now on, without its recipient. Raises Forbidden, Conflict, Invalid, Stale."""
    check_may_decide(one, rights)
    locked = locked_request(one, version)
    if letter.kind not in ORDERS:
        raise Invalid(_("A refusal is sent to who asked; it is not published."))
    if letter.state != Letter.State.FINAL:
        raise Conflict(_("Number the order first: a draft is not published."))
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
    known = Letter.objects.filter(about_kind=ABOUT, about_key=str(one.pk), owner=one.owner_id).values("pk")
    return WorkOrder.objects.filter(owner=one.owner_id, letter_id__in=known).defer("pdf")


def in_force(day: date, *, insee: str = "") -> QuerySet[WorkOrder]:
    """Published orders that are in force or still to come, the last published first."""
    found = WorkOrder.objects.filter(withdrawn_at=None, ends_on__gte=day).select_related("owner").defer("pdf")
    if insee:
        found = found.filter(insee=insee)
    return found.order_by("-published_at", "-pk")


def published(order_id: int) -> WorkOrder:
    """One that everybody reads, with its file; one whose days are over, too. Raises NotFound."""
    found = WorkOrder.objects.filter(pk=min(order_id, 2**63 - 1), withdrawn_at=None).first()
    if found is None:
        raise NotFound(_("There is no such published order."))
    return found
