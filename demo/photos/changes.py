"""What changed between the two campaigns: houses not yet built in 2020, and those of 2024 that no file knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import cos, sin

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Polygon, box

from demo.territory import Building, Parcel, Territory
from demo.territory.geometry import GRID, frame, polygons

from .extents import TOWNS, near_centre

FLOWN_2020 = date(2020, 6, 14)
UNEXPLAINED = 8


def buildings_of(territory: Territory, year: int) -> list[Building]:
    """The buildings a photograph of that year shows."""
    if year >= 2024:
        return [*territory.buildings, *new_buildings_2024(territory)]
    late = {p.idu for p in territory.parcels if p.created_date > FLOWN_2020 and p.use in ("house", "hamlet")}
    return [b for b in territory.buildings if b.parcel_idu not in late]


def new_buildings_2024(territory: Territory) -> tuple[Building, ...]:
    """Garden houses and annexes on real parcels that stand on the 2024 photograph only: no permit explains them."""
    rng = np.random.default_rng([territory.seed, 2024])
    plots = [p for p in territory.parcels if p.use in ("house", "hamlet") and 380 < p.geom.area < 2_200]
    roofs = shapely.STRtree([b.geom for b in territory.buildings])
    out: list[Building] = []
    per_town = dict.fromkeys(range(len(TOWNS)), 0)
    for k in rng.permutation(len(plots)):
        town = near_centre(territory, plots[int(k)].geom)
        if town is None or per_town[town] >= 2:
            continue
        size = (float(rng.uniform(7, 9)), float(rng.uniform(6, 7))) if len(out) % 3 == 0 else (5.0, 4.0)
        spot = next(_places(plots[int(k)], size, roofs), None)
        if spot is not None:
            out.append(_building(len(out) + 1, plots[int(k)], spot, size[0] > 6))
            per_town[town] += 1
        if len(out) == UNEXPLAINED:
            break
    return tuple(out)


def _places(parcel: Parcel, size: tuple[float, float], roofs: shapely.STRtree) -> Iterator[Polygon]:
    """Free rectangles in the garden, the furthest end of the plot first."""
    ground = max(polygons(parcel.geom), key=lambda p: p.area)
    x, y, angle, length, _ = frame(ground)
    inner = ground.buffer(-1.2)
    for d in np.linspace(0.42, 0.0, 12):
        for side in (1, -1):
            cx, cy = x + side * d * length * cos(angle), y + side * d * length * sin(angle)
            plain = box(cx - size[0] / 2, cy - size[1] / 2, cx + size[0] / 2, cy + size[1] / 2)
            spot = shapely.set_precision(affinity.rotate(plain, angle, use_radians=True), GRID)
            if inner.contains(spot) and not len(roofs.query(spot, "dwithin", 3.0)):
                yield spot


def _building(n: int, parcel: Parcel, spot: Polygon, large: bool) -> Building:
    use, kind, height = ("house", "01", 3.6) if large else ("annex", "02", 2.6)
    return Building(f"N{n:02d}", parcel.idu, parcel.insee, kind, use, None, height, spot)
