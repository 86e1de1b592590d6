"""What there is now of a kind of data, how old the oldest is, and how much of it went each night."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final, LiteralString

from django.apps import apps
from django.db import transaction
from psycopg import sql

from gis_core.database import clock
from gis_core.database.statements import fetch_one
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.operations.watch.day_measures import keep, latest, measures_since

SUBJECT: Final = "retention"
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Stock:
    """How many rows or files there are, and the day of the oldest: None where there is none, or nothing dates it."""

    count: int
    oldest: date | None = None

    def as_json(self) -> list[int | str | None]:
        return [self.count, self.oldest.isoformat() if self.oldest else None]


# -- rows -------------------------------------------------------------------------------------------------------------


def rows(model: str, column: str, where: LiteralString = "true") -> Callable[[], Stock]:
    """The rows of a model (`gis_core.Job`) that a condition of SQL names, dated by a column (a date, an instant)."""
    return partial(count_rows, model, column, where)


def count_rows(model: str, column: str, where: LiteralString) -> Stock:
    table = apps.get_model(model)._meta.db_table
    statement = sql.SQL("select count(*), min({})::date from public.{} o where {}")
    return Stock(*fetch_one(statement.format(sql.Identifier(column), sql.Identifier(table), sql.SQL(where))))


def closed_rows(table: str, column: str) -> Callable[[], Stock]:
    """All rows of a table that functions alone read, for the worker; dated by a column."""
    return partial(count_closed_rows, table, column)


def count_closed_rows(table: str, column: str) -> Stock:
    statement = (
        "select coalesce(sum(lines), 0)::bigint, min(nullif(left(texts[1], 10), ''))::date"
        " from arpent.closed_text_counts(%s, array[%s]::text[])"
    )
    return Stock(*fetch_one(statement, [table, column]))


# -- files ------------------------------------------------------------------------------------------------------------


def files(find: Callable[[], Iterable[Path]]) -> Callable[[], Stock]:
    """Files and folders that are kept, dated by their last change."""
    return partial(count_files, find)


def count_files(find: Callable[[], Iterable[Path]]) -> Stock:
    changed = [moment for _path, moment in moments_of(find())]
    return Stock(len(changed), datetime.fromtimestamp(min(changed), UTC).date() if changed else None)


def older(paths: Iterable[Path], days: int) -> list[Path]:
    """Those that last changed more than so many days ago."""
    limit = clock.now().timestamp() - days * DAY_S
    return [path for path, moment in moments_of(paths) if moment < limit]


def moments_of(paths: Iterable[Path]) -> Iterator[tuple[Path, float]]:
    """Those that are still there, each with its last change (seconds since 1970)."""
    for path in paths:
        try:
            yield path, path.lstat().st_mtime
        except OSError:
            continue


# -- what went --------------------------------------------------------------------------------------------------------


def note_gone(slug: str, count: int) -> None:
    """Add to what went today of a kind (`RetentionKind.slug`); a night may run twice."""
    if not count:
        return
    subject = f"{SUBJECT}:{slug}"
    with acting_as(SYSTEM), transaction.atomic():
        today = latest(measures_since(1, subject), subject)
        keep(subject, (today.amount if today else 0) + count)


def gone_since(days: int) -> dict[str, int]:
    """How much of each kind went in so many last days."""
    gone: dict[str, int] = {}
    for measure in measures_since(days, SUBJECT):
        slug = measure.subject.partition(":")[2]
        gone[slug] = gone.get(slug, 0) + measure.amount
    return gone
