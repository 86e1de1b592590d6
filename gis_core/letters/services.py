"""Letters: begun from a template, changed, made final under a number; templates and letterheads of members.

The app whose letters they are says who writes them; who edits templates and letterheads is checked here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from unicodedata import category

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.letters.blocks import blocks_of, has_open_field
from gis_core.letters.document import Document, pdf_of
from gis_core.letters.kinds import LetterKind, Value, kind_of, may_edit
from gis_core.letters.logo import logo_of
from gis_core.letters.template import LONGEST_TITLE, TO_COMPLETE, TO_CONFIRM, Template
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Letter, Letterhead, LetterTemplate, Member
from gis_core.points import LETTER_KINDS

LONGEST_BODY, LONGEST_SIDE = 200_000, 1_000
TEXTS = ("title", "recipient", "body", "signatory")
HEAD = {"name": 150, "address": LONGEST_SIDE, "contact": LONGEST_SIDE, "place": 80, "signatory": LONGEST_SIDE,
        "appeals": 4_000}  # fmt: skip


# -- templates --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wording:
    """The template in force: the member's own, or the built-in one. `version` is 0 where there was never another."""

    title: str
    body: str
    version: int = 0
    own: LetterTemplate | None = None


def members_edited(rights: Rights) -> list[Member]:
    """The members of which the user edits templates."""
    members = Member.objects.visible_to(rights)
    return [one for one in members if any(may_edit(kind, one.pk, rights) for kind in LETTER_KINDS.all())]


def member_edited(slug: str, rights: Rights) -> Member:
    """The member of this short name, some letters of which the user edits.

    Raises NotFound; Forbidden for somebody who edits none.
    """
    member = first_of(Member.objects.visible_to(rights).filter(slug=slug))
    if not any(may_edit(kind, member.pk, rights) for kind in LETTER_KINDS.all()):
        raise Forbidden(_("Your role does not allow this."))
    return member


def wording_of(member: Member, kind: LetterKind) -> Wording:
    latest = versions_of(member, kind).first()
    if latest is None or latest.is_default:
        return Wording(kind.title, kind.body, latest.version if latest else 0)
    return Wording(latest.title, latest.body, latest.version, latest)


def versions_of(member: Member, kind: LetterKind) -> Any:
    """Every version that the member had, the latest first."""
    return LetterTemplate.objects.filter(owner=member, kind=kind.code).select_related("made_by")


def save_template(
    *, member: Member, kind: LetterKind, title: str, body: str, version: int, rights: Rights
) -> LetterTemplate:
    """Put a template in force. Raises Invalid (what the template says wrong), Stale, Forbidden."""
    title, body = clean_text(title).strip(), clean_text(body).strip()
    for name, text in (("title", title), ("body", body)):
        if not text:
            raise Invalid(_("There is nothing written here."), parameter=name)
        Template(text, kind, parameter=name)
    return add_version(member, kind, version, rights, title=title, body=body)


def restore_default(*, member: Member, kind: LetterKind, version: int, rights: Rights) -> LetterTemplate:
    """Put the built-in template in force again. Raises Stale, Forbidden."""
    return add_version(member, kind, version, rights, title=kind.title, body=kind.body, is_default=True)


def add_version(member: Member, kind: LetterKind, version: int, rights: Rights, **fields: Any) -> LetterTemplate:
    if not may_edit(kind, member.pk, rights):
        raise Forbidden(_("Your role does not allow this."))
    stale = Stale(_("Somebody else has saved this template meanwhile. Yours is below: save it again, over theirs."))
    if wording_of(member, kind).version != version:
        raise stale
    made = {"owner": member, "kind": kind.code, "version": version + 1, "made_by_id": rights.user_id}
    try:
        with transaction.atomic():
            return LetterTemplate.objects.create(**made, **fields)
    except IntegrityError as error:
        raise stale from error


def preview_of(member: Member, kind: LetterKind, title: str, body: str) -> Document:
    """The letter with sample values. Raises Invalid."""
    values = kind.samples() | {name: value for name, value in common_values(member).items() if value}
    given = {
        name: Template(clean_text(text), kind, parameter=name) for name, text in (("title", title), ("body", body))
    }
    head = letterhead_of(member)
    return Document(
        **around(head),
        title=plain_line(given["title"].filled(values)),
        recipient="Jeanne Exemple\n1 rue des Lilas\n45260 Lorris",
        body=blocks_of(given["body"].filled(values)),
        signatory=head.signatory,
        is_act=kind.is_act,
    )


# -- letterheads ------------------------------------------------------------------------------------------------------


