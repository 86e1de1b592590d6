"""What must not be kept for ever: who applied, some years after the end of a file; the forms that say so are closed.

A form is a piece of a public archive: its content is erased with a visa alone (`services.documents`). Until
then nobody opens it (`arpent.read_piece`).
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.ownership.retention import Counts, forget_journal_lines
from gis_core.ownership.stock import Stock
from permits.models import Piece


@transaction.atomic
def forget_ended() -> int:
    """Forget applicants and close forms of the files whose time is over; returns how many files. For the worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select arpent.forget_applicants(%s, %s)", [database_clock.today(), _("End of the time that they are kept")]
        )
        over = [row[0] for row in cursor.fetchall()]
    forms = Piece.objects.filter(permit__in=over, kind=Piece.Kind.FORM)
    forms.update(closed=True)
    forms.filter(removed_at=None).update(
        removed_at=Now(), removed_reason=_("End of the time that applicants are kept: the form is closed.")
    )
    return len(over)


def rehearse_forgetting() -> Counts:
    """In how many files of each member applicants would be forgotten, to be undone."""
    given = [database_clock.today(), _("End of the time that they are kept")]
    return fetch_all(
        "select p.owner_id, count(*)::int from arpent.forget_applicants(%s, %s) f (id)"
        " join permits_permit p on p.id = f.id group by 1",
        given,
    )


def count_applicants() -> Stock:
    """Files whose applicants are known, dated by their filing. For the worker."""
    return Stock(
        *fetch_one(
            "select count(*), min(p.filed_date) from arpent.closed_texts('permits_applicant', array['permit_id']) a"
            " join permits_permit p on p.id = a.texts[1]::bigint"
        )
    )


def forget_readings(before: datetime) -> Counts:
    """Lines of the journal of applicants from before this instant go, as the agency chose. For the worker."""
    return forget_journal_lines("permits_applicantreading", before)
