"""The abstract tests of CQL2 on the test data that they come with."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg import sql

from layers.features.cql2 import Queryable, compile_filter, parse
from tests import factories

DATA = Path(__file__).parents[1] / "data" / "cql2"
KINDS = {"text": "text", "float8": "number", "bigint": "number", "date": "date", "timestamptz": "timestamp"}
HEADING = re.compile(r"# ([-\w]+)( \(.*\))?$")


def predicates() -> Iterator[Any]:
    """(conformance class, table, filter, expected number of rows)."""
    conformance_class = ""
    for line in (DATA / "predicates.txt").read_text().splitlines():
        if line.startswith("#"):
            found = HEADING.fullmatch(line)
            conformance_class = found[1] if found else ""
        else:
            table, count, text = line.split(" ", 2)
            yield pytest.param(table, text, int(count), id=f"{conformance_class} {table} {text}")


@pytest.fixture(scope="module")
def natural_earth(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, dict[str, Queryable]]]:
    """Queryables by table; the tables, in EPSG:4326, are undone after the module."""
    tables = json.loads(gzip.decompress((DATA / "natural_earth.json.gz").read_bytes()))
    with django_db_blocker.unblock(), transaction.atomic(), factories.as_owner():
        yield {name: made(name, table["columns"], table["rows"]) for name, table in tables.items()}
        transaction.set_rollback(True)


def made(name: str, columns: dict[str, str], rows: list[list[Any]]) -> dict[str, Queryable]:
    typed = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()]
    table, count = sql.Identifier(f"test_{name}"), len(columns) + 1
    with connection.cursor() as cursor:
        definition = sql.SQL(", ").join([*typed, sql.SQL("geom geometry(Geometry, 4326)")])
        cursor.execute(sql.SQL("create table {} ({})").format(table, definition))
        places = [sql.SQL("%s")] * (count - 1) + [sql.SQL("st_setsrid(st_geomfromwkb(%s), 4326)")]
        statement = sql.SQL("insert into {} values ({})").format(table, sql.SQL(", ").join(places))
        cursor.executemany(statement, [[*row[:-1], base64.b64decode(row[-1])] for row in rows])
    found = {column: Queryable(column, column, KINDS.get(kind, kind)) for column, kind in columns.items()}  # type: ignore[arg-type]
    return found | {"geom": Queryable("geom", "geom", "geometry")}


def count(natural_earth: Any, table: str, text: str) -> int:
    condition = compile_filter(parse(text), natural_earth[table], storage=4326)
    statement = sql.SQL("select count(*) from {} where {}").format(sql.Identifier(f"test_{table}"), condition.sql)
    with connection.cursor() as cursor:
        cursor.execute(statement, condition.values)
        (found,) = cursor.fetchone()
    return int(found)


@pytest.mark.parametrize(("table", "text", "expected"), list(predicates()))
def test_the_predicate_selects_the_expected_number_of_rows(
    natural_earth: Any, table: str, text: str, expected: int
) -> None:
    assert count(natural_earth, table, text) == expected
