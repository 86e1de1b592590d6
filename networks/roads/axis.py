"""The axis of a numbered road, measured from marker to marker. Knows neither Django nor the database.

Sections come in any order and any direction; markers (PR) say which way the road runs. Between two markers the axis is
the shortest way over the road's own sections, so that nothing depends on how they were digitised; a roundabout is
driven around as traffic does, and a section with one direction against it only where there is no other way. Where the
road stops and goes on elsewhere the axis jumps: a gap has no length. All metres are along the ground plan, EPSG:2154.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from gis_core.graph import Groups

TOUCHING_M: Final = 0.5
FARTHEST_GAP_M: Final = 3_000.0
"""How far beyond its last marker a road goes on after a gap."""
REACH_M: Final = 50.0
"""How far from its road a marker may stand."""
MOST_SUSPECTS: Final = 4
MOST_TRIED: Final = 3
"""So many markers are put elsewhere, for so many sections each: a road with more of them needs people."""
AGAINST: Final = 50.0
"""A metre against the traffic counts as so many."""

type Node = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of road. Traffic runs along the line (1), against it (-1), or both ways (0)."""

    id: int
    line: LineString
    traffic: Literal[-1, 0, 1] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    id: int
    number: int
    place: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the axis on one section: `line` runs as markers grow, from `start_m` to `end_m` of the axis."""

    section: int
    line: LineString
    start_m: float
    end_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a marker stands on the axis; `offset_m` beside it."""

    marker: int
    number: int
    at_m: float
    offset_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The road stops here, and goes on so far away."""

    at_m: float
    metres: float


@dataclass(slots=True)
class Axis:
    """Parts in order. Before the first marker measures are negative. `astray` are markers that stand on no section,
    `doubled` those whose number another one has, `moved` those that were put on another section than the nearest, with
    this one; `aside` are sections that the axis does not run over, `twice` those that it runs over more than once: a
    marker stands on the wrong section, or two have each other's number.
    """

    parts: list[Part] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    astray: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    aside: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)


def build(sections: Sequence[Section], markers: Sequence[Marker], moved: Mapping[int, int] | None = None) -> Axis:
    """The axis of one road (of one of its carriageways); empty without two markers on it.

    A marker for which the road would run somewhere and back is put on the section near it for which it does not, where
    there is one such place; many axes are made to find it. Who has no time for this gives what was found before
    (`Axis.moved`).
    """
    if moved is not None:
        return build_again(sections, markers, moved)
    stands: dict[int, int] = {}
    builder = Builder(sections, markers, stands)
    axis = builder.axis()
    for marker, there in list(builder.find_turns())[:MOST_SUSPECTS]:
        rank = better_section(builder, marker, there)
        if rank is not None:
            stands[marker.id] = rank
            builder = Builder(sections, markers, stands)
            axis = builder.axis()
    axis.moved = {marker: builder.sections[rank].id for marker, rank in sorted(stands.items())}
    return axis


def build_again(sections: Sequence[Section], markers: Sequence[Marker], moved: Mapping[int, int]) -> Axis:
    """The axis with markers where they were put before, as long as their sections run beside them."""
    lines = [one for one in sections if one.line.length > 0]
    ranks, places = {one.id: rank for rank, one in enumerate(lines)}, {one.id: one.place for one in markers}
    stands = {
        marker: rank
        for marker, section in moved.items()
        if (rank := ranks.get(section)) is not None
        and (place := places.get(marker)) is not None
        and lines[rank].line.distance(place) <= REACH_M
    }
    axis = Builder(lines, markers, stands).axis()
    axis.moved = {marker: lines[rank].id for marker, rank in stands.items()}
    return axis


def better_section(builder: Builder, marker: Marker, there: int) -> int | None:
    """The section near a marker, by its rank, with which the axis runs over less twice; None where there is none, or
    where several are.
    """
    results = []
    for rank in builder.near(marker, there):
        axis = Builder(builder.sections, builder.markers, {**builder.stands, marker.id: rank}).axis()
        if len(axis.twice) < len(builder.result.twice):
            results.append(rank)
    return results[0] if len(results) == 1 else None


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of a section between two nodes, by the metres of that section where it begins and ends."""

    section: int
    first_m: float
    last_m: float
    start: Node
    end: Node

    @property
    def length_m(self) -> float:
        return self.last_m - self.first_m


