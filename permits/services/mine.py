"""The next deadlines of whoever asks: their own files, else those of their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.contrib.gis.db.models.functions import Envelope, Transform
from django.db.models import QuerySet

from gis_core.members.rights import Rights
from permits.models import Permit

MOST = 20


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Open files, what is due first first; `box` of a file is its extent in EPSG:4326. `whose` they are."""

    whose: Literal["mine", "members"]
    files: Sequence[Permit]
    more: bool


def next_deadlines(rights: Rights) -> Deadlines:
    """At most twenty."""
    mine = soonest(rights).filter(instructor_id=rights.user_id)
    if permits := list(mine[: MOST + 1]):
        return Deadlines("mine", permits[:MOST], len(permits) > MOST)
    permits = list(soonest(rights)[: MOST + 1])
    return Deadlines("members", permits[:MOST], len(permits) > MOST)


def soonest(rights: Rights) -> QuerySet[Permit]:
    rows = Permit.objects.visible_to(rights).open().exclude(next_date=None)
    return rows.annotate(box=Envelope(Transform("geom", 4326))).defer("geom", "geom_3857").order_by("next_date", "pk")
