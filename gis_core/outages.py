"""Whether an error means that the database went away: restarting, crashed, closing, out of connections."""

from collections.abc import Iterator

import psycopg
from django.db import InterfaceError, OperationalError

# Classes and codes of SQLSTATE that say so: connection exceptions, shutdowns and crashes, too many connections. An
# error without any comes from the client: the server could not be reached or closed the connection.
GONE = ("08", "57P01", "57P02", "57P03", "57P05", "53300")


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
