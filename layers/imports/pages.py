"""/imports/: start an import, watch it, read its report."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.errors import ArpentError, NotFound
from gis_core.models import Job, Member, User
from gis_core.problem import status_of
from gis_core.rights import Rights
from gis_core.services.jobs import job_seen_by
from layers.imports.services import KIND, past_imports, start_import
from layers.imports.sources import sources
from layers.imports.uploads import limit_uploads
from layers.imports.words import counts, entry_in_words, groups


@csrf_exempt
def imports(request: HttpRequest) -> HttpResponse:
    """The upload handlers must be there before the CSRF check reads the body."""
    limit_uploads(request)
    return checked_imports(request)


@csrf_protect
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checked_imports(request: HttpRequest) -> HttpResponse:
    rights = rights_of_page(request)
    if request.method != "POST":
        return imports_page(request, rights)
    assert isinstance(request.user, User)
    try:
        start_import(
            source=request.POST.get("source", ""),
            member=request.POST.get("member", ""),
            files=request.FILES.getlist("file"),
            user=request.user,
            rights=rights,
        )
    except ArpentError as error:
        return imports_page(request, rights, status=status_of(error), error=error.message)
    messages.success(request, _("The import is waiting for its turn; its progress shows below."))
    return redirect("imports")


def imports_page(request: HttpRequest, rights: Rights, status: int = 200, error: str = "") -> HttpResponse:
    context = {
        "section": "imports",
        "sources": sources(),
        "members": Member.objects.administered_by(rights),
        "jobs": past_imports(rights),
        "error": error,
        "chosen": {"source": request.POST.get("source", ""), "member": request.POST.get("member", "")},
    }
    return render(request, "imports/imports.html", context, status=status)


@require_safe
@never_cache
@login_required
def report(request: HttpRequest, job_id: int) -> HttpResponse:
    """An import's report in words."""
    rights = rights_of_page(request)
    job = job_seen_by(rights=rights, job_id=job_id)
    if job.kind != KIND or job.report is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    context = {"section": "imports", "job": job, "files": files_in_words(job)}
    return render(request, "imports/report.html", context)


def files_in_words(job: Job) -> list[dict[str, Any]]:
    return [
        {
            "name": file["file"],
            "counts": counts(file),
            "problem": file["problem"],
            "groups": [
                {"title": title, "lines": [entry_in_words(entry) for entry in entries], "total": total}
                for title, entries, total in groups(file)
            ],
        }
        for file in (job.report or {}).get("files", [])
    ]


def rights_of_page(request: HttpRequest) -> Rights:
    """The asker's rights; PermissionDenied for whoever administers nothing."""
    rights: Rights = request.rights  # type: ignore[attr-defined]
    if not rights.administers:
        raise PermissionDenied
    return rights