def letterhead_of(member: Member) -> Letterhead:
    """The member's own, or an empty one that is not kept."""
    return Letterhead.objects.filter(owner=member).first() or Letterhead(owner=member)


def may_change_letterhead(member: Member, rights: Rights) -> bool:
    return rights.has_role(member.pk, ADMINISTRATORS)


@transaction.atomic
def save_letterhead(
    *, member: Member, texts: Mapping[str, str], logo: IO[bytes] | None, size: int, without_logo: bool, rights: Rights
) -> Letterhead:
    """Keep the lines of a member's letterhead and its logo: a new one, none, or the one that was there.

    Raises Forbidden, Invalid (a text or a logo too large).
    """
    if not may_change_letterhead(member, rights):
        raise Forbidden(_("Only an administrator of this member changes its letterhead."))
    head = letterhead_of(member)
    for name, longest in HEAD.items():
        setattr(head, name, limit_text(texts.get(name, ""), longest, name))
    if logo is not None:
        head.logo = logo_of(logo, size)
    elif without_logo:
        head.logo = None
    head.save()
    return head


def common_values(member: Member) -> dict[str, Value]:
    head = letterhead_of(member)
    return {"membre": head.name or member.name, "lieu": head.place, "recours": head.appeals}


def around(head: Letterhead) -> dict[str, Any]:
    return {
        "sender": head.name or head.owner.name,
        "address": head.address,
        "contact": head.contact,
        "place": head.place,
        "logo": bytes(head.logo) if head.logo else None,
    }


# -- letters ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a letter is about: whose it is, in which commune, and the thing itself."""

    owner: Member
    insee: str
    kind: str
    key: str


def begin(
    about: About,
    kind: LetterKind,
    *,
    values: Mapping[str, Value],
    recipient: str,
    rights: Rights,
    signatory: str = "",
    begun_with: Mapping[str, Any] | None = None,
) -> Letter:
    """A draft with the words of the template in force and these values, signed by whom the letterhead names, else by
    `signatory`; an act by `signatory` alone. The caller has checked who may. Raises Invalid for a text too long.
    """
    wording = wording_of(about.owner, kind)
    given = common_values(about.owner) | dict(values)
    return Letter.objects.create(
        owner=about.owner,
        insee=about.insee,
        about_kind=about.kind,
        about_key=about.key,
        kind=kind.code,
        nominative=kind.nominative,
        title=plain_line(Template(wording.title, kind, parameter="title").filled(given))[:LONGEST_TITLE],
        recipient=clean_text(recipient)[:LONGEST_SIDE],
        body=limit_text(Template(wording.body, kind).filled(given), LONGEST_BODY, "body"),
        signatory=signatory if kind.is_act else letterhead_of(about.owner).signatory or signatory,
        begun_with=dict(begun_with or {}),
        created_by_id=rights.user_id,
    )


@transaction.atomic
def change(letter: Letter, *, texts: Mapping[str, str], version: int) -> Letter:
    """Change the texts of a draft. Raises Conflict (final), Stale, Invalid."""
    draft = lock_draft(letter, version)
    for name in TEXTS:
        longest = {"title": LONGEST_TITLE, "body": LONGEST_BODY}.get(name, LONGEST_SIDE)
        setattr(draft, name, limit_text(texts.get(name, ""), longest, name))
    for name in ("title", "body"):
        if not getattr(draft, name):
            raise Invalid(_("There is nothing written here."), parameter=name)
    if has_open_field(draft.body):
        why = _("Fields in double braces are filled when a letter is begun: write the words themselves.")
        raise Invalid(why, parameter="body")
    draft.save(update_fields=[*TEXTS])
    draft.refresh_from_db(fields=["version"])
    return draft


@transaction.atomic
def discard(letter: Letter, *, version: int) -> None:
    """Throw a draft away. Raises Conflict (final), Stale."""
    lock_draft(letter, version).delete()


@transaction.atomic
def finalise(letter: Letter, *, version: int, rights: Rights) -> Letter:
    """Number a draft, set its files and lock it.

    Raises Conflict (final, or its number is taken), Stale, Invalid (a place to complete).
    """
    from gis_core.letters.word import docx_of

    final = lock_draft(letter, version)
    check_whole(final)
    now = database_clock.now()
    day = timezone.localdate(now)
    final.number = number_for(final, day)
    document = document_of(final, day)
    final.pdf, final.docx = pdf_of(document), docx_of(document)
    final.sha256 = hashlib.sha256(final.pdf).hexdigest()
    final.state, final.finalised_at, final.finalised_by_id = Letter.State.FINAL, now, rights.user_id
    try:
        with transaction.atomic():
            final.save()
    except IntegrityError as error:
        message = _("Another letter has the number %(number)s already: change how they are numbered in the settings.")
        raise Conflict(message % {"number": final.number}) from error
    return final


