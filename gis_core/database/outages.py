"""Whether an error means that the database went away: restarting, crashed, closing, out of connections.

Once a process knows that it is away, requests are refused before they ask for anything, but for one every quarter of a
second that looks: whoever waits for a refusal waits for one thread that looks, not for all those before.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError

# Classes and codes of SQLSTATE that say so: connection exceptions, shutdowns and crashes, too many connections. An
# error without any comes from the client: the server could not be reached or closed the connection.
GONE = ("08", "57P01", "57P02", "57P03", "57P05", "53300")


RETRY_S = 0.25


class Outage:
    """What this process knows: whether the database is away, and when somebody may look again.

    Instants are of the monotonic clock, in seconds.
    """

    def __init__(self) -> None:
        self.known = False
        self.next_try = 0.0
        self.answered_at = 0.0

    def note_silence(self, since: float) -> None:
        """Somebody waited since then in vain, and nobody else was answered meanwhile."""
        if self.answered_at < since:
            self.known = True
            self.next_try = time.monotonic() + RETRY_S

    def note_answer(self) -> None:
        """Somebody has a connection."""
        self.known = False
        self.answered_at = time.monotonic()

    def refuses(self) -> bool:
        """Whether to refuse at once; whoever comes when it is time to look again is let through, alone."""
        now = time.monotonic()
        if not self.known or now >= self.next_try:
            self.next_try = now + RETRY_S
            return False
        return True


outage = Outage()
# Whether this request has waited for a connection in vain: it does so once. None outside of requests.
in_vain: ContextVar[bool | None] = ContextVar("arpent_in_vain", default=None)


def waits_once(application: Callable[[Any, Any], Iterable[bytes]]) -> Callable[[Any, Any], Iterable[bytes]]:
    """A WSGI application of which no request waits twice for a database that does not answer."""

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        in_vain.set(False)
        return application(environ, start_response)

    return answer


def database_is_gone(error: BaseException | None) -> bool:
    """Whether this error, or one that it came from, is that the database cannot be reached now."""
    return any(is_connection_loss(one) for one in chain(error))


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from, what was being handled then, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def is_connection_loss(error: BaseException) -> bool:
    if isinstance(error, InterfaceError | psycopg.InterfaceError):
        return "connection" in str(error)
    if isinstance(error, OperationalError):
        error = error.__cause__ or error
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate is None or error.sqlstate.startswith(GONE)
    return isinstance(error, OperationalError)
