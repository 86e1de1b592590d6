"""/simulations/<id>/documents/: what is attached to a project."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.desk.document_pages import describe_most, longest_body
from gis_core.desk.documents import file_name
from gis_core.desk.tabs import page
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError
from gis_core.files.kept_files import describe_full_disk
from gis_core.http.files import serve_stored_file
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from simulation.pages.project_page import show_project
from simulation.services import documents
from simulation.services.projects import check_may_write, project_seen_by


def show_refused(request: HttpRequest, project_id: int, message: str, status: int) -> HttpResponse:
    """The page of the project with why nothing was added."""
    rights = rights_of_request(request)
    return show_project(request, project_seen_by(project_id, rights), rights, {"document_error": message}, status)


@page
def too_large(request: HttpRequest, project_id: int) -> HttpResponse:
    return show_refused(request, project_id, describe_most(documents.DOCUMENTS), 413)


@page
def disk_full(request: HttpRequest, project_id: int) -> HttpResponse:
    return show_refused(request, project_id, describe_full_disk(), 503)


@upload_page(too_large, lambda: longest_body(documents.DOCUMENTS), disk_full=disk_full)
@require_POST
@page
def add(request: HttpRequest, project_id: int) -> HttpResponse:
    """Attach a document to a project."""
    rights = rights_of_request(request)
    project = project_seen_by(project_id, rights)
    check_may_write(project, rights)
    file: Any = request.FILES.get("file")
    if file is None:
        return show_refused(request, project_id, _("Choose a file."), 400)
    try:
        documents.add_document(project, file, rights)
    except ArpentError as error:
        return show_refused(request, project_id, error.message, status_of(error))
    messages.success(request, _("The document is attached."))
    return redirect("simulation_project", project_id)


@require_safe
@page
def download(request: HttpRequest, project_id: int, document_id: int) -> Any:
    """A document itself."""
    document = documents.document_of(project_seen_by(project_id, rights_of_request(request)), document_id)
    name: Any = document
    return serve_stored_file(
        request,
        documents.open_document(document),
        document.media_type,
        file_name(name),
        etag=document.sha256,
        active=document.active,
    )


@require_POST
@page
def remove(request: HttpRequest, project_id: int, document_id: int) -> HttpResponse:
    """Remove a document from a project."""
    rights = rights_of_request(request)
    documents.remove_document(project_seen_by(project_id, rights), document_id, rights)
    messages.success(request, _("The document is removed."))
    return redirect("simulation_project", project_id)
