"""A table that somebody holds locked costs its own readers an answer, and nobody else a thread.

The serving role waits half a second for a lock (`lock_timeout`, gis_core/operations/bootstrap.sql), a write two
seconds. Once a read has waited in vain, reads of this process wait a tenth of a second for some seconds, and readers of
that layer who may see it (`check_not_locked`) are refused at once, but for one request a second that looks whether it
is free.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from gis_core.database.failures import WAITED
from gis_core.database.statements import execute, fetch_one
from gis_core.errors import Busy
from gis_core.http.problem import lock_timed_out
from gis_core.members.rights import lock_patience

WRITE_PATIENCE = "2s"
HURRIED_PATIENCE = "100ms"
HURRIED_S = 5.0
PROBE_S = 1.0


class LockedLayers:
    """What this process found locked: when each layer may be tried again, and until when all reads wait less.

    Instants are of the monotonic clock, in seconds.
    """

    def __init__(self) -> None:
        self.next_try: dict[str, float] = {}
        self.hurried_until = 0.0

    def note_timeout(self, slug: str | None) -> None:
        """A read waited in vain."""
        now = time.monotonic()
        self.hurried_until = now + HURRIED_S
        if slug is not None:
            self.next_try[slug] = now + PROBE_S

    def refuses(self, slug: str) -> bool:
        """Whether to refuse at once; whoever comes when it is time to look again is let through, alone."""
        due = self.next_try.get(slug)
        now = time.monotonic()
        if due is None:
            return False
        if now < due:
            return True
        self.next_try[slug] = now + PROBE_S
        return False

    def note_answer(self, slug: str) -> None:
        """A read got its rows."""
        self.next_try.pop(slug, None)

    def is_hurried(self) -> bool:
        return time.monotonic() < self.hurried_until


locked = LockedLayers()
_reads: ContextVar[bool] = ContextVar("arpent_reads", default=False)


def check_not_locked(slug: str) -> None:
    """For whoever reads a layer and may see it. Raises Busy while somebody holds its table locked."""
    if _reads.get() and locked.refuses(slug):
        raise Busy(str(WAITED))


@contextmanager
def lock_timeout(patience: str) -> Iterator[None]:
    """Statements inside wait as long for a lock (`'20s'`); the transaction's own patience comes back after them."""
    (before, _now) = fetch_one(
        "select current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [patience]
    )
    yield
    execute("select set_config('lock_timeout', %s, true)", [before])


def limit_lock_waits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: how long a request's transactions wait for locks, and whether what it asks for only reads."""

    def middleware(request: HttpRequest) -> HttpResponse:
        safe = request.method in ("GET", "HEAD", "OPTIONS")
        token = lock_patience.set((HURRIED_PATIENCE if locked.is_hurried() else None) if safe else WRITE_PATIENCE)
        reads = _reads.set(safe)
        try:
            response = get_response(request)
        finally:
            _reads.reset(reads)
            lock_patience.reset(token)
        if safe:
            note_response(layer_in(request), response)
        return response

    return middleware


def layer_in(request: HttpRequest) -> str | None:
    """The layer that the address names."""
    return request.resolver_match.kwargs.get("slug") if request.resolver_match else None


def note_response(slug: str | None, response: HttpResponse) -> None:
    if lock_timed_out(response):
        locked.note_timeout(slug)
    elif slug is not None and slug in locked.next_try and response.status_code < 400:
        locked.note_answer(slug)
