"""PostGIS backend that tells PostgreSQL who is asking at the start of every transaction.

Row-level policies read the user from `arpent.*` settings. They are set with `SET LOCAL` semantics, in one statement,
when a transaction opens; without them a query on a private table fails (SQLSTATE AR001) instead of answering nothing.
"""

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.contrib.gis.db.backends.postgis import base
from django.db.backends.base.base import NO_DB_ALIAS
from psycopg import Connection, Cursor, sql
from psycopg import Error as PsycopgError
from psycopg_pool import ConnectionPool, PoolTimeout

from gis_core.database.outages import in_vain, outage
from gis_core.members.rights import current_rights, lock_patience, only_reads
from gis_core.operations.security_journal import hear


@cache
def statement(count: int) -> bytes:
    """The statement that makes `count` settings, composed once: it opens every transaction."""
    calls = sql.SQL(", ").join([sql.SQL("set_config(%s, %s, true)")] * count)
    return sql.SQL("select {}").format(calls).as_bytes()


PREPARED_AFTER = 2


@contextmanager
def preparing(opened: Connection[Any]) -> Iterator[Cursor[Any]]:
    """A cursor that prepares what it runs often; Django's own cursors on this connection do not."""
    opened.prepare_threshold = PREPARED_AFTER
    try:
        yield Cursor(opened)
    finally:
        opened.prepare_threshold = None


def take[T: Connection[Any]](pool: "ConnectionPool[Any]", getconn: Callable[[], T]) -> T:
    """A connection of the pool whose server is there.

    Raises PoolTimeout after DATABASE_WAIT_S; while the database is known not to answer, after a tenth of that; in a
    request that has waited in vain before, at once.
    """
    if in_vain.get():
        raise PoolTimeout("this request has waited for a connection already")
    while True:
        pool.timeout = settings.DATABASE_WAIT_S / (10 if outage.known else 1)
        begun = time.monotonic()
        try:
            taken = getconn()
        except PoolTimeout:
            outage.note_silence(begun)
            if in_vain.get() is not None:
                in_vain.set(True)
            raise
        if is_alive(taken):
            outage.note_answer()
            return taken
        # The pool makes another in its place; its own check would wait a second before it looks at the next.
        taken.close()
        pool.putconn(taken)


def is_alive(connection: Connection[Any]) -> bool:
    """Whether the server still serves this idle connection: of a dead one there is something to read, its end."""
    try:
        waiting = select.poll()
        waiting.register(connection.pgconn.socket, select.POLLIN)
        if waiting.poll(0):
            ConnectionPool.check_connection(connection)
    except PsycopgError:
        return False
    return True


@contextmanager
def borrow_connection(pool: "ConnectionPool[Any]") -> Iterator[Connection[Any]]:
    """A living connection for a block, in a transaction of psycopg's unless it is in autocommit; given back after."""
    connection = take(pool, pool.getconn)
    try:
        with connection:
            yield connection
    finally:
        pool.putconn(connection)


class WarmPool(ConnectionPool[Connection[Any]]):
    """Gives out the connection that came back last: its server's memory, and the processor's, still know the work.

    psycopg's own takes turns: a request now and then meets another cold server each time, 0.2 ms a tile.
    """

    def _get_ready_connection(self, timeout: float | None) -> Any:
        self._pool.rotate(1)
        return super()._get_ready_connection(timeout)


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> Any:
        """Django's, made by us."""
        options = self.settings_dict["OPTIONS"].get("pool")
        pools: dict[str, Any] = self._connection_pools  # type: ignore[attr-defined]
        if options and self.alias not in {NO_DB_ALIAS, *pools}:
            given = self.get_connection_params() | {"autocommit": True}
            configure: Any = self._configure_connection
            pools.setdefault(self.alias, WarmPool(kwargs=given, open=False, configure=configure, **options))
        return super().pool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A living connection of the pool, where there is one."""
        pool, getconn = self.pool, partial(super().get_new_connection, conn_params)
        return take(pool, getconn) if pool else getconn()

    def _configure_connection(self, connection: Connection[Any]) -> bool:
        """Once for each new connection: what PostgreSQL tells of rights and settings is heard."""
        connection.add_notice_handler(hear)
        return bool(super()._configure_connection(connection))  # type: ignore[misc]

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if autocommit:
            return
        given: dict[str, str] = {}
        if (rights := current_rights()) is not None:
            waits = lock_patience.get()
            given = rights.settings() | ({"lock_timeout": waits} if waits else {})
        if only_reads.get():
            # Before anybody is known too: sessions are kept around the request.
            given["transaction_read_only"] = "on"
        if given:
            self.set_who_asks(given)

    def set_who_asks(self, settings: dict[str, str]) -> None:
        """Set the `arpent.*` settings for the rest of the transaction, in one round trip."""
        parameters: list[Any] = [part for pair in settings.items() for part in pair]
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(statement(len(settings)), parameters)

    @contextmanager
    def preparing(self) -> Iterator[Any]:
        """Django's cursor for heavy statements that are always the same: PostgreSQL plans them once a connection."""
        self.ensure_connection()
        with preparing(self.connection) as cursor, self._prepare_cursor(cursor) as wrapped:  # type: ignore[attr-defined]
            yield wrapped
