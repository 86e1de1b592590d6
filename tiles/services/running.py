"""Running a tile's query outside Django's request cycle."""

from typing import Any

from django.db import connection, transaction

from gis_core.database.backend.base import borrow_connection, preparing
from gis_core.database.statements import fetch_one
from gis_core.members.rights import ANONYMOUS, Rights, acting_as
from tiles.services.mvt import TileQuery
from tiles.services.serving import Run


def run_here(query: TileQuery) -> bytes:
    """Run in the transaction that is open, which carries the viewer's rights."""
    return content(fetch_one(query.statement, query.parameters))


def run_as(rights: Rights | None) -> Run:
    """A function that runs a query in a transaction of its own, under these rights, outside Django's cycle.

    None tells nobody's: for public reference tables, which carry no policy. A private table then refuses the query.
    """

    def run(query: TileQuery) -> bytes:
        backend: Any = connection
        if backend.pool is not None:
            return run_pooled(backend.pool, rights, query)
        with acting_as(rights or ANONYMOUS), transaction.atomic():
            return run_here(query)

    return run


def run_pooled(pool: Any, rights: Rights | None, query: TileQuery) -> bytes:
    """Run a prepared query; with rights, in a transaction that tells them first, all in one round trip."""
    pool.open()
    with borrow_connection(pool) as opened, preparing(opened) as cursor:
        if rights is None:
            return content(cursor.execute(query.statement, query.parameters, binary=True).fetchone())
        with opened.pipeline():
            cursor.execute("begin")
            cursor.execute(SET_RIGHTS, rights.settings())
            cursor.execute(query.statement, query.parameters, binary=True)
            row = cursor.fetchone()
            cursor.execute("commit")
        return content(row)


def content(row: tuple[bytes | None] | None) -> bytes:
    return bytes(row[0]) if row and row[0] else b""


SET_RIGHTS = "select " + ", ".join(f"set_config('{name}', %({name})s, true)" for name in ANONYMOUS.settings())
