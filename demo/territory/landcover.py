"""What covers the ground, for whoever draws the territory from the air."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import degrees

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Point, Polygon

from .addresses import Front
from .geometry import GRID, Floats, frame, local, polygons
from .model import Building, LandCover, Parcel, Road
from .terrain import Terrain

CROPS = ("wheat", "wheat", "barley", "rapeseed", "sugar beet", "maize", "sunflower", "fallow")
SURFACE = {"field": "field", "meadow": "meadow", "strip": "meadow", "vineyard": "vineyard", "orchard": "orchard",
           "wood": "wood", "sports": "sports", "cemetery": "cemetery", "pond": "water",
           "core": "yard", "church": "yard",
           "townhall": "yard", "school": "yard", "activity": "yard", "farm": "yard", "technical": "yard"}  # fmt: skip
TREES_PER_M2 = {"garden": 1 / 170, "yard": 1 / 900, "orchard": 1 / 70, "meadow": 1 / 5_000, "cemetery": 1 / 300}


def build(
    land: Terrain,
    roads: Sequence[Road],
    public: Sequence[Polygon],
    parcels: Sequence[Parcel],
    buildings: Sequence[Building],
    fronts: Mapping[str, Front],
    rng: Generator,
) -> list[LandCover]:
    """Surfaces first, then hedges, pools and trees."""
    ground = [_surface(p, fronts, rng) for p in parcels]
    roofs = shapely.STRtree([b.geom for b in buildings])
    small = [x for p, g in zip(parcels, ground, strict=True) for x in _small(p, g, roofs, rng)]
    small.sort(key=lambda x: ("hedge", "pool", "tree").index(x.kind))
    return [
        *_water(land),
        *_roads(public, land),
        *_bridges(roads, land),
        *ground,
        *small,
        *_bank_trees(land, parcels, rng),
    ]


def _water(land: Terrain) -> Iterator[LandCover]:
    for river in land.rivers:
        for part in polygons(shapely.set_precision(river.water.intersection(land.limit), GRID), 1.0):
            yield LandCover("water", part, variety=river.name)


def _roads(public: Sequence[Polygon], land: Terrain) -> Iterator[LandCover]:
    water = shapely.union_all([r.water for r in land.rivers])
    for face in public:
        for part in polygons(
            shapely.set_precision(face.difference(water), GRID) if face.intersects(water) else face, 1.0
        ):
            yield LandCover("road", part)


def _bridges(roads: Sequence[Road], land: Terrain) -> Iterator[LandCover]:
    for river in land.rivers:
        for road in roads:
            if road.geom.intersects(river.water):
                deck = road.geom.buffer(road.carriageway_m / 2 + 0.8, cap_style="flat").intersection(
                    river.water.buffer(1.5)
                )
                for part in polygons(shapely.set_precision(deck, GRID), 4.0):
                    yield LandCover("road", part, variety="bridge")


def _surface(parcel: Parcel, fronts: Mapping[str, Front], rng: Generator) -> LandCover:
    kind = SURFACE.get(parcel.use, "garden")
    if parcel.use == "core" and (parcel.idu not in fronts or parcel.geom.area > 420):
        kind = "garden"
    if kind not in ("field", "vineyard", "orchard"):
        return LandCover(kind, parcel.geom)
    _, _, angle, _, _ = frame(max(polygons(parcel.geom), key=lambda p: p.area))
    crop = CROPS[int(rng.integers(len(CROPS)))] if kind == "field" else None
    return LandCover(kind, parcel.geom, round(degrees(angle) % 180, 1), crop)


def _small(parcel: Parcel, ground: LandCover, roofs: shapely.STRtree, rng: Generator) -> Iterator[LandCover]:
    shape = max(polygons(parcel.geom), key=lambda p: p.area)
    if ground.kind in TREES_PER_M2:
        yield from _trees(shape, min(60, rng.poisson(shape.area * TREES_PER_M2[ground.kind])), roofs, rng)
    hedged = {"house": 0.3, "hamlet": 0.5, "meadow": 0.3, "field": 0.05, "farm": 0.6}.get(parcel.use, 0.0)
    if rng.random() < hedged:
        yield from _hedge(shape, rng)
    if parcel.use in ("house", "hamlet") and shape.area > 480 and rng.random() < 0.14:
        yield from _pool(shape, roofs, rng)


def _trees(shape: Polygon, count: int, roofs: shapely.STRtree, rng: Generator) -> Iterator[LandCover]:
    if count == 0:
        return
    w, s, e, n = shape.bounds
    xy = np.round(rng.uniform((w, s), (e, n), (count * 3, 2)), 2)
    spots = shapely.points(xy)
    free = shapely.contains(shape, spots) & (shapely.distance(shape.exterior, spots) > 0.8)
    for spot in [p for p, ok in zip(spots, free, strict=True) if ok][:count]:
        radius = round(float(rng.uniform(1.2, 3.8)), 1)
        if len(roofs.query(spot, predicate="dwithin", distance=radius * 0.7)) == 0:
            yield LandCover("tree", spot, variety="deciduous" if rng.random() < 0.8 else "conifer", radius_m=radius)


def _hedge(shape: Polygon, rng: Generator) -> Iterator[LandCover]:
    """Along the longest one or two sides."""
    xy = shapely.get_coordinates(shape.exterior.simplify(0.5))
    sides = sorted(range(len(xy) - 1), key=lambda i: -float(np.hypot(*(xy[i + 1] - xy[i]))))
    for i in sides[: int(rng.integers(1, 3))]:
        line = LineString(xy[i : i + 2])
        if line.length > 12:
            yield LandCover("hedge", line, radius_m=round(float(rng.uniform(0.6, 1.8)), 1))


def _pool(shape: Polygon, roofs: shapely.STRtree, rng: Generator) -> Iterator[LandCover]:
    x, y, angle, _, _ = frame(shape)
    along: Floats = np.array([np.cos(angle), np.sin(angle)])
    for shift in (9.0, -9.0, 13.0, -13.0):
        origin = np.array([x, y]) + along * shift
        half = rng.uniform(3.2, 5)
        pool = shapely.set_precision(local(origin, along, [(-half, -2), (half, -2), (half, 2), (-half, 2)]), GRID)
        if shape.buffer(-1.5).contains(pool) and len(roofs.query(pool, predicate="dwithin", distance=2)) == 0:
            yield LandCover("pool", pool)
            return


def _bank_trees(land: Terrain, parcels: Sequence[Parcel], rng: Generator) -> Iterator[LandCover]:
    tree = shapely.STRtree([p.geom for p in parcels])
    for river in land.rivers:
        bank = river.water.exterior
        at = np.cumsum(rng.uniform(5, 38, int(bank.length / 20)))
        for d in at[at < bank.length]:
            spot: Point = shapely.set_precision(bank.interpolate(float(d)), GRID)
            if len(tree.query(spot, predicate="dwithin", distance=4)):
                yield LandCover("tree", spot, variety="riparian", radius_m=round(float(rng.uniform(2, 5)), 1))
