"""Whoever changes lines of roads waits for the others, for they share nodes, and for those who bind assets to them."""

from collections.abc import Sequence

from gis_core.database.statements import execute
from layers.catalogue.models import Layer


def lock_roads(_layer: Layer | None = None, _ids: Sequence[int] = ()) -> None:
    """Until the end of the transaction, before any row is held: `arpent.join_section` does the same, too late for
    whoever holds rows already.
    """
    execute("select pg_advisory_xact_lock(hashtextextended('arpent roads', 0))")


def share_roads(_layer: Layer | None = None, _ids: Sequence[int] = ()) -> None:
    """Roads stay as they are until the end of the transaction, for others who bind assets to them, too:
    `arpent.bind_asset` does the same, too late for whoever holds assets that a changing road takes along.
    """
    execute("select pg_advisory_xact_lock_shared(hashtextextended('arpent roads', 0))")
