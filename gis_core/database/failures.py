"""What the machine does to us, said as domain errors: the disk, and other holders of the same data.

The one place where numbers of the system become words, for requests (`gis_core.http.problem`) and jobs
(`gis_core.tasks`).
"""

import errno
from collections.abc import Iterator

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import ArpentError, Busy, Forbidden, StorageUnavailable, Unavailable
from gis_core.members.rights import token_reads

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
BROKEN = frozenset({errno.EIO})
# PostgreSQL's own words for a full disk, and for one on which it may not write.
DATABASE_FULL, DATABASE_IO = "53100", "58030"
READ_ONLY = "25006"
BUSY = frozenset({"55P03", "40P01"})
"""Somebody else changes the same rows: waited too long (the role's `lock_timeout`), or each waited for the other."""
WAITED = gettext_lazy("Somebody else is changing the same data: nothing of yours was kept. Try again in a moment.")


def in_domain_terms(error: BaseException) -> ArpentError | None:
    """The domain error that an exception is, or that stands for it; None for what nobody foresaw."""
    if isinstance(error, ArpentError):
        return error
    for cause in causes(error):
        if isinstance(cause, OSError) and (message := disk_message(cause.errno)):
            return StorageUnavailable(message)
        state = sqlstate(cause)
        if state == DATABASE_FULL:
            return StorageUnavailable(disk_message(errno.ENOSPC))
        if state == DATABASE_IO:
            return StorageUnavailable(disk_message(errno.EIO))
        if state == READ_ONLY and token_reads.get():
            return Forbidden(
                _(
                    "This API token only reads, and this leaves a trace (a record, a line of a journal): nothing was"
                    " kept. Use a token that may write."
                ),
                reason="token",
            )
        if state == READ_ONLY:
            return Unavailable(
                _("The site can only be read during this maintenance: nothing was kept. Try again once it is over."),
                reason="maintenance",
            )
        if state in BUSY:
            return Busy(str(WAITED))
    return None


def disk_message(number: int | None) -> str:
    """What a person is told of an errno; empty for one that is not the disk's."""
    if number in FULL:
        return _("The server's disk is full: nothing was kept. Tell its administrator, then try again.")
    if number in CLOSED:
        return _(
            "The server may not write its files (disk in read-only mode, or missing rights): nothing was kept."
            " Tell its administrator, then try again."
        )
    if number in BROKEN:
        return _("The server's disk does not answer properly: nothing was kept. Tell its administrator.")
    return ""


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, and those that it was raised from or while handling."""
    seen: BaseException | None = error
    for _step in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code of a database error of Django's."""
    return getattr(error.__cause__, "sqlstate", None) if isinstance(error, DatabaseError) else None
