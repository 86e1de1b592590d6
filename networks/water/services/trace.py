"""Following a network from a pipe, a node or a point: upstream, downstream, all that is connected, between two places.

Sewers flow from the start of a pipe to its end. Drinking water has no direction: upstream is the shortest way to a
source, downstream is what would have no source if the pipe (or the node) were taken out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.http.admission import TRACE, limit_concurrency
from networks.water.families import ENDS, FAMILIES, Family
from networks.water.services import answers
from networks.water.services.graph import BLOCKING, Graph, State
from networks.water.services.reach import Supply, Way, flood, shortest
from networks.water.services.starting import Start, StartingPlace, find

type Json = dict[str, Any]

DIRECTIONS: Final = ("upstream", "downstream", "connected", "between")
MOST_PIPES: Final = 50_000
MOST_ENDS: Final = 200


@dataclass(slots=True, kw_only=True)
class Trace:
    """What was found: pipes (in their order along a way), nodes, a message where there is something to say."""

    pipes: list[int]
    nodes: set[int]
    message: str | None = None
    whole: bool = True


@limit_concurrency(TRACE)
def trace_of(family_name: str, start: Start, direction: str, to: Start | None = None) -> Json:
    """The answer of the API, read with the asker's rights. Raises NotFound, Invalid."""
    family = FAMILIES[family_name]
    begun = find(family, start)
    graph = Graph(family, begun.owner)
    graph.load_nodes(begun.ends)
    graph.load(begun.ends)
    match direction:
        case "connected":
            trace = trace_connected(graph, begun, "both")
        case "between":
            trace = between(graph, begun, arrival(family, begun, to))
        case _ if not family.valves:
            trace = trace_connected(graph, begun, "down" if direction == "downstream" else "up")
        case "upstream":
            trace = to_source(graph, begun)
        case _:
            trace = without_source(graph, begun)
    return trace_as_json(graph, direction, trace)


def arrival(family: Family, begun: StartingPlace, to: Start | None) -> StartingPlace:
    if to is None:
        raise Invalid(_("Say where the way leads to (“to”)."), parameter="to")
    start = find(family, to)
    if start.owner != begun.owner:
        raise Invalid(_("Both places must be in the network of one member."), parameter="to")
    return start


def trace_as_json(graph: Graph, direction: str, trace: Trace) -> Json:
    family = graph.family
    (stretch,) = answers.stretches(family, trace.pipes)
    connections, dwellings = answers.count_connections(family, trace.pipes)
    ends = answers.nodes(family, trace.nodes, kinds=ENDS[family.name], most=MOST_ENDS)
    return {
        **{"family": family.name, "direction": direction, "message": trace.message},
        **{"pipes": len(trace.pipes), "nodes": len(trace.nodes)},
        **{name: stretch[name] for name in ("length_m", "volume_m3", "geometry")},
        **{"connections": connections, "dwellings": dwellings},
        "ends": answers.only(ends, "id", "reference", "kind", "kind_label", "name", "point"),
        **{"pipe_ids": trace.pipes[:MOST_PIPES], "truncated": not trace.whole},
        "bbox_4326": answers.box_of([stretch]),
    }


def open_at(graph: Graph, node: int) -> bool:
    """Whether a node lets water through as it is now."""
    return graph.state(node) not in BLOCKING


def first_pipes(graph: Graph, begun: StartingPlace, flow: str = "both") -> list[int]:
    """The pipe itself; or those at the node, by which a walk leaves it."""
    if begun.pipe is not None:
        return [begun.pipe]
    (node,) = begun.ends
    pipes = graph.pipes_at(node)
    return [
        pk
        for pk in pipes
        if flow == "both" or node == (graph.pipes[pk].start if flow == "down" else graph.pipes[pk].end)
    ]


def trace_connected(graph: Graph, begun: StartingPlace, flow: str) -> Trace:
    """All that is reached, not through closed valves."""
    reached = flood(
        graph, first_pipes(graph, begun, flow), passes=lambda node: open_at(graph, node), flow=flow, most=MOST_PIPES
    )
    message = None
    if not reached.whole:
        message = _("The network goes on beyond what is shown: only the first %(most)s pipes are.") % {
            "most": MOST_PIPES
        }
    pipes = sorted(reached.pipes)[:MOST_PIPES]
    return Trace(pipes=pipes, nodes=nodes_of(graph, pipes, begun), message=message, whole=reached.whole)


