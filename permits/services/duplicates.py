"""Whether an application seems to be filed already: same kind, commune and parcels, or the same number."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from permits.deadlines.law import Kind
from permits.models import Permit
from permits.numbers import LETTERS, NotANumberError, Number
from permits.procedure import OPEN
from permits.services.filing import Filing, lock_sequence, parcel_of
from permits.services.matching import files_on

RECENT_DAYS: Final = 30
"""A file that ended is taken for the same one while it was filed so many days ago."""
MOST_ALIKE: Final = 10


class FiledAlready(Conflict):
    """Files that the new one seems to be; `taken` is whether one of them has the number that was typed."""

    def __init__(self, permits: list[Permit], number: str) -> None:
        super().__init__(_("This file seems to be filed already: nothing is filed yet."))
        self.permits = permits
        self.taken = any(one.number == number for one in permits)

    @property
    def numbers(self) -> str:
        """What is sent to file all the same."""
        return ",".join(one.number for one in self.permits)


def check_not_filed(filing: Filing, rights: Rights, *, confirmed: str = "") -> None:
    """Refuse what seems to be filed already, unless these very files were `confirmed` to be others.

    Two people who file the same at once wait for each other. Raises FiledAlready, Invalid (a parcel that is none).
    """
    lock_sequence(f"{LETTERS[Kind(filing.kind)]}{filing.insee}{filing.filed_date:%y}")
    alike = list_alike(filing, rights)
    known = set(confirmed.split(","))
    if any(one.number not in known for one in alike):
        raise FiledAlready(alike, pack_number(filing.number))


def list_alike(filing: Filing, rights: Rights) -> list[Permit]:
    """The files of the asker that the new one seems to be, the last filed first.

    A change is like the changes of the same file only, and a file like none of its own changes.
    """
    number, parcels = pack_number(filing.number), parcels_of(filing)
    if not parcels and not number:
        return []
    seen = Permit.objects.visible_to(rights)
    since = database_clock.today() - timedelta(days=RECENT_DAYS)
    same: Any = Q(insee=filing.insee, kind=filing.kind) & (Q(state__in=OPEN) | Q(filed_date__gte=since))
    if filing.parent.strip():
        same &= Q(parent__number=pack_number(filing.parent))
    else:
        same &= Q(parent=None)
    rows = seen.filter(same, pk__in=files_on(sorted(parcels)))
    alike = [one for one in rows.order_by("-filed_date", "-id") if parcels and set(one.idus) == parcels]
    if number:
        alike += [one for one in seen.filter(number=number) if one.pk not in {each.pk for each in alike}]
    return alike[:MOST_ALIKE]


def parcels_of(filing: Filing) -> set[str]:
    """The identifiers of the parcels. Raises Invalid."""
    return {parcel_of(text, filing.insee) for text in filing.parcels if text.strip()}


def pack_number(text: str) -> str:
    """A number as it is kept; empty for a text that is none, which filing refuses."""
    try:
        return Number.parse(text[:60]).packed if text.strip() else ""
    except NotANumberError:
        return ""
