"""Sides of a plot: what touches a way or the public domain is an alignment, the rest by opposition and angle.

The public domain has no parcel: what no parcel lies beyond is on it, unless water or nothing known is there. Along a
parcel that is a way (a road axis runs in it, or the plan draws a road over it) there is an alignment too. A rear limit
lies opposite the only alignment and touches it nowhere; a corner plot, or one between two ways, has none. A side beyond
which nothing is known takes its kind likewise, and says that it is doubtful. All in metres, EPSG:2154.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import hypot, pi

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, unary_union

PROBES_M = (0.3, 1.0)
"""How far beyond a limit a neighbour is sought: plans leave slivers between parcels."""
PARTS = (0.25, 0.5, 0.75)
"""Where along an edge one looks."""
NODE_M = 0.2
SAME_DIRECTION = 40.0
OPPOSITE = 45.0
SHORT_M = 1.0
FRONT_M = 3.0
AXIS_REACH_M = 30.0
ACROSS_M = 60.0
WAY_WIDTH_M = 20.0
WAY_LENGTH_M = 10.0
WAY_ROUNDNESS = 0.5
CROSSING_M = 5.0


class Kind(StrEnum):
    ALIGNMENT = "alignment"
    SIDE = "side"
    REAR = "rear"


class Origin(StrEnum):
    """What lies beyond a side, from which its kind follows."""

    PUBLIC = "public_ground"
    WAY = "way_parcel"
    WATER = "water"
    NEIGHBOUR = "neighbour"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A parcel around, by its identifier."""

    idu: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Axis:
    """The centre line of a named street, with the width of its carriageway in metres where it is known."""

    name: str
    line: BaseGeometry
    width: float | None = None


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """A terrain and what is known around it, as far as `ACROSS_M`."""

    terrain: BaseGeometry
    neighbours: Sequence[Neighbour] = ()
    axes: Sequence[Axis] = ()
    road_areas: Sequence[BaseGeometry] = ()
    waters: Sequence[BaseGeometry] = ()

    @cached_property
    def tree(self) -> STRtree:
        return STRtree([one.shape for one in self.neighbours])

    @cached_property
    def road_area(self) -> BaseGeometry:
        whole: BaseGeometry = unary_union(list(self.road_areas))
        return whole

    @cached_property
    def water(self) -> BaseGeometry:
        whole: BaseGeometry = unary_union(list(self.waters))
        return whole

    @cached_property
    def ways(self) -> frozenset[int]:
        """The places of the neighbours that are ways."""
        return frozenset(place for place, one in enumerate(self.neighbours) if self._is_way(one.shape))

    def _is_way(self, shape: BaseGeometry) -> bool:
        """Whether a plot is long and thin with an axis in it, or mostly drawn as a road."""
        if self.road_areas and shape.intersection(self.road_area).area > 0.6 * shape.area:
            return True
        length = sum(one.line.intersection(shape).length for one in self.axes)
        roundness = 4 * pi * shape.area / shape.length**2 if shape.length else 1
        return bool(length >= WAY_LENGTH_M and shape.area / length <= WAY_WIDTH_M and roundness < WAY_ROUNDNESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One limit, straight or nearly: `names` are the neighbours' identifiers, or the streets'.

    `uncertain` says why its kind is doubtful: `nothing_known` beyond it, `no_way` (no alignment of the plot is known).
    `derived` is the kind that it had before a person corrected it.
    """

    kind: Kind
    origin: Origin
    line: LineString
    names: tuple[str, ...] = ()
    uncertain: str = ""
    derived: Kind | None = None


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The sides of a terrain; `crossings` are the streets that run through it; `corner`: two alignments or more."""

    sides: Sequence[Side]
    crossings: Sequence[Axis] = ()
    corner: bool = False
    around: Surroundings = field(repr=False)

    def lines(self, *kinds: Kind) -> BaseGeometry:
        """The sides of these kinds, as one geometry (empty where there is none)."""
        return MultiLineString([one.line for one in self.sides if one.kind in kinds])

    @cached_property
    def opposite(self) -> BaseGeometry:
        """The alignment across the way: limits of parcels in front of the alignments, on the other side."""
        return opposite_alignment(self)

    @cached_property
    def axis(self) -> BaseGeometry:
        """The axes of the ways along the alignments, and of those that cross the terrain."""
        front = self.lines(Kind.ALIGNMENT)
        near = [one.line for one in self.around.axes if not front.is_empty and one.line.distance(front) <= AXIS_REACH_M]
        whole: BaseGeometry = unary_union([*near, *(one.line for one in self.crossings)])
        return whole


@dataclass(slots=True)
class Run:
    """Edges one after the other in about one direction, with the same beyond them."""

    points: list[tuple[float, float]]
    origin: Origin
    neighbours: set[str]
    direction: tuple[float, float]

    @property
    def fronts(self) -> bool:
        """Whether it is an alignment."""
        return self.origin in (Origin.PUBLIC, Origin.WAY)

    @property
    def line(self) -> LineString:
        return LineString(self.points)

    @property
    def normal(self) -> tuple[float, float]:
        return normal_of(self.points)


@dataclass(frozen=True, slots=True)
class Edge:
    start: tuple[float, float]
    end: tuple[float, float]
    origin: Origin = Origin.PUBLIC
    neighbour: str = ""

    @property
    def length(self) -> float:
        return hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])

    @property
    def direction(self) -> tuple[float, float]:
        length = self.length or 1.0
        return (self.end[0] - self.start[0]) / length, (self.end[1] - self.start[1]) / length


