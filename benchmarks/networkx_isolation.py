"""Isolation on a networkx graph that is in memory already: the peer of what the database is asked."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import networkx

from benchmarks.database import BenchDatabase

NODES = """
    select id, kind = 'tank', kind = 'valve' and "position" = 'closed',
        kind = 'valve' and "position" <> 'closed' and "condition" = 'working'
    from water_node where owner_id = %s
"""
PIPES = """
    select start_node_id, end_node_id, id from water_pipe where owner_id = %s and service_state = 'en_service'
"""


@dataclass
class Found:
    """Ids of pipes and valves."""

    zone: set[int]
    to_close: set[int]
    cut_off: set[int]


class Peer:
    """The whole network as a graph: nodes by id, pipes as keys of edges."""

    def __init__(self, made: BenchDatabase, owner: int) -> None:
        self.graph: Any = networkx.MultiGraph()
        with made.connect("owner") as connection:
            nodes = connection.execute(NODES, [owner]).fetchall()
            self.graph.add_nodes_from(
                (pk, {"source": source, "closed": closed, "closable": closable})
                for pk, source, closed, closable in nodes
            )
            pipes = connection.execute(PIPES, [owner]).fetchall()
        self.graph.add_edges_from(pipes)
        self.ends: dict[int, tuple[int, int]] = {int(pk): (int(a), int(b)) for a, b, pk in pipes}  # type: ignore[call-overload]

    def isolate(self, pipe: int) -> Found:
        """The zone; then, from each valve at its edge, whether a source is reached (which ends the search)."""
        zone, stops = self.walk([pipe])
        nodes = self.graph.nodes
        valves = {node for node in stops if nodes[node]["closable"]}
        to_close: set[int] = set()
        cut_off: set[int] = set()
        fed: set[int] = set()
        for valve in valves:
            for _node, other, pk in self.graph.edges(valve, keys=True):
                if pk in zone or pk in cut_off:
                    continue
                if other in fed or (part := self.part(pk, other, zone, valves, fed)) is None:
                    to_close.add(valve)
                else:
                    cut_off |= part
        return Found(zone, to_close, cut_off)

    def walk(self, pipes: list[int]) -> tuple[set[int], set[int]]:
        reached, seen, stops = set(pipes), set[int](), set[int]()
        queue: deque[int] = deque(end for pk in pipes for end in self.ends[pk])
        while queue:
            node = queue.popleft()
            if node in seen:
                continue
            seen.add(node)
            told = self.graph.nodes[node]
            if told["source"] or told["closed"] or told["closable"]:
                stops.add(node)
                continue
            for _node, other, pk in self.graph.edges(node, keys=True):
                reached.add(pk)
                queue.append(other)
        return reached, stops

    def part(self, pipe: int, start: int, zone: set[int], shut: set[int], fed: set[int]) -> set[int] | None:
        """The pipes beyond a valve that have no source; None where they have one."""
        pipes, seen, queue = {pipe}, {start}, deque([start])
        while queue:
            node = queue.popleft()
            told = self.graph.nodes[node]
            if told["closed"] or node in shut:
                continue
            if told["source"] or node in fed:
                fed |= {one for one in seen if one not in shut and not self.graph.nodes[one]["closed"]}
                return None
            for _node, other, pk in self.graph.edges(node, keys=True):
                if pk not in zone:
                    pipes.add(pk)
                    if other not in seen:
                        seen.add(other)
                        queue.append(other)
        return pipes