def lock_draft(letter: Letter, version: int) -> Letter:
    """The draft, which nobody else changes until the end."""
    draft = Letter.objects.select_for_update().filter(pk=letter.pk).first()
    if draft is None:
        raise NotFound(_("This letter is no longer there."))
    if draft.state == Letter.State.FINAL:
        raise Conflict(_("This letter is final: it is neither changed nor removed."))
    if draft.version != version:
        raise Stale(_("Somebody else has changed this letter meanwhile. Yours is below: keep it again, over theirs."))
    return draft


def check_whole(letter: Letter) -> None:
    for name in TEXTS:
        text = getattr(letter, name).replace("\\", "")
        if TO_COMPLETE in text:
            raise Invalid(_("A place is still to be completed: “[à compléter…]”."), parameter=name)
        if TO_CONFIRM in text:
            message = _("A sentence is still to be confirmed: check it, then take “[à confirmer…]” away.")
            raise Invalid(message, parameter=name)
    if not letter.recipient.strip():
        raise Invalid(_("Say to whom the letter is written."), parameter="recipient")


def number_for(letter: Letter, day: date) -> str:
    """The number of a letter that is made final on a day: as its kind says, else the next of its series."""
    kind = kind_of(letter.kind)
    if kind.number is not None:
        return kind.number(letter, day)
    return next_number(letter.owner_id, kind.series, day.year)


def next_number(owner_id: int, series: str, year: int) -> str:
    """« ADS-2026-000123 »; two letters at once wait for each other."""
    return series_number(series, year, next_rank(owner_id, series, year))


def series_number(series: str, year: int, rank: int) -> str:
    return f"{series}-{year}-{rank:06d}"


def next_rank(owner_id: int, series: str, year: int) -> int:
    """The next of a member's series in a year, which is locked until the end of the transaction."""
    (rank,) = fetch_one("select arpent.next_letter_number(%s, %s, %s)", [owner_id, series, year])
    return int(rank)


def document_of(letter: Letter, day: date | None = None) -> Document:
    """The letter as it is set now; without a number it is marked as a draft."""
    return Document(
        **sender_of(letter),
        day=day,
        number=letter.number or "",
        recipient=letter.recipient,
        title=letter.title,
        body=blocks_of(letter.body),
        signatory=letter.signatory,
        is_act=is_act(letter),
    )


def preview_letter(letter: Letter, texts: Mapping[str, str]) -> Document:
    """The draft as it would be set with these texts; nothing is kept, and nothing too long is shown whole."""
    for name in TEXTS:
        longest = {"title": LONGEST_TITLE, "body": LONGEST_BODY}.get(name, LONGEST_SIDE)
        setattr(letter, name, clean_text(texts.get(name, ""))[:longest])
    return document_of(letter)


def is_act(letter: Letter) -> bool:
    kind = LETTER_KINDS.find(letter.kind)
    return kind is not None and kind.is_act


def sender_of(letter: Letter) -> Mapping[str, Any]:
    """The head of a letter: what its kind says, else the member's letterhead."""
    kind = LETTER_KINDS.find(letter.kind)
    said = kind.sender(letter) if kind is not None and kind.sender else None
    return said or around(letterhead_of(letter.owner))


def files_of(letter: Letter, form: str) -> bytes:
    """The PDF or DOCX file: what was locked, or the draft as it is now."""
    from gis_core.letters.word import docx_of

    if letter.state == Letter.State.FINAL:
        return bytes((letter.pdf if form == "pdf" else letter.docx) or b"")
    return pdf_of(document_of(letter)) if form == "pdf" else docx_of(document_of(letter))


# -- texts ------------------------------------------------------------------------------------------------------------


def clean_text(text: str) -> str:
    """A text without control characters, its lines ended in one way."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(one for one in kept if one == "\n" or category(one) not in ("Cc", "Cs", "Co", "Cn"))


def limit_text(text: str, longest: int, name: str) -> str:
    """The text without what no letter holds, stripped; too long a one is not cut. Raises Invalid at `name`."""
    kept = clean_text(text).strip()
    if len(kept) > longest:
        raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=name)
    return kept


def plain_line(text: str) -> str:
    """A subject: one line, without markup or its backslashes."""
    return " ".join("".join(run.text for block in blocks_of(text) for line in block.lines for run in line).split())
