"""Isolating broken pipes of drinking water: which valves to close, who has no water, what can feed them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.http.admission import TRACE, limited
from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.water.families import WATER
from networks.water.services import telling
from networks.water.services.graph import Graph
from networks.water.services.isolate import MOST_PIPES, Isolation, isolate
from networks.water.services.starting import Found, Start, find

type Json = dict[str, Any]

MOST_BREAKS: Final = 20
MOST_UNUSABLE: Final = 500
STATUSES: Final = ("close", "optional", "closed", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Where the pipes are broken, and valves that the crew cannot turn."""

    breaks: Sequence[Start]
    unusable: Sequence[int] = ()

    def told(self) -> Json:
        return {"breaks": [one.told() for one in self.breaks], "unusable": list(self.unusable)}


@limited(TRACE)
def isolation_of(request: Request, rights: Rights) -> Json:
    """The answer of the API, read with the asker's rights. Raises NotFound, Invalid."""
    graph, breaks, found = isolated(request)
    return telling.for_whom(told(graph, breaks, found), graph.owner, rights)


def isolated(request: Request) -> tuple[Graph, list[Found], Isolation]:
    """What was walked, the breaks, and what isolates them."""
    breaks = [find(WATER, start) for start in request.breaks]
    owners = {found.owner for found in breaks}
    if len(owners) > 1:
        raise Invalid(_("The broken pipes belong to several members: ask for each member apart."), parameter="breaks")
    graph = Graph(WATER, breaks[0].owner)
    ends = {end for found in breaks for end in found.ends}
    graph.look_up(ends)
    graph.load(ends)
    pipes = {found.pipe for found in breaks if found.pipe is not None}
    found = isolate(graph, pipes, frozenset(request.unusable))
    if not found.whole:
        words = _("No valves on record shut less than %(most)s pipes around this break: record the valves first.")
        raise Invalid(words % {"most": display_number(MOST_PIPES, 0)}, parameter="breaks")
    return graph, breaks, found


def told(graph: Graph, breaks: Sequence[Found], found: Isolation) -> Json:
    lost = found.zone | found.cut_off
    zone, cut_off = telling.stretches(WATER, found.zone, found.cut_off)
    tanks, hydrants = without_water(graph, lost)
    return {
        "family": WATER.name,
        "breaks": [one.told() for one in breaks],
        "source_known": found.source_known,
        "message": None if found.source_known else unknown_source(),
        "valves": valves(found, breaks[0].point),
        "sources_to_stop": telling.only(
            telling.nodes(WATER, found.sources), "id", "reference", "name", "kind", "kind_label", "point"
        ),
        **{"bbox_4326": telling.box_of([zone, cut_off]), "zone": zone, "cut_off": cut_off},
        "tanks": telling.only(tanks, "id", "reference", "name", "capacity_m3", "point"),
        "alternatives": alternatives(graph, found),
        **users(lost),
        "hydrants": telling.only(hydrants, "id", "reference", "name", "point"),
    }


def unknown_source() -> str:
    return _(
        "No source (tank, treatment, catchment, bulk purchase) is known in this network: close every valve listed. Who"
        " has no water beyond them is not known."
    )


def valves(found: Isolation, here: Sequence[float]) -> list[Json]:
    """Every valve that the crew meets, those to close first, as they are walked to from the break."""
    statuses = dict.fromkeys(found.skipped, "skipped") | dict.fromkeys(found.closed, "closed")
    statuses |= dict.fromkeys(found.optional, "optional") | dict.fromkeys(found.to_close, "close")
    addresses = telling.addresses_near(statuses)
    listed = [
        {
            **{"id": one["id"], "reference": one["reference"], "status": statuses[one["id"]]},
            **{"why": found.skipped.get(one["id"]), "diameter_mm": one["diameter_mm"], "point": one["point"]},
            "address": _("near %(address)s") % {"address": addresses[one["id"]]} if one["id"] in addresses else None,
        }
        for one in telling.nodes(WATER, statuses)
    ]
    listed.sort(key=lambda one: (one["reference"] or "", one["id"]))
    by_status = ([one for one in listed if one["status"] == status] for status in STATUSES)
    return [one for found_there in by_status for one in telling.in_walking_order(found_there, here)]


def without_water(graph: Graph, lost: Collection[int]) -> tuple[list[Json], list[Json]]:
    """Tanks and hydrants all of whose pipes in service are lost."""
    ends = {end for pk in lost for end in (graph.pipes[pk].start, graph.pipes[pk].end)}
    found = telling.nodes(WATER, ends, kinds=("tank", "hydrant"))
    graph.load([one["id"] for one in found])
    dry = [one for one in found if all(pk in lost for pk in graph.pipes_at(one["id"]))]
    return [one for one in dry if one["kind"] == "tank"], [one for one in dry if one["kind"] == "hydrant"]


def alternatives(graph: Graph, found: Isolation) -> list[Json]:
    """What each valve that could be opened feeds again, the one that feeds most first."""
    if not found.alternatives:
        return []
    by_pipe = telling.connections_by_pipe(WATER, found.cut_off)
    listed = [
        {
            **{"id": one["id"], "reference": one["reference"], "point": one["point"]},
            "connections": sum(by_pipe.get(pk, 0) for pk in found.alternatives[one["id"]]),
            "length_m": round(sum(graph.pipes[pk].length_m for pk in found.alternatives[one["id"]]), 1),
        }
        for one in telling.nodes(WATER, found.alternatives)
    ]
    return sorted(listed, key=lambda one: (-one["connections"], -one["length_m"], one["id"]))


def users(lost: Collection[int]) -> Json:
    """Who is served by these pipes."""
    results = telling.served(lost)
    count, dwellings = len(results), sum(one["dwellings"] or 0 for one in results)
    if count == telling.MOST_CONNECTIONS:
        count, dwellings = telling.counted(WATER, lost)
    addresses = {one["address"]: None for one in results if one["address"]}
    told = {"count": count, "dwellings": dwellings, "truncated": count > len(results), "results": results}
    return {"connections": told, "addresses": sorted(addresses, key=telling.as_read)}
