"""Kinds of letters: apps give theirs to `LETTER_KINDS`; this package knows none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import NotFound
from gis_core.members.rights import ADMINISTRATORS, Rights, Role
from gis_core.points import LETTER_KINDS

if TYPE_CHECKING:
    from gis_core.models import Letter

Value = str | Sequence[str] | bool
"""A text, the texts of a list, or whether something is so."""


class Holds(Enum):
    """What a field holds: a text, a list of texts, or yes and no (for conditions alone)."""

    TEXT = "text"
    LIST = "list"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """What a template may name; `sample` is shown in previews."""

    name: str
    label: Any
    sample: Value
    holds: Holds = Holds.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterKind:
    """A kind of letter. `title` and `body` are the built-in French template, `editors` edit a member's own beside its
    administrators, `series` begins the numbers of its final letters.

    A `nominative` letter names somebody whose data are protected. What the member's letterhead says (`COMMON`) is known
    to every kind. An act (`is_act`) decides: it is signed. `sender` says who writes a letter, where that is not its
    member: the head of a `Document`, from `sender` to `logo`; `number` takes the next number on a day, where letters of
    the kind are not numbered in `series`.
    """

    code: str
    name: Any
    group: Any
    series: str
    fields: tuple[Field, ...]
    title: str
    body: str
    editors: frozenset[Role] = frozenset()
    nominative: bool = False
    is_act: bool = False
    sender: Callable[["Letter"], Mapping[str, Any] | None] | None = None
    number: Callable[["Letter", date], str] | None = None

    def fields_by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in (*self.fields, *COMMON)}

    def samples(self) -> dict[str, Value]:
        return {field.name: field.sample for field in (*self.fields, *COMMON)}


COMMON = (
    Field("membre", gettext_lazy("member"), "Communauté de communes du Lys"),
    Field("lieu", gettext_lazy("place of the letters"), "Lorris"),
    Field("recours", gettext_lazy("how a decision is appealed"), "(voies et délais de recours de vos réglages)"),
)
"""What the member's letterhead says."""


def kind_of(code: str) -> LetterKind:
    """The kind of letter that has this code. Raises NotFound."""
    kind = LETTER_KINDS.find(code)
    if kind is None:
        raise NotFound(_("There is no such kind of letter."))
    return kind


def may_edit(kind: LetterKind, member_id: int, rights: Rights) -> bool:
    """Whether the user edits a member's template of this kind."""
    return rights.has_role(member_id, ADMINISTRATORS | kind.editors)
