"""Judges a project by itself: plain arithmetic on convex polygons, nothing of `simulation` nor of shapely.

Written from the definitions of the rules (a setback is the shortest distance to a limit, the CES is what is covered
over the area of the terrain, a gabarit is h <= d x slope + base), before the engine was read. Metres, level ground.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

type Point = tuple[float, float]
type Ring = Sequence[Point]
HEIGHTS = 0.5
"""How well a height is known where no model of the ground is published, in metres."""


@dataclass(frozen=True, kw_only=True)
class House:
    """A convex footprint and its roof: flat, or with a ridge along a rectangle, in the direction of corners 0 and 1."""

    ring: Ring
    eaves: float
    ridge: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A plot of four corners: 0 to 1 on the street, 1 to 2 and 3 to 0 its side limits, 2 to 3 its rear limit."""

    ring: Ring
    plan: float
    standing: Sequence[Ring] = ()

    def limits(self, reference: str) -> list[tuple[Point, Point]]:
        numbers = {"emprisePublique": (0,), "limiteLaterale": (1, 3), "fond": (2,)}[reference]
        return [(self.ring[number], self.ring[(number + 1) % 4]) for number in numbers]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    margin: float
    accuracy: float

    @property
    def status(self) -> str:
        if abs(self.margin) < self.accuracy:
            return "to_judge"
        return "respected" if self.margin > 0 else "broken"


def setback(ground: Ground, houses: Iterable[House], reference: str, metres: float) -> Judgement:
    nearest = min(distance(house.ring, a, b) for house in houses for a, b in ground.limits(reference))
    return Judgement(margin=nearest - metres, accuracy=ground.plan)


def coverage(ground: Ground, houses: Iterable[House], most: float) -> Judgement:
    """The share of the terrain that is covered; each corner of the terrain is uncertain in x and in y."""
    covered = [clip(house.ring, ground.ring) for house in houses] + list(ground.standing)
    share = area_of_union(covered) / area(ground.ring)
    corners = ground.ring
    moved = sum(math.dist(corners[n - 1], corners[(n + 1) % 4]) ** 2 for n in range(4))
    return Judgement(margin=most - share, accuracy=share * ground.plan * math.sqrt(moved) / 2 / area(corners))


def height(houses: Iterable[House], *, ridge: float, eaves: float, parapet: float) -> Judgement:
    margins = []
    for house in houses:
        if house.ridge is None:
            margins.append(parapet - house.eaves)
        else:
            margins += [ridge - house.ridge, eaves - house.eaves]
    return Judgement(margin=min(margins), accuracy=HEIGHTS)


def gabarit(ground: Ground, houses: Iterable[House], reference: str, slope: float, base: float) -> Judgement:
    margin = min(
        away * slope + base - high
        for house in houses
        for a, b in ground.limits(reference)
        for away, high in roof_points(house, a, b)
    )
    return Judgement(margin=margin, accuracy=math.hypot(ground.plan * slope, HEIGHTS))


def roof_points(house: House, a: Point, b: Point, steps: int = 40) -> Iterable[tuple[float, float]]:
    """How far points of the roof are from a limit and how high: the nearest when it is flat, else all over it."""
    if house.ridge is None:
        yield distance(house.ring, a, b), house.eaves
        return
    first, second, third, fourth = house.ring
    for along in range(steps + 1):
        foot, top = between(first, second, along / steps), between(fourth, third, along / steps)
        for across in range(steps + 1):
            share = 1 - abs(2 * across / steps - 1)
            point = between(foot, top, across / steps)
            yield to_segment(point, a, b), house.eaves + (house.ridge - house.eaves) * share


def edges(ring: Ring) -> list[tuple[Point, Point]]:
    return list(pairwise([*ring, ring[0]]))


def between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def side_of(p: Point, a: Point, b: Point) -> float:
    """Above 0 when p is to the left of the line from a to b."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring)) / 2 if ring else 0.0


def inside(p: Point, ring: Ring) -> bool:
    return all(side_of(p, a, b) >= 0 for a, b in edges(ring))


def to_segment(p: Point, a: Point, b: Point) -> float:
    length = math.dist(a, b)
    share = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length**2
    return math.dist(p, between(a, b, min(1.0, max(0.0, share))))


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return side_of(a, c, d) * side_of(b, c, d) < 0 and side_of(c, a, b) * side_of(d, a, b) < 0


def distance(ring: Ring, a: Point, b: Point) -> float:
    """From a convex polygon to a segment; 0 when they meet."""
    if inside(a, ring) or any(cross(a, b, c, d) for c, d in edges(ring)):
        return 0.0
    return min(
        min(to_segment(p, a, b) for p in ring),
        min(to_segment(end, c, d) for end in (a, b) for c, d in edges(ring)),
    )


def apart(one: Ring, other: Ring) -> float:
    return 0.0 if inside(other[0], one) or inside(one[0], other) else min(distance(one, a, b) for a, b in edges(other))


def clip(ring: Ring, by: Ring) -> Ring:
    """What of a convex polygon is inside another (Sutherland and Hodgman); both counter-clockwise."""
    kept = list(ring)
    for a, b in edges(by):
        before, kept = kept, []
        for p, q in edges(before) if before else ():
            left, right = side_of(p, a, b), side_of(q, a, b)
            if left >= 0:
                kept.append(p)
            if left * right < 0:
                kept.append(between(p, q, left / (left - right)))
    return kept


def area_of_union(rings: Sequence[Ring]) -> float:
    """Inclusion and exclusion, up to the square metre that three of them share."""
    total = sum(area(ring) for ring in rings) - sum(area(clip(one, other)) for one, other in combinations(rings, 2))
    return total + sum(area(clip(clip(one, two), three)) for one, two, three in combinations(rings, 3))
