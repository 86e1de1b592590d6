"""One statement of SQL on the connection of the request or the job, in its open transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

type Values = Mapping[str, Any] | Sequence[Any] | None


def fetch_all(statement: str | sql.Composable, values: Values = None) -> list[Any]:
    """All rows that a statement answers, in its order. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def fetch_one(statement: str | sql.Composable, values: Values = None) -> Any:
    """The first row that a statement answers, None where it answers none. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def execute(statement: str | sql.Composable, values: Values = None) -> int:
    """How many rows a statement touched. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        touched: int = cursor.rowcount
    return touched
