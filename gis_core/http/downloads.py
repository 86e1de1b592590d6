"""The headers of an answer that is a file."""

from typing import Final

from django.utils.http import content_disposition_header

PRIVATE: Final = "private, no-store"


def download_headers(name: str, media_type: str, *, inline: bool = False, cache: str = PRIVATE) -> dict[str, str]:
    """For the `headers` of an answer: its media type, how the file is called (RFC 6266, accents too), what caches do.

    `inline`: shown by the browser where it can; else it is saved. No browser guesses another media type.
    """
    return {
        "Content-Type": media_type,
        "Content-Disposition": content_disposition_header(not inline, name) or "",
        "Cache-Control": cache,
        "X-Content-Type-Options": "nosniff",
    }
