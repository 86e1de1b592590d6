"""Which sections of a numbered road are one of two separate carriageways, and which: D where traffic runs as markers
grow, G where it runs against them. Knows neither Django nor the database.

One-way sections that traffic runs through one after the other are a run. A run is a carriageway where another one of
its road runs the other way on its left for most of its length, however the two are digitised, or leads back from where
it ends to where it begins (two streets of a town, a valley between both). Roundabouts, slip roads and the two short
ends of a road at a traffic island are no carriageways.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from gis_core.graph import Groups
from networks.roads.axis import Axis, Marker, Section, build, corners_of, nearest

APART_M: Final = 60.0
"""How far apart two carriageways run."""
SHORTEST_M: Final = 100.0
RING_M: Final = 500.0
"""A run that closes on itself and is no longer is a roundabout, whatever it is called."""
STEP_M: Final = 25.0
SIGHT_M: Final = 10.0
FAR_M: Final = 150.0
"""How far from the axis of its road a carriageway may be for its direction to be told by it."""
CLEAR: Final = 0.3
"""Metres of axis for each metre driven: less tells no direction."""

type Vector = tuple[float, float]


@dataclass(slots=True)
class Run:
    """One-way sections by rank; the metres of them that another run accompanies, by its number; its ends."""

    ranks: list[int] = field(default_factory=list)
    metres: float = 0.0
    beside: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    starts: list[Point] = field(default_factory=list)
    ends: list[Point] = field(default_factory=list)

    @property
    def is_ring(self) -> bool:
        return not self.ends and self.metres < RING_M


def assign_sides(
    sections: Sequence[Section], markers: Sequence[Marker], rings: Collection[int], slips: Collection[int]
) -> dict[int, Literal["D", "G"]] | None:
    """The side of each section that is part of a separate carriageway, None where too few markers tell the direction
    of the road. `rings` and `slips` are the ids of roundabouts and of slip roads.
    """
    whole = Climbs(build([replace(one, traffic=0) for one in sections], markers))
    if not whole.parts:
        return None
    driven = [one for one in sections if one.traffic and one.id not in rings and one.id not in slips]
    lines = [one.line if one.traffic > 0 else one.line.reverse() for one in driven]
    apart = {one.id for one in driven} | set(slips)
    runs = runs_of(lines, [one.line for one in sections if one.id not in apart])
    accompany(lines, runs)
    gained = [gain([lines[rank] for rank in run.ranks], markers, whole) for run in runs]
    results: dict[int, Literal["D", "G"]] = {}
    for number, others in opposite_carriageways(runs).items():
        net = gained[number] - sum(gained[one] for one in others) / len(others)
        if abs(net) > CLEAR:
            results |= {driven[rank].id: "D" if net > 0 else "G" for rank in runs[number].ranks}
    return results


def runs_of(lines: Sequence[LineString], others: Sequence[LineString]) -> list[Run]:
    """One-way lines, drawn as traffic runs, that go on in each other; where other lines of the road end, they end."""
    if not lines:
        return []
    corners = corners_of(np.array([*lines, *others], dtype=object))
    shut = set(corners[2 * len(lines) :])
    arriving, leaving = defaultdict(list), defaultdict(list)
    for rank in range(len(lines)):
        leaving[corners[2 * rank]].append(rank)
        arriving[corners[2 * rank + 1]].append(rank)
    groups: Groups[int] = Groups()
    followed, following = set(), set()
    for corner in (arriving.keys() & leaving.keys()) - shut:
        for one in arriving[corner]:
            for other in leaving[corner]:
                if one == other or ahead(heading(lines[one], lines[one].length), heading(lines[other], 0.0)) > 0:
                    groups.join(one, other)
                    followed.add(one)
                    following.add(other)
    runs: dict[int, Run] = defaultdict(Run)
    for rank, line in enumerate(lines):
        run = runs[groups.find(rank)]
        run.ranks.append(rank)
        run.metres += line.length
        run.starts += [] if rank in following else [Point(line.coords[0])]
        run.ends += [] if rank in followed else [Point(line.coords[-1])]
    return [run for run in runs.values() if run.metres >= SHORTEST_M and not run.is_ring]


def accompany(lines: Sequence[LineString], runs: Sequence[Run]) -> None:
    """Tell each run along how many of its metres others run the other way on its left."""
    run_of = {rank: number for number, run in enumerate(runs) for rank in run.ranks}
    ranks = sorted(run_of)
    if not ranks:
        return
    tree = shapely.STRtree([lines[rank] for rank in ranks])
    for number, run in enumerate(runs):
        for rank in run.ranks:
            for at, metres in steps(lines[rank].length):
                place = lines[rank].interpolate(at)
                way = heading(lines[rank], at)
                near = {ranks[one] for one in tree.query(place, predicate="dwithin", distance=APART_M)}
                results = {run_of[one] for one in near if run_of[one] != number and faces(lines[one], place, way)}
                for other in results:
                    run.beside[other] += metres


def steps(length: float) -> Iterator[tuple[float, float]]:
    """Places along a line, in the middle of equal parts, with the metres of each."""
    count = max(1, round(length / STEP_M))
    for rank in range(count):
        yield (rank + 0.5) * length / count, length / count


def faces(other: LineString, place: Point, way: Vector) -> bool:
    """Whether a line runs the other way at its nearest, and lies on the left of who drives this way."""
    at = other.project(place)
    if not SIGHT_M / 10 < at < other.length - SIGHT_M / 10:
        return False
    foot = other.interpolate(at)
    aside = (foot.x - place.x, foot.y - place.y)
    return ahead(heading(other, at), way) < -0.5 and way[0] * aside[1] - way[1] * aside[0] > 0


def opposite_carriageways(runs: Sequence[Run]) -> dict[int, set[int]]:
    """The carriageways with those opposite."""
    results: dict[int, set[int]] = defaultdict(set)
    for number, run in enumerate(runs):
        beside = {other for other, metres in run.beside.items() if metres >= SHORTEST_M / 2}
        if sum(run.beside[other] for other in beside) < run.metres / 2:
            beside = {other for other, one in enumerate(runs) if other != number and leads_back(run, one)}
        for other in beside:
            results[number].add(other)
            results[other].add(number)
    return results


def leads_back(run: Run, other: Run) -> bool:
    """Whether one begins where the other ends, both times, and is not many times as long."""
    if len(run.starts) != 1 or len(run.ends) != 1 or len(other.starts) != 1 or len(other.ends) != 1:
        return False
    near = run.starts[0].distance(other.ends[0]) <= APART_M and run.ends[0].distance(other.starts[0]) <= APART_M
    return near and run.starts[0].distance(run.ends[0]) > APART_M and 1 / 3 < run.metres / other.metres < 3


def gain(lines: Sequence[LineString], markers: Sequence[Marker], whole: Climbs) -> float:
    """From 1 where these are driven as markers grow to -1: along their own axis, or that of the road where fewer than
    two markers stand on them.
    """
    own = Climbs(build([Section(id=rank, line=line) for rank, line in enumerate(lines)], markers))
    climbs = own if own.parts else whole
    metres: float = sum(line.length for line in lines)
    return sum(climbs.along(line) for line in lines) / metres


class Climbs:
    """How far a drive gets along an axis, whichever carriageway it runs over."""

    def __init__(self, axis: Axis) -> None:
        self.parts = axis.parts
        self.tree = shapely.STRtree([one.line for one in axis.parts])

    def along(self, line: LineString) -> float:
        """Metres of axis from each place of the line to the next; what jumps counts as nothing."""
        count = max(1, round(line.length / STEP_M))
        stops = [self.at(line.interpolate(line.length * rank / count)) for rank in range(count + 1)]
        each = line.length / count
        gains = [other - one for one, other in pairwise(stops) if one is not None and other is not None]
        return sum(gain for gain in gains if abs(gain) < 2 * each + SIGHT_M)

    def at(self, place: Point) -> float | None:
        part = self.parts[nearest(self.tree, place)]
        return part.start_m + part.line.project(place) if part.line.distance(place) <= FAR_M else None


def heading(line: LineString, at: float) -> Vector:
    """Which way a line runs at some metres."""
    one, other = line.interpolate(max(0.0, at - SIGHT_M)), line.interpolate(min(line.length, at + SIGHT_M))
    length: Any = one.distance(other) or 1.0
    return (other.x - one.x) / length, (other.y - one.y) / length


def ahead(one: Vector, other: Vector) -> float:
    """1 where both run the same way, -1 where they run against each other."""
    return one[0] * other[0] + one[1] * other[1]
