"""/permis/<number>/pieces/: what was attached to a file; pieces are added, opened and removed one by one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError, Conflict, Invalid, Unavailable
from gis_core.files.removals import day_in
from gis_core.files.uploads import limit_uploads
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import as_problem, status_of, wants_problem
from permits.models import Permit, Piece
from permits.pages.frame import page, permit_of, show_file
from permits.procedure import COUNTER
from permits.services.applicants import may_read_applicant
from permits.services.documents import (
    MOST_AT_ONCE,
    Refused,
    add_documents,
    erase_piece,
    file_name,
    max_bytes,
    most_bytes_at_once,
    open_piece,
    piece_of,
    remove_piece,
    retention_of,
)
from permits.services.recording import may_write

MEGABYTE = 1_048_576
SHUT_IN = {"default-src": ["'none'"], "sandbox": True}


@csrf_exempt
def document_list(request: HttpRequest, permit: str) -> HttpResponse:
    """The upload handlers must be there before the CSRF check reads the body."""
    limit_uploads(request, most_bytes_at_once())
    try:
        return checked_documents(request, permit)
    except RequestDataTooBig as error:
        return as_problem(error) if wants_problem(request) else refused_whole(request, permit, 413, too_large())
    except OSError:
        # A piece on its way to the disk, which is full.
        full = Unavailable(_("The file cannot be kept: the disk is full or not writable."))
        return as_problem(full) if wants_problem(request) else refused_whole(request, permit, 503, full.message)


@page
def refused_whole(request: HttpRequest, permit: str, status: int, error: str) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return render_documents(request, permit_of(request, permit), status, error=error)


def too_large() -> str:
    sizes = {"most": max_bytes() // MEGABYTE, "all": most_bytes_at_once() // MEGABYTE}
    return _("Nothing was added: a piece has at most %(most)s MB, one sending %(all)s MB.") % sizes


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@page
def checked_documents(request: HttpRequest, permit: str) -> HttpResponse:
    """The list of pieces, and the form that adds some."""
    application = permit_of(request, permit)
    if request.method != "POST":
        return render_documents(request, application)
    kind = request.POST.get("kind", "")
    try:
        files: Any = request.FILES.getlist("file")
        kept, refused = add_documents(application, files, kind=kind, rights=rights_of_request(request))
    except ArpentError as error:
        return render_documents(request, application, status_of(error), error=str(error.message), kind=kind)
    if kept:
        added = ngettext("%(count)s piece was added.", "%(count)s pieces were added.", len(kept))
        messages.success(request, added % {"count": len(kept)})
    if refused:
        return render_documents(request, application, 400, refused=refused, kind=kind)
    return redirect("pieces", permit=application.number)


@require_safe
@page
def piece(request: HttpRequest, permit: str, piece: int) -> Any:
    """A piece itself: shown where it is an image of ours or a PDF that does nothing, else saved."""
    document = piece_of(permit_of(request, permit), piece)
    response = FileResponse(
        open_piece(document),
        content_type=document.media_type,
        filename=file_name(document),
        as_attachment=document.active,
    )
    response["X-Content-Type-Options"] = "nosniff"
    if document.active:
        response._csp_config = SHUT_IN  # type: ignore[attr-defined]
    return response


@require_POST
@page
def remove(request: HttpRequest, permit: str, piece: int) -> HttpResponse:
    """Take a piece out of the file; it is kept, with the reason."""
    document = piece_of(permit_of(request, permit), piece)
    try:
        remove_piece(document, reason=request.POST.get("reason", ""), rights=rights_of_request(request))
    except (Invalid, Conflict) as error:
        return render_documents(request, document.permit, status_of(error), error=str(error.message))
    messages.success(request, _("“%(title)s” was removed from the file; it is kept.") % {"title": document.title})
    return redirect("pieces", permit=document.permit.number)


@require_POST
@page
def erase(request: HttpRequest, permit: str, piece: int) -> HttpResponse:
    """Erase the content of a removed piece, with the visa of the Archives."""
    document = piece_of(permit_of(request, permit), piece)
    try:
        erase_piece(
            document,
            visa_number=request.POST.get("visa_number", ""),
            visa_date=day_in(request.POST.get("visa_date", "")),
            rights=rights_of_request(request),
        )
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
    refused: list[Refused] | None = None,
    kind: str = "",
) -> HttpResponse:
    """The page. It must not read the request's body, which may be what was refused."""
    reads = may_read_applicant(permit)
    kept = retention_of(permit)
    writes = may_write(permit, rights_of_request(request), COUNTER)
    context = {
        "reads": reads,
        "writes": writes,
        "pieces": permit.documents.filter(removed_at=None).select_related("added_by") if reads else (),
        "removed": permit.documents.exclude(removed_at=None).select_related("removed_by", "erased_by") if reads else (),
        "may_erase": writes and kept.is_over(database_clock.today()),
        "kept": kept,
        "count": permit.documents.filter(removed_at=None).count(),
        "kinds": Piece.Kind.choices,
        "kind": kind,
        "error": error,
        "refused": refused or (),
        "most": max_bytes(),
        "all": most_bytes_at_once(),
        "too_large": too_large(),
        "most_mb": max_bytes() // MEGABYTE,
        "most_files": MOST_AT_ONCE,
    }
    return show_file(request, permit, "pieces", context, status)
