"""Blocks: what lies between the axes of roads and rivers, its commune, and the ground left for parcels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from .geometry import GRID, Floats, faces, polygons
from .roads import Network
from .terrain import Terrain, Village


@dataclass(frozen=True, slots=True)
class Block:
    """`cell` reaches to the road axes (cells tile the territory); `ground` is what parcels fill."""

    index: int
    cell: Polygon
    ground: tuple[Polygon, ...]
    commune: int
    kind: str
    """core, edge (estates and newer houses), wood, plain."""


def build(terrain: Terrain, net: Network, rng: Generator) -> list[Block]:
    """All blocks of the territory, in a fixed order."""
    axes = [r.axis for r in terrain.rivers]
    cells = faces([terrain.limit.exterior, *axes, *net.limits, *(w.line for w in net.ways)])
    cells = [c for c in cells if terrain.limit.contains(c.representative_point())]
    communes = _communes(cells, terrain)
    public = _public(terrain, net)
    tree = shapely.STRtree(public)
    out = []
    for i, cell in enumerate(cells):
        taken = [public[k] for k in tree.query(cell, predicate="intersects")]
        ground = _ground(cell, taken)
        kind = _kind(cell, terrain)
        if kind in ("plain", "wood"):
            ground = [_roughen_limits(g, cell, terrain, rng) for g in ground]
        out.append(Block(i, cell, tuple(ground), communes[i], kind))
    return out


def _public(terrain: Terrain, net: Network) -> list[BaseGeometry]:
    roads = [w.line.buffer(w.width / 2, quad_segs=2, cap_style="flat", join_style="mitre") for w in net.ways]
    return [*roads, *(r.water for r in terrain.rivers)]


def _ground(cell: Polygon, taken: Sequence[BaseGeometry]) -> list[Polygon]:
    left = cell.difference(shapely.union_all(taken)) if taken else cell
    opened = left.buffer(-2.2, join_style="mitre").buffer(2.2, quad_segs=1, join_style="round")
    corners = shapely.union_all(polygons(left.difference(opened), 0.4))
    kept = polygons(shapely.set_precision(left.difference(corners), GRID), 250.0)
    return sorted(kept, key=lambda p: p.bounds)


def _roughen_limits(ground: Polygon, cell: Polygon, terrain: Terrain, rng: Generator) -> Polygon:
    """Road limits in the country are not parallel to the axis: move some vertices a few decimetres inwards."""
    fine = shapely.segmentize(ground, 70.0)
    xy = shapely.get_coordinates(fine.exterior)[:-1]
    spots = shapely.points(xy)
    free = shapely.distance(spots, cell.exterior) > 1.5
    for river in terrain.rivers:
        free &= shapely.distance(spots, river.water) > 1.5
    moved = xy + np.where(free[:, None], rng.uniform(-0.45, 0.45, xy.shape), 0.0)
    bent = Polygon(np.round(moved, 2), [r.coords for r in fine.interiors])
    return bent if bent.is_valid and cell.contains(bent) else ground


def _kind(cell: Polygon, terrain: Terrain) -> str:
    spot = cell.representative_point()
    for v in terrain.villages:
        if v.outline.contains(spot):
            return "core" if cell.distance(Point(v.centre)) < 0.36 * v.radius else "edge"
    return "wood" if any(w.contains(spot) for w in terrain.woods) else "plain"


def _communes(cells: Sequence[Polygon], terrain: Terrain) -> list[int]:
    """The nearest village, then whatever is cut off goes to a neighbour, so that every commune is in one piece."""
    spots = shapely.centroid(list(cells))
    far = np.array([[_pull(v, p) for v in terrain.villages] for p in spots])
    owner = [int(k) for k in far.argmin(axis=1)]
    for _ in range(4):
        for k in range(len(terrain.villages)):
            _give_away(k, owner, cells, far)
    return owner


def _pull(v: Village, spot: Point) -> float:
    return -1.0 if v.outline.contains(spot) else float(np.hypot(*(v.centre - (spot.x, spot.y)))) - 0.3 * v.radius


def _give_away(k: int, owner: list[int], cells: Sequence[Polygon], far: Floats) -> None:
    mine = [i for i, o in enumerate(owner) if o == k]
    parts = polygons(shapely.union_all([cells[i] for i in mine], grid_size=GRID))
    biggest = max(parts, key=lambda p: p.area)
    for i in mine:
        if not biggest.contains(cells[i].representative_point()):
            owner[i] = int(far[i].argsort()[1])


def without(block: Block, taken: BaseGeometry) -> Block:
    """The block after some of its ground became public (a close, a square)."""
    left = [q for g in block.ground for q in polygons(shapely.set_precision(g.difference(taken), GRID), 60.0)]
    return replace(block, ground=tuple(left))
