"""Walks in a network: all that is reached, whether a source is, the shortest way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import hypot
from typing import Final

from networks.water.services.graph import BLOCKING, SQUARE_M, Graph, Place, Square, State, around, square_of

# A walk towards a source heads for the nearest one; after so many nodes for the next ones too, in turn: the nearest may
# be behind a closed valve.
TARGETS: Final = 3
PATIENCE: Final = 300
# What is read at once on the straight line towards a source.
AHEAD_M: Final = 3000.0


@dataclass(slots=True)
class Reached:
    """Pipes and nodes of a walk: `stops` are those it came to and did not pass. `whole` unless it was cut short."""

    pipes: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)
    stops: set[int] = field(default_factory=set)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """Pipes in their order, from one end to the other."""

    pipes: list[int]
    nodes: list[int]
    length_m: float


def flood(
    graph: Graph,
    pipes: Iterable[int],
    *,
    passes: Callable[[int], bool],
    flow: str = "both",
    barred: Collection[int] = (),
    most: int | None = None,
) -> Reached:
    """All that is reached from these pipes, and they; `flow` follows pipes `down` or `up` only.

    What is read already is walked to its end before more is read, at once for all the nodes that wait.
    """
    reached = Reached(pipes=set(pipes) - set(barred))
    ready = deque(end for pk in reached.pipes for end in leaving(graph, pk, flow))
    waiting: deque[int] = deque()
    while ready or waiting:
        if not ready:
            graph.load(waiting)
            ready, waiting = waiting, deque()
        node = ready.popleft()
        if node in reached.passed or node in reached.stops:
            continue
        if not passes(node):
            reached.stops.add(node)
        elif not graph.knows(node):
            waiting.append(node)
        elif most is not None and len(reached.pipes) >= most:
            reached.whole = False
            break
        else:
            reached.passed.add(node)
            fresh = [pk for pk in graph.pipes_at(node) if pk not in reached.pipes and pk not in barred]
            fresh = fresh if flow == "both" else [pk for pk in fresh if node not in leaving(graph, pk, flow)]
            reached.pipes.update(fresh)
            ready.extend(end for pk in fresh for end in leaving(graph, pk, flow))
    return reached


def leaving(graph: Graph, pk: int, flow: str) -> tuple[int, ...]:
    """The ends by which a walk leaves a pipe."""
    pipe = graph.pipes[pk]
    return {"both": (pipe.start, pipe.end), "down": (pipe.end,), "up": (pipe.start,)}[flow]


# -- sources ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Supply:
    """What has a source once some pipes and valves are shut; everything found out is kept for the next question."""

    graph: Graph
    shut_pipes: Collection[int] = ()
    shut_nodes: Collection[int] = ()
    supplied: set[int] = field(default_factory=set)
    dead: dict[int, Reached] = field(default_factory=dict)

    def passes(self, node: int) -> bool:
        return node not in self.shut_nodes and self.graph.state(node) not in BLOCKING

    def has_source(self, pk: int) -> bool:
        """Whether a pipe (not one of the shut ones) is reached from a source."""
        if pk in self.dead:
            return False
        pipe = self.graph.pipes[pk]
        ends = [node for node in (pipe.start, pipe.end) if self.passes(node)]
        if any(self.graph.state(node) == State.SOURCE or node in self.supplied for node in ends):
            self.supplied.update(ends)
            return True
        search = Search(self, ends)
        if search.run():
            self.supplied |= search.met
            return True
        part = flood(self.graph, [pk], passes=self.passes, barred=self.shut_pipes)
        self.dead.update(dict.fromkeys(part.pipes, part))
        return False


class Search:
    """The way to any source, heading straight for the nearest ones in turn; at its end, all that was met has none."""

    def __init__(self, supply: Supply, nodes: Collection[int]) -> None:
        self.supply, self.graph = supply, supply.graph
        self.met = set(nodes)
        self.targets = nearest(self.graph, nodes)
        self.queues: list[list[tuple[float, int]]] = [[] for _target in self.targets]
        for node in nodes:
            self.push(node)

    def push(self, node: int) -> None:
        x, y = self.graph.places.get(node, (0.0, 0.0))
        for target, queue in zip(self.targets, self.queues, strict=True):
            heappush(queue, (hypot(x - target[0], y - target[1]), node))

    def run(self) -> bool:
        done: set[int] = set()
        while self.queues and self.queues[0]:
            targets = self.targets if len(done) > PATIENCE else self.targets[:1]
            for target, queue in zip(targets, self.queues, strict=False):
                node = next_of(queue, done)
                if node is None:
                    continue
                done.add(node)
                if not self.graph.knows(node):
                    place = self.graph.places[node]
                    self.graph.load_squares(around(place) | towards(place, target))
                if self.expand(node):
                    return True
        return False

    def expand(self, node: int) -> bool:
        """Whether a source, or what has one, is next to a node."""
        for pk in self.graph.pipes_at(node):
            if pk in self.supply.shut_pipes:
                continue
            other = self.graph.pipes[pk].other(node)
            if other in self.met or not self.supply.passes(other):
                continue
            self.met.add(other)
            if self.graph.state(other) == State.SOURCE or other in self.supply.supplied:
                return True
            self.push(other)
        return False


def next_of(queue: list[tuple[float, int]], done: set[int]) -> int | None:
    while queue:
        _distance, node = heappop(queue)
        if node not in done:
            return node
    return None


def nearest(graph: Graph, nodes: Collection[int]) -> list[Place]:
    """The sources that are nearest to these nodes as the crow flies."""
    places = [graph.places[node] for node in nodes if node in graph.places]
    if not places:
        return []
    x, y = places[0]
    return sorted(graph.sources().values(), key=lambda place: hypot(place[0] - x, place[1] - y))[:TARGETS]


def towards(place: Place, target: Place) -> set[Square]:
    """The squares on the straight line to a place, as far as is read at once."""
    far = hypot(target[0] - place[0], target[1] - place[1])
    steps = int(min(far, AHEAD_M) // (SQUARE_M / 2)) + 1
    share = min(far, AHEAD_M) / far / steps if far else 0.0
    return {
        square_of((place[0] + (target[0] - place[0]) * share * step, place[1] + (target[1] - place[1]) * share * step))
        for step in range(steps + 1)
    }


# -- the shortest way -------------------------------------------------------------------------------------------------


def shortest(
    graph: Graph,
    starts: Iterable[int],
    *,
    wanted: Callable[[int], bool],
    targets: Collection[Place],
    passes: Callable[[int], bool],
    flow: str = "both",
    barred: Collection[int] = (),
) -> Way | None:
    """The shortest way (metres) from one of these nodes to one that is wanted; `targets` say where those lie.

    A way is never shorter than the straight line: nodes are taken up by what they cost so far and have at least to go.
    """
    costs: dict[int, float] = dict.fromkeys(starts, 0.0)
    came: dict[int, int] = {}
    ranks = count()
    heap = [(least_left(graph, node, targets), next(ranks), node) for node in costs]
    done: set[int] = set()
    while heap:
        _total, _rank, node = heappop(heap)
        if node in done:
            continue
        done.add(node)
        if wanted(node):
            return way_to(graph, node, came, costs[node])
        if not passes(node):
            continue
        for pk in graph.pipes_at(node):
            pipe = graph.pipes[pk]
            if pk in barred or (flow != "both" and node in leaving(graph, pk, flow)):
                continue
            other, cost = pipe.other(node), costs[node] + pipe.length_m
            if other not in costs or cost < costs[other]:
                costs[other], came[other] = cost, pk
                heappush(heap, (cost + least_left(graph, other, targets), next(ranks), other))
    return None


def least_left(graph: Graph, node: int, targets: Collection[Place]) -> float:
    """The least that is still to go."""
    place = graph.places.get(node)
    if place is None or not targets:
        return 0.0
    return min(hypot(place[0] - x, place[1] - y) for x, y in targets)


def way_to(graph: Graph, node: int, came: dict[int, int], length: float) -> Way:
    pipes: list[int] = []
    nodes = [node]
    while node in came:
        pipes.append(came[node])
        node = graph.pipes[came[node]].other(node)
        nodes.append(node)
    return Way(pipes[::-1], nodes[::-1], length)
