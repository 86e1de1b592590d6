"""Orders and letters that answer a request: begun, changed, numbered. Publishing is in `publication`."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.letters.kinds import LetterKind, Value
from gis_core.models import Letter, LetterQuerySet
from gis_core.rights import Rights
from gis_core.services import letters
from gis_core.services.letters import About
from layers.features.words import words as words_of
from networks.works import days
from networks.works.kinds import ABOUT, ORDERS
from networks.works.models import WorkRequest
from networks.works.order_values import values_of
from networks.works.services.requests import State, check_may_decide, may_decide, today

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
    return begun(one, kind, values_of(one, kind.code), held(one), rights)


def begun(
    one: WorkRequest, kind: LetterKind, values: Mapping[str, Value], came_from: Mapping[str, Any], rights: Rights
) -> Letter:
    """A draft that keeps what its words `came_from`. The caller has checked who may."""
    about = About(owner=one.owner, insee=one.insee, kind=ABOUT, key=str(one.pk))
    recipient = "\n".join(filter(None, (one.applicant_name, one.applicant_address)))
    return letters.begin(about, kind, values=values, recipient=recipient, rights=rights, begun_with=came_from)


@transaction.atomic
def change(one: WorkRequest, letter: Letter, words: Mapping[str, str], version: int, rights: Rights) -> Letter:
    """Raises Forbidden, Conflict, Stale, Invalid."""
    check_may_decide(one, rights)
    return letters.change(letter, words=words, version=version)


@transaction.atomic
def finalise(one: WorkRequest, letter: Letter, words: Mapping[str, str], version: int, rights: Rights) -> Letter:
    """Number it; the request is decided. What will be published must name no person. Raises as `change`."""
    changed = change(one, letter, words, version, rights)
    locked = WorkRequest.objects.select_for_update().get(pk=one.pk)
    if letter.kind in ORDERS:
        check_as_begun(locked, changed)
        check_signed(changed)
        check_names_nobody(one, changed)
    made = letters.finalise(changed, version=changed.version, rights=rights)
    if locked.state != State.PUBLISHED:
        locked.state = State.ACCEPTED if letter.kind in ORDERS else State.REFUSED
        locked.decided_date = today()
        locked.save(update_fields=["state", "decided_date"])
    return made


@transaction.atomic
def discard(one: WorkRequest, letter: Letter, version: int, rights: Rights) -> None:
    check_may_decide(one, rights)
    letters.discard(letter, version=version)


# -- what an order says must hold -------------------------------------------------------------------------------------


def held(one: WorkRequest) -> dict[str, str]:
    """The days and the place that an order takes from the works, or from the request that has none yet."""
    source = one.work or one
    return {
        "starts_on": source.starts_on.isoformat(),
        "ends_on": source.ends_on.isoformat(),
        "place": (one.work and one.work.place) or one.place,
    }


def changed_since(one: WorkRequest, letter: Letter) -> str:
    """What the text was begun with, where days or place are others now; nothing for letters that did not keep it."""
    then, now = letter.begun_with, held(one)
    if "starts_on" not in then or then == now:
        return ""
    told = _("The text was begun with “%(then)s”; it is “%(now)s” now: begin the draft again.")
    return told % {"then": in_words(then), "now": in_words(now)}


def in_words(known: Mapping[str, str]) -> str:
    said = days.said(date.fromisoformat(known["starts_on"]), date.fromisoformat(known["ends_on"]))
    return ", ".join(filter(None, (known["place"], said)))


def check_as_begun(one: WorkRequest, letter: Letter) -> None:
    """What everybody reads of an order in a list is what its text says. Raises Conflict."""
    if words := changed_since(one, letter):
        raise Conflict(words)


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
