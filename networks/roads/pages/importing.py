"""/voirie/importer/: send sections or markers, see what they would change, load them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.desk.uploads import asker, upload_page
from gis_core.errors import ArpentError, Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.jobs.services import standing
from gis_core.members.rights import Rights
from gis_core.members.technicians import members_working
from gis_core.models import Job, Member
from layers.intake.import_loss import describe_loss
from layers.intake.services.orders import describe_taking_back
from networks.roads.pages.frame import page, show
from networks.roads.services import importing as services
from networks.roads.services.reporting import lines

TAB = "road_import"
SHOWN_JOBS = 30
SHOWN_FAULTS = 200
SHOWN_ROWS = 5


def members_or_denied(rights: Rights) -> list[Member]:
    """Raises PermissionDenied for who works on no road."""
    members = members_working(rights)
    if not members:
        raise PermissionDenied
    return members


@page
def too_large(request: HttpRequest) -> HttpResponse:
    return list_page(request, refused=_("The files are too large."), status=413)


@upload_page(too_large)
@require_http_methods(["GET", "HEAD", "POST"])
@page
def imports(request: HttpRequest) -> HttpResponse:
    """The imports of the asker's members; files sent to one of them."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    if request.method != "POST":
        return list_page(request)
    try:
        job = services.receive(
            files=request.FILES.getlist("file"),
            member=services.member_for(request.POST.get("member", ""), rights),
            given={name: request.POST.get(name, "") for name in ("what", "communes", "replace")},
            user=asker(request),
            rights=rights,
        )
    except NotFound:
        raise
    except ArpentError as error:
        return list_page(request, refused=error.message, status=status_of(error), posted=True)
    return redirect("road_import_page", job.pk)


def list_page(request: HttpRequest, refused: str = "", status: int = 200, posted: bool = False) -> HttpResponse:
    """It must not read the request's body where that may be what was refused."""
    rights = rights_of_request(request)
    given = {name: request.POST.get(name, "") for name in ("what", "communes", "replace", "member")} if posted else {}
    context = {
        "members": members_or_denied(rights),
        "refused": refused,
        "given": given,
        "kept_days": services.KEPT.days,
        "jobs": [job_shown(one) for one in services.jobs_of(rights, SHOWN_JOBS)],
    }
    return show(request, "imports", TAB, context, status=status)


def job_shown(job: Job) -> dict[str, Any]:
    label, message = standing(job)
    step = _("loading") if job.parameters.get("write") else _("reading")
    return {"job": job, "label": label, "message": message, "step": step}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def road_import(request: HttpRequest, road_job: int) -> HttpResponse:
    """What files would change, or did; the loading of what was read."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    job = services.job_of(road_job, rights)
    if request.method != "POST":
        return job_page(request, job)
    try:
        if request.POST.get("action") == "take_back":
            services.take_back(job, user=asker(request), rights=rights)
            return redirect("road_import_page", job.pk)
        if request.POST.get("action") != "load":
            raise Invalid(_("This step is not known."), parameter="action")
        begun = services.load(job, typed=request.POST.get("accepted", ""), user=asker(request), rights=rights)
    except ArpentError as error:
        return job_page(request, job, refused=error.message, status=status_of(error))
    return redirect("road_import_page", begun.pk)


def job_page(request: HttpRequest, job: Job, refused: str = "", status: int = 200) -> HttpResponse:
    label, message = standing(job)
    report = job.report if isinstance(job.report, dict) else None
    context: dict[str, Any] = {
        "made": job,
        "job_label": label,
        "job_message": message,
        "refused": refused,
        "under_way": job.state in (Job.State.WAITING, Job.State.RUNNING),
        "failed": job.state in (Job.State.FAILED, Job.State.CANCELLED),
    }
    context |= describe_taking_back(job, rights_of_request(request)) | {"may_decide": True}
    if context["under_way"]:
        context["job"] = job
    context["again"] = context["failed"] and services.may_load(job) and services.files_are_here(job)
    if report is not None:
        context |= report_shown(report)
        context |= {"typed": request.POST.get("accepted", ""), "compared": report.get("compared")}
        if (loss := services.loss_of(job)) and not report["written"]:
            context |= {"loss": loss | {"message": describe_loss(loss)}, "tried": True}
        context["loadable"] = job.state == Job.State.DONE and not report["written"] and brings(report)
    return show(request, "import", TAB, context, status=status)


def brings(report: Mapping[str, Any]) -> bool:
    """Whether loading would change anything, or would remember what was told."""
    names = ("new", "changed", "gone", "both", "markers_new", "markers_changed", "markers_both")
    told = any(report.get(name) for name in ("drawn_here", "left_drawn"))
    return told or any(report["counts"].get(name) for name in names)


def report_shown(report: Mapping[str, Any]) -> dict[str, Any]:
    found = grouped(report["faults"])
    amiss = [one for one in report["roads"] if one["amiss"]]
    return {
        "report": report,
        "lines": list(lines(report)),
        "errors": [one for one in found if one["gravity"] == "error"][:SHOWN_FAULTS],
        "remarks": [one for one in found if one["gravity"] != "error"][:SHOWN_FAULTS],
        "more_faults": report["more_faults"] + max(0, len(found) - 2 * SHOWN_FAULTS),
        "amiss": amiss,
        "fine": len(report["roads"]) - len(amiss),
    }


def grouped(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is told of rows, alike ones of a file together, with a way to the place of the first."""
    found: dict[Any, dict[str, Any]] = {}
    counts: Counter[Any] = Counter()
    for one in faults:
        key = one["file"], one["gravity"], one["message"]
        counts[key] += 1
        told = found.setdefault(key, {**one, "rows": [], "on_map": on_map(one["place"])})
        if one["row"] and len(told["rows"]) < SHOWN_ROWS:
            told["rows"].append(str(one["row"]))
    return [one | {"rows": ", ".join(one["rows"]), "cut": counts[key] > SHOWN_ROWS} for key, one in found.items()]


def on_map(place: list[float] | None) -> str:
    from pyproj import Transformer

    if not place:
        return ""
    lon, lat = Transformer.from_crs(2154, 4326, always_xy=True).transform(place[0], place[1])
    return f"/#v=1&c={lon:.6f},{lat:.6f}&z=18"
