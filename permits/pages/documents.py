"""/permis/<number>/pieces/: what was attached to a file; documents are added, opened and removed one by one."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.desk.document_pages import (
    describe_most,
    document_response,
    documents_context,
    longest_body,
    most_bytes_at_once,
    visa_in,
)
from gis_core.desk.documents import Refused
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.files.kept_files import describe_full_disk
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from permits.models import Permit, Piece
from permits.pages.frame import page, permit_of, show_file
from permits.procedure import COUNTER
from permits.services.applicants import may_read_applicant
from permits.services.documents import DOCUMENTS, add_documents
from permits.services.recording import may_write


@page
def too_large(request: HttpRequest, permit: str) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return render_documents(request, permit_of(request, permit), 413, error=describe_most(DOCUMENTS))


@page
def disk_full(request: HttpRequest, permit: str) -> HttpResponse:
    """The page again: a document on its way to the disk, which is full."""
    return render_documents(request, permit_of(request, permit), 503, error=describe_full_disk())


@upload_page(too_large, lambda: longest_body(DOCUMENTS), disk_full=disk_full)
@require_http_methods(["GET", "HEAD", "POST"])
@page
def document_list(request: HttpRequest, permit: str) -> HttpResponse:
    """The list of documents, and the form that adds some."""
    application = permit_of(request, permit)
    if request.method != "POST":
        return render_documents(request, application)
    kind = request.POST.get("kind", "")
    files: Any = request.FILES.getlist("file")
    try:
        added = add_documents(application, files, kind=kind, rights=rights_of_request(request))
    except ArpentError as error:
        return render_documents(request, application, status_of(error), error=str(error.message), kind=kind)
    if count := len(added.kept):
        message = ngettext("%(count)s piece was added.", "%(count)s pieces were added.", count)
        messages.success(request, message % {"count": count})
    if added.refused:
        return render_documents(request, application, 400, refused=added.refused, kind=kind)
    return redirect("pieces", permit=application.number)


@require_safe
@page
def piece(request: HttpRequest, permit: str, piece: int) -> Any:
    """A document itself: shown where it is an image of ours or a PDF that does nothing, else saved."""
    return document_response(request, DOCUMENTS, DOCUMENTS.find(permit_of(request, permit), piece))


@require_POST
@page
def remove(request: HttpRequest, permit: str, piece: int) -> HttpResponse:
    """Take a document out of the file; it is kept, with the reason."""
    document = DOCUMENTS.find(permit_of(request, permit), piece)
    try:
        DOCUMENTS.remove(document, reason=request.POST.get("reason", ""), rights=rights_of_request(request))
    except (Invalid, Conflict) as error:
        return render_documents(request, document.permit, status_of(error), error=str(error.message))
    messages.success(request, _("“%(title)s” was removed from the file; it is kept.") % {"title": document.title})
    return redirect("pieces", permit=document.permit.number)


@require_POST
@page
def erase(request: HttpRequest, permit: str, piece: int) -> HttpResponse:
    """Erase the content of a removed document, with the visa of the Archives."""
    document = DOCUMENTS.find(permit_of(request, permit), piece)
    try:
        DOCUMENTS.erase(document, visa=visa_in(request), rights=rights_of_request(request))
    except (Invalid, Conflict) as error:
        return render_documents(request, document.permit, status_of(error), error=str(error.message))
    messages.success(request, _("The content of “%(title)s” is erased.") % {"title": document.title})
    return redirect("pieces", permit=document.permit.number)


def render_documents(
    request: HttpRequest,
    permit: Permit,
    status: int = 200,
    *,
    error: str = "",
    refused: Sequence[Refused] = (),
    kind: str = "",
) -> HttpResponse:
    """The page. It must not read the request's body, which may be what was refused."""
    writes = may_write(permit, rights_of_request(request), COUNTER)
    context = documents_context(DOCUMENTS, permit, erases=writes)
    context["count"] = DOCUMENTS.list_current(permit).count()
    reads = may_read_applicant(permit)
    if not reads:
        context |= {"documents": (), "removed": ()}
    context |= {
        "reads": reads,
        "writes": writes,
        "kinds": Piece.Kind.choices,
        "kind": kind,
        "error": error,
        "refused": refused,
        "most": DOCUMENTS.max_bytes(),
        "all": most_bytes_at_once(DOCUMENTS),
        "too_large": describe_most(DOCUMENTS),
        "most_files": DOCUMENTS.at_once,
    }
    return show_file(request, permit, "pieces", context, status)
