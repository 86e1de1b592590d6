"""The demo of a release, small enough for the repository, as a backup that later versions are tried out with.

It is seeded anew, so that nothing but the demo is in it. Of every table some rows are kept, and all that these refer
to. Files are left out (the manifest names those that rows name), and the passwords of the accounts.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from gis_core.operations.backup import write_archive
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import TABLES
from gis_core.operations.environment import DATABASE, ROOT, Place, variables
from gis_core.operations.manage import command_line
from gis_core.version import VERSION

FOLDER = ROOT / "tests" / "data" / "releases"
# A table of so few rows is kept whole; of a longer one as many rows as that, taken from all over it.
SHORT, SAMPLE = 120, 25
# Nor more than so many characters of a short table, and of a longer one, small rows first: a few zones or letters would
# be half of it. What the platform declares (layers) is kept whole, or an upgrade would declare it again.
MOST_CHARACTERS = (250_000, 60_000)

type Connection = psycopg.Connection[tuple[Any, ...]]

# Each foreign key: the table that refers, the one referred to, and the columns of both.
REFERENCES = """
    select a.nspname, c.relname, b.nspname, p.relname,
        (select array_agg(attname::text order by n) from unnest(conkey) with ordinality u(number, n)
            join pg_attribute on attrelid = conrelid and attnum = number),
        (select array_agg(attname::text order by n) from unnest(confkey) with ordinality u(number, n)
            join pg_attribute on attrelid = confrelid and attnum = number)
    from pg_constraint k
        join pg_class c on c.oid = conrelid join pg_namespace a on a.oid = c.relnamespace
        join pg_class p on p.oid = confrelid join pg_namespace b on b.oid = p.relnamespace
    where contype = 'f' order by k.oid
"""
MARK: LiteralString = """
    insert into kept
    select source, place from (
        select tableoid as source, ctid as place, row_number() over rows_in_order as n,
            sum(length(t::text)) over rows_in_order as characters
        from {} t window rows_in_order as (order by length(t::text) > 10000, md5(ctid::text) rows unbounded preceding)
    ) s where n <= %s and (characters <= %s or n = 1)
"""
DELETE_OTHERS: LiteralString = (
    "delete from {} t where not exists (select from pg_temp.kept k where k.source = t.tableoid and k.place = t.ctid)"
)


def dump_release(say: Callable[[str], object]) -> Path:
    """Seed a demo of its own, make it small, save it as `tests/data/releases/<version>.tar`; takes minutes."""
    target = FOLDER / f"{VERSION}.tar"
    with tempfile.TemporaryDirectory(prefix="arpent-release-") as folder:
        Path(folder).chmod(0o755)
        place = Place(Path(folder, "data"))
        with Cluster(place).lease():
            seed(place)
            save_sample(place, target, say)
    return target


def seed(place: Place) -> None:
    """The demo as `./arpent demo` loads it, but for the photos that the worker draws."""
    for command in (("migrate", "--noinput"), ("seed_demo",)):
        env = variables(place, "owner") | {"ARPENT_DEMO_PHOTOS": "0"}
        subprocess.run(command_line(*command), env=env, check=True, stdout=subprocess.DEVNULL)


def save_sample(place: Place, target: Path, say: Callable[[str], object]) -> None:
    """Remove most rows of a demo for good, and save what is left. Its cluster runs."""
    with Cluster(place).connect(DATABASE) as connection:
        keep_sample(connection)
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum full")
    shutil.rmtree(place.files, ignore_errors=True)
    place.accounts.unlink(missing_ok=True)
    target.parent.mkdir(exist_ok=True)
    manifest = write_archive(place, target)
    target.chmod(0o644)
    rows = sum(count for count, _digest in manifest["tables"].values())
    say(f"{target} : {target.stat().st_size} octets, {len(manifest['tables'])} tables, {rows} lignes")


def keep_sample(connection: Connection) -> None:
    """Leave of every table the rows that `mark` and `mark_referenced` mark; no trigger hears of the others' end."""
    tables = [sql.Identifier(schema, name) for schema, name, _columns in connection.execute(TABLES).fetchall()]
    connection.execute("set session_replication_role = replica")
    connection.execute("create temporary table kept (source oid, place tid, primary key (source, place))")
    for table in tables:
        mark(connection, table)
    mark_referenced(connection)
    for table in tables:
        connection.execute(sql.SQL(DELETE_OTHERS).format(table))
    connection.execute("drop table pg_temp.kept")


def mark(connection: Connection, table: sql.Identifier) -> None:
    """Mark all rows of a short table, some of a longer one: the same ones each time."""
    (count,) = connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone() or (0,)
    limit, characters = (count, MOST_CHARACTERS[0]) if count <= SHORT else (SAMPLE, MOST_CHARACTERS[1])
    connection.execute(sql.SQL(MARK).format(table), [limit, characters])


def mark_referenced(connection: Connection) -> None:
    """Mark what marked rows refer to, and so on, until nothing is missing."""
    statements = [
        reference(sql.Identifier(*names[:2]), sql.Identifier(*names[2:4]), list(zip(*names[4:], strict=True)))
        for names in connection.execute(REFERENCES).fetchall()
    ]
    while sum(connection.execute(statement).rowcount for statement in statements):
        pass


def reference(child: sql.Identifier, parent: sql.Identifier, columns: list[tuple[str, str]]) -> sql.Composed:
    """Mark the rows of one table that marked rows of another refer to by these pairs of columns."""
    same = sql.SQL(" and ").join(
        sql.SQL("c.{} = p.{}").format(sql.Identifier(ours), sql.Identifier(theirs)) for ours, theirs in columns
    )
    return sql.SQL(
        "insert into kept select distinct p.tableoid, p.ctid from {child} c"
        " join pg_temp.kept k on k.source = c.tableoid and k.place = c.ctid join {parent} p on {same}"
        " on conflict do nothing"
    ).format(child=child, parent=parent, same=same)
