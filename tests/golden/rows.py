"""The rows that something wrote, as text: every column, geometries with their SRID, instants only as known or not."""

import hashlib
from collections.abc import Iterator

from django.db import connection

from tests import factories

TABLES = """
select c.oid::regclass::text, string_agg(case
        when t.typname = 'geometry' then format('coalesce(st_asewkt(t.%1$I, 3), ''null'')', a.attname)
        when t.typname in ('timestamptz', 'timestamp')
            then format('case when t.%1$I is null then ''null'' else ''…'' end', a.attname)
        else format('coalesce(t.%1$I::text, ''null'')', a.attname) end, ', ' order by a.attnum),
    coalesce((select string_agg(format('t.%I', k.attname), ', ' order by array_position(i.indkey::int2[], k.attnum))
        from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary), '1')
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
where c.relkind = 'r' and c.relpersistence = 'p' and c.relnamespace = 'public'::regnamespace
    and c.relname !~ '^(procrastinate|django_|spatial_ref_sys|gis_core_cache)'
group by c.oid order by 1
"""


def transaction_begun() -> int:
    """The number of the open transaction: what it writes from now on bears this or a later one."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::xid::text::bigint")
        return int(cursor.fetchone()[0])


def written_since(number: int) -> Iterator[tuple[str, list[str]]]:
    """Each table with rows of ours, and these in the order of their key."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        for table, columns, key in tables:
            cursor.execute(
                f"select array_to_string(array[{columns}], ' | ') from {table} t"
                f" where t.xmin::text::bigint >= {number} order by {key}"
            )
            if rows := [row for (row,) in cursor.fetchall()]:
                yield table, rows


def whole(number: int) -> str:
    return "\n".join(f"--- {table}: {len(rows)}\n" + "\n".join(rows) for table, rows in written_since(number)) + "\n"


def digests(number: int) -> str:
    """A line for each table: real files have too many rows to keep."""
    return "\n".join(
        f"--- {table}: {len(rows)} {hashlib.sha256(chr(10).join(rows).encode()).hexdigest()}"
        for table, rows in written_since(number)
    ) + "\n"  # fmt: skip
