"""PostGIS backend that tells PostgreSQL who is asking at the start of every transaction.

Row-level policies read the asker from `arpent.*` settings. They are set with `SET LOCAL` semantics, in one statement,
when a transaction opens; without them a query on a private table fails (SQLSTATE AR001) instead of answering nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib.gis.db.backends.postgis import base
from psycopg import Connection, Cursor, sql

from gis_core.rights import current_rights, lock_patience


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


class DatabaseWrapper(base.DatabaseWrapper):
    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        rights = current_rights()
        if not autocommit and rights is not None:
            waits = lock_patience.get()
            self.tell_who_asks(rights.settings() | ({"lock_timeout": waits} if waits else {}))

    def tell_who_asks(self, settings: dict[str, str]) -> None:
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
