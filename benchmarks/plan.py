"""The order of the measures, against one server that stays up."""

from collections.abc import Callable, Iterator

from benchmarks import accounts, browser, grid, peers, search, server, tiles
from benchmarks.database import BenchDatabase
from benchmarks.rows import Row

Step = tuple[list[Row], Callable[[], list[Row]]]


def everything(made: BenchDatabase, *, peers: bool) -> Iterator[Step]:
    """(rows as they are called when they cannot be measured, the measure)."""
    tiles.clear_cache(made)
    port = server.free_port()
    with server.running(server.web(made, port), f"http://127.0.0.1:{port}/health/live") as pid:
        accounts.private_layer()
        field = tiles.Field(made, port, pid, accounts.asker(), grid.Grid(grid.places(made)))
        yield tiles.empty_latency_rows(), lambda: tiles.latency_rows(field)
        yield from tipg(field, asked=peers)
        one = [
            (tiles.CACHED, tiles.cached_row),
            (tiles.WEB_MEMORY, tiles.memory_row),
            (search.SUGGESTIONS, search.suggestion_row),
            (tiles.REVOKED, tiles.revoked_row),
        ]
        for row, take in one:
            yield [row], lambda take=take: take(field)  # type: ignore[misc]
        yield browser.empty_rows(), lambda: browser.map_rows(field)
    yield [tiles.WORKER_MEMORY], lambda: tiles.worker_row(made)


def tipg(field: tiles.Field, *, asked: bool) -> Iterator[Step]:
    if asked:
        yield peers.empty_rows(), lambda: peers.tipg_rows(field)
    else:
        yield peers.empty_rows(skipped=True), lambda: peers.empty_rows(skipped=True)