def normal_of(points: Sequence[tuple[float, ...]]) -> tuple[float, float]:
    """Outwards, of length 1: rings run counter-clockwise."""
    (ax, ay, *_), (bx, by, *_) = points[0], points[-1]
    length = hypot(bx - ax, by - ay) or 1.0
    return (by - ay) / length, (ax - bx) / length


def sides_of(around: Surroundings) -> Sides:
    """The sides of the terrain, in the order of its rings (counter-clockwise, holes clockwise)."""
    rings = [run_list(ring, around) for ring in rings_of(around.terrain)]
    fronts = [run for runs in rings for run in runs if run.fronts]
    corner = is_corner([run.normal for run in fronts if run.line.length >= FRONT_M])
    sides = [side for runs in rings for side in sides_of_ring(runs, fronts, corner, around)]
    return Sides(sides=sides, crossings=crossings_of(around), corner=corner, around=around)


def correct_sides(sides: Sides, corrections: Sequence[tuple[BaseGeometry, Kind]]) -> Sides:
    """The sides with the kinds that persons gave them, the last correction of a side first."""
    corrected = [correct_side(one, corrections) for one in sides.sides]
    if corrected == list(sides.sides):
        return sides
    fronts = [one.line for one in corrected if one.kind == Kind.ALIGNMENT and one.line.length >= FRONT_M]
    return replace(sides, sides=corrected, corner=is_corner([normal_of(list(line.coords)) for line in fronts]))


def correct_side(side: Side, corrections: Sequence[tuple[BaseGeometry, Kind]]) -> Side:
    for line, kind in corrections:
        if lies_on(side, line):
            return replace(side, kind=kind, derived=side.kind, uncertain="")
    return side


def lies_on(side: Side, line: BaseGeometry) -> bool:
    """Whether a line runs along the greater part of a side."""
    return bool(side.line.intersection(line.buffer(NODE_M)).length > side.line.length / 2)


