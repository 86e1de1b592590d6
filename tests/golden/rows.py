"""The rows that something wrote, as text: every column, geometries with their SRID, instants as known or not."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from tests import factories
from tests.golden.kept import detail
from tests.golden.texts import settled

# Instants, and the numbers of transactions, are other ones in every run.
TABLES = """
select c.oid::regclass::text, string_agg(case
        when t.typname = 'geometry' then format('coalesce(st_asewkt(t.%1$I, 3), ''null'')', a.attname)
        when t.typname in ('timestamptz', 'timestamp') or a.attname = 'xact'
            then format('case when t.%1$I is null then ''null'' else ''…'' end', a.attname)
        else format('coalesce(t.%1$I::text, ''null'')', a.attname) end, ', ' order by a.attname collate "C"),
    coalesce((select string_agg(format('t.%I', k.attname), ', ' order by array_position(i.indkey::int2[], k.attnum))
        from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary), '1')
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
where c.relkind = 'r' and c.relpersistence = 'p' and c.relnamespace = 'public'::regnamespace
    and c.relname !~ '^(procrastinate|django_|spatial_ref_sys|gis_core_cache)'
group by c.oid order by c.oid::regclass::text collate "C"
"""
ANY_ORDER = {
    "gis_core_replacedrow": '"source_import_id", "table", "operation", "row", "old"::text',
    "gis_core_rowhistory": '"event_id", "pk_value", "operation", "version", "old"::text',
}
"""Tables that a trigger fills with all rows of a statement: PostgreSQL chooses in which order, and so their own keys.
They are in the order of what they are about.
"""
type Shown = Callable[[str, str], str]
"""What is kept of the rows of a table."""


@dataclass(frozen=True)
class Moment:
    """The rows of each table then, and the number that whatever is written later bears, or a higher one."""

    counts: dict[str, int]
    number: int


def now() -> Moment:
    """It is to be asked for in a savepoint of its own, in which what is looked at is written."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("create temporary table if not exists golden_moment (one int)")
        cursor.execute("insert into golden_moment values (1) returning xmin::text::bigint")
        ((number,),) = cursor.fetchall()
        return Moment({table: count for table, (count, _new) in counted(number).items()}, number)


def counted(number: int) -> dict[str, tuple[int, int]]:
    """By table: its rows, and those written since."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [table for table, _columns, _key in cursor.fetchall()]
        cursor.execute(" union all ".join(counting(table, number) for table in names))
        return {table: (rows, new) for table, rows, new in cursor.fetchall()}


def counting(table: str, number: int) -> str:
    return f"select '{table}', count(*), count(*) filter (where t.xmin::text::bigint >= {number}) from {table} t"


def changes(since: Moment, shown: Shown) -> str:
    """Each table that was written: its rows before and now, and those of ours in the order of their key."""
    told: list[str] = []
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        counts = counted(since.number)
        for table, columns, key in tables:
            before, (after, new) = since.counts.get(table, 0), counts[table]
            if before != after or new:
                told.append(f"--- {table}: {before} → {after}, {new} written")
            if new:
                if table in ANY_ORDER:
                    columns, key = columns.replace("coalesce(t.id::text, 'null')", "'…'", 1), ANY_ORDER[table]
                cursor.execute(
                    f"select array_to_string(array[{columns}], ' | ') from {table} t"
                    f" where t.xmin::text::bigint >= {since.number} order by {key}"
                )
                told.append(shown(table, settled("\n".join(row for (row,) in cursor.fetchall()))))
    return "".join(f"{line}\n" for line in told) or "--- nothing is written\n"


def word_by_word(_table: str, rows: str) -> str:
    return rows


def digests_of(name: str) -> Shown:
    """Real files have too many rows to keep."""

    def shown(table: str, rows: str) -> str:
        detail(f"{name} {table}", rows)
        return hashlib.sha256(rows.encode()).hexdigest()

    return shown
