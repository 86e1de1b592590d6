"""What must not be kept for ever: who asked for works on roads, some years after they ended.

Documents are public archives: they are closed, and their content is erased with a visa alone (`request_documents`).
"""

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.ownership.retention import Counts
from networks.roadworks.models import WorkPiece


@transaction.atomic
def forget_old() -> int:
    """Forget the persons and drafts of requests whose time is over, close their pieces, whose titles may name somebody;
    how many requests. For the worker.
    """
    rows = fetch_all("select arpent.forget_requests(%s, %s)", [database_clock.today(), settings.ROAD_REQUEST_YEARS])
    over = [row[0] for row in rows]
    documents = WorkPiece.objects.filter(request__in=over)
    documents.update(closed=True, title=_("Piece"))
    documents.filter(removed_at=None).update(
        removed_at=Now(), removed_reason=_("End of the time that applicants are kept: the piece is closed.")
    )
    return len(over)


def rehearse_forgetting() -> Counts:
    """How many requests of each member would be forgotten, to be undone."""
    return fetch_all(
        "select r.owner_id, count(*)::int from arpent.forget_requests(%s, %s) f (id)"
        " join road_request r on r.id = f.id group by 1",
        [database_clock.today(), settings.ROAD_REQUEST_YEARS],
    )