type Step = tuple[int, bool]
"""An edge by its rank, and whether it is walked along its line."""


class Builder:
    """One axis in the making."""

    def __init__(
        self, sections: Sequence[Section], markers: Sequence[Marker], stands: Mapping[int, int] | None = None
    ) -> None:
        """`stands` are the sections of markers that stand elsewhere than on the nearest, by their ranks."""
        self.markers, self.stands = markers, stands or {}
        self.on: dict[int, int] = {}
        self.ways: list[list[tuple[list[Step], float]]] = []
        self.sections = [one for one in sections if one.line.length > 0]
        self.result = Axis()
        self.marks: list[tuple[Marker, Node, float]] = []
        self.edges: list[Edge] = []
        self.at: dict[Node, list[Step]] = defaultdict(list)
        self.places: dict[Node, tuple[float, float]] = {}
        self.used: set[int] = set()
        if self.sections:
            self._stand(self._sort_by_number(markers))

    def axis(self) -> Axis:
        if len(self.marks) < 2:
            self.result.aside = [one.id for one in self.sections]
            return self.result
        ways = self.ways = [self._between(one[1], other[1]) for one, other in pairwise(self.marks)]
        head = self._beyond(self.marks[0][1], back=True)
        tail = list(self._tail(self.marks[-1][1]))
        at = -sum(self.edges[rank].length_m for rank, _along in head)
        for rank, along in reversed(head):
            at = self._append(rank, not along, at)
        at = 0.0
        for (marker, _node, offset), way in zip(self.marks, [*ways, tail], strict=True):
            self.result.marks.append(Mark(marker=marker.id, number=marker.number, at_m=at, offset_m=offset))
            for steps, jump in way:
                for rank, along in steps:
                    at = self._append(rank, along, at)
                if jump:
                    self.result.gaps.append(Gap(at_m=at, metres=jump))
        on = {self.edges[rank].section for rank in self.used}
        self.result.aside = [one.id for rank, one in enumerate(self.sections) if rank not in on]
        over = Counter(rank for way in ways for steps, _jump in way for rank, _along in steps)
        doubled = {self.edges[rank].section for rank, times in over.items() if times > 1}
        self.result.twice = [self.sections[rank].id for rank in sorted(doubled)]
        return self.result

    # -- the graph --------------------------------------------------------------------------------------------------

    def _sort_by_number(self, markers: Sequence[Marker]) -> Iterator[Marker]:
        """By number, the first of each."""
        seen: set[int] = set()
        for one in sorted(markers, key=lambda marker: (marker.number, marker.id)):
            if one.number in seen:
                self.result.doubled.append(one.id)
            else:
                seen.add(one.number)
                yield one

    def _stand(self, markers: Iterator[Marker]) -> None:
        """Markers onto their nearest section, which they cut in pieces, as do ends of other sections."""
        lines = np.array([one.line for one in self.sections], dtype=object)
        tree, corners = shapely.STRtree(lines), corners_of(lines)
        stops: dict[int, list[tuple[float, Node]]] = {
            rank: [(0.0, ("end", corners[2 * rank])), (one.line.length, ("end", corners[2 * rank + 1]))]
            for rank, one in enumerate(self.sections)
        }
        for rank, corner, place in meetings_between_ends(tree, corners):
            put(stops[rank], float(lines[rank].project(place)), ("end", corner))
        for marker in markers:
            rank = self.stands.get(marker.id, nearest(tree, marker.place))
            line = self.sections[rank].line
            offset = float(line.distance(marker.place))
            if offset > REACH_M:
                self.result.astray.append(marker.id)
                continue
            self.on[marker.id] = rank
            node = put(stops[rank], float(line.project(marker.place)), ("marker", marker.id))
            self.marks.append((marker, node, offset))
        for rank, on in stops.items():
            for (first, start), (last, end) in pairwise(sorted(on)):
                if last > first:
                    self._add(Edge(rank, first, last, start, end))

    def _add(self, edge: Edge) -> None:
        rank, line = len(self.edges), self.sections[edge.section].line
        self.edges.append(edge)
        self.at[edge.start].append((rank, True))
        self.at[edge.end].append((rank, False))
        for node, metres in ((edge.start, edge.first_m), (edge.end, edge.last_m)):
            place = line.interpolate(metres)
            self.places.setdefault(node, (place.x, place.y))

    def _cost(self, rank: int, along: bool) -> float:
        edge = self.edges[rank]
        traffic = self.sections[edge.section].traffic
        return edge.length_m * (AGAINST if traffic and (traffic > 0) != along else 1.0)

    # -- markers that stand wrongly -----------------------------------------------------------------------------------

    def find_turns(self) -> Iterator[tuple[Marker, int]]:
        """Markers from which the axis goes back over where it came, with the rank of the section of each."""
        walked = [{rank for steps, _jump in way for rank, _along in steps} for way in self.ways]
        for number, (before, after) in enumerate(pairwise(walked), 1):
            if before & after:
                marker = self.marks[number][0]
                yield marker, self.on[marker.id]

    def near(self, marker: Marker, there: int) -> list[int]:
        """Other sections within reach that a marker stands beside, not beyond their end; the nearest first."""
        results = []
        for rank, one in enumerate(self.sections):
            metres, along = one.line.distance(marker.place), one.line.project(marker.place)
            if rank != there and metres <= REACH_M and TOUCHING_M < along < one.line.length - TOUCHING_M:
                results.append((metres, rank))
        return [rank for _metres, rank in sorted(results)[:MOST_TRIED]]

    # -- ways -------------------------------------------------------------------------------------------------------

    def _between(self, start: Node, goal: Node) -> list[tuple[list[Step], float]]:
        """From one marker to the next: steps, each time with how far the road jumps after them (0: not at all)."""
        came = self._ways(start, goal=goal)
        if goal in came:
            return [(self._over(self._back(came, goal)), 0.0)]
        there = self._ways(goal, back=True)
        one, other, jump = nearest_pair(self.places, list(came), list(there))
        ahead = [(rank, not along) for rank, along in reversed(self._back(there, other))]
        return [(self._over(self._back(came, one)), jump), (self._over(ahead), 0.0)]

    def _tail(self, start: Node) -> Iterator[tuple[list[Step], float]]:
        """From the last marker to where the road ends, and what lies beyond gaps, the nearest first. A section that
        closes on itself leads nowhere.
        """
        parts: Groups[Node] = Groups()
        for edge in self.edges:
            parts.join(edge.start, edge.end)
        left = {parts.find(edge.start) for edge in self.edges if edge.start != edge.end}
        left -= {parts.find(self.edges[rank].start) for rank in self.used}
        while True:
            left.discard(parts.find(start))
            steps = self._beyond(start)
            end = start
            for rank, along in steps:
                end = self.edges[rank].end if along else self.edges[rank].start
            one = self._nearest(end, [node for node in self.places if parts.find(node) in left])
            if one is None:
                if steps:
                    yield steps, 0.0
                return
            start, jump = one
            yield steps, jump

    def _nearest(self, node: Node, others: Sequence[Node]) -> tuple[Node, float] | None:
        """Where the road goes on after a gap."""
        if not others:
            return None
        _one, other, jump = nearest_pair(self.places, [node], others)
        return (other, jump) if jump <= FARTHEST_GAP_M else None

    def _beyond(self, start: Node, *, back: bool = False) -> list[Step]:
        """From the first (`back`) or the last marker to where the road ends: over what the axis has not, to a dead
        end; where there is none (a roundabout), to what is farthest.
        """
        came = self._ways(start, back=back, fresh=True)
        ends = [node for node in came if len(self.at[node]) == 1 and node != start]
        ends = ends or [node for node in came if node != start]
        length: dict[Node, float] = {}
        for node, step in came.items():
            length[node] = length[self._from(step)] + self.edges[step[0]].length_m if step else 0.0
        return self._over(self._back(came, max(ends, key=lambda node: (length[node], node)))) if ends else []

    def _over(self, steps: list[Step]) -> list[Step]:
        """The same steps, from now on part of the axis."""
        self.used.update(rank for rank, _along in steps)
        return steps

    def _ways(
        self, start: Node, *, goal: Node | None = None, back: bool = False, fresh: bool = False
    ) -> dict[Node, Step | None]:
        """The last step of the cheapest way to each node that is reached, the nearest first, until the goal is
        (Dijkstra).
        """
        came: dict[Node, Step | None] = {}
        waiting: list[tuple[float, int, Node, Step | None]] = [(0.0, 0, start, None)]
        counter = 0
        while waiting:
            cost, _rank, node, step = heapq.heappop(waiting)
            if node in came:
                continue
            came[node] = step
            if node == goal:
                break
            for rank, along in self.at[node]:
                if fresh and rank in self.used:
                    continue
                edge = self.edges[rank]
                other = edge.end if along else edge.start
                if other not in came:
                    counter += 1
                    more = self._cost(rank, along != back)
                    heapq.heappush(waiting, (cost + more, counter, other, (rank, along)))
        return came

    def _back(self, came: dict[Node, Step | None], goal: Node) -> list[Step]:
        """The steps to a node."""
        steps: list[Step] = []
        while (step := came[goal]) is not None:
            steps.append(step)
            goal = self._from(step)
        return steps[::-1]

    def _from(self, step: Step) -> Node:
        """Where a step begins."""
        edge = self.edges[step[0]]
        return edge.start if step[1] else edge.end

    def _append(self, rank: int, along: bool, at: float) -> float:
        edge = self.edges[rank]
        section = self.sections[edge.section]
        whole = edge.first_m == 0 and edge.last_m == section.line.length
        line = section.line if whole else substring(section.line, edge.first_m, edge.last_m)
        if line.geom_type != "LineString":
            return at
        end = at + float(line.length)
        self.result.parts.append(
            Part(section=section.id, line=line if along else line.reverse(), start_m=at, end_m=end)
        )
        return end


