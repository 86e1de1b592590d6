"""An outside database as it was before the migrations: a dump that its owner makes, and brings back if they fail.

No superuser is asked: extensions, their marks and roles are left alone. The return is one transaction.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from psycopg import sql

from gis_core.operations import environment
from gis_core.operations.backup import advice, check_free_space
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, Place, is_outside
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import present_database
from gis_core.operations.processes import BIN, client_environment
from gis_core.operations.upgrade import return_point
from gis_core.operations.upgrade.return_point import Connection

FILE = "before-upgrade.dump"
OWNER = "arpent_owner"
REFUSED = "Le serveur de la base a refusé ce qui est écrit ci-dessus : voyez son administrateur."
# What the owner has, by the word that drops it; what belongs to an extension is not its own. The sequence of an
# identity goes with its column alone.
OWNED = """
    select 'schema', quote_ident(n.nspname) from pg_namespace n
    where n.nspowner = current_user::regrole and n.nspname !~ '^pg_|^public$'
    union all
    select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
        else 'table' end, c.oid::regclass::text
    from pg_class c where c.relowner = current_user::regrole and c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p', 'v', 'm', 'S') and not exists (
            select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
    union all
    select 'routine', p.oid::regprocedure::text from pg_proc p
    where p.proowner = current_user::regrole and p.pronamespace = 'public'::regnamespace
    union all
    select 'type', t.oid::regtype::text from pg_type t left join pg_class c on c.oid = t.typrelid
    where t.typowner = current_user::regrole and t.typnamespace = 'public'::regnamespace
        and t.typtype in ('e', 'd', 'r', 'c') and (c.relkind is null or c.relkind = 'c')
"""


class Point(Protocol):
    """What a failed upgrade returns to. Each may be asked again; raises OperationFailedError."""

    def check_space(self) -> None:
        """There is room for it."""

    def make_copy(self) -> None:
        """It is whole, or an error."""

    def put_back(self) -> None:
        """The database is again what it was; done already, nothing."""

    def drop_copy(self) -> None:
        """It is no longer needed."""


class Own:
    """A copy beside the database of our own PostgreSQL."""

    def __init__(self, place: Place) -> None:
        self._cluster = Cluster(place)

    def check_space(self) -> None:
        with self._cluster.lease():
            return_point.check_space(self._cluster)

    def make_copy(self) -> None:
        with self._cluster.lease():
            return_point.make_copy(self._cluster)

    def put_back(self) -> None:
        with self._cluster.lease():
            return_point.put_back(self._cluster)

    def drop_copy(self) -> None:
        with self._cluster.lease():
            return_point.drop_copy(self._cluster)


class Outside:
    """A dump beside the versions, for root alone."""

    def __init__(self, folder: Path) -> None:
        self._dump = folder / FILE

    def check_space(self) -> None:
        with present_database.connect(OWNER) as connection:
            row = connection.execute("select pg_database_size(current_database())").fetchone()
        check_free_space(self._dump.parent, int(row[0]) if row else 0)

    def make_copy(self) -> None:
        self.check_space()
        partial = self._dump.with_name(f".{FILE}.part")
        partial.unlink(missing_ok=True)
        try:
            partial.touch(0o600)
            options = ["--format=custom", "--exclude-extension=*", "--no-publications", "--no-subscriptions"]
            self._run("pg_dump", *options, f"--file={partial}")
            self._run("pg_restore", "--file=/dev/null", str(partial), asks=False)
            partial.rename(self._dump)
        finally:
            partial.unlink(missing_ok=True)

    def put_back(self) -> None:
        if not self._dump.exists():
            return
        script = self._dump.with_name(f".{FILE}.sql")
        try:
            script.touch(0o600)
            with present_database.connect(OWNER) as connection:
                drops = [drop_text(connection, kind, name) for kind, name in connection.execute(OWNED).fetchall()]
            self._run("pg_restore", f"--file={script}", str(self._dump), asks=False)
            first = "\n".join(["set client_min_messages = warning; set lock_timeout = '60s';", *drops])
            self._run("psql", "-XqA", "-o", "/dev/null", "-1", "-v", "ON_ERROR_STOP=1", "-c", first, "-f", str(script))
        finally:
            script.unlink(missing_ok=True)
        self.drop_copy()

    def drop_copy(self) -> None:
        self._dump.unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str, asks: bool = True) -> None:
        """As the owner, whose password libpq reads where the installation put it."""
        env = client_environment() | {"PGPASSFILE": str(environment.PASSWORDS["owner"]), "PGCONNECT_TIMEOUT": "10"}
        if password := os.environ.get("ARPENT_DB_PASSWORD"):
            env["PGPASSWORD"] = password
        said = subprocess.run(
            [str(BIN / program), *(server_arguments() if asks else []), *arguments],
            env=env, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if said.returncode != 0:
            raise OperationFailedError(advice(said.stderr, REFUSED), said.stderr[-1500:])


def drop_text(connection: Connection, kind: str, name: str) -> str:
    """A statement; the name is quoted already where PostgreSQL wants it."""
    return sql.SQL("drop {} if exists {} cascade;").format(sql.SQL(kind), sql.SQL(name)).as_string(connection)


def server_arguments() -> Sequence[str]:
    host, port = os.environ.get("ARPENT_DB_HOST", ""), os.environ.get("ARPENT_DB_PORT", "5432")
    return ["-h", host, "-p", port, "-U", OWNER, "-d", os.environ.get("ARPENT_DB_NAME", DATABASE)]


def point_of(place: Place, folder: Path) -> Point:
    """What is returned to: `folder` is where a dump lies, that of the versions."""
    return Outside(folder) if is_outside() else Own(place)