def rings_of(terrain: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
    """The points of every ring, the terrain to the left; the first is not repeated."""
    parts = [one for one in getattr(terrain, "geoms", [terrain]) if isinstance(one, Polygon) and not one.is_empty]
    for part in parts:
        sound = shapely.geometry.polygon.orient(part, 1.0)
        for ring in (sound.exterior, *sound.interiors):
            yield [(x, y) for x, y, *_z in ring.coords[:-1]]


def run_list(points: Sequence[tuple[float, float]], around: Surroundings) -> list[Run]:
    """The runs of a ring; it begins where one begins."""
    edges = classify_edges([edge for pair in pairwise([*points, points[0]]) for edge in split(*pair, around)], around)
    runs: list[Run] = []
    for edge in edges:
        if runs and continues(runs[-1], edge):
            extend(runs[-1], edge)
        else:
            runs.append(Run([edge.start, edge.end], edge.origin, {edge.neighbour} - {""}, edge.direction))
    first = runs[0]
    if len(runs) > 1 and continues(runs[-1], Edge(first.points[0], first.points[1], first.origin)):
        runs.pop(0)
        runs[-1].points += first.points[1:]
        runs[-1].neighbours |= first.neighbours
    return runs


def split(start: tuple[float, float], end: tuple[float, float], around: Surroundings) -> list[Edge]:
    """An edge cut where a neighbour's corner stands on it."""
    line = LineString([start, end])
    near = [around.neighbours[place].shape for place in around.tree.query(line.buffer(NODE_M)).tolist()]
    corners = shapely.points(shapely.get_coordinates(near)) if near else np.array([])
    close = corners[shapely.distance(corners, line) <= NODE_M] if len(corners) else []
    places = sorted({round(float(line.project(point)), 2) for point in close})
    cuts = [place for place in places if NODE_M < place < line.length - NODE_M]
    kept = [place for place, former in zip(cuts, [0.0, *cuts], strict=False) if place - former > NODE_M]
    nodes = [start, *((point.x, point.y) for point in map(line.interpolate, kept)), end]
    return [Edge(*pair) for pair in pairwise(nodes) if pair[0] != pair[1]]


def classify_edges(edges: Sequence[Edge], around: Surroundings) -> list[Edge]:
    return [Edge(edge.start, edge.end, *beyond(edge, around)) for edge in edges]


def beyond(edge: Edge, around: Surroundings) -> tuple[Origin, str]:
    """What lies beyond an edge, and the neighbour's identifier where it is a parcel."""
    votes: list[int | None] = []
    for part in PARTS:
        votes.append(neighbour_at(edge, part, around))
    place = max(set(votes), key=votes.count)
    if place is not None:
        way = place in around.ways
        return (Origin.WAY if way else Origin.NEIGHBOUR), around.neighbours[place].idu
    probe = outside(edge, 0.5, PROBES_M[-1])
    if around.water.covers(probe) and not around.road_area.covers(probe):
        return Origin.WATER, ""
    return (Origin.PUBLIC if is_open(edge, probe, around) else Origin.UNKNOWN), ""


def neighbour_at(edge: Edge, part: float, around: Surroundings) -> int | None:
    for metres in PROBES_M:
        places = around.tree.query(outside(edge, part, metres), predicate="within").tolist()
        if places:
            return int(places[0])
    return None


def outside(edge: Edge, part: float, metres: float) -> Point:
    (ax, ay), (bx, by), (dx, dy) = edge.start, edge.end, edge.direction
    return Point(ax + part * (bx - ax) + dy * metres, ay + part * (by - ay) - dx * metres)


def is_open(edge: Edge, probe: Point, around: Surroundings) -> bool:
    """Whether a way is known beyond: a road of the plan, or straight in front a street or another parcel."""
    if around.road_area.covers(probe):
        return True
    reach = MultiLineString([[outside(edge, part, 0), outside(edge, part, AXIS_REACH_M)] for part in PARTS])
    if any(one.line.intersects(reach) for one in around.axes):
        return True
    across = MultiLineString([[outside(edge, part, 1), outside(edge, part, ACROSS_M)] for part in PARTS])
    return len(around.tree.query(across, predicate="intersects")) > 0


def continues(run: Run, edge: Edge) -> bool:
    if edge.origin != run.origin:
        return False
    return edge.length < SHORT_M or turn(run.direction, edge.direction) <= SAME_DIRECTION


def extend(run: Run, edge: Edge) -> None:
    run.points.append(edge.end)
    run.neighbours |= {edge.neighbour} - {""}
    if edge.length >= SHORT_M:
        run.direction = edge.direction


def turn(one: tuple[float, float], two: tuple[float, float]) -> float:
    """The angle between two directions, in degrees."""
    return float(np.degrees(np.arccos(np.clip(one[0] * two[0] + one[1] * two[1], -1, 1))))


def is_corner(normals: Sequence[tuple[float, float]]) -> bool:
    """Whether alignments look in two directions."""
    return any(turn(one, two) > OPPOSITE for one in normals for two in normals)


def sides_of_ring(runs: Sequence[Run], fronts: Sequence[Run], corner: bool, around: Surroundings) -> Iterator[Side]:
    front = mean_normal(fronts)
    for place, run in enumerate(runs):
        touches = runs[place - 1].fronts or runs[(place + 1) % len(runs)].fronts
        if run.fronts:
            kind = Kind.ALIGNMENT
        elif front and not corner and not touches and turn(run.normal, (-front[0], -front[1])) <= OPPOSITE:
            kind = Kind.REAR
        else:
            kind = Kind.SIDE
        uncertain = "nothing_known" if run.origin == Origin.UNKNOWN else "" if fronts else "no_way"
        yield Side(kind=kind, origin=run.origin, line=run.line, names=names_beyond(run, around), uncertain=uncertain)


def mean_normal(fronts: Sequence[Run]) -> tuple[float, float] | None:
    """Of all alignments together, by their lengths."""
    if not fronts:
        return None
    x = sum(run.normal[0] * run.line.length for run in fronts)
    y = sum(run.normal[1] * run.line.length for run in fronts)
    length = hypot(x, y)
    return (x / length, y / length) if length else None


def names_beyond(run: Run, around: Surroundings) -> tuple[str, ...]:
    """The neighbours of a run; of an alignment on the public domain, the nearest street."""
    if run.neighbours or run.origin != Origin.PUBLIC:
        return tuple(sorted(run.neighbours))
    middle = run.line.interpolate(0.5, normalized=True)
    near = [(one.line.distance(middle), one.name) for one in around.axes if one.name]
    return tuple(name for distance, name in sorted(near)[:1] if distance <= AXIS_REACH_M)


def crossings_of(around: Surroundings) -> list[Axis]:
    """Streets that run through the terrain, not beside its limit: each as far as it lies inside."""
    inside = around.terrain.buffer(-SHORT_M)
    parts = [(one, one.line.intersection(inside)) for one in around.axes if one.line.intersects(inside)]
    return [Axis(one.name, part, one.width) for one, part in parts if part.length >= CROSSING_M]


def opposite_alignment(sides: Sides) -> BaseGeometry:
    """Where parcels across begin, straight in front of the alignments."""
    around = sides.around
    private = [one for place, one in enumerate(around.neighbours) if place not in around.ways]
    limits = unary_union([one.shape.boundary for one in private])
    across = []
    for side in sides.sides:
        if side.kind == Kind.ALIGNMENT and not limits.is_empty:
            front = side.line.buffer(-ACROSS_M, single_sided=True)
            across.append(limits.intersection(visible(front, side.line, private, around.terrain)))
    merged: BaseGeometry = unary_union([one for one in across if not one.is_empty])
    if isinstance(merged, MultiLineString):
        merged = linemerge(merged)
    return merged


def visible(front: BaseGeometry, line: LineString, private: Sequence[Neighbour], terrain: BaseGeometry) -> BaseGeometry:
    """The open ground in front of an alignment, a little wider so that it meets the limits across, and not beside."""
    ground = front.difference(unary_union([*(one.shape for one in private), terrain]))
    parts = [one for one in getattr(ground, "geoms", [ground]) if one.distance(line) < NODE_M and one.area > 1]
    seen: BaseGeometry = unary_union(parts).buffer(NODE_M).difference(line.buffer(2 * NODE_M))
    return seen