def nearest(tree: shapely.STRtree, place: Point) -> int:
    """The rank of the line that is nearest in a tree that has some."""
    (rank,) = tree.query_nearest(place, all_matches=False)
    return int(rank)


type Lines = np.ndarray[tuple[int], np.dtype[np.object_]]


def ends_of(lines: Lines) -> Lines:
    """The start and the end of each."""
    ends = np.empty(2 * len(lines), dtype=object)
    ends[0::2], ends[1::2] = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    return ends


def corners_of(lines: Lines) -> list[int]:
    """A number for the start and the end of each line (two each): those that touch have the same."""
    ends = ends_of(lines)
    groups: Groups[int] = Groups()
    for one, other in zip(*shapely.STRtree(ends).query(ends, predicate="dwithin", distance=TOUCHING_M), strict=True):
        groups.join(int(one), int(other))
    return [groups.find(rank) for rank in range(len(ends))]


def meetings_between_ends(tree: shapely.STRtree, corners: Sequence[int]) -> Iterator[tuple[int, int, Point]]:
    """Where a line of the tree ends on another one between its ends: the rank of this one, the corner, the place."""
    lines = tree.geometries
    ends = ends_of(lines)
    for end, rank in zip(*tree.query(ends, predicate="dwithin", distance=TOUCHING_M), strict=True):
        if corners[end] not in (corners[2 * rank], corners[2 * rank + 1]):
            yield int(rank), corners[end], ends[end]


def put(stops: list[tuple[float, Node]], along: float, node: Node) -> Node:
    """A node on a section, or the one that it has there."""
    there = next((one for at, one in stops if abs(at - along) <= TOUCHING_M), None)
    if there is None:
        stops.append((along, node))
    return there or node


def nearest_pair(
    places: dict[Node, tuple[float, float]], ones: Sequence[Node], others: Sequence[Node]
) -> tuple[Node, Node, float]:
    """One of each, as near as there are, and how near."""
    points = shapely.points([places[node] for node in others])
    query = shapely.points([places[node] for node in ones])
    pairs, metres = shapely.STRtree(points).query_nearest(query, all_matches=False, return_distance=True)
    best = int(np.argmin(metres))
    return ones[int(pairs[0][best])], others[int(pairs[1][best])], float(metres[best])
