"""Running a tile's query outside Django's request cycle."""

from typing import Any

from django.db import connection, transaction
from psycopg import Cursor

from gis_core.rights import Rights, acting_as
from tiles.services.mvt import TileQuery
from tiles.services.serving import Run


def run_here(query: TileQuery) -> bytes:
    """Run in the transaction that is open, which carries the asker's rights."""
    with connection.cursor() as cursor:
        cursor.execute(query.statement, query.parameters)
        (content,) = cursor.fetchone()
    return bytes(content or b"")


def run_as(rights: Rights) -> Run:
    """A function that runs a query in a transaction of its own, under these rights, outside Django's cycle."""

    def run(query: TileQuery) -> bytes:
        backend: Any = connection
        if backend.pool is None:
            with acting_as(rights), transaction.atomic():
                return run_here(query)
        return run_pooled(backend.pool, rights, query)

    return run


def run_pooled(pool: Any, rights: Rights, query: TileQuery) -> bytes:
    """Tell who asks and run the query in one round trip, on a connection of Django's pool."""
    settings = [part for pair in rights.settings().items() for part in pair]
    tell = "select " + ", ".join(["set_config(%s, %s, true)"] * (len(settings) // 2))
    pool.open()
    with pool.connection() as opened, opened.transaction(), opened.pipeline():
        opened.execute(tell, settings)
        cursor = Cursor(opened)
        cursor.execute(query.statement, query.parameters)
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""
