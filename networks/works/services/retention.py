"""What must not be kept for ever: who asked for works on roads, some years after they ended; files of no piece."""

import shutil
import time
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from networks.works.models import WorkPiece
from networks.works.services.request_pieces import folder_of, root

BEING_SENT_S = 86_400
"""A younger file may be one whose row is not there yet."""


@transaction.atomic
def forget_old() -> int:
    """Forget the persons, drafts and pieces of requests whose time is over; how many requests. For the worker."""
    with connection.cursor() as cursor:
        cursor.execute("select arpent.forget_requests(%s, %s)", [timezone.localdate(), settings.ROAD_REQUEST_YEARS])
        over = [row[0] for row in cursor.fetchall()]

    def remove() -> None:
        for request_id in over:
            shutil.rmtree(folder_of(request_id), ignore_errors=True)

    transaction.on_commit(remove)
    return len(over)


def sweep_files() -> int:
    """Remove the files that no piece names any more: what was cut short between the database and the disk."""
    known = {str(name) for name in WorkPiece.objects.values_list("name", flat=True).iterator()}
    lost = [path for path in root().glob("*/*") if path.name not in known and is_old(path)]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def is_old(path: Path) -> bool:
    try:
        return path.is_file() and time.time() - path.stat().st_mtime > BEING_SENT_S
    except FileNotFoundError:
        return False
