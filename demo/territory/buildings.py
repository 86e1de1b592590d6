"""Buildings: adjoining houses in the villages, detached ones in estates, farmyards, sheds, church and town hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import shapely
from numpy.random import Generator
from shapely.geometry import Polygon

from .addresses import Front
from .geometry import GRID, frame, local, polygons
from .model import Building, Parcel
from .names import COMMUNES

Drawn = tuple[Polygon, str, str, float]
"""Footprint, type (01, 02), use, height in m."""


class Site:
    """A parcel seen from its street: x along the front from its middle, y into the parcel."""

    def __init__(self, parcel: Parcel, front: Front) -> None:
        self.shape = max(polygons(parcel.geom), key=lambda p: p.area)
        self.parcel, self.front = parcel, front
        self.width = front.length
        self.origin = front.start + front.along * front.length / 2
        deep = (shapely.get_coordinates(self.shape) - self.origin) @ front.inward
        self.depth = float(deep.max())
        self._inner: dict[float, Polygon] = {}

    def rectangle(self, x0: float, x1: float, y0: float, y1: float) -> Polygon:
        """A rectangle of the site, as it is."""
        return local(self.origin, self.front.along, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

    def clip(self, shape: Polygon, least: float = 14.0) -> Polygon | None:
        """The part of a shape that lies in the parcel: it may touch the limits."""
        found = polygons(shapely.set_precision(self.shape.intersection(shape), GRID), least)
        best = max(found, key=lambda p: p.area, default=None)
        return best if best is not None and not best.interiors else None

    def clear(self, shape: Polygon, margin: float) -> Polygon | None:
        """The shape itself when it stays `margin` m away from every limit."""
        if margin not in self._inner:
            self._inner[margin] = self.shape.buffer(-margin, join_style="mitre")
        rounded = shapely.set_precision(shape, GRID)
        return rounded if isinstance(rounded, Polygon) and self._inner[margin].contains(rounded) else None


def build(parcels: Sequence[Parcel], fronts: Mapping[str, Front], rng: Generator) -> tuple[list[Building], list[str]]:
    """All buildings, and the ids of the parcels that need an address."""
    out: list[Building] = []
    homes: list[str] = []
    for parcel in parcels:
        draw = DRAW.get(parcel.use)
        if draw is None or parcel.idu not in fronts:
            continue
        site = Site(parcel, fronts[parcel.idu])
        kept = _apart(draw(site, rng))
        for shape, kind, use, height in kept:
            name = _name(use, parcel)
            out.append(
                Building(f"B{len(out) + 1:05d}", parcel.idu, parcel.insee, kind, use, name, round(height, 1), shape)
            )
        if any(use not in ("annex", "shed", "barn") for _, _, use, _ in kept):
            homes.append(parcel.idu)
    return out, homes


def _name(use: str, parcel: Parcel) -> str | None:
    if use == "church":
        town = COMMUNES[int(parcel.insee) - 45901][1]
        return f"Église {town}" if town.startswith("Saint") else "Église Saint-Martin"
    return {"townhall": "Mairie", "school": "École"}.get(use)


def _apart(drawn: list[Drawn]) -> list[Drawn]:
    """Buildings of a parcel do not overlap: the first come stay, a later one is cut back or dropped."""
    kept: list[Drawn] = []
    for shape, kind, use, height in drawn:
        left = shape
        for other, *_ in kept:
            if left.intersects(other):
                parts = polygons(shapely.set_precision(left.difference(other), GRID), 9.0)
                left = max(parts, key=lambda p: p.area, default=Polygon())
        if left.area > 9.0 and left.is_valid:
            kept.append((left, kind, use, height))
    return kept


def _core(site: Site, rng: Generator) -> list[Drawn]:
    if rng.random() < 0.07:
        return []
    if site.shape.area < 85:
        return [(site.shape, "01", "house", rng.uniform(5.5, 9))] if not site.shape.interiors else []
    deep, back = rng.uniform(7.5, 11.5), 0.0 if rng.random() < 0.8 else rng.uniform(1.5, 4)
    half = site.width / 2 + 6 if site.width < 17 else rng.uniform(5.5, 8.5)
    side = -1 if rng.random() < 0.5 else 1
    shift = 0.0 if site.width < 17 else side * (site.width / 2 - half)
    front = _plus([site.clip(site.rectangle(shift - half, shift + half, back, back + deep), 24)])
    out: list[Drawn] = [(p, "01", "house", rng.uniform(5.5, 10)) for p in front]
    if site.depth > deep + 12 and rng.random() < 0.68:
        wing, far = rng.uniform(3.8, 5.6), back + deep + rng.uniform(5, 14)
        edge = side * (site.width / 2 + 1.5)
        x0, x1 = sorted((edge, edge - side * (wing + 1.5)))
        part = site.clip(site.rectangle(x0, x1, back + deep, far))
        out += [(p, "01", "annex", rng.uniform(3, 5)) for p in _plus([part])]
    if site.depth > 24 and rng.random() < 0.42:
        deep = rng.uniform(4, 7)
        part = site.clip(
            site.rectangle(-site.width, site.width * rng.uniform(-0.1, 1), site.depth - deep, site.depth + 5)
        )
        out += [
            (p, "02" if rng.random() < 0.5 else "01", "annex", rng.uniform(2.5, 4))
            for p in _plus([part])
            if p.area < 90
        ]
    return out


def _plus(shapes: list[Polygon | None]) -> list[Polygon]:
    return [s for s in shapes if s is not None]


def _house(site: Site, rng: Generator) -> list[Drawn]:
    if site.shape.area < 170 or rng.random() < 0.06:
        return []
    for scale in (1.0, 0.9, 0.8, 0.65):
        long, deep = rng.uniform(10.5, 15) * scale, rng.uniform(8, 10.2) * scale
        back = rng.uniform(4, 8) if rng.random() < 0.85 else rng.uniform(8, 18)
        shift = rng.uniform(-0.18, 0.18) * site.width
        body = site.clear(_ell(site, shift, back, long, deep, rng), 0.8 if scale < 1 else 2.0)
        if body:
            return [(body, "01", "house", rng.uniform(4.5, 8)), *_garden_annex(site, rng)]
    return []


def _ell(site: Site, shift: float, back: float, long: float, deep: float, rng: Generator) -> Polygon:
    x0, x1, y0, y1 = shift - long / 2, shift + long / 2, back, back + deep
    wing, out = long * rng.uniform(0.32, 0.5), rng.uniform(2.0, 4.5)
    draw = rng.random()
    if draw < 0.42:
        return site.rectangle(x0, x1, y0, y1)
    corners = [(x0, y0), (x1, y0), (x1, y1 + out), (x1 - wing, y1 + out), (x1 - wing, y1), (x0, y1)]
    if draw < 0.7:
        corners = [(-(x - shift) + shift, y) for x, y in corners][::-1]
    if draw > 0.88:
        corners = [(x0, y0), (x0 + wing, y0), (x0 + wing, y0 - 1.6), (x1, y0 - 1.6), (x1, y1), (x0, y1)]
    return local(site.origin, site.front.along, corners)


def _garden_annex(site: Site, rng: Generator) -> list[Drawn]:
    if rng.random() > 0.42 or site.depth < 20:
        return []
    side = -1 if rng.random() < 0.5 else 1
    x, y = side * site.width * 0.5, site.depth * rng.uniform(0.72, 0.92)
    w, d = rng.uniform(2.8, 6.5), rng.uniform(2.6, 5)
    x0, x1 = sorted((x + side * 2, x - side * w))
    part = site.clip(site.rectangle(x0, x1, y - d, y), 8)
    return [(p, "02", "annex", rng.uniform(2.2, 3)) for p in _plus([part])]


def _farm(site: Site, rng: Generator) -> list[Drawn]:
    half = min(site.width / 2 - 6, 34)
    deep = min(site.depth - 12, rng.uniform(48, 66))
    out: list[Drawn] = []
    plan = (
        (site.rectangle(-half + 4, -half + 4 + rng.uniform(13, 18), 7, 16.5), "01", "house", 7.0),
        (site.rectangle(-half, -half + rng.uniform(8, 11), 21, deep), "01", "barn", 8.0),
        (site.rectangle(half - rng.uniform(9, 14), half, 9, deep * rng.uniform(0.6, 0.95)), "01", "barn", 7.5),
        (site.rectangle(-half + 16, half - 18, deep - rng.uniform(10, 15), deep), "01", "barn", 9.0),
        (site.rectangle(-half + 14, -half + 14 + rng.uniform(18, 28), deep + 5, deep + 19), "02", "shed", 7.5),
    )
    for i, (shape, kind, use, height) in enumerate(plan):
        part = site.clear(shape, 1.0)
        if part and (i < 2 or rng.random() < 0.75):
            out.append((part, kind, use, height))
    return out


def _activity(site: Site, rng: Generator) -> list[Drawn]:
    for share in (0.66, 0.52, 0.4):
        long, deep = site.width * share, min(site.depth - 14, 55) * rng.uniform(0.7, 1) * (share + 0.3)
        hall = site.clear(site.rectangle(-long / 2, long / 2, 9, 9 + deep), 3.0) if deep > 10 else None
        if hall:
            office = site.clip(site.rectangle(-long / 2, -long / 2 + 9, 4.5, 9))
            return [(hall, "02" if rng.random() < 0.6 else "01", "workshop", 8.0),
                    *((p, "01", "annex", 4.0) for p in _plus([office]))]  # fmt: skip
    return []


def _church(site: Site, _: Generator) -> list[Drawn]:
    x, y = -15.0, site.depth * 0.5
    nave = [(x, y - 5), (x + 16, y - 5), (x + 16, y - 9), (x + 23, y - 9), (x + 23, y - 5), (x + 28, y - 5),
            (x + 31.5, y - 2.6), (x + 31.5, y + 2.6), (x + 28, y + 5), (x + 23, y + 5), (x + 23, y + 9),
            (x + 16, y + 9), (x + 16, y + 5), (x, y + 5), (x, y + 3), (x - 5.5, y + 3), (x - 5.5, y - 3),
            (x, y - 3)]  # fmt: skip
    body = site.clip(local(site.origin, site.front.along, nave), 120)
    return [(p, "01", "church", 14.0) for p in _plus([body])]


def _townhall(site: Site, _: Generator) -> list[Drawn]:
    t = [(-8, 6), (-2.5, 6), (-2.5, 5), (2.5, 5), (2.5, 6), (8, 6), (8, 16), (-8, 16)]
    return [(p, "01", "townhall", 10.0) for p in _plus([site.clip(local(site.origin, site.front.along, t), 60)])]


def _school(site: Site, _: Generator) -> list[Drawn]:
    u = [(-22, 8), (22, 8), (22, 34), (13, 34), (13, 17), (-13, 17), (-13, 30), (-22, 30)]
    body = site.clip(local(site.origin, site.front.along, u), 200)
    yard = site.clip(site.rectangle(-8, 6, 38, 43), 20)
    return [*((p, "01", "school", 5.0) for p in _plus([body])), *((p, "02", "annex", 3.0) for p in _plus([yard]))]


def _sports(site: Site, _: Generator) -> list[Drawn]:
    return [(p, "01", "annex", 3.5) for p in _plus([site.clip(site.rectangle(-9, 9, 4, 10), 40)])]


def _shed(site: Site, rng: Generator) -> list[Drawn]:
    """A field shed or a hut in a garden, seldom."""
    if rng.random() > 0.05:
        return []
    _, _, _, _, width = frame(site.shape)
    long = min(width * 0.6, rng.uniform(4, 22))
    hut = site.clear(site.rectangle(-long / 2, long / 2, 5, 5 + long * 0.6), 1.0)
    return [(p, "02", "shed", 4.5) for p in _plus([hut]) if p.area > 9]


DRAW: dict[str, Callable[[Site, Generator], list[Drawn]]] = {
    "core": _core, "house": _house, "hamlet": _house, "farm": _farm, "activity": _activity, "church": _church,
    "townhall": _townhall, "school": _school, "sports": _sports, "strip": _shed, "orchard": _shed,
}  # fmt: skip
