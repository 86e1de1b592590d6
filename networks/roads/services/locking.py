"""Whoever changes lines of roads waits for the others: sections share nodes."""

from collections.abc import Sequence

from django.db import connection

from layers.catalogue.models import Layer


def lock_roads(_layer: Layer | None = None, _ids: Sequence[int] = ()) -> None:
    """Until the end of the transaction, before any row is held: `arpent.join_section` does the same, too late for
    whoever holds rows already.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('arpent roads', 0))")
