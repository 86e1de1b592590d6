"""What must not be kept for ever: who asked for works on roads, some years after they ended."""

import shutil

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from networks.works.services.request_pieces import folder_of


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
