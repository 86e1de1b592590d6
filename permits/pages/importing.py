"""/permis/importer/: send the register of another tool, say which column is which, see what would come in, import."""

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.errors import ArpentError, Invalid, NotFound
from gis_core.files.uploads import limit_uploads
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import as_problem, status_of, wants_problem
from gis_core.jobs.services import job_seen_by, jobs_seen_by, standing
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, User
from layers.intake.services.inbox import kept_files
from layers.intake.tables import read_table
from permits.importers.columns import COLUMNS, Ending, Reading, keyed, likely_columns
from permits.importers.job import KIND, Sent, keep_reading, kept_reading, order_for, start
from permits.importers.loading import Order, Plan, planned
from permits.importers.register import LIMITS
from permits.importers.report import LISTS, as_csv
from permits.models import Permit
from permits.pages.frame import page
from permits.procedure import INSTRUCTS

PENDING = "permit_register"
SHOWN_JOBS = 20
SHOWN_ROWS = 8
SHOWN_LINES = 30
MOST_VALUES = 40


def members_importing(rights: Rights) -> list[Member]:
    """The members for which the asker may import. Raises PermissionDenied where there is none."""
    found = Member.objects.all() if rights.agency else Member.objects.filter(
        pk__in=[member for member, role in rights.roles.items() if role in INSTRUCTS]
    )  # fmt: skip
    members = list(found.order_by("name"))
    if not members:
        raise PermissionDenied
    return members


def asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


# -- the file ---------------------------------------------------------------------------------------------------------


@csrf_exempt
def importing(request: HttpRequest) -> HttpResponse:
    """The upload handlers must be there before the CSRF check reads the body."""
    limit_uploads(request)
    try:
        return checked_importing(request)
    except RequestDataTooBig as error:
        return as_problem(error) if wants_problem(request) else too_large(request)


