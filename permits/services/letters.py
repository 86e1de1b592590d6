"""Letters of a file: those who instruct write them; those who see the file read the final ones, and a town hall the
drafts that are proposed for its signature.

Most name the applicant. Who may not read applicants sees such letters only where they wrote them themselves
(`triggers.py`), and each reading is written in the journal.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.letters import services as letters
from gis_core.letters.kinds import LetterKind, Value, kind_of
from gis_core.letters.services import About
from gis_core.members.rights import Rights
from gis_core.models import Letter, LetterQuerySet
from permits.acts.authorities import signature_for
from permits.acts.checks import check_act, check_unchanged
from permits.acts.decided import following_values, withdrawal_values
from permits.acts.kinds import FOLLOWING, FOR_FILES, GIVEN_REASONS, IN_ITS_NAME, WITHDRAWALS
from permits.acts.values import act_content, file_values, ground_for
from permits.acts.watched import beside_values, keep_watched
from permits.deadlines.law import Kind
from permits.letters import (
    ABOUT,
    ACKNOWLEDGEMENT,
    LONGER,
    MISSING_DOCUMENTS,
    POSTED,
    LetterRequest,
    body_label,
    letter_field_values,
)
from permits.models import Authority, Permit, SignatureProposal
from permits.procedure import COUNTER, INSTRUCTS
from permits.services.applicants import Person, may_read_applicant, read_applicants
from permits.services.land import LandReading
from permits.services.proposing import grounds_ahead
from permits.services.recording import check_may_write, lock_permit, may_write
from permits.services.signing import settle

MAYORS = (Authority.Quality.MAYOR, Authority.Quality.MAYOR_FOR_STATE)


def letters_of(permit: Permit, rights: Rights) -> LetterQuerySet:
    """The letters of a file that the asker reads: final ones; drafts where they instruct, and at a town hall those that
    are proposed for signature.
    """
    letters = Letter.objects.visible_to(rights).about(ABOUT, permit.number).filter(owner=permit.owner_id)
    if not may_write(permit, rights, INSTRUCTS):
        readable = Q(state=Letter.State.FINAL)
        if may_write(permit, rights, COUNTER):
            waiting = SignatureProposal.objects.filter(permit=permit, state=SignatureProposal.State.WAITING)
            readable |= Q(pk__in=waiting.values("letter"))
        letters = letters.filter(readable)
    if not may_read_applicant(permit):
        letters = letters.filter(Q(nominative=False) | Q(created_by_id=rights.user_id))
    return letters


def letter_of(permit: Permit, letter_id: int, rights: Rights) -> Letter:
    """A letter of the file that the user sees, with its owner and authors. Raises NotFound."""
    letter = (
        letters_of(permit, rights).select_related("owner", "created_by", "finalised_by").filter(pk=letter_id).first()
    )
    if letter is None:
        raise NotFound(_("There is no such letter, or you may not see it."))
    return letter


@transaction.atomic
def begin_letter(permit: Permit, kind: LetterKind, request: LetterRequest, rights: Rights) -> Letter:
    """A draft with what is known of the file. Raises Forbidden, Invalid (not of such a file), and of acts Conflict."""
    check_may_write(permit, rights, INSTRUCTS)
    if Kind(permit.kind) not in FOR_FILES[kind.code]:
        message = _("There is no such letter for a file of this kind (%(kind)s).")
        raise Invalid(message % {"kind": permit.get_kind_display()}, parameter="kind")
    person = applicant_for(permit, kind)
    if kind.code == ACKNOWLEDGEMENT:
        request = replace(request, possible=grounds_ahead(permit, rights))
    values = letter_field_values(permit, request, person)
    begun, signatory = notification_values(kind, request, values), ""
    if kind.is_act:
        today = database_clock.today()
        signature = signature_for(permit, today, request.signatory)
        land = ground_for(permit, kind, rights)
        content = act_content(permit, kind, signature, values, request, person, land, today)
        values, begun, signatory = values | dict(content.values), dict(content.begun_with), signature.block
    else:
        if kind.code in GIVEN_REASONS:
            values["motifs"] = list(request.reasons)
        if kind.code in WITHDRAWALS:
            values |= withdrawal_values(permit)
        if kind.code in FOLLOWING:
            values |= following_values(permit)
        if kind.code in IN_ITS_NAME:
            begun, signatory = head_of_letter(permit, kind, request.signatory)
    to = [person.name, person.address] if person else []
    if request.consultation:
        to = [body_label(request.consultation), request.consultation.email]
    about = About(owner=permit.owner, insee=permit.insee, kind=ABOUT, key=permit.number)
    recipient = "\n".join(filter(None, to))
    return letters.begin(
        about, kind, values=values, recipient=recipient, rights=rights, signatory=signatory, begun_with=begun
    )


def head_of_letter(permit: Permit, kind: LetterKind, signatory: int | None) -> tuple[dict[str, Any], str]:
    """The head and the signature of who decides on the file, where they are written: else both are typed by hand.

    A certificate of posting is a mayor's.
    """
    try:
        signature = signature_for(permit, database_clock.today(), signatory)
    except Conflict:
        return {}, ""
    if kind.code == POSTED and signature.authority.quality not in MAYORS:
        return {}, ""
    return {"authority": signature.authority.pk}, signature.block


def applicant_for(permit: Permit, kind: LetterKind) -> Person | None:
    """Who asks, for a letter that names them; written in the journal."""
    if not kind.nominative:
        return None
    return read_applicants([permit], why=_("Letter: %(kind)s") % {"kind": kind.name}).get(permit.pk)


def file_values_now(permit: Permit, kind: LetterKind, land: LandReading) -> dict[str, Value]:
    """What an act of this kind would say of the file today."""
    person = applicant_for(permit, kind)
    known = letter_field_values(permit, LetterRequest(), person)
    return keep_watched(known) | file_values(permit, kind, known, person, land) | beside_values(permit)


def notification_values(kind: LetterKind, request: LetterRequest, values: Mapping[str, Value]) -> dict[str, Any]:
    """What the form that records the letter's notification takes from it: the pieces, or the grounds."""
    if kind.code == MISSING_DOCUMENTS:
        documents = values["pieces_manquantes"]
        return {"pieces": list(documents) if isinstance(documents, list | tuple) else []}
    return {"grounds": [ground.value for ground in request.grounds]} if kind.code == LONGER else {}


