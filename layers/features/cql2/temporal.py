"""Instants and intervals of filters: what is written, and how two of them compare."""

import re
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _
from psycopg import sql

from layers.features.cql2.refusal import refusal

OPEN = ".."
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?")

# For a first operand from s1 to e1 and a second from s2 to e2, ends included.
RELATIONS = {
    "t_after": "{s1} > {e2}",
    "t_before": "{e1} < {s2}",
    "t_disjoint": "({s1} > {e2} or {e1} < {s2})",
    "t_equals": "({s1} = {s2} and {e1} = {e2})",
    "t_intersects": "({s1} <= {e2} and {e1} >= {s2})",
    "t_contains": "({s1} < {s2} and {e1} > {e2})",
    "t_during": "({s1} > {s2} and {e1} < {e2})",
    "t_finishedby": "({s1} < {s2} and {e1} = {e2})",
    "t_finishes": "({s1} > {s2} and {e1} = {e2})",
    "t_meets": "{e1} = {s2}",
    "t_metby": "{s1} = {e2}",
    "t_overlappedby": "({s1} > {s2} and {s1} < {e2} and {e1} > {e2})",
    "t_overlaps": "({s1} < {s2} and {e1} > {s2} and {e1} < {e2})",
    "t_startedby": "({s1} = {s2} and {e1} > {e2})",
    "t_starts": "({s1} = {s2} and {e1} < {e2})",
}
FOR_INSTANTS = frozenset({"t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"})

type Span = tuple[sql.Composable, sql.Composable]


def relation_condition(operator: str, first: Span, second: Span) -> sql.Composable:
    """The condition under which two spans of the same granularity stand in this relation."""
    (s1, e1), (s2, e2) = first, second
    return sql.SQL(RELATIONS[operator]).format(s1=s1, e1=e1, s2=s2, e2=e2)


def read_date(text: object) -> date:
    """A day written 2026-11-24; raises refusal."""
    try:
        if isinstance(text, str) and DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise refusal(_("“%(text)s” is no date: write it like 2026-11-24."), text=str(text)[:40])


def read_timestamp(text: object) -> datetime:
    """An instant written 2026-11-24T14:05:00Z; without an offset it is in UTC. Raises refusal."""
    try:
        if isinstance(text, str) and INSTANT.fullmatch(text):
            read = datetime.fromisoformat(text.upper())
            return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refusal(_("“%(text)s” is no date and time: write it like 2026-11-24T14:05:00Z."), text=str(text)[:40])
