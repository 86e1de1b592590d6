"""What the page Exploitation shows of the platform as it runs: people, jobs, requests, errors, disks, backups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry
from psycopg.sql import SQL

from gis_core.database.statements import fetch_all
from gis_core.models import DayMeasure, Job, Member
from gis_core.operations.environment import read_end
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.metrics import live_registry
from gis_core.operations.watch.day_measures import REQUESTS, SIZE, latest
from gis_core.operations.watch.traffic import COUNT, FAILURES, SECONDS, Figures, read_routes, week
from gis_core.points import STORED_KINDS

LOG_BYTES = 1_000_000
"""Of the end of each log, which is all that is read of it."""
LONGEST_LIST = 15
FEW_REQUESTS = 5
"""A route that was asked less often says little of its time."""
DAYS = 7

RUNNING = SQL("""
    select current_setting('server_version'), pg_catalog.pg_database_size(current_database()),
        (select extversion from pg_catalog.pg_extension where extname = 'postgis'),
        (select count(*) from public.django_session where expire_date > now())
""")
JOBS = SQL("""
    select kind, state, count(*), max(extract(epoch from ended_at - started_at))::float8,
        min(created_at) filter (where state = 'waiting')
    from public.gis_core_job
    where state in ('waiting', 'running') or created_at > now() - make_interval(days => %(days)s)
    group by kind, state
""")


@dataclass(frozen=True)
class Running:
    """Versions, the database's size in bytes, sessions that have not ended."""

    version: str
    postgresql: str
    postgis: str
    database_bytes: int
    sessions: int


