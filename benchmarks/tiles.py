"""Tiles: uncached against the same SQL run raw, cached with the rights check, rights taken away, memory under load."""

import itertools
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from psycopg_pool import ConnectionPool

from benchmarks import load, server
from benchmarks.accounts import PRIVATE_SLUG, Asker
from benchmarks.database import NAME, BenchDatabase
from benchmarks.grid import CHOICE, Grid, url_of
from benchmarks.rows import Row
from gis_core.members.rights import rights_of
from gis_core.models import ApiToken
from layers.catalogue.models import Layer
from tiles.services.address import Address
from tiles.services.mvt import tile_query
from tiles.services.running import run_pooled

RAW_GOALS = {13: 1.5, 14: 1.5, 15: 1.5, 16: 2.5}
COUNTS = {13: 60, 14: 150, 15: 250, 16: 400}
WARMING = 80
CACHED = Row("débit de tuiles gardées, droits vérifiés", None, "tuiles/s", "at least", 10_000)
REVOKED = Row("un jeton révoqué est refusé après", None, "s", "at most", 5)
WEB_MEMORY = Row("mémoire du serveur web (PSS), maximum sous charge", None, "Mio", "at most", 700)
WORKER_MEMORY = Row("mémoire du programme de tâches au repos (PSS)", None, "Mio", "at most", 300)


@dataclass
class Field:
    """Everything a measure needs: the database, a running server, who asks, fresh addresses."""

    made: BenchDatabase
    port: int
    pids: Sequence[int]
    front_pid: int
    asker: Asker
    grid: Grid

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.asker.cookie, "Accept-Encoding": "gzip"}


@contextmanager
def empty_cache(made: BenchDatabase) -> Iterator[None]:
    """Set the tiles of an earlier run aside, and remove them once everything is measured.

    For half a minute after a bulk deletion ext4 creates files ten times slower: it will not reuse the same inodes.
    """
    tiles = made.place.data / "bench/cache/tiles"
    aside = tiles.with_name(f"former-tiles-{time.time_ns()}")
    with suppress(FileNotFoundError):
        tiles.rename(aside)
    try:
        yield
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def latency_rows(field: Field) -> list[Row]:
    """Medians of one client: the whole answer over HTTP against the bare statement, on the same tiles.

    Both read them from memory.
    """
    rows = []
    with raw_pool(field.made) as pool:
        for slug, z in itertools.product(("parcels", PRIVATE_SLUG), RAW_GOALS):
            raw = raw_runner(pool, Layer.objects.get(slug=slug), field)
            load.latencies(field.port, [url_of(slug, tile) for tile in field.grid.fresh(z, WARMING)], field.headers)
            tiles = field.grid.fresh(z, COUNTS[z])
            time_tiles(raw, tiles)
            ours, reference = in_turns(field, slug, raw, tiles)
            rows.append(replace(latency_row(slug, z), ours=ours, reference=reference, note=CHOICE))
    return rows


def in_turns(field: Field, slug: str, raw: Callable[[Address], bytes], tiles: list[Address]) -> tuple[float, float]:
    """Median milliseconds over HTTP and raw, one tile of each in turn.

    A slow moment of the machine strikes both, and so do the processor's caches: a statement repeated without a pause
    is a third faster than one that comes now and then, as every visitor's does.
    """
    ours: list[float] = []
    reference: list[float] = []
    apart = len(tiles) // 2
    with load.Client(field.port, field.headers) as client:
        for tile, other in zip(tiles, [*tiles[apart:], *tiles[:apart]], strict=True):
            ours.append(client.milliseconds(url_of(slug, tile)))
            reference += time_tiles(raw, [other])
    return statistics.median(ours), statistics.median(reference)


def latency_row(slug: str, z: int) -> Row:
    table = "privée" if slug == PRIVATE_SLUG else "publique"
    name = f"latence médiane d'une tuile non gardée, table {table}, z{z}, face au SQL brut"
    return Row(name, None, "ms", "at most", RAW_GOALS[z], relative=True)


def empty_latency_rows() -> list[Row]:
    return [latency_row(slug, z) for slug, z in itertools.product(("parcels", PRIVATE_SLUG), RAW_GOALS)]


def raw_pool(made: BenchDatabase) -> ConnectionPool:
    socket = str(made.place.socket_directory())
    settings = {"host": socket, "dbname": NAME, "user": "arpent_web", "autocommit": True, "prepare_threshold": None}
    return ConnectionPool(kwargs=settings, min_size=1, max_size=1, open=True)


def raw_runner(pool: ConnectionPool, layer: Layer, field: Field) -> Callable[[Address], bytes]:
    """The tile's statement as the server sends it, told who asks where the table has policies."""
    rights = None if layer.rows == Layer.Rows.REFERENCE else rights_of(field.asker.user)
    return lambda address: run_pooled(pool, rights, tile_query(layer, address))


def time_tiles(run: Callable[[Address], bytes], tiles: Sequence[Address]) -> list[float]:
    taken = []
    for tile in tiles:
        begun = time.perf_counter()
        run(tile)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def cache_row(field: Field) -> list[Row]:
    paths = [url_of(PRIVATE_SLUG, tile) for tile in field.grid.fresh(16, 400)]
    load.throughput(field.port, paths, field.headers)
    time.sleep(1)
    rate = load.wrk(field.port, paths, field.headers)
    return [replace(CACHED, ours=rate, note=CHOICE)]


def revocation_row(field: Field) -> list[Row]:
    """Seconds after which no process gives a tile to a token that was revoked."""
    headers = {"Authorization": f"Bearer {field.asker.token}", "Accept-Encoding": "gzip"}
    path = url_of(PRIVATE_SLUG, field.grid.fresh(16, 1)[0])
    load.throughput(field.port, [path] * 64, headers)
    ApiToken.objects.filter(user=field.asker.user).update(revoked_at="2026-01-01T00:00:00Z")
    begun = time.monotonic()
    refused_at = begun
    while time.monotonic() - begun < REVOKED.goal + 3:
        try:
            load.latencies(field.port, [path], headers)
            refused_at = time.monotonic()
        except load.RefusedError:
            pass
        time.sleep(0.02)
    return [replace(REVOKED, ours=refused_at - begun)]


def memory_row(field: Field) -> list[Row]:
    """The highest PSS of the server's processes while clients ask for tiles of every zoom."""
    ended = threading.Event()
    peaks: list[float] = [server.pss_mib(*field.pids)]

    def watch() -> None:
        while not ended.wait(0.2):
            peaks.append(server.pss_mib(*field.pids))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for z, count in ((13, 100), (14, 200), (15, 400), (16, 800)):
            for slug in ("parcels", PRIVATE_SLUG):
                paths = [url_of(slug, tile) for tile in field.grid.fresh(z, count // 2)]
                load.throughput(field.port, paths, field.headers)
    finally:
        ended.set()
        watcher.join()
    return [replace(WEB_MEMORY, ours=max(peaks))]


def worker_row(made: BenchDatabase) -> list[Row]:
    with server.running(server.worker(made), "") as pids:
        time.sleep(8)
        return [replace(WORKER_MEMORY, ours=server.pss_mib(*pids))]
