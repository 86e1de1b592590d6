"""Exports streamed from the private layer: what the web server needs more of while a hundred thousand objects leave."""

import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from psycopg import sql

from benchmarks import server
from benchmarks.accounts import PRIVATE_SLUG
from benchmarks.database import PRIVATE_TABLE
from benchmarks.load import RefusedError
from benchmarks.rows import Row
from benchmarks.tiles import Field

OBJECTS, FEW = 100_000, 2_000
FORMATS = ("csv", "geojson", "fgb")
# Lines that are no object's.
OTHER_LINES = {"csv": 1, "geojson": 2}
GOAL_MIB = 32
MEMORY = Row(
    "mémoire de plus du serveur web (PSS) pendant l'export en flux de 100 000 objets, pire des formats",
    None,
    "Mio",
    "at most",
    GOAL_MIB,
)

LAST = sql.SQL(
    "select id from {} where insee in (select t.insee from gis_core_territory t"
    " join gis_core_member m on m.id = t.member_id where m.slug = 'mesure') order by id offset %s limit 1"
)


@dataclass
class Watch:
    """The most memory that the server's processes had."""

    most: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def watching(pids: Sequence[int]) -> Iterator[Watch]:
    """Looks ten times a second."""
    watch = Watch()

    def look() -> None:
        while not watch.over.wait(0.1):
            watch.most = max(watch.most, server.pss_mib(*pids))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


def memory_row(made: Field) -> list[Row]:
    """Each format once, after a small export that loads what stays loaded."""
    last = {count: last_of(made, count) for count in (FEW, OBJECTS)}
    grown, notes = {}, []
    for suffix in FORMATS:
        export_size(made, suffix, last[FEW], FEW)
        before, begun = server.pss_mib(*made.pids), time.perf_counter()
        with watching(made.pids) as watch:
            size = export_size(made, suffix, last[OBJECTS], OBJECTS)
        seconds = time.perf_counter() - begun
        grown[suffix] = max(watch.most - before, 0.0)
        notes.append(f"{suffix} : +{grown[suffix]:.1f} Mio, {size / 1e6:.0f} Mo, {OBJECTS / seconds:.0f} objets/s")
    return [replace(MEMORY, ours=max(grown.values()), note=" ; ".join(notes))]


def last_of(made: Field, count: int) -> int:
    """The identifier of the last of so many objects that the reader sees."""
    with made.made.connect("worker") as connection:
        row = connection.execute(LAST.format(sql.Identifier(PRIVATE_TABLE)), [count - 1]).fetchone()
    if row is None:
        raise RefusedError(f"the reader sees less than {count} objects")
    return int(str(row[0]))


def export_size(made: Field, suffix: str, last: int, count: int) -> int:
    """How many bytes the export of the first objects has; raises RefusedError when it has not all of them."""
    query = urlencode({"filter": f"id <= {last}"})
    url = f"http://127.0.0.1:{made.port}/api/v1/layers/{PRIVATE_SLUG}/export.{suffix}?{query}"
    size = lines = 0
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": made.asker.cookie})) as answer:
        while part := answer.read(1 << 18):
            size += len(part)
            lines += part.count(b"\n")
    if suffix in OTHER_LINES and lines != count + OTHER_LINES[suffix]:
        raise RefusedError(f"{suffix}: {lines} lines for {count} objects")
    return size
