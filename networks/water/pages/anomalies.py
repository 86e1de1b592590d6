"""The anomalies of networks as a table: filtered, page by page, as CSV; the scans that find them."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.errors import ArpentError
from gis_core.http.admission import FILTER, TABLE, limited
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.jobs.services import describe_job, jobs_seen_by
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from networks.water.models import Anomaly
from networks.water.pages.frame import page, show
from networks.water.services.anomalies import listing, scanning
from networks.water.services.anomalies.kinds import FAMILIES, kinds_of
from networks.water.services.anomalies.listing import Filter

MOST_ROWS = 100
MOST_ROWS_CSV = 100_000
BATCH = 2_000
CONTEXT_LAYERS = "parcels,roads,communes"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def anomalies(request: HttpRequest) -> HttpResponse:
    """What does not look right in the networks that the asker sees; POST has one scanned."""
    rights = rights_of_request(request)
    if request.method == "POST":
        return have_scanned(request, rights)
    family = request.GET.get("family") or FAMILIES[0]
    if family not in FAMILIES:
        return table(request, Filter(family=FAMILIES[0]), rights, refused=_("There is no such network."), status=400)
    try:
        wanted = replace(Filter.parse(family, request.GET), limit=MOST_ROWS)
    except ArpentError as error:
        return table(request, Filter(family=family), rights, refused=str(error.message), status=status_of(error))
    if request.GET.get("format") == "csv":
        return as_csv(wanted, rights)
    return table(request, wanted, rights)


@limited(FILTER)
def table(request: HttpRequest, wanted: Filter, rights: Rights, refused: str = "", status: int = 200) -> HttpResponse:
    result = listing.page(wanted, rights)
    kinds = kinds_of(wanted.family)
    rows = [(row, described, map_link(row)) for row, described in listing.describe_anomalies(result.rows, rights)]
    following = wanted.query(family=wanted.family, after=result.following) if result.following else ""
    context: dict[str, Any] = {
        "wanted": wanted,
        "refused": refused,
        "families": [("water", _("Drinking water")), ("sewer", _("Sewer"))],
        "kinds": [(name, kind.label, result.counts.get(name, 0)) for name, kind in kinds.items()],
        "states": [*Anomaly.State.choices, ("all", _("All"))],
        "rows": rows,
        "count": result.counts.get(wanted.kind, 0) if wanted.kind else sum(result.counts.values()),
        "following": following,
        "csv": wanted.query(family=wanted.family, format="csv"),
        "scanned": scanning.members_scanned(rights),
        "scans": scanning.scans_seen_by(wanted.family, rights),
        "job": running_job(rights),
    }
    return show(request, "anomalies", "network_anomalies", context, status=status)


def running_job(rights: Rights) -> dict[str, Any] | None:
    """The scan under way that began last, as the page of a job shows it."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    job = jobs_seen_by(rights).filter(kind=scanning.KIND, state__in=open_states).first()
    if job is None:
        return None
    label, message = describe_job(job)
    return {"job": job, "label": label, "message": message}


def map_link(row: Anomaly) -> str:
    """The fragment of the map's address that shows where it is, with the object chosen."""
    x, y = row.shape.coords  # type: ignore[attr-defined]
    layers = ",".join(f"{row.family}-{kind}" for kind in ("nodes", "pipes", "connections"))
    chosen = f"&s={row.family}-{row.object_kind}s.{row.object_id}"
    return f"#v=1&c={x:.6f},{y:.6f}&z=19&l={layers},{CONTEXT_LAYERS}{chosen}"


def have_scanned(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Queue a scan of the network that the form names."""
    assert isinstance(request.user, User)
    family, slug = request.POST.get("family", ""), request.POST.get("member", "")
    members = scanning.members_scanned(rights)
    chosen = next((one for one in members if one.slug == slug), members[0] if len(members) == 1 and not slug else None)
    wanted = Filter(family=family if family in FAMILIES else FAMILIES[0])
    if not members:
        return table(request, wanted, rights, refused=_("Only network technicians have networks scanned."), status=403)
    if chosen is None or family not in FAMILIES:
        return table(request, wanted, rights, refused=_("Choose the network to be scanned."), status=400)
    scanning.start_scan(owner=chosen, family=family, by=request.user, rights=rights)
    messages.success(request, _("The scan has started."))
    return redirect(f"{request.path}?family={family}")


# -- as a table to take away ------------------------------------------------------------------------------------------


class Line:
    """What csv writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


@limited(TABLE)
def as_csv(wanted: Filter, rights: Rights) -> HttpResponse:
    """The anomalies of the filter, all pages, as a spreadsheet opens them."""
    headers = {"Content-Disposition": f'attachment; filename="anomalies-{wanted.family}.csv"'}
    return HttpResponse("".join(csv_lines(wanted, rights)), content_type="text/csv; charset=utf-8", headers=headers)


def csv_lines(wanted: Filter, rights: Rights) -> Iterator[str]:
    writer = csv.writer(Line(), delimiter=";")
    head = [_("Number"), _("Anomaly"), _("Gravity"), _("What"), _("State"), _("Why"), _("Member"), _("Layer")]
    yield "\ufeff" + writer.writerow([*head, _("Object"), "X", "Y", _("Found on")])
    after, count = (0, 0), 0
    while count < MOST_ROWS_CSV:
        result = listing.page(replace(wanted, after=after, limit=BATCH), rights)
        for row, described in listing.describe_anomalies(result.rows, rights):
            yield writer.writerow(cells(row, described))
        count += len(result.rows)
        if not result.following:
            return
        after = listing.cursor(result.following)


def cells(row: Anomaly, described: dict[str, Any]) -> list[Any]:
    return [
        row.pk,
        safe(described["label"]),
        row.get_severity_display(),
        safe(described["words"]),
        row.get_state_display(),
        safe(row.reason),
        safe(row.owner.name),
        described["layer"],
        row.object_id,
        f"{row.geom.x:.2f}",
        f"{row.geom.y:.2f}",
        f"{row.detected_at:%Y-%m-%d}",
    ]


def safe(text: str) -> str:
    """A spreadsheet takes no cell for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
