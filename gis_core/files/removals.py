"""Documents of administrative files: a removed one is kept, marked; its content is erased with a visa alone.

They are public archives: nothing of a finished file is destroyed before the end of the time that it is kept, which its
member has entered, and without the visa of the Archives départementales (Code du patrimoine, L.212-2). The app whose
document it is says who may.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.dates import add_months
from gis_core.errors import Conflict, Invalid
from gis_core.files.erasing import erase as erase_file
from gis_core.members.rights import Rights
from gis_core.models import AttachedDocument, RetentionTime

LONGEST_REASON, LONGEST_VISA = 300, 60


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the documents of a file are kept: it ended on `ended` (None: not yet), they are kept to the end of the
    day `until` (None: it has not ended, or nobody has entered how long)."""

    ended: date | None
    until: date | None

    def is_over(self, day: date) -> bool:
        return self.until is not None and self.until < day

    def __str__(self) -> str:
        if self.ended is None:
            return _("The file is not finished: its pieces are kept.")
        if self.until is None:
            return _(
                "Its pieces are kept: how long is not entered yet. An administrator of the agency enters it on the"
                " member's page, from the table agreed with the Archives départementales."
            )
        return _("The pieces of this file are kept until %(day)s.") % {"day": f"{self.until:%d/%m/%Y}"}


def retention(kind: RetentionTime.Kind, owner_id: int, ended: date | None) -> Retention:
    """That of a file of this member; one more query for a file that has ended."""
    if ended is None:
        return Retention(None, None)
    years = RetentionTime.objects.filter(member_id=owner_id, kind=kind).values_list("years", flat=True).first()
    return Retention(ended, add_months(ended, 12 * years) if years else None)


def mark_removed(document: AttachedDocument, *, reason: str, rights: Rights) -> None:
    """It leaves the list of its file and is kept, with who did it and why. Raises Invalid, Conflict."""
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            _("Say why the piece is removed, in at most %(most)s characters.") % {"most": LONGEST_REASON},
            parameter="reason",
        )
    marks = {"removed_at": Now(), "removed_by": rights.user_id, "removed_reason": reason}
    if not type(document)._default_manager.filter(pk=document.pk, removed_at=None).update(**marks):
        raise Conflict(_("This piece is removed already."))


def erase(
    document: AttachedDocument, path: Path, *, filed: date, kept: Retention, day: date, visa: tuple[str, date | None],
    rights: Rights,
) -> None:  # fmt: skip
    """Erase the content of a removed document; its row stays, with the visa (number and date).

    Its file was `filed` then and is kept so long; `day` is today. Raises Invalid, Conflict.
    """
    if not document.removed_at or document.erased_at:
        raise Conflict(_("Only a piece that is removed, and whose content is still there, can be erased."))
    if not kept.is_over(day):
        raise Conflict(str(kept))
    number, visa_date = visa[0].strip(), visa[1]
    if not 1 <= len(number) <= LONGEST_VISA or visa_date is None or not filed < visa_date <= day:
        raise Invalid(
            _(
                "Give the number and the date of the visa of the Archives départementales"
                " (Code du patrimoine, L.212-2)."
            ),
            parameter="visa_number",
        )
    marks = {"erased_at": Now(), "erased_by": rights.user_id, "visa_number": number, "visa_date": visa_date}
    rows = type(document)._default_manager.filter(pk=document.pk, erased_at=None).exclude(removed_at=None)
    if not rows.update(**marks):
        raise Conflict(_("The content of this piece is erased already."))
    transaction.on_commit(partial(erase_file, path))


def describe_erasure() -> str:
    return _("The content of this piece was erased, with a visa of the Archives départementales.")


def day_in(text: str) -> date | None:
    """The day that a form gives; None where it gives none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
