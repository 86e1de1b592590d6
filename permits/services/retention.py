"""What must not be kept for ever: who applied, and the forms that say so, some years after the end of a file."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from permits.models import Piece
from permits.services.pieces import path_of
from permits.services.reading import today


@transaction.atomic
def forget_ended() -> int:
    """Forget applicants and forms of the files whose time is over; returns how many files. For the worker."""
    with connection.cursor() as cursor:
        cursor.execute("select arpent.forget_applicants(%s, %s)", [today(), _("End of the time that they are kept")])
        over = [row[0] for row in cursor.fetchall()]
    forms = Piece.objects.filter(permit__in=over, kind=Piece.Kind.FORM)
    paths = [path_of(piece) for piece in forms]
    forms.delete()

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(remove)
    return len(over)
