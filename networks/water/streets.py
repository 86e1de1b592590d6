"""Distances along roads, from several places at once. Knows neither Django nor the database; metres, EPSG:2154.

Roads are lines as a plan draws them: they meet where they cross and where an end comes within `tolerance_m` of
another (drawn roads do not always touch). Whether one passes over another is not known: a bridge counts as a crossing.
A place stands on its nearest road, some metres off it (`offset_m`): a way is both offsets and what lies between.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

type Floats = npt.NDArray[np.float64]
type Integers = npt.NDArray[np.int64]
type Shapes = npt.NDArray[Any]

TOLERANCE_M = 1.0
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Places:
    """Where shapes stand on the roads: the line (NOWHERE without a road), metres from its start, metres off it."""

    line: Integers
    along_m: Floats
    offset_m: Floats


@dataclass(frozen=True, slots=True)
class Ways:
    """For each target the metres to its nearest source (infinite without a way), and which one that is."""

    metres: Floats
    source: Integers


class Streets:
    """The network that these lines are."""

    def __init__(self, lines: Sequence[Any] | Shapes, tolerance_m: float = TOLERANCE_M) -> None:
        self.lines = simple_lines(lines)
        self.lengths: Floats = shapely.length(self.lines)
        self.tree = shapely.STRtree(self.lines)
        self.nodes = 2 * len(self.lines)
        self.stops = self.contacts(tolerance_m)

    def stand(self, shapes: Shapes, within_m: float) -> Places:
        """Where shapes stand: on their nearest line within so many metres, opposite their middle."""
        result = Places(
            np.full(len(shapes), NOWHERE, np.int64), np.zeros(len(shapes)), np.full(len(shapes), np.inf, np.float64)
        )
        if not len(self.lines) or not len(shapes):
            return result
        (which, line), offset = self.tree.query_nearest(
            shapes, max_distance=within_m, return_distance=True, all_matches=False
        )
        result.line[which], result.offset_m[which] = line, offset
        result.along_m[which] = shapely.line_locate_point(self.lines[line], shapely.centroid(shapes[which]))
        return result

    def ways(self, sources: Places, targets: Places, most_m: float = np.inf) -> Ways:
        """The shortest way from any source to each target, as far as `most_m`."""
        current = np.flatnonzero(sources.line != NOWHERE)
        line, along, node = self.stops_with(sources, current)
        order = np.lexsort((along, line))
        line, along, node = line[order], along[order], node[order]
        reached, from_source = spread(
            neighbours(self.nodes + len(current), line, along, node, self.rings()),
            {self.nodes + place: (sources.offset_m[source], int(source)) for place, source in enumerate(current)},
            most_m,
        )
        return self.arrive(targets, line, along, reached[node], from_source[node], most_m)

    def stops_with(self, sources: Places, current: Integers) -> tuple[Integers, Floats, Integers]:
        """The stops of the network and those of the sources."""
        own = np.arange(len(current), dtype=np.int64) + self.nodes
        line, along, node = self.stops
        return (
            np.concatenate([line, sources.line[current]]),
            np.concatenate([along, sources.along_m[current]]),
            np.concatenate([node, own]),
        )

    def arrive(
        self, targets: Places, line: Integers, along: Floats, reached: Floats, source: Integers, most_m: float
    ) -> Ways:
        """From the stops on both sides of each target, whichever is nearer."""
        metres, nearest = np.full(len(targets.line), np.inf), np.full(len(targets.line), NOWHERE, np.int64)
        at = np.flatnonzero(targets.line != NOWHERE)
        if not len(at) or not len(line):
            return Ways(metres, nearest)
        # Lines one after another on a single scale: a stop is found by one search.
        begins = np.concatenate([[0.0], np.cumsum(self.lengths + 1.0)])
        scale, wanted = begins[line] + along, begins[targets.line[at]] + targets.along_m[at]
        after = np.clip(np.searchsorted(scale, wanted), 1, len(scale) - 1)
        for stop in (after - 1, after):
            there = np.where(line[stop] == targets.line[at], reached[stop] + np.abs(scale[stop] - wanted), np.inf)
            there = there + targets.offset_m[at]
            better = there < metres[at]
            metres[at[better]], nearest[at[better]] = there[better], source[stop[better]]
        beyond = metres > most_m
        metres[beyond], nearest[beyond] = np.inf, NOWHERE
        return Ways(metres, nearest)

    def contacts(self, tolerance_m: float) -> tuple[Integers, Floats, Integers]:
        """Where one can turn: line, metres along it, and the node, one for all that meet there."""
        count = len(self.lines)
        numbers = np.arange(count, dtype=np.int64)
        if not count:
            return numbers, np.zeros(0), numbers
        starts, ends = shapely.get_point(self.lines, 0), shapely.get_point(self.lines, -1)
        tips = np.stack([starts, ends], axis=1).ravel()
        tip, line = self.tree.query(tips, predicate="dwithin", distance=tolerance_m)
        other = tip // 2 != line
        tip, line = tip[other], line[other]
        crossed, crossing, point = self.crossings()
        node = np.arange(len(point), dtype=np.int64) + self.nodes
        self.nodes += len(point)
        located = shapely.line_locate_point
        return (
            np.concatenate([numbers, numbers, line, crossed, crossing]),
            np.concatenate([
                np.zeros(count), self.lengths, located(self.lines[line], tips[tip]),
                located(self.lines[crossed], point), located(self.lines[crossing], point),
            ]),
            np.concatenate([2 * numbers, 2 * numbers + 1, tip, node, node]),
        )  # fmt: skip

    def crossings(self) -> tuple[Integers, Integers, Shapes]:
        """Pairs of lines that cross away from their ends, and where."""
        one, other = self.tree.query(self.lines, predicate="crosses")
        once = one < other
        one, other = one[once], other[once]
        points, pair = shapely.get_parts(shapely.intersection(self.lines[one], self.lines[other]), return_index=True)
        return one[pair], other[pair], shapely.centroid(points)

    def rings(self) -> list[tuple[int, int]]:
        """Both ends of lines that come back to where they start."""
        closed: Integers = np.flatnonzero(shapely.is_closed(self.lines))
        return [(2 * line, 2 * line + 1) for line in closed.tolist()]


def simple_lines(lines: Sequence[Any] | Shapes) -> Shapes:
    """Every part with a length; a line that crosses itself is cut there."""
    parts = shapely.get_parts(shapely.force_2d(np.asarray(lines, dtype=object)))
    parts = parts[shapely.length(parts) > 0] if len(parts) else parts
    crossed = ~shapely.is_simple(parts)
    cut = shapely.get_parts(shapely.node(parts[crossed])) if crossed.any() else parts[:0]
    return np.concatenate([parts[~crossed], cut])


type Neighbours = list[list[tuple[int, float]]]


def neighbours(
    count: int, line: Integers, along: Floats, node: Integers, rings: Sequence[tuple[int, int]]
) -> Neighbours:
    """Each node's neighbours and the metres to them; stops are ordered along their lines."""
    results: Neighbours = [[] for _node in range(count)]
    stops = zip(line.tolist(), along.tolist(), node.tolist(), strict=True)
    for (one_line, one_m, one), (other_line, other_m, other) in pairwise(stops):
        if one_line == other_line and one != other:
            results[one].append((other, other_m - one_m))
            results[other].append((one, other_m - one_m))
    for one, other in rings:
        results[one].append((other, 0.0))
        results[other].append((one, 0.0))
    return results


def spread(around: Neighbours, sources: dict[int, tuple[float, int]], most_m: float) -> tuple[Floats, Integers]:
    """Dijkstra from all sources at once: metres to each node, and from which source."""
    metres, nearest = np.full(len(around), np.inf), np.full(len(around), NOWHERE, np.int64)
    waiting = [(start, node, source) for node, (start, source) in sources.items()]
    heapq.heapify(waiting)
    while waiting:
        reached, node, source = heapq.heappop(waiting)
        if reached >= metres[node] or reached > most_m:
            continue
        metres[node], nearest[node] = reached, source
        for other, length in around[node]:
            if reached + length < metres[other]:
                heapq.heappush(waiting, (reached + length, other, source))
    return metres, nearest
