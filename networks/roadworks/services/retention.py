"""What must not be kept for ever: who asked for works on roads, some years after they ended; sendings cut short.

Pieces are public archives: they are closed, and their content is erased with a visa alone (`request_documents.erase`).
"""

import time
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.files.kept_files import PARTIAL
from networks.roadworks.models import WorkPiece
from networks.roadworks.services.request_documents import root

BEING_SENT_S = 86_400
"""A younger file may be one whose row is not there yet."""


@transaction.atomic
def forget_old() -> int:
    """Forget the persons and drafts of requests whose time is over, close their pieces, whose titles may name somebody;
    how many requests. For the worker.
    """
    with connection.cursor() as cursor:
        cursor.execute("select arpent.forget_requests(%s, %s)", [database_clock.today(), settings.ROAD_REQUEST_YEARS])
        over = [row[0] for row in cursor.fetchall()]
    documents = WorkPiece.objects.filter(request__in=over)
    documents.update(closed=True, title=_("Piece"))
    documents.filter(removed_at=None).update(
        removed_at=Now(), removed_reason=_("End of the time that applicants are kept: the piece is closed.")
    )
    return len(over)


def sweep_files() -> int:
    """Remove what was cut short while it was sent. A whole file stays, even of no piece: a database put back from an
    older backup does not name it, and it is an archive.
    """
    known = {str(name) for name in WorkPiece.objects.values_list("name", flat=True).iterator()}
    lost = [path for path in root().glob(f"*/*{PARTIAL}") if path.stem not in known and is_old(path)]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def is_old(path: Path) -> bool:
    try:
        return path.is_file() and time.time() - path.stat().st_mtime > BEING_SENT_S
    except FileNotFoundError:
        return False
