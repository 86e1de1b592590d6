"""The database as it was before the migrations: a copy beside it, file by file, that takes its place if they fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from gis_core.operations.backup import advice, check_free_space, database_bytes
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE
from gis_core.operations.failure import OperationFailedError

COPY = "arpent_before_upgrade"
OWNER = "arpent_owner"
# The copy, and as much again as migrations may write.
GROWTH = 1.5
# Written without quotes, for their values are lists that quote their own parts (`GUC_LIST_QUOTE` in PostgreSQL).
LISTS = {"search_path", "local_preload_libraries", "session_preload_libraries", "temp_tablespaces"}
SETTINGS = """
    select coalesce(r.rolname, ''), setting from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole,
        unnest(s.setconfig) setting
    where s.setdatabase = (select oid from pg_database where datname = %s) order by 1, 2
"""
GRANTS = """
    select coalesce(r.rolname, 'public'), a.privilege_type, a.is_grantable
    from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        left join pg_roles r on r.oid = a.grantee
    where d.datname = %s and a.grantee <> d.datdba order by 1, 2
"""
LIMIT = "select datconnlimit from pg_database where datname = %s"
EXISTS = "select 1 from pg_database where datname = %s"
SIZES: LiteralString = """
    select n.nspname, c.relname, pg_relation_size(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'i', 'S', 'm') and n.nspname !~ '^pg_|^information_schema$' order by 1, 2
"""

type Connection = psycopg.Connection[tuple[Any, ...]]


def check_space(cluster: Cluster) -> None:
    """The disk takes the copy. Raises OperationFailedError."""
    check_free_space(cluster.data, int(GROWTH * database_bytes(cluster)))


def make_copy(cluster: Cluster) -> None:
    """Copy the database, which nobody uses, and compare both. Raises OperationFailedError."""
    drop_copy(cluster)
    check_space(cluster)
    with administration(cluster) as connection:
        end_sessions(connection, DATABASE)
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy owner {}").format(
                *map(sql.Identifier, (COPY, DATABASE, OWNER))
            )
        )
        copy_settings(connection)
    with cluster.connect(DATABASE) as former, cluster.connect(COPY) as copied:
        if former.execute(SIZES).fetchall() != copied.execute(SIZES).fetchall():
            raise OperationFailedError("La copie de la base, faite pour pouvoir revenir, n'est pas égale à la base.")


def copy_settings(connection: Connection) -> None:
    """What belongs to a database and is not in it: its settings, whose it lets in, and how many."""
    name = sql.Identifier(COPY)
    for role, setting in connection.execute(SETTINGS, [DATABASE]).fetchall():
        variable, _, value = setting.partition("=")
        whose = sql.SQL("role {} in database {}").format(sql.Identifier(role), name) if role else None
        connection.execute(
            sql.SQL("alter {} set {} to {}").format(
                whose or sql.SQL("database {}").format(name),
                sql.SQL(".").join(map(sql.Identifier, variable.split("."))),
                sql.SQL(value) if variable in LISTS else sql.Literal(value),
            )
        )
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    for role, privilege, grantable in connection.execute(GRANTS, [DATABASE]).fetchall():
        grantee = sql.SQL("public") if role == "public" else sql.Identifier(role)
        option = sql.SQL("with grant option" if grantable else "")
        connection.execute(
            sql.SQL("grant {} on database {} to {} {}").format(sql.SQL(privilege), name, grantee, option)
        )
    limit = connection.execute(LIMIT, [DATABASE]).fetchone()
    connection.execute(sql.SQL("alter database {} connection limit {}").format(name, sql.Literal(limit and limit[0])))


def put_back(cluster: Cluster) -> None:
    """The copy takes the place of the database, which goes; what an interrupted call left is done.

    Without a copy there is nothing to do: an earlier call has put it back.
    """
    with administration(cluster) as connection:
        if connection.execute(EXISTS, [COPY]).fetchone() is None:
            return
        drop(connection, DATABASE)
        end_sessions(connection, COPY)
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(sql.Identifier(COPY), sql.Identifier(DATABASE))
        )


def drop_copy(cluster: Cluster) -> None:
    """It is no longer needed, or its making was interrupted."""
    with administration(cluster) as connection:
        drop(connection, COPY)


def drop(connection: Connection, name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def end_sessions(connection: Connection, name: str) -> None:
    connection.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [name])


@contextmanager
def administration(cluster: Cluster) -> Iterator[Connection]:
    """A superuser's connection outside the database, one statement a transaction, its errors in words."""
    try:
        with cluster.connect("postgres") as connection:
            connection.autocommit = True
            yield connection
    except psycopg.Error as error:
        lasting = "PostgreSQL a refusé de copier la base, ou de la remettre en place."
        raise OperationFailedError(advice(str(error), lasting), str(error)) from error
