"""Pages of documents (`gis_core.desk.documents`): what their forms say, their files, the visa that erases them."""

from datetime import date
from typing import Any, Final

from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.desk.documents import MEGABYTE, ArchivedDocuments, Documents, file_name
from gis_core.files.removals import day_in
from gis_core.http.files import serve_stored_file
from gis_core.models import AttachedDocument

FORM_BYTES: Final = MEGABYTE
"""Of the other fields of a form."""


def document_response[D: AttachedDocument, H: Model](
    request: HttpRequest, documents: ArchivedDocuments[D, H], document: D
) -> HttpResponseBase:
    """A document itself: opened by the browser where it does nothing, else saved. Raises Forbidden, NotFound."""
    return serve_stored_file(
        request,
        documents.open(document),
        document.media_type,
        file_name(document),
        etag=document.sha256,
        active=document.active,
    )


def documents_context[D: AttachedDocument, H: Model](
    documents: ArchivedDocuments[D, H], holder: H, *, erases: bool
) -> dict[str, Any]:
    """What a page says of an object's documents: those that are there, those removed, how long they are kept.

    `erases`: whether who asks may erase some, once their time is over.
    """
    retention = documents.retention_of(holder)
    return {
        "documents": documents.list_current(holder).select_related("added_by"),
        "removed": documents.list_removed(holder).select_related("removed_by", "erased_by"),
        "retention": retention,
        "may_erase": erases and retention.is_over(database_clock.today()),
        "most_mb": documents.max_bytes() // MEGABYTE,
    }


def most_bytes_at_once(documents: Documents) -> int:
    """Of the files of one sending, which are rarely all as large as one may be."""
    return min(documents.at_once, 4) * documents.max_bytes()


def longest_body(documents: Documents) -> int:
    """Of a form that sends files, in bytes."""
    return most_bytes_at_once(documents) + FORM_BYTES


def describe_most(documents: Documents) -> str:
    """What a page says of a sending that is too large: it does not know of which file."""
    sizes = {"most": documents.max_bytes() // MEGABYTE, "all": most_bytes_at_once(documents) // MEGABYTE}
    if documents.at_once > 1:
        return _("Nothing was added: a piece has at most %(most)s MB, one sending %(all)s MB.") % sizes
    return _("Nothing was added: a piece has at most %(most)s MB.") % sizes


def visa_in(request: HttpRequest) -> tuple[str, date | None]:
    """The number and the day of the visa of the Archives that a form gives."""
    return request.POST.get("visa_number", ""), day_in(request.POST.get("visa_date", ""))
