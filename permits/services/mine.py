"""The next deadlines of whoever asks: their own files, else those of their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.contrib.gis.db.models.functions import Envelope, Transform
from django.db.models import Q

from gis_core.database import clock as database_clock
from gis_core.members.rights import Rights
from permits.models import Permit
from permits.procedure import OPEN
from permits.services.listing import MONTH_DAYS

MOST = 20


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Files with something due, the first due first; `box` of a file is its extent in EPSG:4326. `whose` they are."""

    whose: Literal["mine", "members"]
    files: Sequence[Permit]
    more: bool


def next_deadlines(rights: Rights) -> Deadlines:
    """At most twenty."""
    mine = Q(instructor_id=rights.user_id)
    if permits := soonest(rights, mine):
        return Deadlines("mine", permits[:MOST], len(permits) > MOST)
    permits = soonest(rights, Q())
    return Deadlines("members", permits[:MOST], len(permits) > MOST)


def soonest(rights: Rights, whose: Q) -> list[Permit]:
    """Open files by their next deadline, and decided ones of which a last day comes in a month; one more than most."""
    rows = Permit.objects.visible_to(rights).filter(whose)
    rows = rows.annotate(box=Envelope(Transform("geom", 4326))).defer("geom", "geom_3857")
    opened = rows.open().exclude(next_date=None).order_by("next_date", "pk")[: MOST + 1]
    soon = database_clock.today() + timedelta(days=MONTH_DAYS)
    decided = rows.exclude(state__in=OPEN).filter(after_date__lte=soon).order_by("after_date", "pk")[: MOST + 1]
    return sorted([*opened, *decided], key=lambda one: (day_of(one), one.pk))[: MOST + 1]


def day_of(permit: Permit) -> date:
    """The next day on which something is due of an open file, or ends of a decided one."""
    day = permit.next_date or permit.after_date
    assert day
    return day
