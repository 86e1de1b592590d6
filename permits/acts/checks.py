"""What keeps an act from being numbered: each refusal says what to do."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.letters.kinds import LetterKind, Value
from gis_core.letters.services import TEXTS
from gis_core.models import Letter
from permits.acts.authorities import authority_of, check_signature
from permits.acts.notes import REMEDIES, notes_for, read_shipped_notes
from permits.acts.values import decision_of
from permits.acts.watched import BESIDE, digests
from permits.models import Permit

EMOJI = re.compile("[\U0001f000-\U0001faff]")


def check_act(permit: Permit, kind: LetterKind, letter: Letter, day: date) -> None:
    """Refuse what cannot be signed on this day: nobody to sign, no remedies, notes of another day, an emoji.

    Raises Invalid, Conflict.
    """
    check_signature(permit, letter.begun_with, letter.signatory, day)
    if not says_remedies(letter.body):
        message = _("The act does not say how it is appealed: before which court, and until when.")
        raise Invalid(message, parameter="body")
    check_printed(letter)
    authority = authority_of(permit, day)
    now = [one.key for one in notes_for(permit.owner, decision_of(permit, kind, authority, day))]
    if now != letter.begun_with.get("notes"):
        message = _("The notes of law are others for a decision of today: begin the act again.")
        raise Conflict(message)


def check_printed(letter: Letter) -> None:
    """Refuse an emoji, of which paper shows an empty square. Raises Invalid at its text."""
    for name in TEXTS:
        if emoji := EMOJI.search(getattr(letter, name)):
            message = _("“%(emoji)s” is not printed on paper: write it in words, or take it away.")
            raise Invalid(message % {"emoji": emoji[0]}, parameter=name)


def says_remedies(body: str) -> bool:
    """Whether an act says before which court, and until when, whoever receives it appeals: outside its other notes,
    since that on third parties says so of them.
    """
    others = tuple(f"{note.title} :".casefold() for note in read_shipped_notes() if note.code != REMEDIES)
    lines = (line.strip(" -*#\\").casefold() for line in body.splitlines())
    text = "\n".join(line for line in lines if not line.startswith(others))
    return all(word in text for word in ("recours", "tribunal administratif", "mois"))


def list_changed_fields(kind: LetterKind, begun_with: Mapping[str, Any], now: Mapping[str, Value]) -> list[str]:
    """The labels of what the file says otherwise than when the act was begun, with what it says now.

    What an older version did not keep of a draft is not compared.
    """
    then, fields = begun_with.get("file", {}), kind.fields_by_name()
    labels = {name: field.label for name, field in fields.items()} | dict(BESIDE)
    changed = [name for name, digest in digests(now).items() if then.get(name, digest) != digest]
    return [f"{labels[name]} ({describe(now[name])})" for name in changed if name in labels]


def describe(value: Value) -> str:
    text = (
        value if isinstance(value, str) else "; ".join(map(str, value)) if not isinstance(value, bool) else str(value)
    )
    return text[:200] or _("nothing")


def check_unchanged(kind: LetterKind, letter: Letter, now: Mapping[str, Value]) -> None:
    """Refuse an act about a file that changed since it was begun. Raises Conflict, which says in what."""
    if changed := list_changed_fields(kind, letter.begun_with, now):
        message = _(
            "The file has changed since this act was begun: %(fields)s. Correct the text, then say that you have read "
            "it again."
        )
        raise Conflict(message % {"fields": ", ".join(changed)}, parameter="reread")
