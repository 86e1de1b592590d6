"""Roads as a graph: what is reached from where, by the shortest way; lines cut into pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

from shapely.geometry import LineString, Point
from shapely.ops import substring

from demo.territory import Road

type Xy = tuple[float, float]


@dataclass(slots=True)
class Graph:
    """Roads by the nodes that they join."""

    roads: dict[str, Road] = field(default_factory=dict)
    beside: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, roads: Iterable[Road]) -> Graph:
        graph = cls()
        for road in roads:
            if road.start_node != road.end_node:
                graph.roads[road.id] = road
                graph.beside[road.start_node].append(road.id)
                graph.beside[road.end_node].append(road.id)
        return graph

    def place(self, node: int) -> Xy:
        road = self.roads[self.beside[node][0]]
        x, y = road.geom.coords[0 if road.start_node == node else -1]
        return float(x), float(y)

    def nearest(self, to: Xy) -> int:
        return min(self.beside, key=lambda node: (Point(self.place(node)).distance(Point(to)), node))

    def other(self, road: str, node: int) -> int:
        found = self.roads[road]
        return found.end_node if found.start_node == node else found.start_node

    def tree(self, root: int) -> dict[int, tuple[float, str | None]]:
        """For each node that is reached: how far it is from the root, and the road by which one comes."""
        found: dict[int, tuple[float, str | None]] = {}
        heap: list[tuple[float, int, str]] = [(0.0, root, "")]
        while heap:
            far, node, by = heappop(heap)
            if node in found:
                continue
            found[node] = (far, by or None)
            for road in self.beside[node]:
                other = self.other(road, node)
                if other not in found:
                    heappush(heap, (far + self.roads[road].geom.length, other, road))
        return found

    def way(self, tree: Mapping[int, tuple[float, str | None]], node: int) -> Iterator[tuple[int, str]]:
        """From a node to the root: each node, and the road that leads on."""
        while (by := tree[node][1]) is not None:
            yield node, by
            node = self.other(by, node)


def shift_line(line: LineString, dx: float, dy: float) -> LineString:
    return LineString([(round(x + dx, 3), round(y + dy, 3)) for x, y in line.coords])


def cut(line: LineString, places: Sequence[float]) -> list[LineString]:
    """The pieces between these distances along a line; neighbours share their end exactly."""
    stops = [0.0, *sorted(places), float(line.length)]
    pieces = [list(substring(line, a, b).coords) for a, b in pairwise(stops)]
    for one, following in pairwise(pieces):
        x, y = one[-1]
        one[-1] = following[0] = (round(x, 3), round(y, 3))
    return [LineString(piece) for piece in pieces]
