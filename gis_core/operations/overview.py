"""What the page Exploitation shows of the platform as it runs: people, jobs, requests, errors, disks, backups."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry
from psycopg.sql import SQL

from gis_core.database.statements import fetch_all
from gis_core.models import Job
from gis_core.operations.environment import read_end
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.metrics import live_registry

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
    """A route since the server started: how often, its mean, and within what 95 of 100 were answered (seconds)."""

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


@dataclass(frozen=True)
class Disk:
    """What lies on a disk; bytes."""

    names: Sequence[str]
    free: int
    total: int

    @property
    def used_percent(self) -> int:
        return round(100 * (1 - self.free / self.total)) if self.total else 0


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
    """The routes that take longest, of all server processes together."""
    counts: dict[tuple[str, str], dict[float, float]] = {}
    sums: dict[tuple[str, str], float] = {}
    failures: dict[tuple[str, str], float] = {}
    for metric in (registry or live_registry()).collect():
        for sample in metric.samples if metric.name == "arpent_request_seconds" else ():
            key = sample.labels["method"], sample.labels["route"]
            if sample.name.endswith("_bucket"):
                bounds = counts.setdefault(key, {})
                bound = float(sample.labels["le"])
                bounds[bound] = bounds.get(bound, 0) + sample.value
            elif sample.name.endswith("_sum"):
                sums[key] = sums.get(key, 0) + sample.value
            elif sample.name.endswith("_count") and sample.labels["status"] == "5xx":
                failures[key] = failures.get(key, 0) + sample.value
    routes = [
        RouteTime(key[0], key[1], int(total), sums.get(key, 0) / total, percentile(bounds), int(failures.get(key, 0)))
        for key, bounds in counts.items()
        if (total := bounds.get(float("inf"), 0)) >= FEW_REQUESTS
    ]
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


def disks() -> list[Disk]:
    """The disks that the site's process sees, each once."""
    names: dict[int, list[str]] = {}
    usage: dict[int, tuple[int, int]] = {}
    for name, path in (("files", settings.FILES_DIR), ("cache", settings.CACHE_DIR), ("data", settings.DATA_DIR)):
        if path.is_dir():
            device = path.stat().st_dev
            names.setdefault(device, []).append(name)
            used = shutil.disk_usage(path)
            usage[device] = used.free, used.total
    return [Disk(names[device], *usage[device]) for device in names]
