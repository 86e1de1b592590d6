"""The notes that acts carry: dated texts with their article and source, and those that a member words itself.

`notes.csv` holds the shipped ones. Texts of one `code` and `variant` are for the same decisions, one after another: a
member words them together, and no others. `since` and `until` (the first day on which it no longer holds) are days of
decision; `kinds`, `decisions` and `authorities` say for what (empty: for all), `changes` whether for modifications and
transfers alone, or for all others. `confirmed` is `no` where the law was read in no source: such a text stands in a
draft as “[à confirmer…]”, and no act is numbered with it. It is `member` where only the member knows what to say.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.letters.template import TO_COMPLETE, TO_CONFIRM
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights
from gis_core.models import Member
from permits.deadlines.law import Kind
from permits.models import MemberNote

FILE = Path(__file__).with_name("notes.csv")
LONGEST = 4_000
REMEDIES = "remedies"
# What a certificate says in its articles, not among the notes at its end.
IN_THE_TEXT = frozenset({REMEDIES, "taxes", "participations", "stay"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A shipped text and the decisions that it is for."""

    code: str
    variant: str
    title: str
    since: date
    until: date | None
    kinds: frozenset[str]
    decisions: frozenset[str]
    authorities: frozenset[str]
    changes: bool | None
    article: str
    source: str
    confirmed: str
    text: str

    @property
    def name(self) -> str:
        """What a member's own wording is kept under: « remedies-certificates »."""
        return f"{self.code}-{self.variant}" if self.variant else self.code

    @property
    def files(self) -> str:
        """The files that it is for, in words: « PC, PCMI (a new file) »."""
        kinds = ", ".join(sorted(self.kinds)) or _("all kinds")
        if self.changes is None:
            return kinds
        return f"{kinds} ({_('modification or transfer') if self.changes else _('a new file')})"

    def is_for(self, decision: "Decision") -> bool:
        return (
            self.since <= decision.day
            and (self.until is None or decision.day < self.until)
            and (not self.kinds or decision.kind in self.kinds)
            and (not self.decisions or decision.outcome in self.decisions)
            and (not self.authorities or decision.authority in self.authorities)
            and self.changes in (None, decision.changes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What decides which notes an act carries: its day, its kind of file, what it decides, who decides.

    `changes` is whether the file modifies or transfers another one.
    """

    day: date
    kind: Kind
    outcome: str
    authority: str
    changes: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A note as an act carries it. `key` tells this text from the one that held before, or will after."""

    note: Note
    text: str
    key: str


@cache
def read_shipped_notes() -> tuple[Note, ...]:
    """The rows of `notes.csv`, in their order."""
    with FILE.open(newline="", encoding="utf-8") as rows:
        return tuple(note_of(row) for row in csv.DictReader(rows))


def note_of(row: Mapping[str, str]) -> Note:
    return Note(
        code=row["code"],
        variant=row["variant"],
        title=row["title"],
        since=date.fromisoformat(row["since"]),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        kinds=frozenset(row["kinds"].split()),
        decisions=frozenset(row["decisions"].split()),
        authorities=frozenset(row["authorities"].split()),
        changes={"yes": True, "no": False, "": None}[row["changes"]],
        article=row["article"],
        source=row["source"],
        confirmed=row["confirmed"],
        text=row["text"],
    )


def notes_for(member: Member, decision: Decision) -> Iterator[Wording]:
    """The notes of a decision of a member, in their order: its own wording where that is no older than the law."""
    own = latest_by_name(member, decision.day)
    for note in read_shipped_notes():
        if note.is_for(decision):
            yield word(note, own.get(note.name))


def latest_by_name(member: Member, day: date) -> dict[str, MemberNote]:
    """The member's wording of each note that holds for decisions of a day, by the note's name."""
    rows = MemberNote.objects.filter(owner=member, since_date__lte=day).order_by("since_date", "pk")
    return {row.code: row for row in rows}


def word(note: Note, own: MemberNote | None) -> Wording:
    """The member's own text counts unless the law has changed since the day that it is for."""
    if own is not None and own.text and own.since_date >= note.since:
        return Wording(note, own.text, f"{note.name}:{note.since}:{own.pk}")
    text = note.text
    if note.confirmed == "no":
        text = f"{TO_CONFIRM} : {note.article}] {text}"
    elif note.confirmed == "member":
        text = f"{TO_COMPLETE} : {note.title}]"
    return Wording(note, text, f"{note.name}:{note.since}")


# -- a member's own ---------------------------------------------------------------------------------------------------


def versions_of(member: Member, name: str) -> QuerySet[MemberNote]:
    """Every wording that the member had of a note, the latest first."""
    return MemberNote.objects.filter(owner=member, code=name).select_related("made_by").order_by("-pk")


def get_shipped_notes(name: str) -> tuple[Note, ...]:
    """The shipped texts of a note, one for each time. Raises NotFound."""
    notes = tuple(note for note in read_shipped_notes() if note.name == name)
    if not notes:
        raise NotFound(_("There is no such note."))
    return notes


def save_note(slug: str, name: str, *, text: str, source: str, since: date, rights: Rights) -> MemberNote:
    """Word a note of a member anew, for its decisions from `since` on; an empty text takes the shipped one again.

    Raises Forbidden, NotFound, Invalid (too long, or no source given).
    """
    member = get_administered_member(rights=rights, slug=slug)
    if not rights.user_id:
        raise Forbidden(_("Your role does not allow this."))
    get_shipped_notes(name)
    text, source = text.strip(), source.strip()
    if len(text) > LONGEST:
        raise Invalid(_("The text has more than %(most)s characters.") % {"most": LONGEST}, parameter="text")
    if text and not source:
        raise Invalid(
            _("Say where the law was read: the article, and the source or who answers for it."), parameter="source"
        )
    return MemberNote.objects.create(
        owner=member, code=name, text=text, source=source, since_date=since, made_by_id=rights.user_id
    )
