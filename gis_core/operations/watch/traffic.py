"""The slowest requests and statements of the week: what counters grew by, added up by day across restarts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from gis_core.database import clock
from gis_core.database.statements import fetch_all
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import DayMeasure
from gis_core.operations.watch.day_measures import REQUESTS, STATEMENTS, keep

DAYS = 7
LONGEST_LIST = 15
MOST_STATEMENTS = 500
COUNT, SECONDS, FAILURES = "count", "seconds", "failures"
# The text has no values: PostgreSQL puts $1, $2… in their place.
STATEMENT_TIMES = """
    select queryid::text, sum(calls)::float8, sum(total_exec_time)::float8 / 1000,
        min(pg_catalog.left(pg_catalog.regexp_replace(query, '\\s+', ' ', 'g'), 300))
    from public.pg_stat_statements
    where dbid = (select oid from pg_catalog.pg_database where datname = current_database())
        and query <> '<insufficient privilege>'
    group by queryid order by 3 desc limit %(most)s
"""
HAS_STATEMENTS = """
    select exists (select from pg_catalog.pg_extension where extname = 'pg_stat_statements')
        and pg_catalog.current_setting('pg_stat_statements.max', true) is not null
"""

type Figures = dict[str, dict[str, float]]
"""By route or statement, figures that only grow: `count`, `seconds`, bounds of a histogram."""


@dataclass(frozen=True)
class StatementTime:
    """A statement of the week: its text without values, how often, seconds in all."""

    text: str
    count: int
    seconds: float

    @property
    def mean_ms(self) -> float:
        return 1000 * self.seconds / self.count if self.count else 0.0


def growth(seen: Mapping[str, Mapping[str, float]], now: Figures) -> Figures:
    """What the figures grew by since they were seen; one that is smaller began again from nothing."""
    grown: Figures = {}
    for key, figures in now.items():
        former = seen.get(key, {})
        if former.get(COUNT, 0) > figures.get(COUNT, 0):
            former = {}
        if figures.get(COUNT, 0) > former.get(COUNT, 0):
            grown[key] = {name: value - former.get(name, 0) for name, value in figures.items()}
    return grown


def add(total: Figures, more: Mapping[str, Mapping[str, float]]) -> Figures:
    """Both together; neither is changed."""
    added = {key: Counter(figures) for key, figures in total.items()}
    for key, figures in more.items():
        added.setdefault(key, Counter()).update(figures)
    return {key: dict(figures) for key, figures in added.items()}


def keep_growth(subject: str, now: Figures, texts: Mapping[str, str] | None = None) -> None:
    """Add what the figures grew by since they were last kept to those of today."""
    with transaction.atomic():
        last = DayMeasure.objects.filter(subject=subject).order_by("-day").first()
        today = last.detail["added"] if last and last.day == clock.today() else {}
        known = last.detail.get("texts", {}) if last else {}
        added = add(today, growth(last.detail["seen"] if last else {}, now))
        kept_texts = {key: text for key, text in (known | dict(texts or {})).items() if key in added or key in now}
        keep(subject, detail={"seen": now, "added": added, "texts": kept_texts})


def week(subject: str, live: Figures | None = None) -> tuple[Figures, dict[str, str]] | None:
    """What was added up in the last days, with what `live` figures grew by since; None where nothing was kept yet."""
    with acting_as(SYSTEM):
        since = clock.today() - timedelta(days=DAYS)
        rows: list[Any] = list(DayMeasure.objects.filter(subject=subject, day__gt=since).order_by("day"))
    if not rows:
        return None
    total: Figures = {}
    for row in rows:
        total = add(total, row.detail["added"])
    if live is not None:
        total = add(total, growth(rows[-1].detail["seen"], live))
    return total, {key: text for row in rows for key, text in row.detail["texts"].items()}


def read_routes(registry: CollectorRegistry) -> Figures:
    """Requests by route: `count`, `seconds`, `failures`, and how many were answered within each bound (seconds)."""
    routes: Figures = {}
    for metric in registry.collect():
        for sample in metric.samples if metric.name == "arpent_request_seconds" else ():
            figures = routes.setdefault(f"{sample.labels['method']} {sample.labels['route']}", {})
            if sample.name.endswith("_bucket"):
                bound = sample.labels["le"]
                figures[bound] = figures.get(bound, 0) + sample.value
            elif sample.name.endswith("_sum"):
                figures[SECONDS] = figures.get(SECONDS, 0) + sample.value
            elif sample.name.endswith("_count"):
                figures[COUNT] = figures.get(COUNT, 0) + sample.value
                if sample.labels["status"] == "5xx":
                    figures[FAILURES] = figures.get(FAILURES, 0) + sample.value
    return routes


def read_servers(run: Path) -> Figures:
    """The same of all web processes of this machine, from the files in which they count (`services.counters`)."""
    routes: Figures = {}
    for folder in sorted(run.glob("metrics-*")):
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
        routes = add(routes, read_routes(registry))
    return routes


def counts_statements() -> bool:
    """Whether PostgreSQL counts them: the extension is there, and its library was loaded at the start."""
    return bool(fetch_all(HAS_STATEMENTS, {})[0][0])


def measure_traffic() -> None:
    keep_growth(REQUESTS, read_servers(Path(settings.DATA_DIR, "run")))
    if counts_statements():
        rows = fetch_all(STATEMENT_TIMES, {"most": MOST_STATEMENTS})
        figures = {key: {COUNT: calls, SECONDS: seconds} for key, calls, seconds, _text in rows}
        keep_growth(STATEMENTS, figures, {key: text for key, _calls, _seconds, text in rows})


def slowest_statements() -> list[StatementTime] | None:
    """Those that took most of the database's time in the week; None where nothing was measured."""
    known = week(STATEMENTS)
    if known is None:
        return None
    figures, texts = known
    statements = [StatementTime(texts.get(key, key), round(one[COUNT]), one[SECONDS]) for key, one in figures.items()]
    return sorted(statements, key=lambda one: -one.seconds)[:LONGEST_LIST]
