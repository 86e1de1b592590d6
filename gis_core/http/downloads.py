"""Long answers: bytes that go out while they are read, and stop once whoever reads them may no longer."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextvars import copy_context
from typing import Any, Self

from django.utils.translation import gettext as _

from gis_core.errors import Forbidden
from gis_core.members.rights import Rights, are_still_held

LONGEST_S = 1_800.0
# How often a file on its way asks whether whoever reads it still may.
ACCESS_STEP_S = 2.0


class Isolated(Iterator[bytes]):
    """A generator whose context variables are its own: it sets rights that nobody else on its thread must have."""

    def __init__(self, parts: Generator[bytes]) -> None:
        self.parts = parts
        self.context = copy_context()

    def __next__(self) -> bytes:
        return self.context.run(next, self.parts)

    def close(self) -> None:
        self.context.run(self.parts.close)

    def __del__(self) -> None:
        """A stream that nobody closed still ends where its variables are its own."""
        self.close()


class Started(Iterator[bytes]):
    """A stream whose first bytes are there: what goes wrong before them is raised by its making, in the view.

    Closing it ends what the generator had open.
    """

    def __init__(self, parts: Generator[bytes]) -> None:
        self.parts = Isolated(parts)
        self.first: bytes | None = next(self.parts, b"")

    def __next__(self) -> bytes:
        if self.first is not None:
            first, self.first = self.first, None
            return first
        return next(self.parts)

    def close(self) -> None:
        self.parts.close()


class EndOfAccess:
    """Asks every two seconds, when it is called, whether these rights are still held, by what they were used by: the
    API token of this number, or the session of this key. Without either (a job, a test) the person alone is asked.
    """

    def __init__(self, rights: Rights, *, token: int | None = None, session: str = "") -> None:
        self.rights, self.token, self.session = rights, token, session
        self.next_s = time.monotonic() + ACCESS_STEP_S

    @classmethod
    def of(cls, request: Any) -> Self:
        """That of a request: Django's, or the one that stands for it in the API."""
        rights: Rights = request.rights
        if not rights.signed_in:
            return cls(rights)
        if request.by_token:
            return cls(rights, token=request.user.token.pk)
        return cls(rights, session=request.session.session_key or "")

    def __call__(self) -> None:
        """Ask, where two seconds are over. Raises Forbidden once they are not."""
        if time.monotonic() < self.next_s:
            return
        self.next_s = time.monotonic() + ACCESS_STEP_S
        if not are_still_held(self.rights, token=self.token, session=self.session):
            raise Forbidden(_("Your access ended during this download."))
