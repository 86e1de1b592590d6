"""What can go wrong, in five kinds. The edge turns a kind into a status; nothing else knows HTTP."""

from collections.abc import Mapping
from typing import Any


class ArpentError(Exception):
    """Base of every domain error: `message` is shown to the user, `extra` goes beside it in the problem details.

    `code` and `params` are the message for who keeps it to be read later, in whatever language; "" where it has none.
    """

    code: str = ""
    params: Mapping[str, Any] = {}

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra


class NotFound(ArpentError):  # noqa: N818
    """The thing does not exist, or the user may not know that it does."""


class Invalid(ArpentError):  # noqa: N818
    """What was sent cannot be understood or accepted."""


class Conflict(ArpentError):  # noqa: N818
    """The thing changed meanwhile, or its state forbids the action."""


class Stale(Conflict):
    """The thing changed since the version that the user saw."""


class VersionRequired(Invalid):
    """A write does not say which version the user saw."""


class NotOffered(Invalid):
    """The form in which an answer is wanted is none that there is."""


class NotTaken(Invalid):
    """The form in which something was sent is none that is read."""


class Forbidden(ArpentError):  # noqa: N818
    """The user may see the thing but not do this to it."""


class Unavailable(ArpentError):  # noqa: N818
    """The platform cannot do this now: a dependency is missing, stopped or full."""


class TryAgain(Unavailable):
    """What stopped this may pass: a job is tried again, a few times, more often and later when it is `busy`."""

    busy = False


class Busy(TryAgain):
    """Others are at it, or hold the same data: worth another try in a few seconds."""

    busy = True


class DatabaseGone(TryAgain):
    """The database does not answer now: what a job was about to do is begun again."""


class MailNotTaken(TryAgain):
    """The mail server does not answer or does not take a mail now: it is sent again later, for some hours."""


class StorageUnavailable(Unavailable):
    """The server's files cannot be written or read: a full disk, one that is read-only, a right that is missing."""
