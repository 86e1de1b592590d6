"""What the database keeps true of a network, and what it says when an edit would break it (`triggers.py`).

A pipe starts and ends on a node, exactly; an end without one gets a plain node. A node put on a pipe splits it (the
longer piece keeps its id), taken away from between two pipes it merges them (the one with a reference, else the longer
one, keeps its id), moved it carries their ends. No pipe of no length, none that ends where it starts, no two alike, no
two nodes in one place. Networks of two members never meet. Service connections follow the piece that they hang on.
`docs/reference/topologie-reseaux.md` tells step by step what fires when a pipe is split.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.database.statements import execute
from layers.catalogue.models import Layer

LARGEST_ID = 2**63 - 1

TOLERANCE_M = 0.05
"""Closer than this, two positions are one (EPSG:2154); the functions in `sql/` have the same."""

UNNAMED_PATIENT = gettext_noop(
    "Name nobody who is treated at home: the person belongs in the contacts, which have a right and a journal."
)


def lock_networks(layer: Layer, ids: Sequence[int]) -> None:
    """Hold the networks that these rows of a layer belong to, until the end of the transaction: edits of one network
    follow each other. The triggers do the same, too late for whoever holds rows already."""
    family, _dash, _kind = layer.slug.partition("-")
    statement = sql.SQL(
        "select pg_advisory_xact_lock(hashtextextended('arpent topology ' || %s, owner_id))"
        " from (select distinct owner_id from {} where id = any(%s) order by 1) held"
    ).format(sql.Identifier(layer.table))
    execute(statement, [family, [one for one in ids if one <= LARGEST_ID]])
