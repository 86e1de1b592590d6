"""What a part of a filter stands for once it is checked: SQL of a known kind, or a value that is not bound yet."""

from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import SQL, Composable

from layers.features.cql2.queryables import Kind
from layers.features.cql2.refusal import refusal
from layers.features.cql2.temporal import read_date, read_timestamp

type Scalar = str | bool | int | float | date | datetime

LARGEST_WHOLE = 2**53
CASTS = {str: "text", bool: "boolean", int: "bigint", float: "float8", date: "date", datetime: "timestamptz"}


@dataclass(frozen=True, slots=True)
class Term:
    """An expression of a kind; `sql` for a column or a call, `value` for what the filter writes."""

    kind: Kind
    sql: Composable | None = None
    value: Scalar | None = None
    name: str = ""
    """The column's name, for refusals."""


@dataclass(slots=True)
class Bound:
    """Values bound so far, by the names of their placeholders, which begin with the prefix."""

    prefix: str = "f"
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any, cast: str) -> Composable:
        """A placeholder with its type."""
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return SQL("{}::{}").format(sql.Placeholder(name), SQL(cast))

    def sql_of(self, term: Term) -> Composable:
        if term.sql is not None:
            return term.sql
        return self.bind(term.value, CASTS[type(term.value)])


def literal(value: object) -> Term:
    """The term of a text, number or boolean; raises refusal."""
    match value:
        case bool():
            return Term("boolean", value=value)
        case str():
            if "\0" in value:
                raise refusal(_("The filter contains a NUL character."))
            return Term("text", value=value)
        case int() | float() if isfinite(value):
            whole = float(value).is_integer() and abs(value) <= LARGEST_WHOLE
            return Term("number", value=int(value) if whole else float(value))
        case None:
            raise refusal(_("Nothing equals NULL: write IS NULL."))
        case _:
            raise refusal(_("The filter has a value that cannot be compared."))


def alike(first: Term, second: Term) -> tuple[Term, Term]:
    """The two as one kind that can be compared: texts become dates where the other side is one. Raises refusal."""
    if first.kind == second.kind:
        return first, second
    if first.value is not None and (became := as_kind(first, second.kind)):
        return alike(became, second)
    if second.value is not None and (became := as_kind(second, first.kind)):
        return alike(first, became)
    if {first.kind, second.kind} == {"date", "timestamp"}:
        return as_timestamp(first), as_timestamp(second)
    subject, other = (first, second) if first.name else (second, first)
    message = _("“%(name)s” is %(kind)s and cannot be compared with %(other)s.")
    values = {"name": subject.name or subject.value, "kind": kind_name(subject.kind), "other": kind_name(other.kind)}
    raise refusal(message, **values)


def as_kind(term: Term, kind: Kind) -> Term | None:
    """A text of the filter as a date or an instant; None where it stays what it is."""
    if term.kind != "text" or kind not in ("date", "timestamp"):
        return None
    if kind == "date" and "T" not in str(term.value).upper():
        return Term("date", value=read_date(term.value))
    return Term("timestamp", value=read_timestamp(term.value))


def as_timestamp(term: Term) -> Term:
    """A day as its first instant, in UTC."""
    if term.kind == "timestamp":
        return term
    if isinstance(term.value, date):
        return Term("timestamp", value=read_timestamp(f"{term.value.isoformat()}T00:00:00Z"))
    assert term.sql is not None
    return Term("timestamp", sql=SQL("({}::timestamp at time zone 'UTC')").format(term.sql), name=term.name)


def kind_name(kind: Kind) -> str:
    """What a kind is called in a refusal."""
    return {
        "text": _("a text"),
        "number": _("a number"),
        "boolean": _("a yes or no"),
        "date": _("a date"),
        "timestamp": _("a date and time"),
        "geometry": _("a geometry"),
    }[kind]
