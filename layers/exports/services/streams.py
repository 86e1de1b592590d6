"""A selection as an endless answer: rows go out as they are read, in a transaction that lasts as long as the answer."""

import logging
import time
from collections.abc import Generator, Iterator
from contextvars import copy_context
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Unavailable
from gis_core.files.writing.rows import Format
from gis_core.http.admission import DOWNLOAD, limit_concurrency
from gis_core.members.rights import Rights, acting_as, are_still_held
from layers.catalogue.models import Layer
from layers.exports.services.reading import Reading, batches
from layers.exports.services.selection import Selection, count

log = logging.getLogger("arpent.exports")

MOST_ANONYMOUS = 100_000
LONGEST_S = 1_800.0
# How often a file on its way asks whether whoever reads it still may.
ACCESS_STEP_S = 2.0
BLOCK_BYTES = 1 << 19


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


def stream(layer: Layer, selection: Selection, reading: Reading, form: Format, rights: Rights) -> Iterator[bytes]:
    """The bytes of a file. What goes wrong before the first of them is raised here.

    Raises Invalid (the filter), Forbidden (too much for somebody who is not signed in), Busy (others are exporting).
    Called outside any transaction.
    """
    parts = Isolated(whole(layer, selection, reading, form, rights))
    first = next(parts)
    return Started(first, parts)


class Started(Iterator[bytes]):
    """A stream whose first bytes are there; closing it ends the transaction behind it."""

    def __init__(self, first: bytes, parts: Isolated) -> None:
        self.first: bytes | None = first
        self.parts = parts

    def __next__(self) -> bytes:
        if self.first is not None:
            first, self.first = self.first, None
            return first
        return next(self.parts)

    def close(self) -> None:
        self.parts.close()


def whole(layer: Layer, selection: Selection, reading: Reading, form: Format, rights: Rights) -> Generator[bytes]:
    """The file in parts; when the rows stop coming, what says so in place of its end."""
    begun = False
    try:
        for part in parts_of(layer, selection, reading, form, rights):
            yield part
            begun = True
    except Exception:
        if not begun:
            raise
        log.exception("an export was cut short", extra={"fields": {"layer": layer.slug}})
        yield form.failure_mark(_("ERROR: the export was interrupted here, this file is incomplete."))


def parts_of(layer: Layer, selection: Selection, reading: Reading, form: Format, rights: Rights) -> Generator[bytes]:
    until = time.monotonic() + LONGEST_S
    with limit_concurrency(DOWNLOAD), acting_as(rights), selection.refuse_uncomputable(), transaction.atomic():
        condition = selection.condition(layer, rights)
        if not rights.signed_in and count(layer, condition, MOST_ANONYMOUS + 1) > MOST_ANONYMOUS:
            message = _("This selection has more than %(most)s objects: sign in, or narrow it down.")
            raise Forbidden(message % {"most": MOST_ANONYMOUS})
        head = form.begin()
        check_access = EndOfAccess(rights)
        for rows in batches(layer, condition, reading):
            if time.monotonic() > until:
                raise Unavailable(_("The export took too long."))
            check_access()
            yield head + form.rows(rows)
            head = b""
        if end := head + form.end():
            yield end


class EndOfAccess:
    """Asks every two seconds, when it is called, whether these rights are still held."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights
        self.next_s = time.monotonic() + ACCESS_STEP_S

    def __call__(self) -> None:
        """Ask, where two seconds are over. Raises Forbidden once they are not."""
        if time.monotonic() < self.next_s:
            return
        self.next_s = time.monotonic() + ACCESS_STEP_S
        if not are_still_held(self.rights):
            raise Forbidden(_("Your access ended during this download."))


def file_in_blocks(path: Path, rights: Rights) -> Iterator[bytes]:
    """The bytes of a finished file, which keep a thread as a stream's do. Raises Busy (others are exporting)."""
    parts = Isolated(blocks(path, rights))
    return Started(next(parts), parts)


def blocks(path: Path, rights: Rights) -> Generator[bytes]:
    """A file cut short has fewer bytes than its `Content-Length`: its reader knows that it is not whole."""
    check_access = EndOfAccess(rights)
    with limit_concurrency(DOWNLOAD), path.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            yield block
            check_access()
