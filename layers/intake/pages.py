"""/imports/: start an import, watch it, read its report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError, NotFound
from gis_core.files.uploads import limit_uploads
from gis_core.http.problem import as_problem, status_of, wants_problem
from gis_core.jobs.services import describe_job, job_seen_by, may_run
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, User
from layers.intake.choices import Mode
from layers.intake.commune_changes import describe_communes
from layers.intake.layer_sources import DELIVERY
from layers.intake.points import REFERENCE_SOURCES
from layers.intake.reference_source import KEPT
from layers.intake.report import word_import_report
from layers.intake.report_text import count_rows, data_as_of, describe_vintages, format_entry, groups
from layers.intake.services.imports import imports_of
from layers.intake.services.ordering import imports_seen_by
from layers.intake.services.orders import (
    KIND,
    describe_revert,
    give_up,
    go_on,
    past_imports,
    start_import,
    start_revert,
    waiting_import,
)

MOST_IMPORTS = 50


@csrf_exempt
def imports(request: HttpRequest) -> HttpResponse:
    """The upload handlers must be there before the CSRF check reads the body."""
    limit_uploads(request)
    try:
        return handle_imports(request)
    except RequestDataTooBig as error:
        return as_problem(error) if wants_problem(request) else too_large(request)


@page
def too_large(request: HttpRequest) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return imports_page(request, rights_of_page(request), status=413, refused=describe_size_limit())


def describe_size_limit() -> str:
    limit = settings.UPLOAD_MAX_BYTES // 1_048_576
    return _("The files are larger than %(limit)s MB in all, the most that can be sent at once.") % {"limit": limit}


@csrf_protect
@page
@require_http_methods(["GET", "HEAD", "POST"])
def handle_imports(request: HttpRequest) -> HttpResponse:
    rights = rights_of_page(request)
    if request.method != "POST":
        return imports_page(request, rights, chosen={"source": request.GET.get("source", "")})
    assert isinstance(request.user, User)
    try:
        start_import(
            source=request.POST.get("source", ""),
            member=request.POST.get("member", ""),
            source_date=request.POST.get("date", ""),
            dry_run=request.POST.get("dry_run") == "on",
            files=request.FILES.getlist("file"),
            user=request.user,
            rights=rights,
        )
    except ArpentError as error:
        chosen = {name: request.POST.get(name, "") for name in ("source", "member", "date", "dry_run")}
        return imports_page(request, rights, status=status_of(error), error=error.message, chosen=chosen)
    messages.success(request, _("The import is waiting for its turn; its progress shows below."))
    return redirect("imports")


def imports_page(
    request: HttpRequest,
    rights: Rights,
    *,
    status: int = 200,
    error: str = "",
    refused: str = "",
    chosen: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The forms and the past imports. It must not read the request's body, which may be what was refused.

    `error` is about the form of reference data, `refused` about files that were to become layers.
    """
    members = list(Member.objects.administered_by(rights))
    context = {
        "section": "imports",
        "sources": REFERENCE_SOURCES.all(),
        "members": members,
        "past": past(rights, members),
        "error": error,
        "refused": refused,
        "chosen": chosen or {},
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "too_large": describe_size_limit(),
    }
    return render(request, "intake/imports.html", context, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One line of the list of past imports."""

    title: str
    sub: str
    address: str
    state: str
    message: str
    at: datetime
    job: Job | None = None


def past(rights: Rights, members: Sequence[Member]) -> list[Past]:
    """Files that wait, files that became layers, and reference data, the latest first."""
    rows = [*waiting_files(rights, members), *layer_imports(rights, members), *reference_imports(rights)]
    return sorted(rows, key=lambda one: one.at, reverse=True)[:MOST_IMPORTS]


def waiting_files(rights: Rights, members: Sequence[Member]) -> Iterator[Past]:
    """Files of which nothing was imported yet."""
    for one in imports_of(DELIVERY, rights, members).filter(imports=None).defer("contents")[:MOST_IMPORTS]:
        yield Past(
            title=one.title,
            sub=join_parts(one.owner, one.made_by),
            address=reverse("delivery", args=[one.pk]),
            state=one.get_state_display(),
            message=one.message,
            at=one.created_at,
        )


def layer_imports(rights: Rights, members: Sequence[Member]) -> Iterator[Past]:
    for one in imports_seen_by(rights, members).defer("contents", "plan", "report")[:MOST_IMPORTS]:
        mode = Mode(one.choices["mode"]).label
        target = f"{mode} · {one.layer}" if one.layer else mode
        yield Past(
            title=one.title,
            sub=join_parts(target, one.owner, one.made_by),
            address=reverse("layer_import", args=[one.pk]),
            state=one.get_state_display(),
            message=one.message,
            at=one.applied_at or one.created_at,
        )


def reference_imports(rights: Rights) -> Iterator[Past]:
    for job in past_imports(rights):
        state, message = describe_job(job)
        goes_on = job.state in (Job.State.WAITING, Job.State.RUNNING)
        yield Past(
            title=job.title,
            sub=join_parts(job.owner, job.started_by),
            address=reverse("import_report", args=[job.pk]) if job.report is not None else "",
            state=state,
            message=message,
            at=job.created_at,
            job=job if goes_on else None,
        )


def join_parts(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def report(request: HttpRequest, job_id: int) -> HttpResponse:
    """An import's report in words; where it waits for a decision, what was decided."""
    rights = rights_of_page(request)
    if request.method != "POST":
        return report_page(request, rights, job_id)
    try:
        return decide(request, rights, job_id)
    except NotFound:
        raise
    except ArpentError as error:
        typed = request.POST.get("accepted", "")
        return report_page(request, rights, job_id, refused=error.message, typed=typed, status=status_of(error))


def decide(request: HttpRequest, rights: Rights, job_id: int) -> HttpResponse:
    """Do what a button of the report says: import, forget the files, or revert; then the page to go to.

    Raises NotFound, Forbidden, Conflict, Invalid.
    """
    assert isinstance(request.user, User)
    if request.POST.get("action") == "forget":
        give_up(job_id, rights=rights)
        messages.success(request, _("The files have been removed; nothing of them was imported."))
    elif request.POST.get("action") == "take_back":
        start_revert(job_of(rights, job_id), user=request.user, rights=rights)
        messages.success(request, _("The taking back is waiting for its turn; this page says what became of it."))
        return redirect("import_report", job_id)
    else:
        go_on(job_id, request.POST.get("accepted", ""), user=request.user, rights=rights)
        messages.success(request, _("The import is waiting for its turn; its progress shows below."))
    return redirect("imports")


def job_of(rights: Rights, job_id: int) -> Job:
    """An import that is over. Raises NotFound."""
    job = job_seen_by(rights=rights, job_id=job_id)
    if job.kind != KIND or job.report is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job


def report_page(
    request: HttpRequest, rights: Rights, job_id: int, *, refused: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    job = job_of(rights, job_id)
    content = word_import_report(job.report or {})
    context = {"section": "imports", "job": job, "files": describe_files(content), "dated": data_as_of(content)}
    context["difference"] = describe_vintages(content.get("difference"))
    context |= {"compared": content.get("compared"), "loss": content.get("loss"), "waits": waiting_import(job)}
    context |= describe_communes(content.get("compared"))
    context |= {"tried": not content.get("written", True), "refused": refused, "typed": typed}
    context |= describe_revert(job, rights)
    context["step"] = 4 if context["waits"] else 5
    context |= {"kept_days": KEPT.days, "may_decide": may_run(KIND, job.owner_id, rights)}
    return render(request, "intake/report.html", context, status=status)


def describe_files(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": file["file"],
            "counts": count_rows(file, is_saved=report.get("written", True)),
            "difference": describe_vintages(file.get("difference")),
            "problem": file["problem"],
            "groups": [
                {"title": title, "lines": [format_entry(entry) for entry in entries], "total": total}
                for title, entries, total in groups(file)
            ],
        }
        for file in report["files"]
    ]
