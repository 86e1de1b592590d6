"""Real worker processes on a copy of the test database, where rows are committed."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from gis_core.operations.environment import PYTHON, ROOT
from tests import factories

PATIENCE_S = 120
# Until a worker that runs has taken up what a killed one left, and done it.
LOST_S = 180


def administer(statement: str, *names: str) -> None:
    with psycopg.connect(**address("postgres"), autocommit=True) as opened:
        opened.execute("set role arpent_owner")
        opened.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def discard(database: str) -> None:
    """Drop it once its sessions are ended. `with (force)` fails where autovacuum works; without, PostgreSQL waits.

    What a killed worker leaves may come in once more before it ends.
    """
    last = time.monotonic() + LOST_S
    while True:
        end_sessions(database)
        try:
            administer("drop database {}", database)
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > last:
                raise
        else:
            return


def end_sessions(database: str) -> None:
    with psycopg.connect(**address("postgres"), autocommit=True) as opened:
        for role in ("arpent_worker", "arpent_web", "arpent_owner"):
            opened.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            opened.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = %s",
                (database, role),
            )


def address(database: str) -> dict[str, Any]:
    given = connection.settings_dict
    return {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "dbname": database}


@contextmanager
def worker(
    database: str, data: Path, *arguments: str, module: str = "", **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process of its own; `module` is one that starts the worker in its own way."""
    env = os.environ | {"ARPENT_DB_NAME": database, "ARPENT_DB_USER": "arpent_worker", "ARPENT_DATA": str(data)}
    command = ["-m", module] if module else ["manage.py", "worker"]
    with (data / "worker.log").open("ab") as log:
        running = subprocess.Popen(
            [str(PYTHON), *command, *arguments], cwd=ROOT, env=env | settings, stdout=log, stderr=log
        )
        try:
            yield running
        finally:
            running.kill()
            running.wait()


@contextmanager
def locked(database: str, table: str, mode: str = "access exclusive") -> Iterator[None]:
    """Whoever needs the table waits."""
    with psycopg.connect(**address(database)) as opened:
        opened.execute("set role arpent_owner")
        opened.execute(sql.SQL("lock table {} in " + mode + " mode").format(sql.Identifier(table)))
        yield
        opened.rollback()


@contextmanager
def started_worker(database: str, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that has begun to ask for jobs: how long its program takes to load is not its jobs' time."""
    with psycopg.connect(**address(database), autocommit=True) as opened:
        opened.execute("set role arpent_owner")
        beats = "select exists (select from procrastinate_workers where last_heartbeat > %s)"
        [since] = opened.execute("select clock_timestamp()").fetchone() or [None]
        with worker(database, data) as running:
            until(lambda: (opened.execute(beats, [since]).fetchone() or [False])[0])
            yield running


def until(happened: Callable[[], Any], seconds: float = PATIENCE_S) -> float:
    """Wait for it; how many seconds it took."""
    begun = time.monotonic()
    while not happened():
        assert time.monotonic() - begun < seconds, "it did not happen"
        time.sleep(0.1)
    return time.monotonic() - begun


def somebody_waits() -> bool:
    """Whether a lock on one of our tables is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks join pg_database on pg_database.oid = database"
            " where datname = current_database() and locktype = 'relation' and not granted"
        )
        return bool(cursor.fetchone()[0])


def bury() -> None:
    """End what a killed worker's connections still do, and have it counted as dead at once."""
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'arpent_worker' and datname = current_database()"
        )
        cursor.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
