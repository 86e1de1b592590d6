"""docs/reference/scopes.md says what `secure_table` makes of each scope: its cells are compared with made tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
TYPES = {
    "shared_with": "integer[] not null default '{}'",
    "members": "integer[] not null",
    "announced": "boolean not null",
    "private": "boolean not null",
    "insee": "varchar(5)",
    "visibility": "varchar(20)",
    "idu": "varchar(14)",
    "whole_id": "bigint references wholes (id)",
}
# What stands for the letters of the page in the table that is made.
LETTERS = {"X": "whole_id", "C": "idu", "L": "all", "consulted_Cs": "consulted_idus"}
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """A line of the page."""

    scope: str
    columns: str
    reads: str
    writes: str
    grants: str
    policies: str
    triggers: str

    def needed(self) -> list[str]:
        return codes(self.columns.partition(";")[0])

    def all_columns(self) -> list[str]:
        return codes(self.columns)


def codes(cell: str) -> list[str]:
    return [LETTERS.get(name, name) for name in CODE.findall(cell)]


def condition(cell: str) -> set[str]:
    """The columns and functions that a cell names: those of its last brackets."""
    return set(codes(cell[cell.rfind("(") :])) if cell.endswith(")") else set()


def rows() -> list[Row]:
    lines = (ROOT / "docs/reference/scopes.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return [Row(scope.strip("`"), *others) for scope, *others in cells]


def query(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def make(row: Row, name: str, columns: list[str]) -> None:
    """A table with these columns, under the scope; a part belongs to a table of the scope that it names."""
    scope = ":".join(LETTERS.get(part, part) for part in row.scope.split(":"))
    definitions = "".join(f", {column} {TYPES.get(column, 'bigint')}" for column in columns)
    query(f"create table {name} (id bigint primary key, version integer not null default 1{definitions})")
    query("select arpent.secure_table(%s::regclass, %s, true, 1)", name, scope)


@pytest.fixture
def wholes(db: None) -> Iterator[None]:
    """The owner of the schema, and a table whose rows have parts."""
    with factories.as_owner():
        query(
            "create table wholes (id bigint primary key, version integer not null, owner_id bigint, insee varchar(5),"
            " shared_with integer[])"
        )
        query("select arpent.secure_table('wholes', 'filed')")
        yield


def test_the_page_has_every_scope() -> None:
    described = re.findall(r"^--   ([\w:]+) ", (ROOT / "gis_core/sql/secure_table.sql").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(row.scope for row in rows() if row.scope != "part:X:filed")


def test_the_page_has_the_scope_of_every_model_and_layer() -> None:
    known = {row.scope.split(":")[0] for row in rows()}
    used = {getattr(model, "security", "open").split(":")[0] for model in apps.get_models()}
    assert used | set(Layer.Rows.values) <= known


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.scope)
def test_a_scope_asks_for_its_columns(row: Row, wholes: None) -> None:
    make(row, "complete", row.needed())
    for missing in row.needed():
        with pytest.raises(DatabaseError), transaction.atomic():
            make(row, "incomplete", [column for column in row.needed() if column != missing])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.scope)
def test_a_scope_makes_what_the_page_says(row: Row, wholes: None) -> None:
    make(row, "made", row.all_columns())
    policies = dict(query("select policyname, coalesce(qual, with_check) from pg_policies where tablename = 'made'"))
    assert {name.removeprefix("arpent_") for name in policies} == said(row.policies)
    assert grants("arpent_web") == said(row.grants)
    everything = {"select", "insert", "update", "delete"}
    assert grants("arpent_worker") == (set() if row.scope in ("journal", "system") else everything)
    assert numbers() == said(row.triggers)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.scope)
def test_a_scope_lets_read_and_write_whom_the_page_says(row: Row, wholes: None) -> None:
    make(row, "made", row.all_columns())
    conditions = dict(query("select policyname, coalesce(qual, with_check) from pg_policies where tablename = 'made'"))
    assert {conditions.get(f"arpent_{name}") for name in ("insert", "update", "delete")} == {
        conditions.get("arpent_update")
    }
    for cell, policy, right in (
        (row.reads, "arpent_read", "select"),
        (row.writes, "arpent_update", "insert"),
    ):
        met = conditions.get(policy) or ("true" if right in grants("arpent_web") else "false")
        assert condition(cell) == names_in(met, row.all_columns()), (right, met)
        assert cell.startswith("everybody") == (met == "true"), (right, met)
        assert cell.startswith("nobody") == (met == "false"), (right, met)


def said(cell: str) -> set[str]:
    return set() if cell in ("none", "nothing") else set(cell.split(", "))


def grants(role: str) -> set[str]:
    asked = ("select", "insert", "update", "delete")
    return {right for right in asked if query("select has_table_privilege(%s, 'made', %s)", role, right)[0][0]}


def numbers() -> set[str]:
    """The numbers of the triggers, which carry their order: `arpent_950_history_insert`."""
    made = query("select tgname from pg_trigger where tgrelid = 'made'::regclass and not tgisinternal")
    return {name.split("_")[1] for (name,) in made}


def names_in(condition: str, columns: list[str]) -> set[str]:
    """The functions of ours and the columns that a condition asks, as PostgreSQL writes it back."""
    text = re.sub(r" AS \w+", "", condition)
    functions = {name for (name,) in query("select proname from pg_proc where pronamespace = 'arpent'::regnamespace")}
    called = {name for name in re.findall(r"(\w+)\(", text) if name in functions}
    return called | {name for name in columns if re.search(rf"\b{name}\b(?!\()", text)}
