"""Street fronts of parcels, and the house numbers along each road."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Point, Polygon

from .geometry import Floats, lines, nearest, polygons
from .model import Address, Commune, Parcel, Road

SETBACK = 1.2
"""How far (m) inside the parcel an address lies."""


@dataclass(frozen=True, slots=True)
class Front:
    """The side of a parcel on its road; the parcel lies to the left of `along`. `spot` is where the number hangs."""

    start: Floats
    along: Floats
    length: float
    road: int
    spot: Point

    @property
    def inward(self) -> Floats:
        """The unit vector into the parcel."""
        return np.array([-self.along[1], self.along[0]])


def fronts(parcels: Sequence[Parcel], roads: Sequence[Road]) -> dict[str, Front]:
    """The street front of every parcel that has one, by parcel id."""
    tree = shapely.STRtree([r.geom for r in roads])
    out = {}
    for parcel in parcels:
        front = _front(max(polygons(parcel.geom), key=lambda p: p.area), tree, roads)
        if front:
            out[parcel.idu] = front
    return out


def _front(shape: Polygon, tree: shapely.STRtree, roads: Sequence[Road]) -> Front | None:
    ring = shapely.orient_polygons(Polygon(shape.exterior)).exterior
    xy = shapely.get_coordinates(LineString(ring.coords).simplify(0.4))
    steps = np.diff(xy, axis=0)
    length = np.hypot(steps[:, 0], steps[:, 1])
    middles = shapely.points((xy[:-1] + xy[1:]) / 2)
    near = np.asarray(tree.nearest(middles))
    gap = shapely.distance(middles, tree.geometries[near]) - np.array([roads[k].width_m / 2 for k in near])
    worth = np.where((gap < 1.5) & (length > 2.0), length * np.array([_weight(roads[k]) for k in near]), 0.0)
    for i in np.argsort(-worth, kind="stable")[:4]:
        if worth[i] <= 0:
            break
        spot = _spot(shape, xy[i], steps[i], int(near[i]), tree)
        if spot:
            return Front(xy[i], steps[i] / length[i], float(length[i]), int(near[i]), spot)
    return None


def _weight(road: Road) -> float:
    return 0.45 if road.kind == "rural" else 1.0


def _spot(shape: Polygon, start: Floats, step: Floats, road: int, tree: shapely.STRtree) -> Point | None:
    left = np.array([-step[1], step[0]]) / np.hypot(*step)
    for t, deep in ((0.5, 1.0), (0.35, 1.0), (0.65, 1.0), (0.5, 0.5), (0.2, 0.6), (0.8, 0.6)):
        spot = Point(np.round(start + t * step + left * SETBACK * deep, 2))
        if shape.contains(spot) and nearest(tree, spot) == road and shape.exterior.distance(spot) > 0.25:
            return spot
    return None


def number(
    dwellings: Sequence[str],
    found: Mapping[str, Front],
    roads: Sequence[Road],
    towns: Sequence[Commune],
    rng: Generator,
) -> list[Address]:
    """One address for each dwelling (parcel ids): odd on the left and even on the right, going out from the church."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for idu in dwellings:
        road = roads[found[idu].road]
        groups[(idu[:5], road.name)].append(idu)
    out: list[Address] = []
    by_code = {c.insee: c for c in towns}
    for (insee, name), idus in sorted(groups.items()):
        parts = [r.geom for r in roads if r.name == name and _near(r, insee, found, idus, roads)]
        placed = _along(parts, [(i, found[i].spot) for i in idus], by_code[insee].centre)
        rural = name.startswith(("Route", "Chemin rural"))
        for idu, n, suffix in _give(placed, rural, rng):
            front = found[idu]
            town = by_code[insee]
            out.append(Address(
                f"A{len(out) + 1:05d}", n, suffix, roads[front.road].id, name, insee,
                town.postcode, town.name, idu, front.spot,
            ))  # fmt: skip
    return out


def _near(road: Road, insee: str, found: Mapping[str, Front], idus: Sequence[str], roads: Sequence[Road]) -> bool:
    return road.insee == insee or any(roads[found[i].road] is road for i in idus)


def _along(
    parts: Sequence[LineString], spots: Sequence[tuple[str, Point]], centre: Point
) -> list[tuple[str, float, bool]]:
    """(id, metres from the start of the road, on the left) for each spot."""
    chains = lines(shapely.line_merge(shapely.union_all(list(parts))))
    chains = [
        c if Point(c.coords[0]).distance(centre) <= Point(c.coords[-1]).distance(centre) else c.reverse()
        for c in chains
    ]
    chains.sort(key=lambda c: (Point(c.coords[0]).distance(centre), c.bounds))
    before = np.cumsum([0.0, *(c.length for c in chains)])
    out = []
    for idu, spot in spots:
        k = min(range(len(chains)), key=lambda j: chains[j].distance(spot))
        d = chains[k].project(spot)
        a, b = (np.asarray(chains[k].interpolate(max(0.0, d + s)).coords[0]) for s in (-0.5, 0.5))
        ahead, aside = b - a, np.array([spot.x, spot.y]) - a
        out.append((idu, float(before[k] + d), bool(ahead[0] * aside[1] - ahead[1] * aside[0] > 0)))
    return out


def _give(placed: Sequence[tuple[str, float, bool]], rural: bool, rng: Generator) -> list[tuple[str, int, str | None]]:
    out: list[tuple[str, int, str | None]] = []
    for left in (True, False):
        side = sorted((d, idu) for idu, d, on_left in placed if on_left == left)
        last, at, extra = (-1 if left else 0), 0.0, 0
        for d, idu in side:
            step = round((d - at) / 19)
            if rural:
                wanted = round(d)
                n = max(last + 2, wanted + ((wanted % 2 == 1) != left))
            else:
                n = last + 2 * max(1, min(step, 6))
            if not rural and last > 0 and d - at < 13 and extra < 2 and rng.random() < 0.12:
                n, extra = last, extra + 1
            else:
                extra = 0
            last, at = n, d
            out.append((idu, n, (None, "bis", "ter")[extra]))
    return out


def write(parcels: Sequence[Parcel], posts: Sequence[Address]) -> list[Parcel]:
    """The parcels with the address that stands on them."""
    label: dict[str, str] = {}
    for post in posts:
        label.setdefault(post.parcel_idu, post.label)
    return [replace(p, address=label[p.idu]) if p.idu in label else p for p in parcels]
