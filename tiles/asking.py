"""Who asks for a tile, and which layers and photos they see: resolved by the platform's rights code, kept two seconds.

A right taken away, a token revoked, an account closed is read again when the two seconds are over. So is the catalogue,
which everybody of the same rights shares: a layer made private, a new version show within four.
"""

import threading
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connection, transaction
from django.http import HttpRequest, parse_cookie

from gis_core.accounts.factor.requirement import is_due
from gis_core.members.rights import Rights, acting_as, rights_of
from gis_core.models import User
from gis_core.operations.security_journal import address_of
from gis_core.tokens import scopes
from gis_core.tokens.authentication import user_of_authorization
from layers.catalogue.models import Layer
from layers.catalogue.services import photo_edition
from tiles import cache
from tiles.ortho.rights import SeenPhoto, list_seen_photos
from tiles.services import serving
from tiles.services.running import run_as

KEPT_SECONDS = 2.0
MOST_ASKERS = 2_000
MOST_CATALOGUES = 500
Credentials = tuple[str, str, str, str]
"""The Authorization header or the session's key, and for a token the address it comes from and what it asks for."""
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SeenLayer:
    """A layer as viewers of one class see it: where its tiles are kept and what is said with them."""

    layer: Layer
    folder: str
    etag: str
    headers: Headers
    versioned_headers: Headers


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Layers and photos by slug, as viewers of one class see them, at one moment: that of an edition of the photos."""

    layers: Mapping[str, SeenLayer]
    photos: Mapping[str, SeenPhoto]
    edition: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody's rights, and the layers and photos that they see."""

    rights: Rights
    layers: Mapping[str, SeenLayer]
    photos: Mapping[str, SeenPhoto]
    edition: int

    def run(self, layer: Layer) -> serving.Run:
        """What asks the database for a tile of it."""
        return run_as(None if layer.rows == Layer.Rows.REFERENCE else self.rights)


@dataclass(slots=True)
class Entry:
    """What is known of one pair of credentials. `viewer` stays None for an Authorization header that names nobody."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    read_at: float = float("-inf")
    viewer: Viewer | None = None
    made_at: float = field(default_factory=time.monotonic)

    def fresh(self) -> bool:
        return time.monotonic() - self.read_at < KEPT_SECONDS

    def worth(self) -> tuple[bool, float]:
        """The least goes first when there are too many: credentials that name nobody, then the longest unused."""
        somebody = self.viewer is not None and self.viewer.rights.user_id is not None
        return somebody, max(self.read_at, self.made_at)


@dataclass(slots=True)
class CatalogueEntry:
    """The catalogue of one class of viewers: all who may see the same."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    read_at: float = float("-inf")
    catalogue: Catalogue | None = None

    def at_least(self, edition: int) -> Catalogue | None:
        """What is known, if it is fresh and of this edition of the photos or a later one."""
        fresh = time.monotonic() - self.read_at < KEPT_SECONDS
        return self.catalogue if self.catalogue and fresh and self.catalogue.edition >= edition else None


_entries: dict[Credentials, Entry] = {}
_catalogues: dict[Hashable, CatalogueEntry] = {}
_entries_lock = threading.Lock()


def who_asks(environ: Mapping[str, Any], edition: int = 0) -> Viewer | None:
    """The viewer behind a request; None when its Authorization header names nobody (Django refuses it).

    Who names a later edition of the photos than we know makes us look at once.
    """
    credentials = credentials_of(environ)
    entry = _entries.get(credentials) or new_entry(credentials)
    if not entry.fresh() or (behind(entry, edition) and has_later_edition(entry)):
        with entry.lock:
            if not entry.fresh() or behind(entry, edition):
                begun = time.monotonic()
                entry.viewer = read_viewer(credentials, edition)
                entry.read_at = begun
    return entry.viewer


def behind(entry: Entry, edition: int) -> bool:
    return entry.viewer is not None and entry.viewer.edition < edition


def has_later_edition(entry: Entry) -> bool:
    """Whether the catalogue of photos has a later edition than this viewer was read at."""
    give_back()
    try:
        return behind(entry, photo_edition())
    finally:
        give_back()


def forget_everybody() -> None:
    """Read everything again at the next request (tests)."""
    with _entries_lock:
        _entries.clear()
        _catalogues.clear()


