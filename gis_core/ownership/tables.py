"""A member's rows, table by table, as conditions of SQL: what is exported is exactly what is counted and removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import BinaryField, ForeignKey, Model
from psycopg import IsolationLevel, sql

from gis_core.database.statements import execute, fetch_all, fetch_one
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from gis_core.ownership.declarations import DECLARED, MADE_TABLES, Declared, Whose, title_of

AT_A_TIME: Final = 500
LONGEST_WAIT: Final = "30s"


@dataclass(frozen=True, slots=True)
class MemberTable:
    """The rows of a member in one table.

    `where` is the condition, on the columns of the table alone; `key` the column that leads to its parents, whose ids
    the subquery `parents` gives; `former` those that it ever had, removed ones among them. `closed` tables are read
    through functions alone. `whole` goes with its layer.
    """

    table: str
    title: str
    where: sql.Composable
    key: str
    parents: sql.Composable
    former: sql.Composable
    declared: Declared | None = None
    closed: bool = False
    depth: int = 0
    whole: bool = False

    @property
    def archive(self) -> bool:
        return self.declared is not None and self.declared.archive

    def name(self) -> sql.Identifier:
        return sql.Identifier("public", self.table)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction that reads everything as it was at one instant, whoever works meanwhile."""
    with repeatable_read(), acting_as(SYSTEM), transaction.atomic():
        yield


@contextmanager
def locked_snapshot(names: Sequence[str]) -> Iterator[None]:
    """A transaction that alone writes these tables; others go on reading. Raises OperationalError after LONGEST_WAIT.

    The locks come first, before any statement that reads: what others wrote while they were waited for is seen.
    """
    wanted = sql.SQL(", ").join(sql.Identifier("public", name) for name in names)
    with repeatable_read(), transaction.atomic():
        execute(sql.SQL("set local lock_timeout = {}").format(sql.Literal(LONGEST_WAIT)))
        execute(sql.SQL("lock table {} in share row exclusive mode").format(wanted))
        with acting_as(SYSTEM):
            yield


@contextmanager
def repeatable_read() -> Iterator[None]:
    """The transactions that open in this block have one snapshot each, from their first statement that reads."""
    connection.ensure_connection()
    opened = connection.connection
    opened.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        if not opened.closed:
            opened.isolation_level = None


def tables_of(member: Member, *, shared: bool = True) -> list[MemberTable]:
    """Every table that may hold rows of the member, parents before their parts, then those made at run time.

    `shared` rows of another member that bind both are given to both, and leave with the other alone.
    """
    made = [table_of(one, member.pk, shared=shared) for one in DECLARED.all() if one.whose == Whose.MEMBER]
    made.sort(key=lambda one: (one.depth, one.table))
    return [*made, *made_tables(member)]


def made_tables(member: Member) -> list[MemberTable]:
    """The tables of layers: the member's whole ones, and its rows in those whose rows are members' one by one."""
    owner = sql.Literal(member.pk)
    whole = [one for one in MADE_TABLES.the().of_member(member.pk) if one.whole]
    tables = []
    for made in sorted([*whole, *MADE_TABLES.the().of_rows()], key=lambda one: one.name):
        where = sql.SQL("true") if made.whole else sql.SQL("owner_id = {}").format(owner)
        mine_alone = sql.SQL("select {}::bigint").format(owner)
        tables.append(MemberTable(made.name, made.title, where, "owner_id", mine_alone, mine_alone, whole=made.whole))
    return tables


def table_of(declared: Declared, owner: int, *, shared: bool = True) -> MemberTable:
    """The rows of a declared model that lead to this member (or person)."""
    model = apps.get_model(declared.model)
    key, parents = step(model, declared.path, owner)
    where = condition(key, parents)
    if declared.other and shared:
        second, others = step(model, declared.other, owner)
        where = sql.SQL("({} or {})").format(where, condition(second, others))
    if declared.where:
        where = sql.SQL(declared.where).format(member=sql.Literal(owner))
    return MemberTable(
        model._meta.db_table,
        title_of(declared),
        where,
        key,
        parents,
        step(model, declared.path, owner, former=True)[1],
        declared,
        closed=getattr(model, "security", None) == "system",
        depth=declared.path.count("__") + (declared.path != "pk"),
    )


