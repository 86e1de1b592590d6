"""The thin layer in front of Django: tiles asked for in the usual way are answered here, photos always, the rest not.

A full Django request costs more than most tiles. This layer asks the same rights code (tiles.asking), serves the same
tiles (tiles.services) and says the same headers; whatever is unusual in a request, an error above all, is Django's.
"""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.db import Error as DatabaseError

from gis_core.database.lock_waits import locked
from gis_core.http.hosts import is_trusted
from tiles import asking, cache
from tiles.ortho.wsgi import photo
from tiles.services import serving
from tiles.services.address import Address

log = logging.getLogger("arpent.tiles")

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

PATH = re.compile(r"/tiles/([-a-zA-Z0-9_]{1,50})/([0-9]{1,2})/([0-9]{1,8})/([0-9]{1,8})\.mvt")
QUERY = re.compile(r"(?:v=([0-9]{1,10}))?")


def tiles_first(django: Application) -> Application:
    """A WSGI application that answers tiles and photos itself and leaves the rest to Django."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answered = tile(environ, start_response)
            if answered is None:
                answered = photo(environ, start_response)
        except psycopg.errors.LockNotAvailable:
            locked.note_timeout(slug_in(environ["PATH_INFO"]))
            answered = None
        except (DatabaseError, psycopg.Error) as error:
            log.warning("tile left to Django: %s", error)
            answered = None
        return django(environ, start_response) if answered is None else answered

    return application


def tile(environ: Environ, start_response: StartResponse) -> Iterable[bytes] | None:
    """The answer to a usual request for a tile of a layer that the viewer sees; None for anything else."""
    match = PATH.fullmatch(environ["PATH_INFO"])
    if match is None or not usual(environ):
        return None
    slug, z, x, y = match.groups()
    if slug in locked.next_try:
        return None
    address = Address(int(z), int(x), int(y))
    viewer = asking.who_asks(environ) if address.exists else None
    seen = viewer.layers.get(slug) if viewer else None
    if viewer is None or seen is None:
        return None
    version = environ.get("QUERY_STRING", "").removeprefix("v=")
    if version and int(version) > seen.layer.version:
        # Who has just changed it knows more than we do.
        return None
    headers = seen.versioned_headers if version == str(seen.layer.version) else seen.headers
    if environ.get("HTTP_IF_NONE_MATCH") == seen.etag:
        start_response("304 Not Modified", headers)
        return []
    content = serving.tile(seen.layer, address, seen.folder, viewer.run(seen.layer), cache.keep_later)
    return answer(content, headers, start_response)


def answer(content: bytes, headers: list[tuple[str, str]], start_response: StartResponse) -> Iterable[bytes]:
    if not content:
        start_response("204 No Content", headers)
        return []
    start_response("200 OK", [*headers, *CONTENT_HEADERS, ("Content-Length", str(len(content)))])
    return [content]


CONTENT_HEADERS = [("Content-Type", serving.MEDIA_TYPE), ("Content-Encoding", "gzip")]


def slug_in(path: str) -> str | None:
    match = PATH.fullmatch(path)
    return match[1] if match else None


def usual(environ: Environ) -> bool:
    """A GET that takes gzip, of a host we know, over the scheme we want, with nothing in the query but a version."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        and QUERY.fullmatch(environ.get("QUERY_STRING", "")) is not None
        and is_trusted(environ)
    )
