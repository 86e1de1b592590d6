"""The database of each test process is a copy of one that is migrated once and kept in the test cluster between runs.

The kept one is named by a fingerprint of all that decides what it contains, and made anew when that changes.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from psycopg import sql

from gis_core.operations import fake_clock
from gis_core.operations.environment import ROOT
from tests.imports.workers import address

type Server = psycopg.Connection[tuple[Any, ...]]

PREFIX = "arpent_migrated_"
UNFINISHED = "_unfinished"
# Of PostgreSQL's advisory locks: "arpe" in ASCII.
LOCK = 0x61727065
# Pages and what browsers load are not in the database.
LEFT_OUT = {"__pycache__", "static", "templates"}
# Some layers are declared with the day on which that is done in their legend.
CLUSTER = """
    select (now() at time zone %s)::date, version(), oid,
        (select array_agg(row(name, default_version) order by name) from pg_available_extensions)
    from pg_database where datname = %s
"""
# One whose drop was interrupted is there, and good for nothing.
EXISTS = "select true from pg_database where datname = %s and datconnlimit <> -2"
# As statements about another database.
GRANTS = """
    select format('revoke all on database %%I from public, %%I', %(target)s::text, pg_get_userbyid(datdba))
    from pg_database where datname = %(source)s and datacl is not null
    union all
    select format('grant %%s on database %%I to %%s%%s', g.privilege_type, %(target)s::text,
        case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
        case when g.is_grantable then ' with grant option' else '' end)
    from pg_database, aclexplode(datacl) g where datname = %(source)s
    order by 1 desc
"""
SETTINGS = """
    select split_part(line, '=', 1), substr(line, strpos(line, '=') + 1), rolname
    from pg_database d join pg_db_role_setting s on s.setdatabase = d.oid left join pg_roles r on r.oid = s.setrole,
        unnest(s.setconfig) line
    where datname = %s
"""


class Copying(DatabaseCreation):
    """Copies the kept database where Django would migrate an empty one."""

    def create_test_db(self, *_arguments: Any, **_options: Any) -> str:
        """Make the test database, in the place of one that a killed run left, and lead the connection there."""
        name: str = self._get_test_db_name()
        self.connection.close()
        with alone() as server:
            kept = PREFIX + fingerprint(server)
            if provide(server, kept, migrate):
                remove_others(server, kept)
            drop(server, name)
            copy(server, kept, name)
        lead_to(name)
        self.connection.ensure_connection()
        return name


@contextmanager
def alone() -> Iterator[Server]:
    """A connection as the owner of databases, while no other process makes or copies the kept one."""
    with psycopg.connect(**address("postgres"), autocommit=True) as server:
        server.execute("set role arpent_owner")
        server.execute("select pg_advisory_lock(%s)", [LOCK])
        yield server


# -- what decides the content ----------------------------------------------------------------------------------------


def fingerprint(server: Server) -> str:
    """Of the apps' files, the packages, the cluster's base template and the day; of this very run, at an instant."""
    of_files = fingerprint_of_files(ROOT, [*app_folders(), ROOT / "requirements.lock", Path(__file__)])
    template = settings.DATABASES["default"]["TEST"]["TEMPLATE"]
    of_cluster = server.execute(CLUSTER, [settings.TIME_ZONE, template]).fetchone()
    return digest(of_files, of_cluster, sorted(fake_clock.clock_variables(os.environ).items()))


def app_folders() -> list[Path]:
    roots = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    return [ROOT / root for root in roots if (ROOT / root).is_dir()]


def fingerprint_of_files(root: Path, given: list[Path]) -> str:
    """Of the names and contents of these files, and of those in these folders."""
    found = sorted(path for item in given for path in _files(item))
    return digest(*((path.relative_to(root).as_posix(), path.read_bytes()) for path in found))


def _files(item: Path) -> Iterator[Path]:
    if item.is_file():
        yield item
        return
    for folder, below, names in item.walk():
        below[:] = [name for name in below if name not in LEFT_OUT]
        yield from (folder / name for name in names)


def digest(*parts: object) -> str:
    return hashlib.blake2s(repr(parts).encode(), digest_size=8).hexdigest()


# -- making, copying, removing ---------------------------------------------------------------------------------------


def provide(server: Server, name: str, make: Callable[[str], None]) -> bool:
    """Make the database unless it is there; whether it was made. It has its name once it is finished."""
    if server.execute(EXISTS, [name]).fetchone():
        return False
    unfinished = name + UNFINISHED
    drop_with_sessions(server, unfinished)
    make(unfinished)
    # What a drop that was interrupted left.
    drop(server, name)
    administer(server, "alter database {} allow_connections false", unfinished)
    administer(server, "alter database {} rename to {}", unfinished, name)
    return True


def migrate(name: str) -> None:
    """Make the database as Django makes a test database: from the cluster's base template, by all migrations."""
    former, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    test_name, test["NAME"] = test["NAME"], name
    try:
        DatabaseCreation(connection).create_test_db(verbosity=0, autoclobber=True)
    finally:
        connection.close()
        test["NAME"] = test_name
        lead_to(former)


def lead_to(name: str) -> None:
    """The connections of this process lead to another database."""
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def copy(server: Server, source: str, target: str) -> None:
    """A copy with the grants and settings of the database itself, which PostgreSQL does not copy."""
    administer(server, "create database {} template {}", target, source)
    for (statement,) in server.execute(GRANTS, {"source": source, "target": target}).fetchall():
        server.execute(statement)
    for setting, value, role in server.execute(SETTINGS, [source]).fetchall():
        of_whom = "role {} in database {}" if role else "database {}"
        with server.transaction():
            # In this transaction alone; taken over from there, a list stays a list.
            server.execute("select set_config(%s, %s, true)", [setting, value])
            names = [*([role] if role else []), target]
            administer(server, f"alter {of_whom} set {{}} from current", *names, setting)


def remove_others(server: Server, kept: str) -> None:
    """Remove what was made for another content, unless somebody looks into it."""
    others = "select datname from pg_database where starts_with(datname, %s) and datname <> %s"
    for (name,) in server.execute(others, [PREFIX, kept]).fetchall():
        with suppress(psycopg.errors.ObjectInUse):
            (drop_with_sessions if name.endswith(UNFINISHED) else drop)(server, name)


def drop_with_sessions(server: Server, name: str) -> None:
    """Drop what a process that died was making: PostgreSQL may still work for it."""
    server.execute("reset role")
    ended = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and usename = session_user"
    server.execute(ended, [name])
    server.execute("set role arpent_owner")
    drop(server, name)


def drop(server: Server, name: str) -> None:
    administer(server, "drop database if exists {}", name)


def administer(server: Server, statement: str, *names: str) -> None:
    """Run a statement with these names in its places."""
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
