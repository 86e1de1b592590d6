"""Pipes put one after another: the way through them, the longest where they branch, the shortest between nodes."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from networks.water.families import FamilyName
from networks.water.profile.points import PipeData, Step


class Edge(NamedTuple):
    """A pipe as a graph needs it."""

    id: int
    start: int
    end: int
    metres: float


class Branched(Exception):  # noqa: N818
    """The pipes are no single way; `longest` is the longest one among them, `apart` whether they do not all touch."""

    def __init__(self, longest: Sequence[int], *, apart: bool) -> None:
        super().__init__()
        self.longest = longest
        self.apart = apart


@dataclass
class Graph:
    """Edges by the nodes at which they may be entered."""

    directed: bool
    leaving: dict[int, list[tuple[Edge, int]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, edges: Iterable[Edge], *, directed: bool) -> "Graph":
        made = cls(directed)
        for edge in edges:
            made.leaving[edge.start].append((edge, edge.end))
            if not directed:
                made.leaving[edge.end].append((edge, edge.start))
        return made


def in_order(family: FamilyName, pipes: Sequence[PipeData]) -> list[Step]:
    """The pipes as one way: with the flow for most of a sewer, as they were given otherwise. Raises Branched."""
    edges = [Edge(one.id, one.start, one.end, one.length_m) for one in pipes]
    meeting: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        meeting[edge.start].append(edge)
        meeting[edge.end].append(edge)
    parts = find_connected_parts(edges, meeting)
    tips = [node for node, results in meeting.items() if len(results) == 1]
    crossing = any(len(results) > 2 for results in meeting.values())
    if len(parts) > 1 or crossing:
        ways = [longest_way(family, part) for part in parts]
        raise Branched(max(ways, key=lambda way: metres_of(way, edges)), apart=len(parts) > 1)
    given = {one.id: one for one in pipes}
    steps = chain_steps(tips[0] if tips else edges[0].start, meeting, given)
    return turn_way(family, steps, pipes)


def chain_steps(start: int, meeting: Mapping[int, Sequence[Edge]], pipes: Mapping[int, PipeData]) -> list[Step]:
    """The steps from a tip; around, where the pipes make a ring."""
    steps: list[Step] = []
    node, used = start, set[int]()
    while following := [edge for edge in meeting[node] if edge.id not in used]:
        edge = following[0]
        used.add(edge.id)
        steps.append(Step(pipes[edge.id], backwards=edge.start != node))
        node = steps[-1].last
    return steps


def turn_way(family: FamilyName, steps: list[Step], pipes: Sequence[PipeData]) -> list[Step]:
    """The way in the direction that it is read in."""
    if family == "sewer":
        against = sum(one.pipe.length_m for one in steps if one.backwards)
        turn = against > sum(one.pipe.length_m for one in steps) / 2
    else:
        places = {one.pipe.id: at for at, one in enumerate(steps)}
        turn = places[pipes[0].id] > places[pipes[-1].id]
    return [Step(one.pipe, not one.backwards) for one in reversed(steps)] if turn else steps


def find_connected_parts(edges: Sequence[Edge], meeting: Mapping[int, Sequence[Edge]]) -> list[list[Edge]]:
    """The parts that do not touch one another."""
    parts: list[list[Edge]] = []
    seen: set[int] = set()
    for first in edges:
        if first.id in seen:
            continue
        part, waiting = [], [first]
        seen.add(first.id)
        while waiting:
            edge = waiting.pop()
            part.append(edge)
            for other in (*meeting[edge.start], *meeting[edge.end]):
                if other.id not in seen:
                    seen.add(other.id)
                    waiting.append(other)
        parts.append(part)
    return parts


def metres_of(way: Sequence[int], edges: Sequence[Edge]) -> float:
    lengths = {edge.id: edge.metres for edge in edges}
    return sum(lengths[one] for one in way)


def longest_way(family: FamilyName, edges: Sequence[Edge]) -> list[int]:
    """The longest way along the flow of a sewer; else, and where the flow runs in a ring, the longest of the shortest
    ways between two nodes, as two searches find it."""
    if family == "sewer" and (result := longest_downstream(edges)):
        return result
    graph = Graph.of(edges, directed=False)
    far = farthest(graph, edges[0].start)
    return [edge.id for edge, _node in shortest(graph, far, {farthest(graph, far)}) or []]


def longest_downstream(edges: Sequence[Edge]) -> list[int]:
    """By the order in which water reaches the nodes; empty where it runs in a ring."""
    graph = Graph.of(edges, directed=True)
    entering: dict[int, int] = defaultdict(int)
    for edge in edges:
        entering[edge.end] += 1
    ready = [edge.start for edge in edges if not entering[edge.start]]
    waiting = list(dict.fromkeys(ready))
    best: dict[int, tuple[float, Edge | None]] = dict.fromkeys(waiting, (0.0, None))
    passed = 0
    while waiting:
        node = waiting.pop()
        for edge, end in graph.leaving[node]:
            passed += 1
            length = best[node][0] + edge.metres
            if length > best.get(end, (-1.0, None))[0]:
                best[end] = (length, edge)
            entering[end] -= 1
            if not entering[end]:
                waiting.append(end)
    if passed < len(edges):
        return []
    return walk_back(max(best, key=lambda node: best[node][0]), best)


def walk_back(end: int, best: Mapping[int, tuple[float, Edge | None]]) -> list[int]:
    way: list[int] = []
    while edge := best[end][1]:
        way.append(edge.id)
        end = edge.start
    return way[::-1]


def farthest(graph: Graph, start: int) -> int:
    distances, _before = reach_nodes(graph, start)
    return max(distances, key=lambda node: distances[node])


def shortest(graph: Graph, start: int, ends: Collection[int]) -> list[tuple[Edge, int]] | None:
    """The shortest way (metres) to the nearest of these nodes: its edges, each with the node it leads to; None where
    there is none."""
    distances, before = reach_nodes(graph, start, ends)
    goals = [node for node in ends if node in distances]
    if not goals:
        return None
    node = min(goals, key=lambda one: distances[one])
    way: list[tuple[Edge, int]] = []
    while node != start:
        edge, came = before[node]
        way.append((edge, node))
        node = came
    return way[::-1]


def reach_nodes(
    graph: Graph, start: int, ends: Collection[int] = ()
) -> tuple[dict[int, float], dict[int, tuple[Edge, int]]]:
    """Metres to every node that is reached, the search ending at the first of `ends`; and by what each is reached."""
    done: dict[int, float] = {}
    known, before = {start: 0.0}, dict[int, tuple[Edge, int]]()
    queue: list[tuple[float, int]] = [(0.0, start)]
    while queue:
        metres, node = heapq.heappop(queue)
        if node in done:
            continue
        done[node] = metres
        if node in ends:
            break
        for edge, other in graph.leaving.get(node, ()):
            through = metres + edge.metres
            if other not in done and through < known.get(other, float("inf")):
                known[other] = through
                before[other] = (edge, node)
                heapq.heappush(queue, (through, other))
    return done, before
