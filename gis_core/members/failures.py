"""What the worker does for one person after another: a row that fails stops nobody else's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("arpent.members")


@contextmanager
def logged_failure(what: str, **fields: object) -> Iterator[None]:
    """Whatever fails inside is in the log, and the rest goes on; open a transaction inside it."""
    try:
        yield
    except Exception:
        log.exception(what, extra={"fields": fields})
