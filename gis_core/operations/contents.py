"""What a database holds, said so that two can be compared: the rows of every table, and the files that rows name."""

from typing import Any, LiteralString

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]
# A table's number of rows, and a digest of them that does not depend on their order.
Contents = dict[str, tuple[int, str]]

# How values are written as text, whatever the role or the database prefers.
AS_TEXT = (
    "set search_path = ''",
    "set timezone = 'UTC'",
    "set datestyle = 'ISO, YMD'",
    "set intervalstyle = 'postgres'",
    "set bytea_output = 'hex'",
    "set extra_float_digits = 1",
    "set statement_timeout = 0",
    "set idle_in_transaction_session_timeout = 0",
)
# Every table but those of extensions, and its columns but those that PostgreSQL computes, with its own PROJ.
TABLES = """
    select n.nspname, c.relname, array_agg(a.attname::text order by a.attnum)
    from pg_class c
        join pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_|^information_schema$'
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r'
        and not exists (select from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    group by 1, 2 order by 1, 2
"""
UNLOGGED = """
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relpersistence = 'u' and c.relkind = 'r'
"""
DIGEST: LiteralString = (
    "select count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)), 0)::text from {table}"
)
# Each app says in a function of this name where the files of its rows lie, below `<data>/files`.
FILE_FUNCTIONS = (
    r"select proname from pg_proc where pronamespace = to_regnamespace('arpent') and proname ~ '^files_of_' order by 1"
)


def write_alike(connection: Connection) -> None:
    """Have the connection write values the same way everywhere, and search no schema."""
    for statement in AS_TEXT:
        connection.execute(statement)


def lock_tables(connection: Connection) -> None:
    """Nobody removes or alters a table until the end of this transaction; people go on reading and writing.

    Raises UndefinedTable when one that its snapshot sees is gone.
    """
    tables = [sql.Identifier(schema, table) for schema, table, _ in connection.execute(TABLES).fetchall()]
    if tables:
        connection.execute(sql.SQL("lock table {} in access share mode").format(sql.SQL(", ").join(tables)))


def table_contents(connection: Connection, *, in_log: bool = False) -> Contents:
    """Rows and digest of every table, as this connection's snapshot sees it.

    `in_log`: only of those whose rows PostgreSQL's log holds; others are empty after a recovery from it.
    """
    unlogged = connection.execute(UNLOGGED).fetchall() if in_log else []
    return {
        f"{schema}.{table}": _contents_of(connection, sql.Identifier(schema, table), columns)
        for schema, table, columns in connection.execute(TABLES).fetchall()
        if (schema, table) not in unlogged
    }


def _contents_of(connection: Connection, table: sql.Identifier, columns: list[str]) -> tuple[int, str]:
    column_list = sql.SQL(", ").join(map(sql.Identifier, columns))
    row = connection.execute(sql.SQL(DIGEST).format(columns=column_list, table=table)).fetchone()
    if row is None:
        raise AssertionError(table)
    return int(row[0]), str(row[1])


def read_migrations(connection: Connection) -> list[tuple[str, str]]:
    """App and name of every migration that the database had; none where it never had any."""
    if connection.execute("select to_regclass('public.django_migrations')").fetchone() == (None,):
        return []
    return [(app, name) for app, name in connection.execute("select app, name from public.django_migrations")]


def list_referenced_files(connection: Connection) -> set[str]:
    """The files that rows name, as `files/...`."""
    files: set[str] = set()
    for (name,) in connection.execute(FILE_FUNCTIONS).fetchall():
        rows = connection.execute(sql.SQL("select {}()").format(sql.Identifier("arpent", name)))
        files.update(f"files/{path}" for (path,) in rows)
    return files


def missing_contents(connection: Connection, manifest: dict[str, Any]) -> list[str]:
    """In French, what a restored database lacks of what its manifest says, and the files that it names in vain."""
    write_alike(connection)
    wanted: Contents = {table: (rows, digest) for table, (rows, digest) in manifest["tables"].items()}
    absent = list_referenced_files(connection) - manifest["entries"].keys() - set(manifest["missing"])
    return differences(wanted, table_contents(connection)) + [
        f"{name} : le fichier n'est pas dans la sauvegarde" for name in sorted(absent)
    ]


def differences(wanted: Contents, present: Contents) -> list[str]:
    """In French, what a database lacks or has too much."""
    return [
        _difference(table, wanted.get(table), present.get(table))
        for table in sorted(wanted.keys() | present.keys())
        if wanted.get(table) != present.get(table)
    ]


def _difference(table: str, wanted: tuple[int, str] | None, present: tuple[int, str] | None) -> str:
    if present is None:
        return f"{table} : la table manque"
    if wanted is None:
        return f"{table} : la table est en trop"
    if wanted[0] != present[0]:
        return f"{table} : {present[0]} lignes au lieu de {wanted[0]}"
    return f"{table} : {present[0]} lignes, dont certaines ont changé"