def note_reading(permit: Permit, letter: Letter) -> None:
    """Reading a letter that names the applicant is reading the applicant."""
    if letter.nominative:
        what = letter.number or str(kind_of(letter.kind).name)
        read_applicants([permit], why=_("Letter: %(kind)s") % {"kind": what})


@transaction.atomic
def change_letter(permit: Permit, letter: Letter, texts: dict[str, str], version: int, rights: Rights) -> Letter:
    """Change the texts of a letter of the file. Raises Forbidden, Conflict, Stale, Invalid."""
    check_may_write(permit, rights, INSTRUCTS)
    return letters.change(letter, texts=texts, version=version)


@transaction.atomic
def finalise_letter(
    permit: Permit, letter: Letter, texts: dict[str, str], version: int, rights: Rights, *, reread: bool = False
) -> Letter:
    """Change the words, then number and lock them; nothing is kept where it fails.

    An act is checked: who signs it, remedies, notes of the day, and that the file has not changed, unless it was
    `reread`. Raises as `change_letter`.
    """
    check_may_write(permit, rights, INSTRUCTS)
    kind = kind_of(letter.kind)
    # The ground is read before anything is locked: it takes the longest.
    land = ground_for(permit, kind, rights) if kind.is_act and not reread else None
    changed = change_letter(permit, letter, texts, version, rights)
    if kind.is_act:
        locked = lock_permit(permit)
        check_act(locked, kind, changed, database_clock.today())
        if land is not None:
            if locked.version != permit.version:
                land = ground_for(locked, kind, rights)
            check_unchanged(kind, changed, file_values_now(locked, kind, land))
    final = letters.finalise(changed, version=changed.version, rights=rights)
    settle(final, SignatureProposal.State.SIGNED, rights)
    return final


@transaction.atomic
def discard_letter(permit: Permit, letter: Letter, version: int, rights: Rights) -> None:
    check_may_write(permit, rights, INSTRUCTS)
    settle(letter, SignatureProposal.State.WITHDRAWN, rights)
    letters.discard(letter, version=version)
