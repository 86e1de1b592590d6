"""Valves of an outage: those found stuck stay known on the network, and in which order they are opened again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights
from layers.catalogue.services import visible_layer
from layers.features.services.origin import Origin
from layers.features.services.write import Edit, apply_edits
from networks.water import code_lists
from networks.water.models import Outage, OutageEntry, WaterNode
from networks.water.services.outage_journal import Journal, check_valve, lock_outage, put_entry
from networks.water.services.visible import visible

type Json = dict[str, Any]

SLUG: Final = "water-nodes"
STATES: Final = tuple(code_lists.CONDITIONS)
"""Kinds of lines that say in which condition a valve was found: the codes of the valve's own condition."""


@transaction.atomic
def report_valve(outage: Outage, valve: int, condition: str, *, rights: Rights) -> OutageEntry:
    """Keep on the network how a valve was found; the next isolation counts on it or not. The journal says who and when.

    Raises Forbidden, Conflict (the valve is gone), Invalid.
    """
    locked = lock_outage(outage, rights)
    if condition not in STATES:
        raise Invalid(_("This choice is not offered: choose one of the list."), parameter="condition")
    check_valve(locked, valve)
    node = visible(WaterNode, rights).filter(pk=valve, owner=locked.owner_id).only("pk", "version", "condition").first()
    if node is None:
        raise Conflict(_("This valve is no more in the network: nothing can be kept on it."))
    if node.condition != condition:
        edit = Edit(action="update", id=node.pk, version=node.version, properties={"condition": condition})
        apply_edits(visible_layer(SLUG, rights), [edit], rights=rights, origin=Origin("web", str(locked)))
    return put_entry(locked, kind=condition, valve=valve, rights=rights)


def unusable_of(outage: Outage) -> set[int]:
    """The valves that its isolation went past, by their ids."""
    return {one["id"] for one in outage.answer["valves"] if one["status"] == "skipped"}


def last_reports(valves: Collection[int], rights: Rights) -> dict[int, OutageEntry]:
    """By valve, the last line about its condition in any outage that the asker sees."""
    rows = (
        OutageEntry.objects.filter(
            outage__in=Outage.objects.visible_to(rights).order_by(), valve__in=valves, kind__in=STATES, struck_at=None
        )
        .select_related("recorded_by")
        .order_by("valve", "-at", "-pk")
        .distinct("valve")
    )
    return {one.valve: one for one in rows if one.valve is not None}


def in_reopening_order(valves: Sequence[Json], journal: Journal) -> list[Json]:
    """The valves to open again, the last one that was closed first; as they are walked to where nobody said when.

    Of those that were to be closed, and the others that were; without those that never were nor had to be.
    """
    closings = journal.by_valve("closed")
    ranked = [
        (closings[one["id"]].at.timestamp() if one["id"] in closings else 0.0, rank, one)
        for rank, one in enumerate(valves)
        if one["status"] == "close" or one["id"] in closings
    ]
    return [one for _at, _rank, one in sorted(ranked, key=lambda row: row[:2], reverse=True)]
