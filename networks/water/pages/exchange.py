"""/reseaux/echanges/: a network leaves as a file of a standard; the asker's own exports, while they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.desk.tabs import page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.jobs.files import KEPT, OPEN
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.exports.services.files import FILES
from networks.water.pages.frame import show
from networks.water.services.exporting import (
    FAMILIES,
    FORMATS,
    MOST_REMARKS,
    NetworkOrder,
    members_seen_by,
    network_exports_of,
    start_network_export,
)

FIELDS = ("member", "family", "format")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One line of the list of exports."""

    job: Job
    state: str
    message: str
    fetched: bool
    open: bool

    @property
    def remarks(self) -> list[str]:
        return (self.job.report or {}).get("remarks", []) if self.fetched else []

    @property
    def size(self) -> int:
        return int((self.job.report or {}).get("bytes", 0))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def exchange(request: HttpRequest) -> HttpResponse:
    rights = rights_of_request(request)
    if request.method != "POST":
        return exchange_page(request, rights)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    assert isinstance(request.user, User)
    try:
        start_network_export(NetworkOrder.of(given, rights), user=request.user, rights=rights)
    except ArpentError as error:
        return exchange_page(request, rights, given, error.message, status_of(error))
    messages.success(request, _("The export is waiting for its turn; it shows below."))
    return redirect("network_exchange")


def exchange_page(
    request: HttpRequest, rights: Rights, chosen: Mapping[str, str] | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "members": members_seen_by(rights),
        "families": [(code, label) for code, (label, _families) in FAMILIES.items()],
        "formats": list(FORMATS.items()),
        "chosen": chosen or {"family": "water", "format": "raepa-shp"},
        "refused": refused,
        "past": [past(job) for job in network_exports_of(rights)[:MOST_REMARKS]],
        "days": KEPT.days,
    }
    return show(request, "exchange", "network_exchange", context, status)


def past(job: Job) -> Past:
    state, message = describe_job(job)
    return Past(job=job, state=state, message=message, fetched=FILES.is_there(job), open=job.state in OPEN)
