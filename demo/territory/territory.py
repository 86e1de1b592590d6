"""The demo territory: everything from one seed, nothing from a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from shapely.geometry import Point

from . import addresses, blocks, buildings, landcover, names, parcels, plots, roads, streets, terrain
from .model import Member, Territory


def generate(seed: int = 45) -> Territory:
    """The whole territory, in EPSG:2154, rounded to the centimetre; the same seed gives the same bytes.

    One that was made is kept, whether its seed was said or not.
    """
    return _generate_once(seed)


@lru_cache(maxsize=2)
def _generate_once(seed: int) -> Territory:
    rng = np.random.default_rng(seed)
    land = terrain.lay(rng)
    net = roads.build(land, rng)
    ground = _open_closes(blocks.build(land, net, rng), net, rng)
    edges = plots.Verges(net)
    places = _equipment(ground, land)
    pieces = [p for b in ground for p in plots.share(b, land, edges, places.get(b.index), rng)]
    plan = parcels.cover(ground, pieces)
    parcels.open_up(plan, edges)
    found = parcels.sections(plan, ground, land)
    towns = parcels.communes(found, land)
    ways = streets.name_roads(net, land, towns, rng)
    plan_parcels = parcels.number(plan, ground, rng)
    fronts = addresses.fronts(plan_parcels, ways)
    houses, dwellings = buildings.build(plan_parcels, fronts, rng)
    posts = addresses.number(dwellings, fronts, ways, towns, rng)
    plan_parcels = addresses.write(plan_parcels, posts)
    cover = landcover.build(land, ways, plan.public, plan_parcels, houses, fronts, rng)
    return Territory(
        seed, _members(), tuple(towns), tuple(found), tuple(plan_parcels), tuple(houses), tuple(ways), tuple(posts),
        tuple(cover),
    )  # fmt: skip


def _open_closes(found: list[blocks.Block], net: roads.Network, rng: Generator) -> list[blocks.Block]:
    edges = plots.Verges(net)
    return [plots.close(b, net, edges, rng) if b.kind == "edge" else b for b in found]


def _equipment(found: Sequence[blocks.Block], land: terrain.Terrain) -> dict[int, str]:
    """Which block of each village holds the church square, the school, the cemetery, the sports ground."""
    out: dict[int, str] = {}
    for k, village in enumerate(land.villages):
        centre = Point(village.centre)
        mine = [b for b in found if b.commune == k and b.kind in ("core", "edge", "estate") and b.ground]
        near = sorted(mine, key=lambda b: b.cell.distance(centre) + 0.1 * b.cell.centroid.distance(centre))
        roomy = [b for b in near if max(g.area for g in b.ground) > 4_500]
        wanted = ((roomy, 0, "centre"), (roomy, 3, "school"), (roomy, -2, "cemetery"), (roomy, -1, "sports"))
        for among, place, what in wanted:
            if len(among) > 6:
                out.setdefault(among[place].index, what)
    return out


def _members() -> tuple[Member, ...]:
    every = tuple(str(45901 + k) for k in range(len(names.COMMUNES)))
    return tuple(
        Member(
            slug,
            name,
            kind,
            siren,
            tuple(i for i, c in zip(every, names.COMMUNES, strict=True) if kind != "epci" or c[2] == slug),
        )
        for slug, name, kind, siren in names.MEMBERS
    )
