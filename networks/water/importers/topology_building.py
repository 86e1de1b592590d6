"""From the rows of a draft to a network: which ends meet, what is moved for it, what is cut where.

Pure: nothing here asks the database. Ends, nodes and pipes closer than the tolerance are one; within the chosen
distance what nearly meets is healed, the nearest first, and each move is told. Never joined: the two ends of one pipe,
two nodes of the file, a pipe with itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import shapely
from django.utils.translation import gettext_noop
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.ops import substring

from layers.intake.findings import Finding, Severity
from layers.intake.params import number_param
from networks.water.importers.draft import Draft, NodeRow, PipeRow
from networks.water.topology import TOLERANCE_M

LIKELY_M = 0.5
FARTHEST_M = 5.0
CUT_PASSES = 4
HANGS_M = 60.0
CLASSES_M = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
PLAIN = "junction"
# What stands with another object in one place and gives way to it: a chamber around a valve, a tee beneath it.
YIELDING = ("junction", "other", "fitting", "chamber")

type Target = Literal["node", "end", "pipe"]
type Floats = np.ndarray[Any, np.dtype[np.float64]]
type Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(slots=True, kw_only=True)
class There:
    """The member's network around a draft, as it is: nodes and pipes by their ids."""

    node_ids: list[int] = field(default_factory=list)
    node_points: list[Point] = field(default_factory=list)
    node_kinds: list[str] = field(default_factory=list)
    node_references: list[str | None] = field(default_factory=list)
    pipe_ids: list[int] = field(default_factory=list)
    pipe_lines: list[LineString] = field(default_factory=list)
    pipe_ends: list[tuple[int, int]] = field(default_factory=list)
    pipe_serves: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An end of a pipe (`end` 0 or 1), or a node (`pipe` None), put elsewhere, by more than the tolerance."""

    pipe: PipeRow | None
    node: NodeRow | None
    end: int
    start: tuple[float, float]
    to: tuple[float, float]
    metres: float
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """An end, or a node beside the network, that meets nothing, and what it lies near to."""

    file: str
    row: int
    key: str
    place: tuple[float, float]
    metres: float


@dataclass(slots=True)
class Piece:
    """A pipe between two spots; the first piece of a row has its reference."""

    row: PipeRow
    line: LineString
    start: int
    end: int
    whole: bool = True
    main: bool = True
    share: tuple[float, float] = (0.0, 1.0)


@dataclass(slots=True, kw_only=True)
class BuiltTopology:
    """A network. `spots` are its nodes' places; `node_of` says which row of the file is at a spot, `there_of` which
    node of the database; a spot with neither gets a plain junction. `cuts` are (pipe of the database, spot).
    """

    spots: list[tuple[float, float]] = field(default_factory=list)
    node_of: dict[int, NodeRow] = field(default_factory=dict)
    there_of: dict[int, int] = field(default_factory=dict)
    adopted: set[int] = field(default_factory=set)
    parts: list[Piece] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def build_topology(
    draft: Draft, there: There, *, snap_m: float, aliases: dict[str, int] | None = None
) -> BuiltTopology:
    """The network of a draft. `aliases` are keys of nodes that are in the database already, with their ids."""
    return TopologyBuilder(draft, there, max(snap_m, TOLERANCE_M), aliases or {}).build()


def near_misses(draft: Draft, there: There, *, aliases: dict[str, int] | None = None) -> list[float]:
    """For each end and node that meets nothing: how far the nearest thing is that it could meet, up to the farthest."""
    builder = TopologyBuilder(draft, there, TOLERANCE_M, aliases or {})
    builder.build()
    return sorted(one.metres for one in builder.result.loose)


def likely_distance(distances: Sequence[float]) -> float:
    """The smallest distance of the scale that heals nearly all of what is close; the tolerance where nothing is."""
    close = sorted(one for one in distances if one <= LIKELY_M)
    if not close:
        return TOLERANCE_M
    reached = close[min(len(close) - 1, int(len(close) * 0.95))]
    return next(one for one in CLASSES_M if one >= reached)


class Groups:
    """Places that become one spot, by union and find; each group knows the node that it is anchored to."""

    def __init__(self, places: Floats, anchors: Whole, weights: Whole) -> None:
        self.places = places
        self.parent = list(range(len(places)))
        self.anchor = anchors.tolist()
        self.members: dict[int, list[int]] = {}
        self.weights = weights
        self.at: dict[int, tuple[float, float]] = {}

    def find(self, one: int) -> int:
        parent = self.parent
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def of(self, root: int) -> list[int]:
        return self.members.get(root, [root])

    def position(self, root: int) -> tuple[float, float]:
        """Where its node lies: on its anchor, else where most ends are."""
        if root in self.at:
            return self.at[root]
        members = self.of(root)
        held = [one for one in members if self.anchor[one] >= 0]
        best = held[0] if held else max(members, key=lambda one: (self.weights[one], -one))
        return float(self.places[best, 0]), float(self.places[best, 1])

    def is_anchored(self, root: int) -> bool:
        return any(self.anchor[one] >= 0 for one in self.of(root))

    def join(self, one: int, other: int) -> None:
        members = [*self.of(one), *self.of(other)]
        keep, gone = min(one, other), max(one, other)
        self.parent[gone] = keep
        self.members.pop(gone, None)
        self.members[keep] = members


class TopologyBuilder:
    """The topology of one draft.

    Spots are numbered: nodes of the database, nodes of the file, then ends of pipes (two for each).
    """

    def __init__(self, draft: Draft, there: There, snap_m: float, aliases: dict[str, int]) -> None:
        self.draft, self.there, self.snap_m = draft, there, snap_m
        self.result = BuiltTopology()
        self.pipes = list(self._without_loops())
        self.here = len(there.node_ids)
        self.fixed = self.here + len(draft.nodes)
        keyed = {node.key: self.here + rank for rank, node in enumerate(draft.nodes)}
        ranks = {pk: rank for rank, pk in enumerate(there.node_ids)}
        self.keyed = keyed | {key: ranks[pk] for key, pk in aliases.items() if pk in ranks}
        self._gather()

    def build(self) -> BuiltTopology:
        self._settle_nodes()
        self._join_ends()
        self._fix_groups()
        self._join_beside()
        self._number_spots()
        self._cut()
        self._cut_again()
        self._note_loose()
        self._refuse_alike()
        return self.result

    # -- places -----------------------------------------------------------------------------------------------------

    def _without_loops(self) -> Iterator[PipeRow]:
        """Rows with a length; one that ends where it starts is cut in two."""
        lines = np.array([row.geom for row in self.draft.pipes], dtype=object)
        if not len(lines):
            return
        lengths = shapely.length(lines)
        gaps = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
        for row, length, gap in zip(self.draft.pipes, lengths, gaps, strict=True):
            if length < TOLERANCE_M:
                self._note(row, gettext_noop("The pipe has no length: both its ends are in one place."), spare=True)
            elif gap > TOLERANCE_M:
                yield row
            elif length < 4 * TOLERANCE_M:
                self._note(
                    row, gettext_noop("The pipe ends where it starts, and is too short to be a loop."), spare=True
                )
            else:
                self._note(
                    row, gettext_noop("The pipe ends where it starts: it is cut in two, halfway."), severity="warning"
                )
                yield from halves(row)

    def _gather(self) -> None:
        """Every node and end; those with the same coordinates to the millimetre are one place."""
        lines = np.array([row.geom for row in self.pipes], dtype=object)
        ends = np.empty((2 * len(lines), 2))
        if len(lines):
            ends[0::2] = shapely.get_coordinates(shapely.get_point(lines, 0))
            ends[1::2] = shapely.get_coordinates(shapely.get_point(lines, -1))
        nodes = [*self.there.node_points, *(row.geom for row in self.draft.nodes)]
        held = shapely.get_coordinates(np.array(nodes, dtype=object)) if nodes else np.empty((0, 2))
        self.spots: Floats = np.vstack([held, ends])
        rounded = np.round(self.spots, 3)
        _unique, first, self.place_of, counts = np.unique(
            rounded, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        self.place_of = self.place_of.reshape(-1)
        anchors = np.full(len(first), -1, dtype=np.int64)
        for spot in range(self.fixed - 1, -1, -1):
            anchors[self.place_of[spot]] = spot
        self.groups = Groups(self.spots[first], anchors, counts)
        order = np.argsort(self.place_of, kind="stable")
        bounds = np.searchsorted(self.place_of[order], np.arange(len(first) + 1))
        self._spots_at = order, bounds

    def spots_at(self, place: int) -> list[int]:
        order, bounds = self._spots_at
        return [int(one) for one in order[bounds[place] : bounds[place + 1]]]

    def ends_in(self, root: int) -> list[int]:
        """The ends (numbered from 0: two for each pipe) in a group."""
        return [
            spot - self.fixed for place in self.groups.of(root) for spot in self.spots_at(place) if spot >= self.fixed
        ]

    def node_in(self, spot: int) -> NodeRow:
        return self.draft.nodes[spot - self.here]

    # -- nodes ------------------------------------------------------------------------------------------------------

    def _settle_nodes(self) -> None:
        """Nodes in one place become one where that loses nothing, else the later row is an error."""
        self.merged: dict[int, int] = {}
        held = self.spots[: self.fixed]
        if not len(held):
            return
        points = shapely.points(held)
        left, right = STRtree(points).query(points, predicate="dwithin", distance=TOLERANCE_M)
        pairs = sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b and b >= self.here)
        for a, b in pairs:
            self._settle(self._surviving_spot(a), self._surviving_spot(b))

    def _surviving_spot(self, spot: int) -> int:
        while spot in self.merged:
            spot = self.merged[spot]
        return spot

    def _settle(self, one: int, other: int) -> None:
        if one == other:
            return
        one, other = min(one, other), max(one, other)
        row = self.node_in(other)
        if one < self.here:
            self._settle_there(one, other, row)
            return
        first = self.node_in(one)
        if gives_way(row, first):
            self._merge(other, one)
        elif gives_way(first, row):
            self._merge(one, other)
        else:
            message = gettext_noop("%(other)s is in the same place: one of the two must be moved or left out.")
            self._note(row, message, {"other": row_label(first)}, spare=True)
            self.merged[other] = one

    def _settle_there(self, one: int, other: int, row: NodeRow) -> None:
        """Beside a node of the database: it stays; a plain one becomes what the file says."""
        reference = self.there.node_references[one]
        plain = self.there.node_kinds[one] == PLAIN and reference is None
        mine = row.values.get("reference")
        if is_plain(row) or (reference is not None and reference == mine):
            self.merged[other] = one
        elif plain and one not in self.result.adopted:
            self.result.adopted.add(one)
            self.result.node_of[one] = row
            self.merged[other] = one
        else:
            message = gettext_noop(
                "%(other)s of your network is in the same place: leave this row out, or correct one of the two."
            )
            self._note(row, message, {"other": reference or {"code": gettext_noop("A node")}}, spare=True)
            self.merged[other] = one

    def _merge(self, gone: int, kept: int) -> None:
        row, other = self.node_in(gone), self.node_in(kept)
        self.merged[gone] = kept
        if is_plain(row):
            return
        stated = {key: value for key, value in row.values.items() if value is not None and key != "more"}
        more = dict(other.values.get("more") or {})
        entry = {name: str(value) for name, value in stated.items()}
        # The topology of a draft is built more than once.
        if entry not in more.get("same_place", []):
            more["same_place"] = [*more.get("same_place", []), entry]
        other.values["more"] = more
        message = gettext_noop(
            "%(other)s is in the same place: the two are one node, which keeps what is said of both."
        )
        self._note(row, message, {"other": row_label(other)}, "warning")

    # -- ends -------------------------------------------------------------------------------------------------------

    def _join_ends(self) -> None:
        """Places within the distance become one, the nearest first; ends that name their node come before all."""
        for spot in self.merged:
            self._join_merged(spot, self._surviving_spot(spot))
        pairs_by_reference = self._pairs_by_reference()
        points = shapely.points(self.groups.places)
        pairs: list[tuple[float, int, int]] = []
        if len(points):
            left, right = STRtree(points).query(points, predicate="dwithin", distance=self.snap_m)
            chosen = left < right
            left, right = left[chosen], right[chosen]
            gaps = np.hypot(*(self.groups.places[left] - self.groups.places[right]).T)
            order = np.lexsort((right, left, gaps))
            pairs = [(float(gaps[k]), int(left[k]), int(right[k])) for k in order]
        for _gap, one, other in [*pairs_by_reference, *pairs]:
            self._try_join(one, other)

    def _join_merged(self, spot: int, kept: int) -> None:
        place, its = int(self.place_of[spot]), int(self.place_of[kept])
        if self.groups.anchor[place] == spot:
            self.groups.anchor[place] = -1
        self.groups.anchor[its] = kept
        one, other = self.groups.find(place), self.groups.find(its)
        if one != other:
            self.groups.join(one, other)
            self.groups.at[self.groups.find(one)] = (float(self.spots[kept, 0]), float(self.spots[kept, 1]))

    def _pairs_by_reference(self) -> list[tuple[float, int, int]]:
        """Ends and the nodes that they name, where these are near."""
        pairs = []
        for rank, row in enumerate(self.pipes):
            if row.start_key is not None and row.start_key == row.end_key and row.start_key in self.keyed:
                message = gettext_noop("The pipe says that it starts and ends at the same node (%(node)s).")
                self._note(row, message, {"node": row.start_key[:80]})
                continue
            for end, key in enumerate((row.start_key, row.end_key)):
                if not key:
                    continue
                spot = self.fixed + 2 * rank + end
                node = self.keyed.get(key)
                if node is None:
                    message = gettext_noop(
                        "Its end names the node %(node)s, which is not in the file: it is joined by its place."
                    )
                    self._note(row, message, {"node": key[:80]}, "warning")
                    continue
                gap = float(np.hypot(*(self.spots[spot] - self.spots[self._surviving_spot(node)])))
                if gap <= self.snap_m:
                    pairs.append((gap, int(self.place_of[spot]), int(self.place_of[self._surviving_spot(node)])))
                else:
                    message = gettext_noop(
                        "Its end names the node %(node)s, which is %(metres)s m away: it is joined by its place."
                    )
                    self._note(row, message, {"node": key[:80], "metres": number_param(round(gap, 2), 2)}, "warning")
        return sorted(pairs)

    def _try_join(self, one: int, other: int) -> None:
        groups = self.groups
        a, b = groups.find(one), groups.find(other)
        if a == b or (groups.is_anchored(a) and groups.is_anchored(b)):
            return
        mine = {end // 2 for end in self.ends_in(a)}
        if any(end // 2 in mine for end in self.ends_in(b)):
            return
        if groups.is_anchored(b) or (not groups.is_anchored(a) and self._weight(b) > self._weight(a)):
            a, b = b, a
        x, y = groups.position(a)
        if any(np.hypot(groups.places[place, 0] - x, groups.places[place, 1] - y) > self.snap_m
               for place in groups.of(b)):  # fmt: skip
            return
        groups.join(a, b)
        groups.at[groups.find(a)] = (x, y)

    def _weight(self, root: int) -> int:
        return int(max(self.groups.weights[place] for place in self.groups.of(root)))

    def _fix_groups(self) -> None:
        """From here on no group grows: where each is, which node it holds, which ends."""
        groups, count = self.groups, len(self.groups.places)
        roots: Whole = np.array([groups.find(place) for place in range(count)], dtype=np.int64)
        self.end_root: Whole = roots[self.place_of[self.fixed :]] if count else roots
        self.end_count: Whole = np.bincount(self.end_root, minlength=count)
        self.position: Floats = groups.places.copy()
        self.anchor: Whole = np.array(groups.anchor, dtype=np.int64)
        for root, members in groups.members.items():
            self.position[root] = groups.position(root)
            self.anchor[root] = max((groups.anchor[one] for one in members), default=-1)
        self.roots: Whole = np.unique(roots)

    def place(self, root: int) -> tuple[float, float]:
        x, y = self.position[root]
        return float(x), float(y)

    # -- beside pipes -----------------------------------------------------------------------------------------------

    def _join_beside(self) -> None:
        """Ends and nodes beside a pipe are put on it: it is cut there."""
        self.lines = [row.geom for row in self.pipes]
        shifted = self.spots[self.fixed :] != self.position[self.end_root]
        for rank in np.unique(np.nonzero(shifted.any(axis=1))[0] // 2).tolist():
            self.lines[rank] = self._move_line(rank)
        self.all_lines = [*self.lines, *self.there.pipe_lines]
        self.root_cuts: dict[int, set[int]] = defaultdict(set)
        self.unmet: list[int] = []
        if not self.all_lines or not len(self.roots):
            return
        self.tree = STRtree(self.all_lines)
        points = shapely.points(self.position[self.roots])
        self.spots_tree = STRtree(points)
        which, lines = self.tree.query(points, predicate="dwithin", distance=TOLERANCE_M)
        touching = self.roots[which]
        ends = self._line_ends()
        crossing = (touching != ends[lines, 0]) & (touching != ends[lines, 1])
        for root, line in zip(touching[crossing].tolist(), lines[crossing].tolist(), strict=True):
            if not self._both_there(root, line):
                self.root_cuts[line].add(root)
        on = {root for cut in self.root_cuts.values() for root in cut}
        self.unmet = [root for root in self._loose_roots() if root not in on]
        if self.snap_m > TOLERANCE_M:
            for root in list(self.unmet):
                self._put_on_pipe(root)

    def _line_ends(self) -> Whole:
        """The groups in which each line ends, -1 for one that is far."""
        ranks = {pk: rank for rank, pk in enumerate(self.there.node_ids)}
        near = [[self.groups.find(self.place_of[ranks[pk]]) if pk in ranks else -1 for pk in ends]
                for ends in self.there.pipe_ends]  # fmt: skip
        return np.vstack([self.end_root.reshape(-1, 2), np.array(near, dtype=np.int64).reshape(-1, 2)])

    def root_of_end(self, end: int) -> int:
        return int(self.end_root[end])

    def _both_there(self, root: int, line: int) -> bool:
        """A node and a pipe of the database: what they are to each other is not this import's."""
        return line >= len(self.pipes) and 0 <= self.anchor[root] < self.here

    def _loose_roots(self) -> list[int]:
        """One end alone without a node, or a node of the file without a pipe."""
        anchors, counts = self.anchor[self.roots], self.end_count[self.roots]
        alone = ((anchors < 0) & (counts == 1)) | ((anchors >= self.here) & (counts == 0))
        return [root for root in self.roots[alone].tolist() if self.anchor[root] not in self.merged]

    def _move_line(self, rank: int) -> LineString:
        """A pipe of the file with its ends where their spots are."""
        row = self.pipes[rank]
        return with_ends(row.geom, self.place(self.root_of_end(2 * rank)), self.place(self.root_of_end(2 * rank + 1)))

    def _beside(self, root: int, distance: float) -> tuple[float, int] | None:
        """The nearest pipe that a loose spot could be put on, within the distance."""
        point = Point(self.place(root))
        ends = self.ends_in(root)
        mine = {end // 2 for end in ends}
        others = {self.root_of_end(end ^ 1) for end in ends}
        for line in mine:
            others |= self.root_cuts.get(line, set())
        candidates: list[tuple[float, int]] = []
        for line in self.tree.query(point, predicate="dwithin", distance=distance).tolist():
            if line in mine or others & (self.root_cuts[line] | self._ends_of_line(line)):
                continue
            candidates.append((float(shapely.distance(self.all_lines[line], point)), line))
        return min(candidates, default=None)

    def _ends_of_line(self, line: int) -> set[int]:
        return {self.root_of_end(2 * line), self.root_of_end(2 * line + 1)} if line < len(self.pipes) else set()

    def _put_on_pipe(self, root: int) -> None:
        nearest = self._beside(root, self.snap_m)
        if nearest is None:
            return
        _gap, line = nearest
        whole = self.all_lines[line]
        along = shapely.line_locate_point(whole, Point(self.place(root)))
        if not TOLERANCE_M < along < whole.length - TOLERANCE_M:
            return
        foot = shapely.line_interpolate_point(whole, along)
        there = next((one for one in self.root_cuts[line] if self._near(one, foot)), None)
        if there is not None:
            self._move_to(root, there)
            return
        former = self.place(root)
        self.position[root] = foot.x, foot.y
        moved = {end // 2: self._move_line(end // 2) for end in self.ends_in(root)}
        if any(self._runs_over(rank, one) for rank, one in moved.items()):
            self.position[root] = former
            return
        self.root_cuts[line].add(root)
        self.unmet.remove(root)
        for rank, one in moved.items():
            self.lines[rank] = self.all_lines[rank] = one

    def _move_to(self, root: int, other: int) -> None:
        """An end whose foot on a pipe is that of another end: both meet there."""
        ends = self.ends_in(root)
        mine = {end // 2 for end in ends}
        if not ends or any(end // 2 in mine for end in np.nonzero(self.end_root == other)[0].tolist()):
            return
        former = self.end_root[ends].copy()
        self.end_root[ends] = other
        moved = {rank: self._move_line(rank) for rank in mine}
        if any(self._runs_over(rank, one) for rank, one in moved.items()):
            self.end_root[ends] = former
            return
        self.unmet.remove(root)
        for rank, one in moved.items():
            self.lines[rank] = self.all_lines[rank] = one

    def _near(self, root: int, point: Point) -> bool:
        x, y = self.place(root)
        return bool(np.hypot(x - point.x, y - point.y) <= TOLERANCE_M)

    def _runs_over(self, rank: int, line: LineString) -> bool:
        """Whether a pipe, its end moved, would pass a spot that it did not meet before: it would lie on another."""
        met = {self.root_of_end(2 * rank), self.root_of_end(2 * rank + 1)} | self.root_cuts[rank]
        near = self.spots_tree.query(line, predicate="dwithin", distance=TOLERANCE_M)
        return any(root not in met for root in self.roots[near].tolist())

    # -- the network ------------------------------------------------------------------------------------------------

    def _number_spots(self) -> None:
        """A number for every group that the file needs; what moved is told."""
        self.spot_of: dict[int, int] = {}
        needed = set(self.end_root.tolist())
        needed |= {self.groups.find(self.place_of[self._surviving_spot(spot)]) for spot in range(self.here, self.fixed)}
        needed |= {root for cut in self.root_cuts.values() for root in cut}
        adopted = dict(self.result.node_of)
        self.result.node_of = {}
        for root in sorted(needed):
            number = self.spot_of[root] = len(self.result.spots)
            self.result.spots.append(self.place(root))
            anchor = int(self.anchor[root])
            if anchor < 0:
                continue
            if anchor < self.here:
                self.result.there_of[number] = self.there.node_ids[anchor]
                if anchor in adopted:
                    self.result.node_of[number] = adopted[anchor]
            else:
                self.result.node_of[number] = self.node_in(anchor)
        self.result.adopted = {number for number in self.result.node_of if number in self.result.there_of}
        self._note_moves()

    def _note_moves(self) -> None:
        on_pipe = {root for cut in self.root_cuts.values() for root in cut}
        roots = np.concatenate([self._node_roots(), self.end_root])
        starts = self.spots[self.here :]
        gaps = np.hypot(*(self.position[roots] - starts).T) if len(roots) else np.empty(0)
        nodes = self.fixed - self.here
        for rank in np.nonzero(gaps > TOLERANCE_M)[0].tolist():
            root, end = int(roots[rank]), rank - nodes
            if end < 0 and rank + self.here in self.merged:
                continue
            target: Target = (
                "pipe" if end < 0 else "node" if self.anchor[root] >= 0 else "pipe" if root in on_pipe else "end"
            )
            self.result.moves.append(
                Move(
                    pipe=self.pipes[end // 2] if end >= 0 else None,
                    node=self.draft.nodes[rank] if end < 0 else None,
                    end=max(end, 0) % 2,
                    start=(float(starts[rank, 0]), float(starts[rank, 1])),
                    to=self.place(root),
                    metres=float(gaps[rank]),
                    target=target,
                )
            )

    def _node_roots(self) -> Whole:
        """The groups of the file's nodes."""
        spots = range(self.here, self.fixed)
        return np.array([self.groups.find(self.place_of[spot]) for spot in spots], dtype=np.int64)

    def _cut(self) -> None:
        numbers = [self.spot_of[root] for root in self.end_root.tolist()]
        for rank, row in enumerate(self.pipes):
            ends = numbers[2 * rank], numbers[2 * rank + 1]
            cuts = {self.spot_of[root] for root in self.root_cuts.get(rank, ())} - set(ends)
            if cuts:
                self.result.parts += self._parts(row, self.lines[rank], ends, cuts)
            else:
                self.result.parts.append(Piece(row, self.lines[rank], *ends))
        for line, roots in self.root_cuts.items():
            if line >= len(self.pipes):
                pk = self.there.pipe_ids[line - len(self.pipes)]
                self.result.cuts += [(pk, self.spot_of[root]) for root in sorted(roots)]

    def _parts(self, row: PipeRow, line: LineString, ends: tuple[int, int], cuts: set[int]) -> list[Piece]:
        places = self.result.spots
        located = sorted((float(shapely.line_locate_point(line, Point(places[spot]))), spot) for spot in cuts)
        chain = [(0.0, ends[0]), *located, (float(line.length), ends[1])]
        parts = []
        for (start, one), (stop, other) in pairwise(chain):
            part = substring(line, start, stop)
            between = shapely.get_coordinates(part)[1:-1].tolist() if part.geom_type == "LineString" else []
            piece = LineString([places[one], *between, places[other]])
            if piece.length < TOLERANCE_M:
                message = gettext_noop("A node lies closer than %(metres)s m to its end: move one of them.")
                self._note(row, message, {"metres": number_param(TOLERANCE_M, 2)})
                continue
            share = start / line.length, stop / line.length
            parts.append(Piece(row, piece, one, other, False, False, share))
        if parts:
            max(parts, key=lambda piece: piece.line.length).main = True
        return parts

    def _cut_again(self) -> None:
        """Pieces bend a little towards the spots that they were cut at: they may touch others now."""
        for _pass in range(CUT_PASSES):
            parts = self.result.parts
            if not parts:
                return
            tree = STRtree([piece.line for piece in parts])
            which, lines = tree.query(shapely.points(self.result.spots), predicate="dwithin", distance=TOLERANCE_M)
            ends = np.array([(piece.start, piece.end) for piece in parts])
            inside = (which != ends[lines, 0]) & (which != ends[lines, 1])
            cuts: dict[int, set[int]] = defaultdict(set)
            for spot, line in zip(which[inside].tolist(), lines[inside].tolist(), strict=True):
                cuts[line].add(spot)
            if not cuts:
                return
            for number in sorted(cuts, reverse=True):
                parts[number : number + 1] = self._recut(parts[number], cuts[number])

    def _recut(self, piece: Piece, spots: set[int]) -> list[Piece]:
        """A piece in pieces; which one is the main one of its row, and where they lie on it, follows from the piece."""
        parts = self._parts(piece.row, piece.line, (piece.start, piece.end), spots)
        first, last = piece.share
        for part in parts:
            part.share = first + (last - first) * part.share[0], first + (last - first) * part.share[1]
            part.main = part.main and piece.main
        return parts

    def _note_loose(self) -> None:
        """What meets nothing though something is near."""
        points = shapely.points(self.groups.places) if len(self.groups.places) else []
        tree = STRtree(points)
        for root in self.unmet:
            near = self._nearest_spot(root, tree)
            beside = self._beside(root, FARTHEST_M)
            metres = min(near, beside[0] if beside else FARTHEST_M * 2)
            if metres > FARTHEST_M:
                continue
            ends = self.ends_in(root)
            row = self.pipes[ends[0] // 2] if ends else self.node_in(int(self.anchor[root]))
            place = self.place(root)
            self.result.loose.append(Loose(file=row.file, row=row.row, key=row.key, place=place, metres=metres))

    def _nearest_spot(self, root: int, tree: STRtree) -> float:
        x, y = self.place(root)
        ends = self.ends_in(root)
        barred = {root, *(self.root_of_end(end ^ 1) for end in ends)}
        barred |= {cut for end in ends for cut in self.root_cuts.get(end // 2, ())}
        held = self.anchor[root] >= 0
        distances = [
            float(np.hypot(self.groups.places[place, 0] - x, self.groups.places[place, 1] - y))
            for place in tree.query(Point(x, y), predicate="dwithin", distance=FARTHEST_M).tolist()
            if (other := self.groups.find(place)) not in barred and not (held and self.anchor[other] >= 0)
        ]
        return min(distances, default=FARTHEST_M * 2)

    def _refuse_alike(self) -> None:
        """Two pipes of one way between the same nodes, and pipes that ended up as loops."""
        numbers = {pk: spot for spot, pk in self.result.there_of.items()}
        held: dict[tuple[int, int], list[tuple[LineString, Any]]] = defaultdict(list)
        for line, (start, end) in zip(self.there.pipe_lines, self.there.pipe_ends, strict=True):
            if start in numbers and end in numbers:
                held[pair_of(numbers[start], numbers[end])].append(
                    (line, {"code": gettext_noop("a pipe of your network")})
                )
        pairs = Counter(pair_of(piece.start, piece.end) for piece in self.result.parts)
        gone = set()
        # What is whole comes first: it is the remains of another pipe that give way.
        for piece in sorted(self.result.parts, key=lambda piece: not piece.main):
            pair = pair_of(piece.start, piece.end)
            if pair[0] == pair[1]:
                self._note(piece.row, gettext_noop("The pipe ends where it starts, once its ends are joined."))
            elif (pairs[pair] > 1 or pair in held) and self._lies_on(piece, held[pair]):
                gone.add(id(piece))
        self.result.parts = [piece for piece in self.result.parts if id(piece) not in gone]

    def _lies_on(self, piece: Piece, alike: list[tuple[LineString, Any]]) -> bool:
        """Whether a piece is a remainder that lies on another pipe, and goes; a whole pipe that does is an error."""
        name = next((name for line, name in alike if shapely.hausdorff_distance(line, piece.line) <= TOLERANCE_M), None)
        alike.append((piece.line, row_label(piece.row)))
        if name is None:
            return False
        if piece.main:
            message = gettext_noop("It lies on %(other)s, between the same ends: one of the two is too many.")
            self._note(piece.row, message, {"other": name}, spare=piece.whole)
            return False
        message = gettext_noop("%(metres)s m of it lie on %(other)s: this end is left out.")
        self._note(
            piece.row, message, {"metres": number_param(round(piece.line.length, 2), 2), "other": name}, "warning"
        )
        return True

    def _note(
        self,
        row: NodeRow | PipeRow,
        code: str,
        params: Mapping[str, Any] | None = None,
        severity: Severity = "error",
        *,
        spare: bool = False,
    ) -> None:
        point = row.geom if isinstance(row, NodeRow) else shapely.get_point(row.geom, 0)
        place = (float(point.x), float(point.y))
        self.result.findings.append(
            Finding(
                file=row.file,
                row=row.row,
                code=code,
                params=params or {},
                severity=severity,
                place=place,
                spare=spare,
            )
        )


def pair_of(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def halves(row: PipeRow) -> Iterator[PipeRow]:
    """A closed pipe as two: the first keeps its reference."""
    middle = row.geom.length / 2
    rest = {name: value for name, value in row.values.items() if name not in ("reference", "declared_length_m")}
    rest["more"] = dict(rest.get("more") or {}) | {"piece_of": row.values.get("reference") or row.key}
    first, second = substring(row.geom, 0, middle), substring(row.geom, middle, row.geom.length)
    yield PipeRow(key=row.key, geom=first, start_key=row.start_key, values=row.values, file=row.file, row=row.row)
    yield PipeRow(key=row.key, geom=second, end_key=row.end_key, values=rest, file=row.file, row=row.row)


def with_ends(line: LineString, start: tuple[float, float], end: tuple[float, float]) -> LineString:
    """The same line from one place to another."""
    places = shapely.get_coordinates(line)
    if tuple(places[0]) == start and tuple(places[-1]) == end:
        return line
    places[0], places[-1] = start, end
    return LineString(places)


def gives_way(row: NodeRow, other: NodeRow) -> bool:
    """Whether a node in the place of another may be told of it, rather than stand beside it."""
    if is_plain(row):
        return True
    kind, its = str(row.values.get("kind") or PLAIN), str(other.values.get("kind") or PLAIN)
    return kind in YIELDING and (its not in YIELDING or YIELDING.index(kind) < YIELDING.index(its))


def is_plain(row: NodeRow) -> bool:
    return (row.values.get("kind") or PLAIN) == PLAIN and not row.values.get("reference")


def row_label(row: NodeRow | PipeRow) -> str | dict[str, Any]:
    """How a row is called among people, as a parameter of a finding."""
    reference = row.values.get("reference") or row.key
    return str(reference) if reference else {"code": gettext_noop("row %(row)s"), "params": {"row": row.row}}


def hang(draft: Draft, built: BuiltTopology, there: There) -> list[tuple[str, int] | None]:
    """For each service connection what it hangs on: ("piece", its number) or ("there", id of a pipe); None for nothing.

    On a piece of the pipe that it names, else on the nearest pipe in service within 60 m.
    """
    if not draft.connections:
        return []
    parts_by_key: dict[str, list[int]] = defaultdict(list)
    for number, piece in enumerate(built.parts):
        parts_by_key[piece.row.key].append(number)
    serving = [
        (("piece", number), piece.line)
        for number, piece in enumerate(built.parts)
        if piece.row.values.get("service_state") in (None, "en_service")
    ]
    pipes = zip(there.pipe_ids, there.pipe_lines, there.pipe_serves, strict=True)
    serving += [(("there", pk), line) for pk, line, serves in pipes if serves]
    points = np.array([row.geom for row in draft.connections], dtype=object)
    hung_on: list[tuple[str, int] | None] = [None] * len(points)
    if serving:
        tree = STRtree([line for _what, line in serving])
        which, lines = tree.query_nearest(points, max_distance=HANGS_M, all_matches=False)
        for rank, line in zip(which.tolist(), lines.tolist(), strict=True):
            hung_on[rank] = serving[line][0]
    for rank, row in enumerate(draft.connections):
        if own := parts_by_key.get(row.pipe_key or ""):
            hung_on[rank] = ("piece", min(own, key=lambda number: built.parts[number].line.distance(row.geom)))
    return hung_on
