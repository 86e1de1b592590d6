"""A longitudinal profile as data: what is known of each pipe and node of a way, and the heights drawn from it.

Heights are in metres above the sea (NGF), distances in metres along the way. Nothing here knows the database. A height
that nobody recorded is put between the known ones around it, and says that it is (`Origin.BETWEEN`); beyond the last
known one there is none.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import inf, isnan

from networks.water.families import FamilyName

LEAST_DROP_M = 0.02
"""Smaller steps at a manhole are noise of the survey."""
LEAST_RISE_M = 0.005


class Origin(StrEnum):
    """How a height is known."""

    RECORDED = "recorded"
    NODE = "node"
    """Of the structure at this end, the pipe having none."""
    DEPTH = "depth"
    """From another height and a depth on record."""
    BETWEEN = "between"
    """Not known: on the straight line between the nearest known ones."""


@dataclass(frozen=True, slots=True)
class Height:
    z: float
    origin: Origin

    @property
    def sure(self) -> bool:
        return self.origin is not Origin.BETWEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeData:
    """A node on record. `top_z` is of a cover, `bottom_z` of a sewer's invert or of a water fitting."""

    id: int
    reference: str | None = None
    kind: str = "junction"
    name: str | None = None
    top_z: float | None = None
    ground_z: float | None = None
    bottom_z: float | None = None
    depth_m: float | None = None
    accuracy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeData:
    """A pipe on record; its heights are of the invert of a sewer, of the top of a water pipe."""

    id: int
    start: int
    end: int
    length_m: float
    reference: str | None = None
    material: str | None = None
    diameter_mm: int | None = None
    start_z: float | None = None
    end_z: float | None = None
    depth_m: float | None = None
    accuracy: str | None = None
    under_pressure: bool = False
    in_service: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A pipe of a way, walked from its start to its end, or from its end."""

    pipe: PipeData
    backwards: bool = False

    @property
    def first(self) -> int:
        return self.pipe.end if self.backwards else self.pipe.start

    @property
    def last(self) -> int:
        return self.pipe.start if self.backwards else self.pipe.end

    @property
    def heights(self) -> tuple[float | None, float | None]:
        """On record, in the order of the way."""
        near, far = self.pipe.start_z, self.pipe.end_z
        return (far, near) if self.backwards else (near, far)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A node of the way: `arriving` and `leaving` are of the pipes before and after it, None where there is none."""

    node: NodeData
    at_m: float
    ground: Height | None
    arriving: Height | None
    leaving: Height | None
    bottom: float | None
    """Of the structure itself, on record."""

    @property
    def lowest(self) -> Height | None:
        """Of the pipes and of the structure."""
        results = [one for one in (self.arriving, self.leaving) if one]
        if self.bottom is not None:
            results.append(Height(self.bottom, Origin.NODE))
        return min(results, key=lambda one: (one.z, not one.sure), default=None)

    @property
    def drop_m(self) -> float | None:
        """How far the way falls within the node (below zero: climbs); None where it runs on, or nobody knows."""
        if not (self.arriving and self.leaving and self.arriving.sure and self.leaving.sure):
            return None
        fall = self.arriving.z - self.leaving.z
        return fall if abs(fall) >= LEAST_DROP_M else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A pipe of the way; `near` and `far` are heights of its invert (sewer) or of its top (water)."""

    step: Step
    from_m: float
    to_m: float
    near: Height | None
    far: Height | None

    @property
    def pipe(self) -> PipeData:
        return self.step.pipe

    @property
    def length_m(self) -> float:
        return self.pipe.length_m

    @property
    def sure(self) -> bool:
        return bool(self.near and self.far and self.near.sure and self.far.sure)

    @property
    def slope(self) -> float | None:
        """Metres that it falls per metre, in the direction of the way."""
        if not self.near or not self.far or self.length_m <= 0:
            return None
        return (self.near.z - self.far.z) / self.length_m

    @property
    def rises(self) -> bool:
        """Whether it is known to climb in the direction in which it flows."""
        if not self.sure or not self.near or not self.far or self.pipe.under_pressure:
            return False
        climb = self.far.z - self.near.z
        return (-climb if self.step.backwards else climb) > LEAST_RISE_M


type GroundPoint = tuple[float, float]
"""Metres along the way, and the altitude of the natural ground there (NaN in a hole of its model)."""


@dataclass(frozen=True)
class Profile:
    """A way with its heights: one point more than stretches.

    `natural` is the ground along it as a published model has it, `natural_source` the name of that model.
    """

    family: FamilyName
    points: Sequence[Point]
    stretches: Sequence[Stretch] = field(default_factory=tuple)
    natural: Sequence[GroundPoint] = ()
    natural_source: str = ""

    @property
    def length_m(self) -> float:
        return self.points[-1].at_m

    @cached_property
    def heights(self) -> list[float]:
        """Every height to be drawn."""
        crowns = [one for stretch in self.stretches for one in self.pipe_heights(stretch)]
        tops = [point.ground.z for point in self.points if point.ground]
        bottoms = [point.bottom for point in self.points if point.bottom is not None]
        return [*crowns, *tops, *bottoms, *self.natural_within(0, self.length_m)]

    def natural_within(self, start: float, end: float) -> list[float]:
        """Altitudes of the natural ground between two places."""
        return [z for at_m, z in self.natural if start <= at_m <= end and not isnan(z)]

    def natural_at(self, point: Point) -> float | None:
        """The natural ground at a node, on a straight line between the places around it."""
        at = bisect_left(self.natural, (point.at_m, -inf))
        if not self.natural or at == len(self.natural):
            return None
        (before_m, low), (after_m, high) = self.natural[max(at - 1, 0)], self.natural[at]
        share = (point.at_m - before_m) / (after_m - before_m) if after_m > before_m else 1.0
        z = high if share == 1 else low + (high - low) * share
        return None if isnan(z) else z

    def pipe_heights(self, stretch: Stretch) -> list[float]:
        """Of the invert and of the top, at both ends."""
        low, high = self.around(stretch)
        return [one.z + shift for one in (stretch.near, stretch.far) if one for shift in (low, high)]

    def around(self, stretch: Stretch) -> tuple[float, float]:
        """How far the invert and the top are from the height on record."""
        diameter = (stretch.pipe.diameter_mm or 0) / 1000
        return (0.0, diameter) if self.family == "sewer" else (-diameter, 0.0)

    @cached_property
    def places(self) -> list[float]:
        """Where its nodes are."""
        return [point.at_m for point in self.points]

    def heights_at(self, point: Point) -> list[float]:
        """Everything drawn at a node: ground, structure, inverts and tops of the pipes on both sides; and the natural
        ground on the way to it."""
        at = bisect_left(self.places, point.at_m)
        results = [point.ground.z] if point.ground else []
        results += [point.bottom] if point.bottom is not None else []
        for stretch, end in ((at - 1, point.arriving), (at, point.leaving)):
            if end:
                results += [end.z + shift for shift in self.around(self.stretches[stretch])]
        return results + self.natural_within(self.places[max(at - 1, 0)], point.at_m)

    @property
    def missing(self) -> int:
        """Ends of pipes, and grounds, that nobody recorded."""
        ends = [height for one in self.stretches for height in (one.near, one.far)]
        grounds = [point.ground for point in self.points]
        return sum(1 for one in (*ends, *grounds) if one is None or not one.sure)

    @property
    def rising(self) -> list[Stretch]:
        """Sewers that climb; drinking water may."""
        return [one for one in self.stretches if one.rises] if self.family == "sewer" else []

    @property
    def drops(self) -> list[Point]:
        return [one for one in self.points if one.drop_m is not None] if self.family == "sewer" else []

    @property
    def backwards(self) -> list[Stretch]:
        """Sewers walked against their flow."""
        return [one for one in self.stretches if one.step.backwards] if self.family == "sewer" else []

    @property
    def accuracies(self) -> dict[str, int]:
        """Pipes by their class of accuracy in height; "" where none is on record."""
        counts = Counter(one.pipe.accuracy or "" for one in self.stretches)
        return {name: counts[name] for name in ("A", "B", "C", "") if counts[name]}


# -- made of what is on record ----------------------------------------------------------------------------------------


def profile_of(family: FamilyName, steps: Sequence[Step], nodes: dict[int, NodeData]) -> Profile:
    """The profile of a way of at least one pipe, through these nodes."""
    places = [0.0]
    for step in steps:
        places.append(places[-1] + step.pipe.length_m)
    way = [nodes.get(one) or NodeData(id=one) for one in (steps[0].first, *(step.last for step in steps))]
    ends = pipe_ends(family, steps, way, places)
    grounds = bridge_gaps([ground_of(family, one) for one in way], places)
    stretches = [
        Stretch(step=step, from_m=places[at], to_m=places[at + 1], near=ends[2 * at], far=ends[2 * at + 1])
        for at, step in enumerate(steps)
    ]
    points = [
        Point(
            node=node,
            at_m=places[at],
            ground=grounds[at],
            arriving=stretches[at - 1].far if at else None,
            leaving=stretches[at].near if at < len(stretches) else None,
            bottom=node.bottom_z if family == "sewer" else None,
        )
        for at, node in enumerate(way)
    ]
    return Profile(family, points, stretches)


def pipe_ends(
    family: FamilyName, steps: Sequence[Step], way: Sequence[NodeData], places: Sequence[float]
) -> list[Height | None]:
    """Of both ends of every pipe, in the order of the way."""
    known: list[Height | None] = []
    along: list[float] = []
    for at, step in enumerate(steps):
        for z, node, place in zip(step.heights, way[at : at + 2], places[at : at + 2], strict=True):
            known.append(Height(z, Origin.RECORDED) if z is not None else end_from_node(family, step.pipe, node))
            along.append(place)
    return bridge_gaps(known, along)


def end_from_node(family: FamilyName, pipe: PipeData, node: NodeData) -> Height | None:
    """The height of a pipe's end that has none of its own, from its node."""
    if family == "sewer":
        if node.bottom_z is not None:
            return Height(node.bottom_z, Origin.NODE)
        top = node.top_z if node.top_z is not None else node.ground_z
        return Height(top - node.depth_m, Origin.DEPTH) if top is not None and node.depth_m is not None else None
    if node.ground_z is not None and pipe.depth_m is not None:
        return Height(node.ground_z - pipe.depth_m, Origin.DEPTH)
    return Height(node.bottom_z, Origin.NODE) if node.bottom_z is not None else None


def ground_of(family: FamilyName, node: NodeData) -> Height | None:
    """Of the cover, or else of the ground."""
    for z in (node.top_z, node.ground_z):
        if z is not None:
            return Height(z, Origin.RECORDED)
    if family == "sewer" and node.bottom_z is not None and node.depth_m is not None:
        return Height(node.bottom_z + node.depth_m, Origin.DEPTH)
    return None


def bridge_gaps(known: Sequence[Height | None], places: Sequence[float]) -> list[Height | None]:
    """The gaps between known heights, filled on a straight line; those before the first and after the last stay."""
    filled = list(known)
    anchors = [at for at, height in enumerate(known) if height is not None]
    for before, after in pairwise(anchors):
        low, high = known[before], known[after]
        span = places[after] - places[before]
        for at in range(before + 1, after):
            if low and high:
                share = (places[at] - places[before]) / span if span else 0.0
                filled[at] = Height(low.z + (high.z - low.z) * share, Origin.BETWEEN)
    return filled
