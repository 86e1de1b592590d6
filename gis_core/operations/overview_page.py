"""/exploitation/: how the platform runs, for the agency's administrators."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gis_core.desk.signed_in import page
from gis_core.http.middleware import rights_of_request
from gis_core.models import DayMeasure
from gis_core.operations import overview
from gis_core.operations.metrics import oldest_waiting_job
from gis_core.operations.night_backups import backup_state, recovery_state
from gis_core.operations.watch.alerts import open_alerts
from gis_core.operations.watch.day_measures import (
    CERTIFICATE,
    FORECAST_DAYS,
    FREE,
    SIZE,
    SIZE_DAYS,
    latest,
    measures_since,
)
from gis_core.operations.watch.disks import disks
from gis_core.operations.watch.findings import disk_title
from gis_core.operations.watch.presence import people_present
from gis_core.operations.watch.traffic import slowest_statements


@require_safe
@page
def overview_page(request: HttpRequest) -> HttpResponse:
    """What needs somebody, people, disks, jobs, what is slow, errors, backups. Raises PermissionDenied for others."""
    if not rights_of_request(request).agency:
        raise PermissionDenied
    language = get_language() or "fr"
    measured = measures_since(SIZE_DAYS, SIZE)
    return render(
        request,
        "operations/overview.html",
        {
            "alerts": [(alert.texts.get(language, {}), alert.began_at) for alert in open_alerts()],
            "running": overview.running(),
            "present": people_present(),
            "jobs": overview.jobs(),
            "waiting_minutes": int(oldest_waiting_job() // 60),
            "routes": overview.slowest_routes(),
            "statements": slowest_statements(),
            "errors": overview.errors(),
            "disks": [(disk_title(disk), disk) for disk in disks(measures_since(FORECAST_DAYS, FREE))],
            "sizes": overview.sizes(measured),
            "sizes_day": day_of(latest(measured, f"{SIZE}:database")),
            "caches": overview.caches(measured),
            "certificate": certificate(latest(measures_since(SIZE_DAYS, CERTIFICATE), CERTIFICATE)),
            "backups": backup_state(),
            "recovery": recovery_state(),
            "days": overview.DAYS,
            "section": "",
        },
    )


def day_of(measure: DayMeasure | None) -> Any:
    return measure.day if measure else None


def certificate(measure: DayMeasure | None) -> dict[str, Any] | None:
    """The host, the end, or why it is refused; None where none was looked at."""
    if measure is None:
        return None
    return {**measure.detail, "end": datetime.fromtimestamp(measure.amount, UTC)}
