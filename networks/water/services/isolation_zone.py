"""What must be shut around broken pipes, and what has no source then.

A valve that is closed blocks, whatever its condition. One that is open can be closed unless it is broken, buried or
named as unusable. A source stops the search, and is shut on the side of the break.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from gis_core.graph import Groups
from networks.water.services.graph import BLOCKING, Graph, State
from networks.water.services.reach import Reached, Supply, flood

MOST_PIPES = 50_000
"""A zone of more is no answer for a crew, and is not walked to its end."""
SKIPPED = {State.BROKEN: "broken", State.BURIED: "buried"}


@dataclass(slots=True, kw_only=True)
class Isolation:
    """Ids of pipes and nodes. `skipped` says why; `alternatives` say which pipes a closed valve feeds again.

    `source_known` is false where the network of a break had no source: nothing is said then of what lies beyond its
    valves. `whole` is false where no valves shut a zone of at most `MOST_PIPES`: nothing else is told then.
    """

    zone: set[int]
    to_close: set[int] = field(default_factory=set)
    optional: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    skipped: dict[int, str] = field(default_factory=dict)
    sources: set[int] = field(default_factory=set)
    cut_off: set[int] = field(default_factory=set)
    alternatives: dict[int, set[int]] = field(default_factory=dict)
    source_known: bool = True
    whole: bool = True


def isolate(graph: Graph, breaks: Collection[int], unusable: Collection[int] = ()) -> Isolation:
    """Shut a part of the network around these pipes, which the graph has read."""

    def closable(node: int) -> bool:
        return graph.state(node) == State.CLOSABLE and node not in unusable

    def passes(node: int) -> bool:
        state = graph.state(node)
        return state != State.SOURCE and state not in BLOCKING and not closable(node)

    zone = flood(graph, breaks, passes=passes, most=MOST_PIPES)
    if not zone.whole:
        return Isolation(zone=zone.pipes, whole=False)
    isolation = Isolation(
        zone=zone.pipes,
        closed={node for node in zone.stops if graph.state(node) in BLOCKING},
        skipped={node: why for node in zone.passed if (why := why_skipped(graph, node, unusable))},
        sources={node for node in zone.stops if graph.state(node) == State.SOURCE},
    )
    valves = {node for node in zone.stops if closable(node)}
    graph.load(valves)
    beyond(graph, isolation, valves, set(unusable))
    return isolation


def why_skipped(graph: Graph, node: int, unusable: Collection[int]) -> str | None:
    """Why a valve inside the zone cannot be closed; None for what is no valve."""
    state = graph.state(node)
    return SKIPPED.get(State(state)) or ("unusable" if state == State.CLOSABLE and node in unusable else None)


def beyond(graph: Graph, isolation: Isolation, valves: Collection[int], unusable: Collection[int]) -> None:
    """Which valves hold water back, what is left without a source, what could feed it again."""
    supply = Supply(graph, shut_pipes=isolation.zone, shut_nodes=valves)
    sides = {node: [pk for pk in graph.pipes_at(node) if pk not in isolation.zone] for node in valves}
    for pipes in sides.values():
        for pk in pipes:
            supply.has_source(pk)
    fed = {node for node, pipes in sides.items() if any(supply.has_source(pk) for pk in pipes)}
    isolation.source_known, without = find_unsupplied_valves(graph, isolation, sides, supply, fed)
    isolation.to_close = fed | without
    isolation.optional = set(valves) - isolation.to_close
    parts = {id(part): part for node in set(valves) - without for pk in sides[node] if (part := supply.dead.get(pk))}
    isolation.cut_off = {pk for part in parts.values() for pk in part.pipes}
    isolation.alternatives = alternatives(graph, isolation, parts.values(), supply, unusable)


def find_unsupplied_valves(
    graph: Graph, isolation: Isolation, sides: dict[int, list[int]], supply: Supply, fed: Collection[int]
) -> tuple[bool, set[int]]:
    """Whether a source is known for every break, and the boundary valves of those without: several breaks may lie in
    several networks."""
    groups: Groups[tuple[str, int]] = Groups()
    for pk in isolation.zone:
        pipe = graph.pipes[pk]
        groups.join(
            ("pipe", pk), *(("node", end) for end in (pipe.start, pipe.end) if graph.state(end) not in BLOCKING)
        )
    for node, pipes in sides.items():
        groups.join(("node", node), *(("part", id(supply.dead[pk])) for pk in pipes if pk in supply.dead))
    known = {groups.find(("node", node)) for node in (*fed, *isolation.sources)}
    every = all(groups.find(("pipe", pk)) in known for pk in isolation.zone)
    return every, {node for node in sides if groups.find(("node", node)) not in known}


def alternatives(
    graph: Graph, isolation: Isolation, parts: Iterable[Reached], supply: Supply, unusable: Collection[int]
) -> dict[int, set[int]]:
    """Closed valves that work, with what they would feed again: between a part without a source and one with it."""
    feeds: defaultdict[int, set[int]] = defaultdict(set)
    for part in parts:
        for node in part.stops:
            if graph.state(node) == State.CLOSED and node not in unusable and node not in isolation.closed:
                feeds[node] |= part.pipes
    graph.load(feeds)
    return {
        node: pipes
        for node, pipes in feeds.items()
        if any(supply.has_source(pk) for pk in graph.pipes_at(node) if pk not in pipes and pk not in isolation.zone)
    }
