"""Orders and letters that answer a request: begun, changed, numbered. Publishing is in `publication`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.letters import services as letters
from gis_core.letters.kinds import LetterKind, Value
from gis_core.letters.services import About
from gis_core.members.rights import Rights
from gis_core.models import Letter, LetterQuerySet
from networks.roadworks import days
from networks.roadworks.kinds import ABOUT, ALIGNMENT, ANSWERS, ORDERS, REFUSAL
from networks.roadworks.models import WorkRequest
from networks.roadworks.order_values import order_field_values, signatory_of
from networks.roadworks.services.naming import check_names_nobody
from networks.roadworks.services.requests import (
    State,
    check_in_hand,
    check_may_decide,
    lock_request_row,
    may_decide,
    write_decision,
)

DECIDES: Final = {REFUSAL: State.REFUSED, ALIGNMENT: State.ANSWERED}
"""What a request has become once such a letter is numbered; accepted with any other."""


# -- letters ----------------------------------------------------------------------------------------------------------


def letters_of(one: WorkRequest, rights: Rights) -> LetterQuerySet:
    """The letters of a request: drafts for those who decide, final ones for the town hall, too."""
    letters = Letter.objects.visible_to(rights).about(ABOUT, str(one.pk)).filter(owner=one.owner_id)
    return letters if may_decide(one.owner_id, rights) else letters.filter(state=Letter.State.FINAL)


def letter_of(one: WorkRequest, letter_id: int, rights: Rights) -> Letter:
    """A letter of the request that the user sees, with its owner and authors. Raises NotFound."""
    people = ("owner", "created_by", "finalised_by")
    letter = letters_of(one, rights).select_related(*people).filter(pk=min(letter_id, 2**63 - 1)).first()
    if letter is None:
        raise NotFound(_("There is no such letter, or you may not see it."))
    return letter


@transaction.atomic
def begin(one: WorkRequest, kind: LetterKind, rights: Rights) -> Letter:
    """A draft with what is known of the request. Raises Forbidden, NotFound, Conflict (withdrawn or forgotten)."""
    check_may_decide(one, rights)
    return begin_draft(one, kind, order_field_values(one, kind.code), days_and_place(one), rights)


def begin_draft(
    one: WorkRequest, kind: LetterKind, values: Mapping[str, Value], came_from: Mapping[str, Any], rights: Rights
) -> Letter:
    """A draft that keeps what its words `came_from`; none for who withdrew, or was forgotten.

    The caller has checked who may.
    """
    check_in_hand(lock_request_row(one))
    about = About(owner=one.owner, insee=one.insee, kind=ABOUT, key=str(one.pk))
    recipient = "\n".join(filter(None, (one.applicant_name, one.applicant_address)))
    signatory = signatory_of(values) if kind.code in ANSWERS else ""
    return letters.begin(
        about, kind, values=values, recipient=recipient, signatory=signatory, rights=rights, begun_with=came_from
    )


@transaction.atomic
def change(one: WorkRequest, letter: Letter, texts: Mapping[str, str], version: int, rights: Rights) -> Letter:
    """Change the texts of a letter of the request. Raises Forbidden, Conflict, Stale, Invalid."""
    check_may_decide(one, rights)
    return letters.change(letter, texts=texts, version=version)


@transaction.atomic
def finalise(one: WorkRequest, letter: Letter, texts: Mapping[str, str], version: int, rights: Rights) -> Letter:
    """Number it; the request is decided. What will be published must name no person. Raises as `change`."""
    check_may_decide(one, rights)
    locked = lock_request_row(one)
    check_in_hand(locked)
    changed = change(one, letter, texts, version, rights)
    if letter.kind in ORDERS:
        check_as_begun(locked, changed)
    if letter.kind in ANSWERS:
        check_signed(changed)
    if letter.kind in ORDERS:
        check_names_nobody(locked, changed)
    made = letters.finalise(changed, version=changed.version, rights=rights)
    if locked.state != State.PUBLISHED:
        write_decision(locked, DECIDES.get(letter.kind, State.ACCEPTED), rights)
    return made


@transaction.atomic
def discard(one: WorkRequest, letter: Letter, version: int, rights: Rights) -> None:
    check_may_decide(one, rights)
    letters.discard(letter, version=version)


# -- what an order says must hold -------------------------------------------------------------------------------------


def days_and_place(one: WorkRequest) -> dict[str, str]:
    """The days and the place that an order takes from the works, or from the request that has none yet."""
    source = one.work or one
    return {
        "starts_on": source.starts_on.isoformat(),
        "ends_on": source.ends_on.isoformat(),
        "place": (one.work and one.work.located) or one.place,
    }


def describe_changes(one: WorkRequest, letter: Letter) -> str:
    """What the text was begun with, where days or place are others now; nothing for letters that did not keep it."""
    then, now = letter.begun_with, days_and_place(one)
    if "starts_on" not in then or then == now:
        return ""
    message = _("The text was begun with “%(then)s”; it is “%(now)s” now: begin the draft again.")
    return message % {"then": describe_terms(then), "now": describe_terms(now)}


def describe_terms(known: Mapping[str, str]) -> str:
    said = days.format_days(date.fromisoformat(known["starts_on"]), date.fromisoformat(known["ends_on"]))
    return ", ".join(filter(None, (known["place"], said)))


def check_as_begun(one: WorkRequest, letter: Letter) -> None:
    """What everybody reads of an order in a list is what its text says. Raises Conflict."""
    if message := describe_changes(one, letter):
        raise Conflict(message)


def check_signed(letter: Letter) -> None:
    """An order that nobody signs orders nothing. Raises Invalid."""
    if not letter.signatory.strip():
        raise Invalid(_("Say who signs the order: capacity and name."), parameter="signatory")
