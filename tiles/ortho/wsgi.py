"""/ortho/: photos before Django sees the request. Kept tiles are read here, everything else is MapProxy's.

Who may see what was asked before (tiles.asking). MapProxy gets an application in which only the viewer's photos exist,
an `authorize` that limits them to the viewer's ground, and requests whose sizes and numbers are sound.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import psycopg
from django.db import Error as DatabaseError
from mapproxy.config import local_base_config
from mapproxy.config.configuration.base import ConfigurationError
from mapproxy.srs import get_epsg_num

from gis_core.database.failures import in_domain_terms
from gis_core.errors import Busy, StorageUnavailable
from gis_core.http import admission
from gis_core.http.hosts import is_secure, is_trusted
from gis_core.http.middleware import LONGEST_URL
from gis_core.http.problem import RETRY_SECONDS
from tiles import asking, cache
from tiles.asking import Viewer
from tiles.ortho.application import Application, Coordinates, serving
from tiles.ortho.parameters import Answer, Query, refuse_query, sound
from tiles.ortho.rights import Area, SeenPhoto
from tiles.ortho.source import LONGITUDE_LATITUDE, UNREADABLE

log = logging.getLogger("arpent.photos")

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]

PATH = re.compile(r"/ortho(?:/v([0-9]{1,9}))?(/(?:wmts|wms|service|ows)(?:/[^\n]*)?)")
TILE = re.compile(r"/wmts/([-a-zA-Z0-9_]{1,60})/(PM|LAMB93)/([0-9]{1,2})/([0-9]{1,8})/([0-9]{1,8})\.png")
JPEG = b"\xff\xd8"
EPSG_OF = {"PM": 3857, "LAMB93": 2154}
PRIVATE = [("Cache-Control", "private, no-cache"), ("Vary", "Cookie, Authorization")]
SAFE = [("X-Content-Type-Options", "nosniff")]
# What everybody sees may be taken back: whoever keeps it asks again, at the latest after the minute that is promised.
PUBLIC = "public, max-age=60, must-revalidate"
NOT_UNDERSTOOD = "A parameter has a value that cannot be understood."
LARGE_PX = 1_500_000
UNTRUSTED = ("HTTP_X_SCRIPT_NAME", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")


@dataclass(frozen=True, slots=True)
class PhotoRequest:
    """A request under /ortho/: the edition in its address (0: none), the rest of its path, and who asks."""

    environ: Environ
    edition: int
    path: str
    viewer: Viewer
    application: Application

    def visible(self) -> frozenset[str]:
        """The photos that the viewer sees and that are served in the edition they know."""
        return frozenset(slug for slug in self.viewer.photos if self.find_seen_photo(slug))

    def find_seen_photo(self, slug: str) -> SeenPhoto | None:
        seen, served = self.viewer.photos.get(slug), self.application.photos.get(slug)
        return seen if seen and served and seen.edition == served.edition else None


def photo(environ: Environ, start_response: StartResponse) -> Iterable[bytes] | None:
    """The answer to a request under /ortho/, or None when it is Django's to refuse."""
    match = PATH.fullmatch(environ["PATH_INFO"])
    if match is None or not acceptable(environ):
        return None
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return plain(start_response, HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, HEAD")])
    try:
        request = resolve_request(environ, int(match[1] or 0), match[2])
    except (DatabaseError, psycopg.Error) as error:
        log.warning("photo not served: %s", error)
        return plain(start_response, HTTPStatus.SERVICE_UNAVAILABLE, [("Retry-After", "2")])
    except ConfigurationError:
        return plain(start_response, HTTPStatus.SERVICE_UNAVAILABLE, [("Retry-After", "60")])
    if request is None:
        return None
    tile = TILE.fullmatch(request.path)
    answered = answer_kept_tile(request, tile, start_response) if tile else None
    return ask_mapproxy(request, start_response) if answered is None else answered


def acceptable(environ: Environ) -> bool:
    """A host and scheme of ours, and an address that Django would not refuse either (gis_core.http.middleware)."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    short = len(path) + len(query) <= LONGEST_URL
    return short and "\0" not in path + query and "%00" not in query and is_trusted(environ)


def resolve_request(environ: Environ, edition: int, path: str) -> PhotoRequest | None:
    """Who asks, and the application of the edition they know; None when their credentials name nobody."""
    viewer = asking.who_asks(environ, edition)
    if viewer is None:
        return None
    application = serving.at_least(viewer.edition)
    if application.edition > viewer.edition:
        viewer = asking.who_asks(environ, application.edition)
        if viewer is None:
            return None
    return PhotoRequest(environ, edition, path, viewer, application)


def answer_kept_tile(
    request: PhotoRequest, tile: re.Match[str], start_response: StartResponse
) -> Iterable[bytes] | None:
    """A tile from its file; 304 when the viewer has it; None when there is more to do."""
    slug, grid, z, x, y = tile.groups()
    seen = request.find_seen_photo(slug)
    if seen is None:
        return None
    if is_outdated(request, seen):
        return plain(start_response, HTTPStatus.GONE, [])
    if request.environ.get("HTTP_IF_NONE_MATCH") == seen.etag:
        start_response("304 Not Modified", tile_headers(seen))
        return []
    content = read_kept_tile(request, seen.area, slug, grid, (int(x), int(y), int(z)))
    if not content:
        return None
    kind = "image/jpeg" if content.startswith(JPEG) else "image/png"
    headers = [*tile_headers(seen), ("Content-Type", kind), ("Content-Length", str(len(content)))]
    start_response("200 OK", headers)
    return [] if request.environ["REQUEST_METHOD"] == "HEAD" else [content]


def read_kept_tile(
    request: PhotoRequest, area: Area | None, slug: str, grid: str, coordinates: Coordinates
) -> bytes | None:
    """The bytes of a tile that was drawn before: the whole, or what of it lies on the viewer's ground."""
    application, epsg = request.application, EPSG_OF[grid]
    whole = cache.read(application.tile_file(slug, grid, coordinates))
    if area is None or not whole:
        return whole
    box = application.tile_box(slug, grid, coordinates)
    if area.contains(box, epsg):
        return whole
    if not area.meets(box, epsg):
        return None
    path = application.cut_file(slug, grid, coordinates, area)
    part = cache.read(path)
    if part is None:
        part = application.cut(whole, area, box, epsg)
        cache.keep(path, part)
    return part


def is_outdated(request: PhotoRequest, seen: SeenPhoto) -> bool:
    """Whether the address names an edition in which the photo had other pixels: those are gone (410)."""
    return 0 < request.edition < seen.pixels_edition


def tile_headers(seen: SeenPhoto) -> Headers:
    """Who may keep a tile: everybody what everybody sees, for a minute."""
    if not seen.public or seen.area:
        return [("ETag", seen.etag), *PRIVATE, *SAFE]
    return [("ETag", seen.etag), ("Cache-Control", PUBLIC), *SAFE]


@dataclass(slots=True)
class Drawing:
    """What MapProxy was about to draw when it asked for permission; until then only the request can be wrong."""

    begun: bool = False
    tile_of: str | None = None


def ask_mapproxy(request: PhotoRequest, start_response: StartResponse) -> Iterable[bytes]:
    """MapProxy's answer with our headers, and with a status that tells the viewer's errors from ours."""
    query = sound(request.environ.get("QUERY_STRING", ""))
    if query.problem:
        return answer(request, None, refusal(request, query), start_response)
    drawing, mapproxy = Drawing(), request.application.seen_by(request.visible())
    environ = environ_for(request, query.text) | {"mapproxy.authorize": authorizer(request, drawing)}
    try:
        with one_large_map(request) if query.pixels > LARGE_PX else nullcontext():
            answered = collect_answer(mapproxy, environ)
        if answered[0] >= 500 and answered[1]["content-type"].startswith("text/plain"):
            answered = refusal(request, replace(query, problem=NOT_UNDERSTOOD))
    except Busy:
        return plain(start_response, HTTPStatus.SERVICE_UNAVAILABLE, [("Retry-After", str(RETRY_SECONDS))])
    except Exception as error:
        if drawing.begun:
            log.exception("a photo could not be drawn")
            if isinstance(known := in_domain_terms(error), StorageUnavailable):
                again = [("Retry-After", "60")]
                return plain(start_response, HTTPStatus.SERVICE_UNAVAILABLE, again, str(known.message))
            return plain(start_response, HTTPStatus.INTERNAL_SERVER_ERROR, [])
        log.info("a request for photos was not understood: %r", error)
        answered = refusal(request, replace(query, problem=NOT_UNDERSTOOD))
    return answer(request, drawing.tile_of, answered, start_response)


@contextmanager
def one_large_map(request: PhotoRequest) -> Iterator[None]:
    """One of the few large maps of this process (they take some 250 MB while they are drawn). Raises Busy."""
    actor = admission.Actor.of(request.viewer.rights, request.environ.get("REMOTE_ADDR", ""))
    with admission.on_behalf_of(actor), admission.limit_concurrency(admission.MAP):
        yield


def refusal(request: PhotoRequest, query: Query) -> Answer:
    with local_base_config(request.application.base_config):
        return refuse_query(query, request.path)


def environ_for(request: PhotoRequest, query: str) -> Environ:
    """The request for MapProxy: its addresses carry our edition, whatever headers say; conditions are ours to check."""
    environ = {name: value for name, value in request.environ.items() if name not in UNTRUSTED}
    script = f"/ortho/v{request.application.edition}"
    scheme = "https" if is_secure(request.environ) else "http"
    return environ | {
        "SCRIPT_NAME": script, "PATH_INFO": request.path, "QUERY_STRING": query, "wsgi.url_scheme": scheme,
    }  # fmt: skip


def authorizer(request: PhotoRequest, drawing: Drawing) -> Callable[..., dict[str, Any]]:
    """MapProxy's `authorize`: everything that the viewer sees, limited to the ground where they see it."""

    def authorize(service: str, layers: list[str], query_extent: Any = None, **_more: Any) -> dict[str, Any]:
        drawing.begun = query_extent is not None
        drawing.tile_of = layers[0] if service == "wmts" and query_extent else None
        return {"authorized": "partial", "layers": {name: permissions(name, query_extent) for name in layers}}

    def permissions(name: str, query_extent: Any) -> dict[str, Any]:
        seen = request.find_seen_photo(name)
        if seen is None:
            return {}
        allowed: dict[str, Any] = {"tile": True, "map": True, "featureinfo": True}
        if seen.area is None:
            return allowed
        box, epsg = (
            (query_extent[1], get_epsg_num(query_extent[0]) or LONGITUDE_LATITUDE) if query_extent else (None, 2154)
        )
        if box is not None and seen.area.contains(box, epsg):
            return allowed
        return allowed | {"limited_to": seen.area.limit_shape(box, epsg)}

    return authorize


def collect_answer(application: Callable[..., Iterable[bytes]], environ: Environ) -> Answer:
    """What a WSGI application answers in the end."""
    said: list[Any] = []
    body = b"".join(application(environ, lambda status, headers: said.extend((status, headers))))
    return int(said[0].split()[0]), {name.lower(): value for name, value in said[1]}, body


def answer(
    request: PhotoRequest, tile_of: str | None, answered: Answer, start_response: StartResponse
) -> Iterable[bytes]:
    """Send MapProxy's answer with our headers; a tile that the viewer has already is not sent again."""
    status, theirs, body = answered
    if status >= 500:
        status = 503 if UNREADABLE.encode() in body else 400
    seen = request.find_seen_photo(tile_of) if tile_of and status == 200 else None
    if seen and is_outdated(request, seen):
        return plain(start_response, HTTPStatus.GONE, [])
    ours = tile_headers(seen) if seen else [*PRIVATE, *SAFE]
    if seen and request.environ.get("HTTP_IF_NONE_MATCH") == seen.etag:
        start_response("304 Not Modified", ours)
        return []
    headers = [("Content-Type", theirs["content-type"]), ("Content-Length", str(len(body))), *ours]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [] if request.environ["REQUEST_METHOD"] == "HEAD" else [body]


def plain(start_response: StartResponse, status: HTTPStatus, headers: Headers, message: str = "") -> Iterable[bytes]:
    """A refusal that no client of maps expects in a form of its own."""
    body = f"{message or status.phrase}\n".encode()
    start_response(
        f"{status} {status.phrase}",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *PRIVATE, *SAFE, *headers],
    )
    return [body]
