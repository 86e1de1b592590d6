"""Documents of administrative files: a removed one is kept, marked; its content is erased with a visa alone.

They are public archives: nothing of a finished file is destroyed before the end of the time that it is kept and without
the visa of the Archives départementales (Code du patrimoine, L.212-2). The app whose document it is says who may.
"""

from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.models import Removable
from gis_core.rights import Rights

# Documents are kept so long after the end of their file at least, and then until the Archives have given their visa.
# Ten years are our choice, for every kind of document: to be confirmed by the table of retention times (DUA) that the
# Archives départementales and the authority agree on.
KEPT_YEARS = 10
LONGEST_REASON, LONGEST_VISA = 300, 60


def mark_removed(found: Removable, *, reason: str, rights: Rights) -> None:
    """It leaves the list of its file and is kept, with who did it and why. Raises Invalid, Conflict."""
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            _("Say why the piece is removed, in at most %(most)s characters.") % {"most": LONGEST_REASON},
            parameter="reason",
        )
    marks = {"removed_at": Now(), "removed_by": rights.user_id, "removed_reason": reason}
    if not type(found)._default_manager.filter(pk=found.pk, removed_at=None).update(**marks):
        raise Conflict(_("This piece is removed already."))


def erase(
    found: Removable, path: Path, *, filed: date, until: date | None, day: date, visa: tuple[str, date | None],
    rights: Rights,
) -> None:  # fmt: skip
    """Erase the content of a removed document; its row stays, with the visa (number and date).

    Its file was `filed` then and is kept `until` then (None: it is not finished); `day` is today. Raises Invalid,
    Conflict.
    """
    if not found.removed_at or found.erased_at:
        raise Conflict(_("Only a piece that is removed, and whose content is still there, can be erased."))
    if until is None or until >= day:
        raise Conflict(describe_retention(until))
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
    rows = type(found)._default_manager.filter(pk=found.pk, erased_at=None).exclude(removed_at=None)
    if not rows.update(**marks):
        raise Conflict(_("The content of this piece is erased already."))
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def describe_retention(until: date | None) -> str:
    """Why nothing is erased yet."""
    if until is None:
        return _("The file is not finished: its pieces are kept.")
    return _("The pieces of this file are kept until %(day)s.") % {"day": f"{until:%d/%m/%Y}"}


def describe_erasure() -> str:
    return _("The content of this piece was erased, with a visa of the Archives départementales.")


def day_in(text: str) -> date | None:
    """The day that a form gives; None where it gives none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
