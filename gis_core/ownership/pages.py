"""/depart/<member>/: everything of a member as one file, for administrators of the agency alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.files import serve_stored_file
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from gis_core.models import Member
from gis_core.operations import security_journal
from gis_core.ownership import jobs


def agency_rights(request: HttpRequest) -> Rights:
    """Those of the agency. Raises PermissionDenied for others, before anything is said of a member."""
    rights = rights_of_request(request)
    if not rights.agency:
        raise PermissionDenied
    return rights


@require_http_methods(["GET", "HEAD", "POST"])
@page
def departure_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The last export of a member, and the order of a new one."""
    rights = agency_rights(request)
    member = get_object_or_404(Member, slug=slug)
    if request.method == "POST":
        try:
            jobs.start_export(member, photos="photos" in request.POST, user=signed_in_user(request), rights=rights)
        except ArpentError as error:
            messages.error(request, str(error.message))
        return redirect("departure", slug=slug)
    job = jobs.exports_of(member, rights).first()
    label, message = describe_job(job) if job else ("", "")
    context = {
        "section": "members",
        "member": member,
        "job": job,
        "job_label": label,
        "job_message": message,
        "there": job is not None and jobs.FILES.is_there(job),
    }
    return render(request, "ownership/departure.html", context)


@require_safe
@page
def export_file(request: HttpRequest, slug: str) -> Any:
    """The archive of the asker's last export of a member. Raises Http404 where there is none, or its days are over."""
    rights = agency_rights(request)
    member = get_object_or_404(Member, slug=slug)
    job = jobs.exports_of(member, rights).first()
    if job is None or not jobs.FILES.is_there(job):
        raise Http404
    path_of_file = jobs.FILES.file_of(job)
    if request.method == "GET":
        security_journal.record("member_export_fetched", member=member.slug, job=job.pk)
    name = f"{member.slug}-{timezone.localdate(job.created_at):%Y-%m-%d}.zip"
    opened = path_of_file.open("rb")
    return serve_stored_file(request, opened, "application/zip", name, etag=f"export-{job.pk}", active=True)


urlpatterns = [
    path("<slug:slug>/", departure_page, name="departure"),
    path("<slug:slug>/fichier/", export_file, name="departure_file"),
]
