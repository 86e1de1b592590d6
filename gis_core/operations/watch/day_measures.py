"""The table of daily figures: written by tasks, read by the page Exploitation, /metrics and the alerts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from gis_core.database import clock
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import DayMeasure

KEPT = timedelta(days=400)
FORECAST_DAYS = 60
"""How many days the forecast of a disk is made from."""
SIZE_DAYS = 3
"""How old what is measured every night may be."""
FREE, SIZE, CERTIFICATE, REQUESTS, STATEMENTS, DOCTOR, MAIL = (
    *("free", "size", "certificate"),
    *("requests", "statements", "doctor", "mail"),
)


def keep(subject: str, amount: int = 0, detail: Any = None, owner: int | None = None) -> None:
    """The figure of today (Paris), in the place of what it was when it was last measured today."""
    DayMeasure.objects.update_or_create(
        day=clock.today(), subject=subject, owner_id=owner, defaults={"amount": amount, "detail": detail or {}}
    )


def measures_since(days: int, subject: str) -> list[DayMeasure]:
    """What was kept of a subject (`size`, and its parts: `size:files`) in the last days, the oldest first."""
    with acting_as(SYSTEM):
        rows = DayMeasure.objects.filter(
            Q(subject=subject) | Q(subject__startswith=f"{subject}:"), day__gt=clock.today() - timedelta(days=days)
        )
        return list(rows.order_by("day", "pk"))


def latest(measures: list[DayMeasure], subject: str) -> DayMeasure | None:
    """The last of these that is about it."""
    return next((one for one in reversed(measures) if one.subject == subject), None)


def forget_old_measures(today: date) -> int:
    """Those that are kept no longer go; how many."""
    return int(DayMeasure.objects.filter(day__lt=today - KEPT).delete()[0])
