"""Answers that are files: what they are called, whether a browser opens or saves them, who may keep them."""

from typing import IO, Any, Final

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

PRIVATE: Final = "private, no-store"
"""Of what only who asked may see, and no cache keeps."""
NO_STORE: Final = {"Cache-Control": PRIVATE}
SANDBOX: Final = {"default-src": ["'none'"], "sandbox": True}
"""The policy of a file of others that may act: it runs and fetches nothing."""


def file_headers(name: str, media_type: str, *, inline: bool = False, cache: str = PRIVATE) -> dict[str, str]:
    """Those of a file called `name` (RFC 6266, accents too): saved, or shown by the browser where it can (`inline`).

    `cache` says what caches do; no browser guesses another media type.
    """
    return {
        "Content-Type": media_type,
        "Content-Disposition": content_disposition_header(not inline, name) or "inline",
        "Cache-Control": cache,
        "X-Content-Type-Options": "nosniff",
    }


def file_response(
    content: bytes | str, media_type: str, name: str, *, inline: bool = False, cache: str = PRIVATE
) -> HttpResponse:
    """A file made for this answer."""
    return HttpResponse(content, headers=file_headers(name, media_type, inline=inline, cache=cache))


def serve_stored_file(
    request: Any, opened: IO[bytes], media_type: str, name: str, *, etag: str, active: bool = False
) -> HttpResponseBase:
    """A file of the disk, or 304 to who has it; what may act (`active`) is saved, never opened, and runs nothing.

    `etag` names the content: it is another one where the content is. The request is Django's, or that of the API.
    """
    quoted = quote_etag(etag)
    headers = {"X-Content-Type-Options": "nosniff", "ETag": quoted, "Cache-Control": "private, no-cache"}
    answer: Any = FileResponse(opened, content_type=media_type, filename=name, as_attachment=active, headers=headers)
    if active:
        answer._csp_config = SANDBOX
    known: HttpResponseBase = get_conditional_response(request, etag=quoted, response=answer) or answer
    if known is not answer:
        opened.close()
    return known