def nodes_of(graph: Graph, pipes: Collection[int], begun: StartingPlace) -> set[int]:
    ends = {end for pk in pipes for end in (graph.pipes[pk].start, graph.pipes[pk].end)}
    return ends or set(begun.ends)


def to_source(graph: Graph, begun: StartingPlace) -> Trace:
    """The shortest way to a source."""
    sources = graph.sources()
    way = None
    if sources:
        way = shortest(
            graph, begun.ends, wanted=lambda node: graph.state(node) == State.SOURCE, targets=sources.values(),
            passes=lambda node: open_at(graph, node),
        )  # fmt: skip
    if way is None:
        return Trace(pipes=[], nodes=set(), message=_("No known source is reached from here."))
    return along(begun, way)


def along(begun: StartingPlace, way: Way, arrived: StartingPlace | None = None) -> Trace:
    """A way with the pipes it begins and ends with."""
    before = [begun.pipe] if begun.pipe is not None and begun.pipe not in way.pipes else []
    after = []
    if arrived is not None and arrived.pipe is not None and arrived.pipe not in (*before, *way.pipes):
        after = [arrived.pipe]
    nodes = set(way.nodes) | set(begun.ends) | set(arrived.ends if arrived else ())
    return Trace(pipes=[*before, *way.pipes, *after], nodes=nodes)


def without_source(graph: Graph, begun: StartingPlace) -> Trace:
    """What would have no source if the pipe or the node were taken out."""
    if begun.pipe is not None:
        supply = Supply(graph, shut_pipes={begun.pipe})
        sides = [pk for node in begun.ends if open_at(graph, node) for pk in graph.pipes_at(node) if pk != begun.pipe]
        own, fed = {begun.pipe}, any(graph.state(node) == State.SOURCE for node in begun.ends)
    else:
        supply, sides = Supply(graph, shut_nodes=set(begun.ends)), graph.pipes_at(begun.ends[0])
        own, fed = set(), graph.state(begun.ends[0]) == State.SOURCE
    answers = [supply.has_source(pk) for pk in sides]
    fed = fed or any(answers)
    if not fed:
        return Trace(pipes=[], nodes=set(), message=_("No known source is reached from here."))
    pipes = own.union(*(supply.dead[pk].pipes for pk in sides if pk in supply.dead))
    message = None if pipes - own else _("Everything else would still have a source.")
    return Trace(pipes=sorted(pipes), nodes=nodes_of(graph, pipes, begun), message=message)


def between(graph: Graph, begun: StartingPlace, arrived: StartingPlace) -> Trace:
    """The shortest way between two places; along the flow of sewers, in whichever direction there is one."""
    if begun.pipe is not None and begun.pipe == arrived.pipe:
        return Trace(pipes=[begun.pipe], nodes=set(begun.ends))
    graph.load_nodes(arrived.ends)
    if graph.family.valves:
        way = shortest_between(graph, begun, arrived, "both")
        return along(begun, way, arrived) if way else Trace(pipes=[], nodes=set(), message=no_way())
    for flow, message in (("down", None), ("up", _("The water flows the other way, towards the place of departure."))):
        way = shortest_between(graph, begun, arrived, flow)
        if way is not None:
            trace = along(begun, way, arrived)
            trace.message = message
            return trace
    return Trace(pipes=[], nodes=set(), message=no_way())


def no_way() -> str:
    return _("No way leads from one place to the other.")


def shortest_between(graph: Graph, begun: StartingPlace, arrived: StartingPlace, flow: str) -> Way | None:
    """A pipe is left by its end along the flow and reached at its start; against it, the other way round."""
    begins, wanted = begun.ends, set(arrived.ends)
    if flow != "both":
        left, right = (1, 0) if flow == "down" else (0, 1)
        begins = begun.ends if begun.pipe is None else (begun.ends[left],)
        wanted = wanted if arrived.pipe is None else {arrived.ends[right]}
    if arrived.pipe is not None:
        wanted = {node for node in wanted if open_at(graph, node)}
    return shortest(
        graph, begins, wanted=lambda node: node in wanted, passes=lambda node: open_at(graph, node), flow=flow,
        targets=[graph.places[node] for node in wanted if node in graph.places],
    )  # fmt: skip