def others_rows(table: MemberTable) -> MemberTable:
    """The rows of the table that are not the member's."""
    return replace(table, where=sql.SQL("not coalesce({}, false)").format(table.where))


def condition(key: str, parents: sql.Composable) -> sql.Composable:
    return sql.SQL("{} in ({})").format(sql.Identifier(key), parents)


def step(model: type[Model], path: str, owner: int, *, former: bool = False) -> tuple[str, sql.Composable]:
    """The column of the first step of a path, and a query of the ids that it may have; or ever had (`former`)."""
    if path == "pk":
        return "id", sql.SQL("select {}::bigint").format(sql.Literal(owner))
    first, _dot, rest = path.partition("__")
    field = model._meta.get_field(first)
    assert isinstance(field, ForeignKey)
    if not rest:
        return field.column, sql.SQL("select {}::bigint").format(sql.Literal(owner))
    parent: type[Model] = field.related_model
    name, (key, parents) = parent._meta.db_table, step(parent, rest, owner, former=former)
    ids: sql.Composable = sql.SQL("select id from {} where {}").format(
        sql.Identifier("public", name), condition(key, parents)
    )
    if former:
        ids = sql.SQL("{} union select pk from arpent.history_of_rows({}, '{{}}', {}, array({}))").format(
            ids, sql.Literal(name), sql.Literal(key), parents
        )
    return field.column, ids


def history_of(table: MemberTable) -> sql.Composable:
    """What the history keeps of its rows, to stand in a query after `from` as `h`."""
    return sql.SQL("arpent.history_of_rows({}, array(select id from {} where {}), {}, array({})) h").format(
        sql.Literal(table.table), table.name(), table.where, sql.Literal(table.key), table.former
    )


def count(table: MemberTable) -> int:
    """How many rows of the member it has."""
    if table.closed:
        statement = sql.SQL("select arpent.count_closed_rows({}, {}, array({}))").format(
            sql.Literal(table.table), sql.Literal(table.key), table.parents
        )
    else:
        statement = sql.SQL("select count(*) from {} where {}").format(table.name(), table.where)
    (rows,) = fetch_one(statement)
    return int(rows)


def columns_of(table: str) -> list[tuple[str, str]]:
    """(name, type) of the columns of a table, but those that PostgreSQL computes."""
    return fetch_all(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = to_regclass(%s)"
        " and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
        [f'public."{table}"'],
    )


def binary_columns(table: MemberTable) -> list[str]:
    """Columns that hold documents: each becomes a file of the export."""
    if table.declared is None:
        return []
    fields = apps.get_model(table.declared.model)._meta.concrete_fields
    return [str(field.column) for field in fields if isinstance(field, BinaryField) and field.column != "digest"]


def row_json(table: MemberTable) -> sql.Composable:
    """A row as JSON: what is computed is left out, documents are named by their SHA-256."""
    hidden = [*binary_columns(table), "geom_3857", "digest"]
    made: sql.Composable = sql.SQL("to_jsonb(o) - {}::text[]").format(sql.Literal(hidden))
    for column in binary_columns(table):
        made = sql.SQL("{} || jsonb_build_object({}, encode(sha256(o.{}), 'hex'))").format(
            made, sql.Literal(f"{column}_sha256"), sql.Identifier(column)
        )
    return made


def select_rows(table: MemberTable) -> sql.Composable:
    """A query of the rows as JSON texts, in the order of their ids."""
    if table.closed:
        return sql.SQL("select one::text from arpent.closed_rows({}, {}, array({})) one").format(
            sql.Literal(table.table), sql.Literal(table.key), table.parents
        )
    return sql.SQL("select ({})::text from {} o where {} order by id").format(
        row_json(table), table.name(), table.where
    )


def file_names(row: Mapping[str, Any], declared: Declared | None) -> Iterator[str]:
    """The names of the files of a row, below the folder of files.

    A column that is empty, or leads elsewhere, names none: `inbox/` would be everybody's.
    """
    for template in declared.files if declared and not row.get("erased_at") else ():
        values = {name: str(row.get(name) or "") for _text, name, _form, _how in Formatter().parse(template) if name}
        parts = [part for value in values.values() for part in value.split("/")]
        if not any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            yield template.format_map(values)


def stream(statement: sql.Composable | str, values: Any = None) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, never more than some hundreds in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(AT_A_TIME):
            yield from rows
