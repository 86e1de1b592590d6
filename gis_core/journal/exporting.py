"""The security journal as JSON lines: as many as are looked for, read step by step, by whoever still may."""

import json
import logging
import time
from collections.abc import Generator
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Unavailable
from gis_core.http.admission import DOWNLOAD, limit_concurrency
from gis_core.http.downloads import LONGEST_S, EndOfAccess
from gis_core.journal.searching import Search
from gis_core.members.rights import acting_as

log = logging.getLogger("arpent.security")
MOST_LINES = 100_000


def journal_lines(search: Search, before: str, check_access: EndOfAccess) -> Generator[bytes]:
    """The lines before a mark (all for none), the latest first; a file that is cut short ends with a line that says so.

    What goes wrong before the first of them is raised: Invalid (the mark), Busy (others are downloading).
    """
    begun, reached = False, before
    try:
        for lines, mark in parts_of(search, before, check_access):
            yield lines
            begun, reached = True, mark
    except Exception as error:
        if not begun:
            raise
        unforeseen = not isinstance(error, ArpentError)
        log.warning("an export of the security journal was cut short: %s", error, exc_info=unforeseen)
        yield line({"cut": why_cut(error, reached), "before": reached})


def parts_of(search: Search, before: str, check_access: EndOfAccess) -> Generator[tuple[bytes, str]]:
    """Some lines, and the mark of the last of them. Each step has a transaction of its own."""
    until, left = time.monotonic() + LONGEST_S, MOST_LINES
    with limit_concurrency(DOWNLOAD), acting_as(check_access.rights):
        for events in search.steps(before=before):
            if time.monotonic() > until:
                raise Unavailable(_("The export took too long."))
            if left <= 0:
                raise Unavailable(_("A file has %(most)s lines at most.") % {"most": MOST_LINES})
            check_access()
            left -= len(events)
            yield b"".join(line(event.as_line()) for event in events), events[-1].mark


def why_cut(error: Exception, mark: str) -> str:
    why = str(error.message) if isinstance(error, ArpentError) else _("The journal could not be read any further.")
    text = _("CUT HERE: %(why)s Earlier lines are missing; the same address with &before=%(mark)s gives them.")
    return text % {"why": why, "mark": quote(mark)}


def line(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, default=str) + "\n").encode()
