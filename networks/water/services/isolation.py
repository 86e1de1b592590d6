"""Isolating broken pipes of drinking water: which valves to close, who has no water, what can feed them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.http.admission import TRACE, limit_concurrency
from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.water.families import WATER
from networks.water.services import answers
from networks.water.services.graph import Graph
from networks.water.services.isolation_zone import MOST_PIPES, Isolation, isolate
from networks.water.services.starting import Start, StartingPlace, find

type Json = dict[str, Any]

MOST_BREAKS: Final = 20
MOST_UNUSABLE: Final = 500
STATUSES: Final = ("close", "optional", "closed", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Where the pipes are broken, and valves that the crew cannot turn."""

    breaks: Sequence[Start]
    unusable: Sequence[int] = ()

    def as_json(self) -> Json:
        return {"breaks": [one.as_json() for one in self.breaks], "unusable": list(self.unusable)}


@limit_concurrency(TRACE)
def isolation_of(request: Request, rights: Rights) -> Json:
    """The answer of the API, read with the asker's rights. Raises NotFound, Invalid."""
    graph, breaks, isolation = isolate_breaks(request)
    return answers.for_whom(isolation_as_json(graph, breaks, isolation), graph.owner, rights)


def isolate_breaks(request: Request) -> tuple[Graph, list[StartingPlace], Isolation]:
    """What was walked, the breaks, and what isolates them."""
    breaks = [find(WATER, start) for start in request.breaks]
    owners = {start.owner for start in breaks}
    if len(owners) > 1:
        raise Invalid(_("The broken pipes belong to several members: ask for each member apart."), parameter="breaks")
    graph = Graph(WATER, breaks[0].owner)
    ends = {end for start in breaks for end in start.ends}
    graph.load_nodes(ends)
    graph.load(ends)
    pipes = {start.pipe for start in breaks if start.pipe is not None}
    isolation = isolate(graph, pipes, frozenset(request.unusable))
    if not isolation.whole:
        message = _("No valves on record shut less than %(most)s pipes around this break: record the valves first.")
        raise Invalid(message % {"most": display_number(MOST_PIPES, 0)}, parameter="breaks")
    return graph, breaks, isolation


def isolation_as_json(graph: Graph, breaks: Sequence[StartingPlace], isolation: Isolation) -> Json:
    lost = isolation.zone | isolation.cut_off
    zone, cut_off = answers.stretches(WATER, isolation.zone, isolation.cut_off)
    tanks, hydrants = without_water(graph, lost)
    outlets, air_valves = flushing(graph, lost)
    return {
        "family": WATER.name,
        "breaks": [one.as_json() for one in breaks],
        "source_known": isolation.source_known,
        "message": None if isolation.source_known else unknown_source(),
        "valves": valves(isolation, breaks[0].point),
        "sources_to_stop": answers.only(
            answers.nodes(WATER, isolation.sources), "id", "reference", "name", "kind", "kind_label", "point"
        ),
        **{"bbox_4326": answers.box_of([zone, cut_off]), "zone": zone, "cut_off": cut_off},
        "tanks": answers.only(tanks, "id", "reference", "name", "capacity_m3", "point"),
        "alternatives": alternatives(graph, isolation),
        **users(lost),
        "hydrants": answers.only(hydrants, "id", "reference", "name", "point"),
        **{"outlets": outlets, "air_valves": air_valves},
    }


def unknown_source() -> str:
    return _(
        "No source (tank, treatment, catchment, bulk purchase) is known in this network: close every valve listed. Who"
        " has no water beyond them is not known."
    )


def valves(isolation: Isolation, here: Sequence[float]) -> list[Json]:
    """Every valve that the crew meets, those to close first, as they are walked to from the break."""
    statuses = dict.fromkeys(isolation.skipped, "skipped") | dict.fromkeys(isolation.closed, "closed")
    statuses |= dict.fromkeys(isolation.optional, "optional") | dict.fromkeys(isolation.to_close, "close")
    addresses = answers.addresses_near(statuses)
    results = [
        {
            **{"id": one["id"], "reference": one["reference"], "status": statuses[one["id"]]},
            **{"why": isolation.skipped.get(one["id"]), "diameter_mm": one["diameter_mm"], "point": one["point"]},
            "address": _("near %(address)s") % {"address": addresses[one["id"]]} if one["id"] in addresses else None,
        }
        for one in answers.nodes(WATER, statuses)
    ]
    results.sort(key=lambda one: (one["reference"] or "", one["id"]))
    by_status = ([one for one in results if one["status"] == status] for status in STATUSES)
    return [one for same_status in by_status for one in answers.in_walking_order(same_status, here)]


def without_water(graph: Graph, lost: Collection[int]) -> tuple[list[Json], list[Json]]:
    """Tanks and hydrants all of whose pipes in service are lost."""
    ends = {end for pk in lost for end in (graph.pipes[pk].start, graph.pipes[pk].end)}
    places = answers.nodes(WATER, ends, kinds=("tank", "hydrant"))
    graph.load([one["id"] for one in places])
    dry = [one for one in places if all(pk in lost for pk in graph.pipes_at(one["id"]))]
    return [one for one in dry if one["kind"] == "tank"], [one for one in dry if one["kind"] == "hydrant"]


def flushing(graph: Graph, lost: Collection[int]) -> tuple[list[Json], list[Json]]:
    """Where the lost pipes are flushed when water comes back (drains, then hydrants), and where air leaves them."""
    ends = {end for pk in lost for end in (graph.pipes[pk].start, graph.pipes[pk].end)}
    places = answers.nodes(WATER, ends, kinds=("drain", "hydrant", "air_valve"))
    described = answers.only(places, "id", "reference", "name", "kind", "kind_label", "point")
    outlets = [one for kind in ("drain", "hydrant") for one in described if one["kind"] == kind]
    return outlets, [one for one in described if one["kind"] == "air_valve"]


def alternatives(graph: Graph, isolation: Isolation) -> list[Json]:
    """What each valve that could be opened feeds again, the one that feeds most first."""
    if not isolation.alternatives:
        return []
    by_pipe = answers.connections_by_pipe(WATER, isolation.cut_off)
    results = [
        {
            **{"id": one["id"], "reference": one["reference"], "point": one["point"]},
            "connections": sum(by_pipe.get(pk, 0) for pk in isolation.alternatives[one["id"]]),
            "length_m": round(sum(graph.pipes[pk].length_m for pk in isolation.alternatives[one["id"]]), 1),
        }
        for one in answers.nodes(WATER, isolation.alternatives)
    ]
    return sorted(results, key=lambda one: (-one["connections"], -one["length_m"], one["id"]))


def users(lost: Collection[int]) -> Json:
    """Who is served by these pipes."""
    results = answers.list_served_connections(lost)
    count, dwellings = len(results), sum(one["dwellings"] or 0 for one in results)
    if count == answers.MOST_CONNECTIONS:
        count, dwellings = answers.count_connections(WATER, lost)
    addresses = {one["address"]: None for one in results if one["address"]}
    answer = {"count": count, "dwellings": dwellings, "truncated": count > len(results), "results": results}
    return {"connections": answer, "addresses": sorted(addresses, key=answers.as_read)}
