"""A selection as an endless answer: rows go out as they are read, in a transaction that lasts as long as the answer."""

import logging
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Unavailable
from gis_core.files.writing.rows import Format
from gis_core.http.admission import DOWNLOAD, limit_concurrency
from gis_core.http.downloads import LONGEST_S, EndOfAccess, Started
from gis_core.members.rights import acting_as
from layers.catalogue.models import Layer
from layers.exports.services.reading import Reading, batches
from layers.exports.services.selection import Selection, count

log = logging.getLogger("arpent.exports")

MOST_ANONYMOUS = 100_000
BLOCK_BYTES = 1 << 19


def stream(
    layer: Layer, selection: Selection, reading: Reading, form: Format, check_access: EndOfAccess
) -> Iterator[bytes]:
    """The bytes of a file. What goes wrong before the first of them is raised here.

    Raises Invalid (the filter), Forbidden (too much for somebody who is not signed in), Busy (others are exporting).
    Called outside any transaction.
    """
    return Started(whole(layer, selection, reading, form, check_access))


def whole(
    layer: Layer, selection: Selection, reading: Reading, form: Format, check_access: EndOfAccess
) -> Generator[bytes]:
    """The file in parts; when the rows stop coming, what says so in place of its end."""
    begun = False
    try:
        for part in parts_of(layer, selection, reading, form, check_access):
            yield part
            begun = True
    except Exception:
        if not begun:
            raise
        log.exception("an export was cut short", extra={"fields": {"layer": layer.slug}})
        yield form.failure_mark(_("ERROR: the export was interrupted here, this file is incomplete."))


def parts_of(
    layer: Layer, selection: Selection, reading: Reading, form: Format, check_access: EndOfAccess
) -> Generator[bytes]:
    until, rights = time.monotonic() + LONGEST_S, check_access.rights
    with limit_concurrency(DOWNLOAD), acting_as(rights), selection.refuse_uncomputable(), transaction.atomic():
        condition = selection.condition(layer, rights)
        if not rights.signed_in and count(layer, condition, MOST_ANONYMOUS + 1) > MOST_ANONYMOUS:
            message = _("This selection has more than %(most)s objects: sign in, or narrow it down.")
            raise Forbidden(message % {"most": MOST_ANONYMOUS})
        head = form.begin()
        for rows in batches(layer, condition, reading):
            if time.monotonic() > until:
                raise Unavailable(_("The export took too long."))
            check_access()
            yield head + form.rows(rows)
            head = b""
        if end := head + form.end():
            yield end


def file_in_blocks(path: Path, check_access: EndOfAccess) -> Iterator[bytes]:
    """The bytes of a finished file, which keep a thread as a stream's do. Raises Busy (others are exporting)."""
    return Started(blocks(path, check_access))


def blocks(path: Path, check_access: EndOfAccess) -> Generator[bytes]:
    """A file cut short has fewer bytes than its `Content-Length`: its reader knows that it is not whole."""
    with limit_concurrency(DOWNLOAD), path.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            yield block
            check_access()
