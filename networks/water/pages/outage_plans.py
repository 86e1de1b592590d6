"""/reseaux/coupures/<n>/plans/: the crew's maps of an outage, to scale, as one file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from gis_core.desk.tabs import page
from gis_core.errors import Conflict, Invalid
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.http.problem import status_of
from gis_core.jobs.files import KEPT, OPEN
from gis_core.jobs.services import describe_job
from gis_core.models import Job
from layers.printing.services.prints import FILES
from networks.water.models import Outage
from networks.water.pages.frame import show
from networks.water.services import outage_plans as plans
from networks.water.services.outages import outage_seen_by

LATEST = 5


@require_http_methods(["GET", "HEAD", "POST"])
@page
def outage_plans(request: HttpRequest, outage_id: int) -> HttpResponse:
    """The plans that the asker had made, and how to have others made; POST has them made."""
    row = outage_seen_by(outage_id, rights_of_request(request))
    if request.method != "POST":
        return plans_page(request, row)
    given = {name: request.POST.get(name, "") for name in ("paper", "photo")}
    try:
        plans.start_plans(row, plans.Choice.of(given), user=signed_in_user(request), rights=rights_of_request(request))
    except (Invalid, Conflict) as error:
        return plans_page(request, row, error.message, status_of(error))
    return redirect("outage_plans", outage_id=row.pk)


def plans_page(request: HttpRequest, row: Outage, refused: str = "", status: int = 200) -> HttpResponse:
    rights = rights_of_request(request)
    context: dict[str, Any] = {
        "outage": row,
        "possible": plans.can_be_drawn(row, rights),
        "sizes": plans.SIZES,
        "photos": plans.photos_for(rights),
        "made": [describe(job) for job in plans.list_plans(row, rights)[:LATEST]],
        "refused": refused,
        "days": KEPT.days,
    }
    return show(request, "outage_plans", "outages", context, status)


def describe(job: Job) -> dict[str, Any]:
    state, message = describe_job(job)
    report = job.report or {}
    return {"job": job, "state": state, "message": message, "ready": FILES.is_there(job), "open": job.state in OPEN,
            "pages": report.get("pages"), "remarks": report.get("remarks", [])}  # fmt: skip