@dataclass
class JobLine:
    """The jobs of a kind that wait or run, and those of the last `DAYS` days; the longest in seconds."""

    kind: str
    counts: dict[str, int] = field(default_factory=dict)
    longest_s: float = 0.0
    oldest: datetime | None = None

    @property
    def waiting(self) -> int:
        return self.counts.get(Job.State.WAITING, 0)

    @property
    def running(self) -> int:
        return self.counts.get(Job.State.RUNNING, 0)

    @property
    def done(self) -> int:
        return self.counts.get(Job.State.DONE, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(Job.State.FAILED, 0)


@dataclass(frozen=True)
class RouteTime:
    """A route in the week: how often, its mean, and within what 95 of 100 were answered (seconds)."""

    method: str
    route: str
    count: int
    mean_s: float
    p95_s: float
    """Infinite where it is beyond the last bound that is counted."""
    failures: int

    @property
    def is_beyond(self) -> bool:
        return self.p95_s == float("inf")


@dataclass(frozen=True)
class SizeLine:
    """What a member has of a kind of data, in bytes; no member: the agency's, or everybody's."""

    kind: str
    member: str
    size: int


@dataclass(frozen=True)
class CacheLine:
    """A cache: bytes as last measured (None: not yet), the most it may take, and hits of 100 since the start."""

    name: str
    size: int | None
    limit: int
    hit_percent: float | None


@dataclass
class ErrorLine:
    """Errors of one sort in the logs: how many, the last one's instant and request."""

    message: str
    count: int = 0
    at: str = ""
    request: str = ""

    @property
    def last(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.at)
        except ValueError:
            return None


def running() -> Running:
    (row,) = fetch_all(RUNNING, {})
    return Running(settings.VERSION, row[0].split(" ")[0], row[2], row[1], row[3])


def jobs() -> list[JobLine]:
    """By kind, those with failures first, then those that wait."""
    lines: dict[str, JobLine] = {}
    for kind, state, count, longest, oldest in fetch_all(JOBS, {"days": DAYS}):
        line = lines.setdefault(kind, JobLine(kind))
        line.counts[state] = count
        line.longest_s = max(line.longest_s, longest or 0.0)
        line.oldest = oldest or line.oldest
    return sorted(lines.values(), key=lambda line: (-line.failed, -line.waiting, line.kind))


def slowest_routes(registry: CollectorRegistry | None = None) -> list[RouteTime]:
    """The routes that took longest in the week, of all server processes together; with a registry, its own alone."""
    if registry is not None:
        return rank_routes(read_routes(registry))
    live = read_routes(live_registry())
    known = week(REQUESTS, live)
    return rank_routes(known[0] if known else live)


def rank_routes(figures: Figures) -> list[RouteTime]:
    """By what 95 of 100 requests took, the slowest first; those with few requests are left out."""
    routes = []
    for key, one in figures.items():
        if (count := one.get(COUNT, 0)) >= FEW_REQUESTS:
            method, _space, route = key.partition(" ")
            bounds = {float(bound): value for bound, value in one.items() if bound[0] in "+0123456789"}
            failures = int(one.get(FAILURES, 0))
            routes.append(RouteTime(method, route, int(count), one[SECONDS] / count, percentile(bounds), failures))
    return sorted(routes, key=lambda route: (-route.p95_s, -route.mean_s))[:LONGEST_LIST]


def percentile(bounds: dict[float, float], share: float = 0.95) -> float:
    """The first bound (seconds) under which that share of a cumulative histogram lies."""
    total = bounds[float("inf")]
    return min(bound for bound, count in bounds.items() if count >= share * total)


def errors(folder: Path | None = None) -> list[ErrorLine]:
    """Errors of the ends of the logs, those of one sort together, the most frequent first."""
    grouped: dict[str, ErrorLine] = {}
    for line in _log_lines(folder or settings.DATA_DIR / "log"):
        if line.get("level") not in ("ERROR", "CRITICAL"):
            continue
        message = _sort_of_error(line)
        group = grouped.setdefault(message, ErrorLine(message))
        group.count += 1
        if str(line.get("at", "")) >= group.at:
            group.at, group.request = str(line.get("at", "")), str(line.get("request", ""))
    return sorted(grouped.values(), key=lambda group: -group.count)[:LONGEST_LIST]


def _sort_of_error(line: dict[str, object]) -> str:
    """The name of what was raised, without the values that its text may hold; else where the message comes from."""
    exception = str(line.get("exception", "")).strip().rpartition("\n")[2]
    return exception.partition(":")[0][:200] or str(line.get("logger", ""))[:200]


def _log_lines(folder: Path) -> Iterator[dict[str, object]]:
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else ():
        try:
            lines = read_end(path, LOG_BYTES).splitlines()
        except (OSError, OperationFailedError):
            continue
        yield from _objects(lines)


def _objects(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    for line in lines:
        if line.startswith("{"):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value


def sizes(measures: Sequence[DayMeasure]) -> list[SizeLine]:
    """Bytes by kind of data and member, as last measured: the largest first."""
    last: dict[tuple[str, int | None], DayMeasure] = {}
    for one in measures:
        last[one.subject.partition(":")[2], one.owner_id] = one
    newest = max((one.day for one in last.values()), default=None)
    names = dict(Member.objects.values_list("pk", "name")) if last else {}
    kinds = {kind.name: str(kind.label) for kind in STORED_KINDS.all()}
    lines = [
        SizeLine(kinds[kind], names.get(owner, "") if owner else "", one.amount)
        for (kind, owner), one in last.items()
        if kind in kinds and one.amount and one.day == newest
    ]
    return sorted(lines, key=lambda line: -line.size)


def caches(measures: Sequence[DayMeasure], registry: CollectorRegistry | None = None) -> list[CacheLine]:
    """What is kept of tiles and photos, as last measured, and how often a tile was found there since the start."""
    hits = {
        sample.labels["cache"]: sample.value
        for metric in (registry or live_registry()).collect()
        for sample in metric.samples
        if sample.name == "arpent_tiles_total"
    }
    total = sum(hits.values())
    limits = {"tiles": settings.TILE_CACHE_BYTES, "ortho": settings.PHOTO_CACHE_BYTES}
    return [
        CacheLine(
            name,
            one.amount if (one := latest(list(measures), f"{SIZE}:cache/{name}")) else None,
            limit,
            100 * hits.get("hit", 0) / total if name == "tiles" and total else None,
        )
        for name, limit in limits.items()
    ]
