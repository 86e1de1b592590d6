"""A table that somebody holds locked costs its own readers an answer, and nobody else a thread.

The serving role waits half a second for a lock (`lock_timeout`, gis_core/ops/bootstrap.sql), a write two seconds. Once
a read has waited in vain, reads of this process wait a tenth of a second for some seconds, and what names a layer in
its address is refused at once, but for one request a second that looks whether the lock is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from gis_core.errors import Busy
from gis_core.failures import WAITED
from gis_core.middleware import refusal
from gis_core.problem import waited_in_vain
from gis_core.rights import lock_patience

WRITE_PATIENCE = "2s"
HURRIED_PATIENCE = "100ms"
HURRIED_S = 5.0
PROBE_S = 1.0


class Locked:
    """What this process found locked: layers by name, and when it last found anything."""

    def __init__(self) -> None:
        self.looks_at: dict[str, float] = {}
        self.hurried_until = 0.0

    def found(self, slug: str | None) -> None:
        """A read waited in vain."""
        now = time.monotonic()
        self.hurried_until = now + HURRIED_S
        if slug is not None:
            self.looks_at[slug] = now + PROBE_S

    def refuses(self, slug: str) -> bool:
        """Whether to refuse at once; whoever comes when it is time to look again is let through, alone."""
        due = self.looks_at.get(slug)
        now = time.monotonic()
        if due is None:
            return False
        if now < due:
            return True
        self.looks_at[slug] = now + PROBE_S
        return False

    def answered(self, slug: str) -> None:
        """A read got its rows."""
        self.looks_at.pop(slug, None)

    def hurried(self) -> bool:
        return time.monotonic() < self.hurried_until


locked = Locked()


def not_for_long(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: how long a request's transactions wait for locks, and refusals that ask nothing of the database."""

    def middleware(request: HttpRequest) -> HttpResponse:
        safe = request.method in ("GET", "HEAD", "OPTIONS")
        token = lock_patience.set((HURRIED_PATIENCE if locked.hurried() else None) if safe else WRITE_PATIENCE)
        try:
            response = get_response(request)
        finally:
            lock_patience.reset(token)
        if safe:
            take_note(layer_in(request), response)
        return response

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        slug = kwargs.get("slug")
        return refusal(request, Busy(str(WAITED))) if slug is not None and locked.refuses(slug) else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def layer_in(request: HttpRequest) -> str | None:
    """The layer that the address names."""
    return request.resolver_match.kwargs.get("slug") if request.resolver_match else None


def take_note(slug: str | None, response: HttpResponse) -> None:
    if waited_in_vain(response):
        locked.found(slug)
    elif slug is not None and slug in locked.looks_at and response.status_code < 400:
        locked.answered(slug)
