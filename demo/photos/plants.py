"""Trees and bushes: where they stand, and stamping them on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from demo.territory import LandCover
from demo.territory.geometry import polygons

from .drawing import Colour, Drawing
from .sprites import BUSH, CONIFER, ROUND

WOOD_SPACING = 5.6
TINTS: dict[str, tuple[Colour, ...]] = {
    "deciduous": ((92, 118, 62), (82, 110, 58), (104, 126, 68), (76, 100, 56), (114, 130, 72), (86, 114, 70),
                  (98, 112, 60), (72, 98, 50)),
    "conifer": ((74, 102, 70), (82, 110, 78), (68, 94, 66), (90, 114, 86)),
    "riparian": ((106, 128, 80), (96, 122, 74), (118, 138, 92), (86, 112, 64)),
    "fruit": ((104, 128, 70), (114, 134, 78), (94, 118, 64)),
    "bush": ((80, 106, 56), (70, 96, 52), (92, 116, 62), (104, 122, 68), (60, 84, 50), (88, 110, 66), (96, 110, 58),
             (74, 102, 62), (110, 86, 66)),
}  # fmt: skip


class Nursery:
    """The foliage materials of a campaign: each tint of each kind once."""

    def __init__(self, drawing: Drawing) -> None:
        self.tints = {kind: [self._foliage(drawing, c) for c in colours] for kind, colours in TINTS.items()}
        drawing.bushes.extend(self.tints["bush"])

    @staticmethod
    def _foliage(drawing: Drawing, colour: Colour) -> int:
        dry = (1.10, 1.0, 0.96) if drawing.season == "august" else (1.0, 1.0, 1.0)
        first: Colour = tuple(c * k for c, k in zip(colour, dry, strict=True))  # type: ignore[assignment]
        dark: Colour = (first[0] * 0.62, first[1] * 0.66, first[2] * 0.68)
        return drawing.material(first, dark, (0.3, 0.12, 0.12), tone=1.06)

    def tint(self, kind: str, rng: Generator) -> int:
        """One of the tints."""
        return self.tints[kind][int(rng.integers(len(self.tints[kind])))]


def plant_trees(drawing: Drawing, covers: Sequence[LandCover], apart: Sequence[BaseGeometry], nursery: Nursery) -> None:
    """The single trees of the land cover, except where `apart` has its own (orchards) or none (buildings)."""
    taken = set(shapely.STRtree(apart).query([c.geom for c in covers], "intersects")[0].tolist())
    for n, cover in enumerate(covers):
        if n in taken:
            continue
        rng = drawing.rng("tree", n)
        kind = cover.variety or "deciduous"
        form = CONIFER if kind == "conifer" else ROUND
        up = float(rng.uniform(-0.4, 1.2)) if kind != "riparian" else float(rng.uniform(1.5, 4.5))
        x, y = cover.geom.x, cover.geom.y
        drawing.plant(x, y, cover.radius_m or 2.0, form, nursery.tint(kind, rng), rng, up)


def plant_woods(drawing: Drawing, woods: Sequence[LandCover], nursery: Nursery) -> None:
    """Crown against crown, a little smaller at the edge; some woods have more conifers."""
    for n, wood in enumerate(woods):
        rng = drawing.rng("wood", n)
        conifers = float(rng.choice([0.04, 0.12, 0.85], p=[0.6, 0.28, 0.12]))
        grove = rng.integers(len(TINTS["deciduous"]), size=3)
        for x, y in _lattice(wood.geom, WOOD_SPACING, 0.0, 0.36, rng):
            conifer = rng.random() < conifers
            tints = nursery.tints["conifer" if conifer else "deciduous"]
            pick = int(grove[rng.integers(3)]) if rng.random() < 0.8 else int(rng.integers(len(tints)))
            radius = float(rng.uniform(2.5, 3.5) if conifer else rng.uniform(2.5, 4.3))
            form = CONIFER if conifer else ROUND
            drawing.plant(x, y, radius, form, tints[pick % len(tints)], rng, float(rng.uniform(3.0, 6.0)))


def plant_orchards(drawing: Drawing, orchards: Sequence[LandCover], nursery: Nursery) -> None:
    """Fruit trees in lines."""
    for n, orchard in enumerate(orchards):
        rng = drawing.rng("orchard", n)
        spacing, size = float(rng.uniform(4.6, 7.0)), float(rng.uniform(1.3, 2.0))
        inner = orchard.geom.buffer(-1.8)
        for x, y in _lattice(inner, spacing, radians(orchard.direction_deg or 0.0), 0.03, rng):
            if rng.random() < 0.93:
                drawing.plant(x, y, size * float(rng.uniform(0.8, 1.15)), ROUND, nursery.tint("fruit", rng), rng, -0.4)


def _lattice(shape: BaseGeometry, step: float, angle: float, jitter: float, rng: Generator) -> list[list[float]]:
    """Points of a shifted lattice inside a shape, each moved by up to `jitter` of a step."""
    out: list[list[float]] = []
    for part in polygons(shape, 4.0):
        x, y = part.centroid.x, part.centroid.y
        reach = part.hausdorff_distance(part.centroid) + step
        u, v = np.meshgrid(np.arange(-reach, reach, step), np.arange(-reach, reach, step * 0.9))
        u[1::2] += step / 2 if jitter > 0.1 else 0.0
        u, v = (a + rng.uniform(-jitter, jitter, a.shape) * step for a in (u, v))
        xy = np.column_stack((
            (x + u * cos(angle) - v * sin(angle)).ravel(), (y + u * sin(angle) + v * cos(angle)).ravel()
        ))  # fmt: skip
        out += xy[shapely.contains_xy(part, xy)].tolist()
    return out


def bush_row(drawing: Drawing, line: LineString, radius: float, rng: Generator) -> None:
    """Bushes shoulder to shoulder along a line."""
    material = drawing.bushes[int(rng.integers(len(drawing.bushes)))]
    step = radius * 0.8
    d = np.arange(step / 2, line.length, step)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, d))
    xy += rng.normal(0, 0.06 * radius, xy.shape)
    for (x, y), r in zip(xy.tolist(), rng.uniform(0.85, 1.15, len(d)) * radius, strict=True):
        drawing.plant(x, y, float(r), BUSH, material, rng, 0.7 if radius < 0.9 else 1.0)


def clear_bushes(drawing: Drawing, buildings: Sequence[BaseGeometry], gates: Sequence[BaseGeometry]) -> None:
    """No hedge grows through a wall or across a drive."""
    bushes = [k for k, p in enumerate(drawing.plants) if p[4] == BUSH]
    spots = shapely.points([drawing.plants[k][:2] for k in bushes])
    reach = [drawing.plants[k][2] * 0.9 for k in bushes]
    gone = set(shapely.STRtree(buildings).query(spots, "dwithin", reach)[0].tolist())
    gone |= set(shapely.STRtree(gates).query(spots, "intersects")[0].tolist())
    dropped = {bushes[int(k)] for k in gone}
    drawing.plants[:] = [p for k, p in enumerate(drawing.plants) if k not in dropped]
