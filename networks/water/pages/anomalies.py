"""The anomalies of networks as a list, and the scans that find them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.desk.list_pages import ListView, answer_list
from gis_core.desk.tabs import page
from gis_core.http.middleware import rights_of_request
from gis_core.jobs.services import describe_job, jobs_seen_by
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from networks.water.listings.anomalies import ANOMALIES
from networks.water.pages.frame import show
from networks.water.services.anomalies import listing, scanning
from networks.water.services.anomalies.kinds import FAMILIES, kinds_of
from networks.water.services.anomalies.listing import AnomalyQuery


@require_http_methods(["GET", "HEAD", "POST"])
@page
def anomalies(request: HttpRequest) -> HttpResponse:
    """What does not look right in the networks that the user sees, or a file of it; POST has one scanned."""
    if request.method == "POST":
        return have_scanned(request, rights_of_request(request))
    return show_anomalies(request)


def show_anomalies(request: HttpRequest, refused: str = "", status: int = 0) -> HttpResponse:
    def show_page(context: dict[str, Any], code: int) -> HttpResponse:
        return show(request, "anomalies", "network_anomalies", context | {"refused": refused}, status or code)

    return answer_list(request, ANOMALIES, show_page, around=around_list)


def around_list(view: ListView[AnomalyQuery]) -> dict[str, Any]:
    """How many there are by kind, the scans, and the one under way."""
    query, rights = view.query, view.rights
    counts = listing.counts_by_kind(query, rights)
    kinds = [(name, f"{kind.label} ({counts.get(name, 0)})") for name, kind in kinds_of(query.family).items()]
    view.form.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
    return {
        "query": query,
        "count": counts.get(query.kind, 0) if query.kind else sum(counts.values()),
        "scanned": scanning.members_scanned(rights),
        "scans": scanning.scans_seen_by(query.family, rights),
        "job": running_job(rights),
    }


def running_job(rights: Rights) -> dict[str, Any] | None:
    """The scan under way that began last, as the page of a job shows it."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    job = jobs_seen_by(rights).filter(kind=scanning.KIND, state__in=open_states).first()
    if job is None:
        return None
    label, message = describe_job(job)
    return {"job": job, "label": label, "message": message}


def have_scanned(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Queue a scan of the network that the form names."""
    assert isinstance(request.user, User)
    family, slug = request.POST.get("family", ""), request.POST.get("member", "")
    members = scanning.members_scanned(rights)
    chosen = next((one for one in members if one.slug == slug), members[0] if len(members) == 1 and not slug else None)
    if not members:
        return show_anomalies(request, _("Only network technicians have networks scanned."), 403)
    if chosen is None or family not in FAMILIES:
        return show_anomalies(request, _("Choose the network to be scanned."), 400)
    scanning.start_scan(owner=chosen, family=family, by=request.user, rights=rights)
    messages.success(request, _("The scan has started."))
    return redirect(f"{request.path}?family={family}")
