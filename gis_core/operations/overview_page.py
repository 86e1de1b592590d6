"""/exploitation/: how the platform runs, for the agency's administrators."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.desk.signed_in import page
from gis_core.http.middleware import rights_of_request
from gis_core.operations import overview
from gis_core.operations.metrics import oldest_waiting_job
from gis_core.operations.night_backups import backup_state, recovery_state


@require_safe
@page
def overview_page(request: HttpRequest) -> HttpResponse:
    """Versions, jobs, slow requests, errors, disks, backups. Raises PermissionDenied for others than the agency."""
    if not rights_of_request(request).agency:
        raise PermissionDenied
    names = {"files": _("received files"), "cache": _("tiles kept"), "data": _("data folder")}
    return render(
        request,
        "operations/overview.html",
        {
            "running": overview.running(),
            "jobs": overview.jobs(),
            "waiting_minutes": int(oldest_waiting_job() // 60),
            "routes": overview.slowest_routes(),
            "errors": overview.errors(),
            "disks": [(", ".join(names[name] for name in disk.names), disk) for disk in overview.disks()],
            "backups": backup_state(),
            "recovery": recovery_state(),
            "days": overview.DAYS,
            "section": "",
        },
    )
