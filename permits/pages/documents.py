"""/permis/<number>/pieces/: what was attached to a file; documents are added, opened and removed one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from gis_core.desk.parameters import whole_number
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.files.kept_files import describe_full_disk
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from permits.models import Event, Permit, Piece
from permits.pages.frame import page, permit_of, show_file
from permits.procedure import COUNTER, INSTRUCTS
from permits.services.applicants import may_read_applicant
from permits.services.completeness import count_received, list_expected
from permits.services.documents import DOCUMENTS, accept_document, add_documents, refuse_document, set_code
from permits.services.recording import may_write
from permits.usual_documents import list_codes


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form that adds documents says beside its files."""

    kind: str
    code: str = ""
    replaces: int | None = None


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
    files: Any = request.FILES.getlist("file")
    sent = Sent(
        request.POST.get("kind", ""), request.POST.get("code", ""), whole_number(request.POST.get("replaces", ""))
    )
    try:
        added = add_documents(
            application,
            files,
            kind=sent.kind,
            code=sent.code,
            replaces=sent.replaces,
            rights=rights_of_request(request),
        )
    except ArpentError as error:
        return render_documents(request, application, status_of(error), error=str(error.message), sent=sent)
    if count := len(added.kept):
        message = ngettext("%(count)s piece was added.", "%(count)s pieces were added.", count)
        messages.success(request, message % {"count": count})
    if added.refused:
        return render_documents(request, application, 400, refused=added.refused, sent=sent)
    return redirect("pieces", permit=application.number)


@require_safe
@page
def piece(request: HttpRequest, permit: str, piece: int) -> Any:
    """A document itself: shown where it is an image of ours or a PDF that does nothing, else saved.

    Whoever opens one that was replaced since they saw its list is told so first.
    """
    application = permit_of(request, permit)
    document = DOCUMENTS.find(application, piece)
    newer = Piece.objects.filter(replaces=document).select_related("added_by").first() if document.removed_at else None
    if newer is not None and "ancienne" not in request.GET and may_read_applicant(application):
        return show_file(request, application, "piece_replaced", {"former": document, "newer": newer, "tab": "pieces"})
    return document_response(request, DOCUMENTS, document)


@require_POST
@page
def examine(request: HttpRequest, permit: str, piece: int) -> HttpResponse:
    """Refuse a document with a reason, take the refusal back, or say which one of the slip it is."""
    document, rights = DOCUMENTS.find(permit_of(request, permit), piece), rights_of_request(request)
    try:
        match request.POST.get("do", ""):
            case "refuse":
                refuse_document(document, reason=request.POST.get("reason", ""), rights=rights)
                message = _("“%(title)s” is refused: it no longer counts as received.")
            case "accept":
                accept_document(document, rights=rights)
                message = _("“%(title)s” is no longer refused.")
            case _:
                set_code(document, request.POST.get("code", ""), rights=rights)
                message = _("The code of “%(title)s” is saved.")
    except (Invalid, Conflict) as error:
        return render_documents(request, document.permit, status_of(error), error=str(error.message))
    messages.success(request, message % {"title": document.title})
    return redirect("pieces", permit=document.permit.number)


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
    sent: Sent | None = None,
) -> HttpResponse:
    """The page. It must not read the request's body, which may be what was refused."""
    rights = rights_of_request(request)
    writes, reads = may_write(permit, rights, COUNTER), may_read_applicant(permit)
    context = documents_context(DOCUMENTS, permit, erases=writes)
    documents = list(context["documents"].select_related("refused_by"))
    events = list(Event.objects.filter(permit=permit))
    expected = list_expected(permit, events, documents)
    received, of = count_received(expected)
    if not reads:
        context |= {"removed": ()}
    context |= {
        "documents": documents if reads else (),
        "count": len(documents),
        "expected": expected,
        "received": received,
        "of": of,
        "reads": reads,
        "writes": writes,
        "examines": reads and may_write(permit, rights, INSTRUCTS),
        "kinds": Piece.Kind.choices,
        "codes": list_codes(permit.kind),
        "sent": sent or Sent("", request.GET.get("code", ""), whole_number(request.GET.get("remplace", ""))),
        "error": error,
        "refused": refused,
        "most": DOCUMENTS.max_bytes(),
        "all": most_bytes_at_once(DOCUMENTS),
        "too_large": describe_most(DOCUMENTS),
        "most_files": DOCUMENTS.at_once,
    }
    context["former"] = next((one for one in context["documents"] if one.pk == context["sent"].replaces), None)
    return show_file(request, permit, "pieces", context, status)