def new_entry(credentials: Credentials) -> Entry:
    with _entries_lock:
        while len(_entries) >= MOST_ASKERS:
            # Headers that somebody invents must not push out those of people: first in, first out would.
            del _entries[min(_entries, key=lambda one: _entries[one].worth())]
        return _entries.setdefault(credentials, Entry())


def credentials_of(environ: Mapping[str, Any]) -> Credentials:
    """The header wins, as in gis_core.http.middleware."""
    authorization: str = environ.get("HTTP_AUTHORIZATION", "")
    cookies: str = environ.get("HTTP_COOKIE", "")
    if authorization:
        request = HttpRequest()
        request.META = dict(environ)
        return authorization, "", address_of(request), environ.get("PATH_INFO", "")[1:].partition("/")[0]
    if settings.SESSION_COOKIE_NAME not in cookies:
        return "", "", "", ""
    return "", parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, ""), "", ""


def read_viewer(credentials: Credentials, edition: int) -> Viewer | None:
    """Ask the database now: the account, its rights, and the layers they see unless that is just known."""
    give_back()
    try:
        user = user_of(credentials)
        if user is None:
            return None
        if not user.is_authenticated and any(credentials):
            # Invented session keys share one entry's layers: thousands of them must not fill the memory.
            return who_asks({}, edition)
        rights = scopes.narrowed(rights_of(user), getattr(user, "token", None))
        catalogue = catalogue_for(rights, edition)
        return Viewer(rights, catalogue.layers, catalogue.photos, catalogue.edition)
    finally:
        give_back()


def catalogue_for(rights: Rights, edition: int) -> Catalogue:
    """What viewers of this class see, of this edition of the photos or a later one; read once for all of them."""
    entry = catalogue_entry(rights)
    if catalogue := entry.at_least(edition):
        return catalogue
    # Whoever waits for the reader below holds no connection that it needs.
    give_back()
    with entry.lock:
        if catalogue := entry.at_least(edition):
            return catalogue
        begun = time.monotonic()
        entry.catalogue = read_catalogue(rights)
        entry.read_at = begun
        return entry.catalogue


def catalogue_entry(rights: Rights) -> CatalogueEntry:
    """By all that rights are but the person."""
    places = rights.insee, rights.town_insee
    kind = (rights.signed_in, frozenset(rights.roles.items()), *places, rights.agency, rights.layers)
    with _entries_lock:
        if kind not in _catalogues and len(_catalogues) >= MOST_CATALOGUES:
            del _catalogues[min(_catalogues, key=lambda one: _catalogues[one].read_at)]
        return _catalogues.setdefault(kind, CatalogueEntry())


def read_catalogue(rights: Rights) -> Catalogue:
    """Ask the database now which layers and photos they see."""
    with acting_as(rights), transaction.atomic():
        edition = photo_edition()
        layers, photos = list(Layer.objects.visible_to(rights)), list_seen_photos(rights)
    return Catalogue({layer.slug: make_seen_layer(layer, rights) for layer in layers}, photos, edition)


def give_back() -> None:
    """Return this thread's connection to the pool, as Django does around a request (not in a test's transaction)."""
    if not connection.in_atomic_block:
        close_old_connections()


def user_of(credentials: Credentials) -> User | AnonymousUser | None:
    authorization, session_key, address, prefix = credentials
    if authorization:
        user = user_of_authorization(authorization, address)
        refused = user and scopes.why_refused(user.token, method="GET", path=f"/{prefix}/", address=address)
        return None if refused or (user and user.kind == User.Kind.SECURITY) else user
    if not session_key:
        return AnonymousUser()
    request = HttpRequest()
    request.session = SessionStore(session_key)
    signed_in: User | AnonymousUser = get_user(request)
    # Django refuses in words what the security officer does not read, and whose second factor is missing.
    is_officer = getattr(signed_in, "kind", "") == User.Kind.SECURITY
    return None if is_officer or is_due(request) else signed_in


def make_seen_layer(layer: Layer, rights: Rights) -> SeenLayer:
    etag = serving.etag(layer, rights)

    def headers(version: str | None) -> Headers:
        return [
            ("ETag", etag),
            ("X-Content-Type-Options", "nosniff"),
            *serving.cache_headers(layer, rights, version).items(),
        ]

    return SeenLayer(layer, cache.folder(layer, rights), etag, headers(None), headers(str(layer.version)))