@page
def too_large(request: HttpRequest) -> HttpResponse:
    """The page again, without what was sent."""
    words = _("The file is larger than %(most)s MB.") % {"most": LIMITS.file_bytes // 1_048_576}
    return sending_page(request, members_importing(rights_of_request(request)), refused=words, status=413)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@page
def checked_importing(request: HttpRequest) -> HttpResponse:
    """Send a register; the imports that were."""
    members = members_importing(rights_of_request(request))
    if request.method != "POST":
        return sending_page(request, members)
    try:
        receive(request, members)
    except ArpentError as error:
        return sending_page(request, members, refused=error.message, status=status_of(error))
    return redirect("permit_import_columns")


def sending_page(request: HttpRequest, members: list[Member], refused: str = "", status: int = 200) -> HttpResponse:
    """The form and the past imports. It must not read the request's body, which may be what was refused."""
    jobs = jobs_seen_by(rights_of_request(request)).filter(kind=KIND).select_related("owner", "started_by")
    context = {
        "section": "permits",
        "members": members,
        "refused": refused,
        "most_mb": LIMITS.file_bytes // 1_048_576,
        "most_rows": LIMITS.rows,
        "past": [(job, *standing(job), counted(job)) for job in jobs.defer("parameters")[:SHOWN_JOBS]],
    }
    return render(request, "permits/import.html", context, status=status)


def counted(job: Job) -> str:
    """What an import did, in one line."""
    told = job.report
    if not told:
        return ""
    words = _("%(made)s files imported, %(same)s there already, %(refused)s rows refused")
    return words % {"made": told["made"], "same": told["same"], "refused": len(told["refused"])}


def receive(request: HttpRequest, members: list[Member]) -> None:
    """Keep a register in the inbox for the pages that follow. Raises Invalid, Unavailable."""
    slug = request.POST.get("member", "")
    chosen = [one for one in members if one.slug == slug] or (members if not slug else [])
    if len(chosen) != 1:
        raise Invalid(_("Choose for which member."), parameter="member")
    with kept_files(request.FILES.getlist("file")) as (folder, names):
        if len(names) != 1:
            raise Invalid(_("Send one file at a time."), parameter="file")
        sent = Sent(folder=folder, name=names[0], member=chosen[0])
        read_table(sent.path, LIMITS)
    forget(request)
    request.session[PENDING] = {"folder": folder, "name": sent.name, "member": sent.member.pk}


def forget(request: HttpRequest) -> None:
    """The register that was sent before, and not imported, goes."""
    told = request.session.pop(PENDING, None)
    if told:
        sent = Sent(folder=told["folder"], name=told["name"], member=Member(pk=told["member"]))
        shutil.rmtree(sent.path.parent, ignore_errors=True)


def pending(request: HttpRequest, members: list[Member]) -> Sent | None:
    """The register that this person sent, while they may import it."""
    told = request.session.get(PENDING)
    member = next((one for one in members if told and one.pk == told["member"]), None)
    if member is None or told is None:
        return None
    sent = Sent(folder=told["folder"], name=told["name"], member=member)
    return sent if sent.path.is_file() else None


# -- its columns ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def columns(request: HttpRequest) -> HttpResponse:
    """Which column is which, and what would come in; then the import."""
    rights = rights_of_request(request)
    sent = pending(request, members_importing(rights))
    if sent is None:
        messages.info(request, _("Send the file first."))
        return redirect("permit_import")
    order = order_for(sent, Reading(), rights)
    if request.method != "POST":
        kept = kept_reading(sent.member, order.table.header)
        reading = kept[1] if kept else Reading(likely_columns(order.table.header))
        return columns_page(request, order, reading, name=kept[0] if kept else "", known=kept is not None)
    if request.POST.get("action") == "forget":
        forget(request)
        return redirect("permit_import")
    reading, name = reading_in(request.POST, order.table.header), request.POST.get("name", "")
    lacking = [str(one.label) for column, one in COLUMNS.items() if one.required and column not in reading.columns]
    if request.POST.get("action") != "import" or lacking:
        return columns_page(request, order, reading, name=name, status=400 if lacking else 200)
    keep_reading(sent.member, name or _("Register"), reading)
    job = start(sent, reading, user=asker(request), rights=rights)
    del request.session[PENDING]
    return redirect("permit_import_report", job.pk)


def reading_in(posted: Mapping[str, str], header: tuple[str, ...]) -> Reading:
    """What was chosen on the page; headers and values that are none are left out."""
    chosen = {name: posted.get(f"column-{name}", "") for name in COLUMNS}
    told: dict[str, dict[str, str]] = {"kind": {}, "outcome": {}}
    for what, values in told.items():
        for place in range(MOST_VALUES):
            if one := posted.get(f"{what}-{place}"):
                values[keyed(posted.get(f"{what}-{place}-text", ""))] = one
    return Reading.kept({name: one for name, one in chosen.items() if one in header}, told)


def columns_page(
    request: HttpRequest, order: Order, reading: Reading, *, name: str, known: bool = False, status: int = 200
) -> HttpResponse:
    """The columns with what they hold, and the preview."""
    lacking = [str(one.label) for column, one in COLUMNS.items() if one.required and column not in reading.columns]
    order = replace(order, reading=reading)
    samples, values = contents_of(order)
    plan = None if lacking else planned(order, SHOWN_ROWS)
    context = {
        "section": "permits",
        "order": order,
        "encoding": {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}.get(order.table.encoding, order.table.encoding),
        "separator": {"\t": _("tab")}.get(order.table.separator, order.table.separator),
        "columns": [(key, one, reading.columns.get(key, ""), samples.get(key, "")) for key, one in COLUMNS.items()],
        "values": value_rows(reading, values),
        "name": name or _("Register"),
        "known": known,
        "lacking": ", ".join(lacking),
        **(preview(plan) if plan else {}),
    }
    return render(request, "permits/import_columns.html", context, status=status)


def contents_of(order: Order) -> tuple[dict[str, str], dict[str, Counter[str]]]:
    """An example of each column, and how often each kind and decision is there."""
    samples: dict[str, str] = {}
    values: dict[str, Counter[str]] = {"kind": Counter(), "outcome": Counter()}
    named = order.reading.columns
    for row in order.table.rows:
        cells = row.cells
        if cells is None:
            continue
        for column, header in named.items():
            if column not in samples and cells.get(header):
                samples[column] = cells[header][:60]
        values["kind"][cells.get(named.get("kind", ""), "") or cells.get(named.get("number", ""), "")[:2].upper()] += 1
        if "outcome" in named:
            values["outcome"][cells.get(named["outcome"], "")] += 1
    return samples, values


def value_rows(reading: Reading, values: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
    """Kinds and decisions of the file, each with what it is taken for."""
    found = []
    for what, label, choices, meaning in (
        ("kind", _("Words for kinds"), Permit.Kind.choices, reading.kind),
        ("outcome", _("Words for decisions"), Ending.choices, reading.ending),
    ):
        rows = [(text, count, meaning(text)) for text, count in values[what].most_common(MOST_VALUES)]
        if rows:
            found.append({"what": what, "label": label, "choices": choices, "rows": rows})
    return found


def preview(plan: Plan) -> dict[str, Any]:
    told = plan.report.as_json()
    return {"told": told, "files": plan.files[:SHOWN_ROWS], "lists": shortened(told)}


def shortened(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first lines of each list of a report."""
    titles = {
        "refused": _("Rows refused"),
        "different": _("There already, and otherwise"),
        "remarks": _("To be checked"),
    }
    return [
        {"name": name, "title": titles[name], "count": len(told[name]), "lines": told[name][:SHOWN_LINES],
         "more": max(0, len(told[name]) - SHOWN_LINES)}
        for name in LISTS
        if told[name]
    ]  # fmt: skip


# -- what it did ------------------------------------------------------------------------------------------------------


def import_of(request: HttpRequest, register_id: int) -> Job:
    """The import of a register that the user may see. Raises NotFound, PermissionDenied."""
    rights = rights_of_request(request)
    members_importing(rights)
    job = job_seen_by(rights=rights, job_id=register_id)
    if job.kind != KIND:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job


@require_safe
@page
def report(request: HttpRequest, register_id: int) -> HttpResponse:
    """An import: its progress, then what it did."""
    job = import_of(request, register_id)
    label, message = standing(job)
    under_way = job.state in (Job.State.WAITING, Job.State.RUNNING)
    context: dict[str, Any] = {"section": "permits", "job": job if under_way else None, "made": job}
    context |= {"job_label": label, "job_message": message, "told": job.report}
    if job.report:
        context["lists"] = shortened(job.report)
    return render(request, "permits/import_report.html", context)


@require_safe
@page
def report_csv(request: HttpRequest, register_id: int) -> HttpResponse:
    """The rows that did not come in as they stand, as a spreadsheet opens them."""
    job = import_of(request, register_id)
    if not job.report:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    headers = {"Content-Disposition": f'attachment; filename="registre-{job.pk}.csv"'}
    return HttpResponse(as_csv(job.report), content_type="text/csv; charset=utf-8", headers=headers)
