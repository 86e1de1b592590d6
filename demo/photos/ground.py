"""Fields, meadows, gardens, woods and water, with the colours of the season."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import pi, radians

import numpy as np
import shapely
from numpy.random import Generator
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from demo.territory import LandCover, Territory
from demo.territory.geometry import frame, polygons

from .drawing import Colour, Drawing, place_shape

type Look = tuple[Colour, Colour, tuple[float, float, float], str]
"""Two colours, the weights of the noises between them, the profile of the rows (or "")."""

SOIL: Colour = (172, 148, 116)
CROPS: dict[str, dict[str, tuple[Look, ...]]] = {
    "june": {
        "wheat": (((164, 164, 92), (192, 182, 120), (0.16, 0.12, 0.36), "cereal"),
                  ((142, 154, 82), (176, 174, 104), (0.16, 0.12, 0.36), "cereal")),
        "barley": (((204, 186, 124), (222, 206, 152), (0.18, 0.14, 0.34), "cereal"),),
        "rapeseed": (((134, 146, 92), (164, 166, 112), (0.34, 0.22, 0.3), "cereal"),),
        "sugar beet": (((94, 122, 70), (128, 138, 90), (0.3, 0.15, 0.4), "hoed"),),
        "maize": (((150, 148, 98), SOIL, (0.3, 0.2, 0.45), "hoed"),
                  ((112, 132, 78), (150, 144, 102), (0.3, 0.2, 0.4), "hoed")),
        "sunflower": (((106, 130, 76), (148, 142, 102), (0.35, 0.2, 0.35), "hoed"),),
        "fallow": (((138, 146, 92), (166, 156, 112), (0.35, 0.55, 0.4), ""),),
    },
    "august": {
        "wheat": (((196, 178, 136), (214, 198, 158), (0.2, 0.12, 0.26), "stubble"),
                  ((176, 152, 120), (192, 170, 138), (0.3, 0.2, 0.4), "ploughed")),
        "barley": (((204, 188, 148), (188, 170, 128), (0.2, 0.14, 0.3), "stubble"),),
        "rapeseed": (((166, 148, 114), (186, 168, 130), (0.3, 0.25, 0.36), "stubble"),
                     ((158, 132, 104), (180, 154, 124), (0.3, 0.2, 0.45), "ploughed")),
        "sugar beet": (((88, 112, 62), (112, 130, 76), (0.3, 0.15, 0.36), "hoed"),),
        "maize": (((84, 106, 58), (108, 124, 72), (0.32, 0.12, 0.34), "hoed"),),
        "sunflower": (((126, 122, 60), (150, 138, 78), (0.4, 0.2, 0.34), "hoed"),),
        "fallow": (((156, 146, 102), (182, 166, 122), (0.35, 0.5, 0.4), ""),),
    },
}  # fmt: skip
GRASS: dict[str, dict[str, tuple[Colour, Colour]]] = {
    "june": {"lawn": ((112, 132, 82), (144, 152, 104)), "meadow": ((118, 136, 88), (154, 156, 108)),
             "verge": ((124, 138, 86), (156, 152, 108)), "wood": ((52, 68, 40), (70, 84, 50))},
    "august": {"lawn": ((116, 124, 74), (162, 150, 104)), "meadow": ((146, 144, 94), (184, 170, 122)),
               "verge": ((150, 142, 98), (180, 164, 122)), "wood": ((54, 64, 40), (76, 80, 50))},
}  # fmt: skip
WATER: tuple[tuple[float, Colour], ...] = (
    (0.0, (120, 120, 92)), (0.5, (96, 104, 80)), (1.1, (82, 94, 72)), (2.0, (70, 84, 66)), (3.4, (62, 76, 61)),
    (5.5, (56, 70, 57)),
)  # fmt: skip
YARDS: tuple[tuple[Colour, Colour], ...] = (
    ((188, 178, 160), (166, 156, 138)), ((176, 172, 164), (156, 152, 146)), ((198, 186, 162), (172, 158, 132)),
    ((160, 152, 140), (186, 178, 164)),
)  # fmt: skip
ROUGH = (0.3, 0.5, 0.45)


def lay_surroundings(drawing: Drawing, inside: BaseGeometry) -> None:
    """The neighbours' fields, which the demo's cadastre does not know."""
    west, south, east, north = inside.bounds
    shapely.prepare(inside)
    fields = [box(x, y, x + 240, y + 130) for x in range(int(west) - 600, int(east) + 600, 240)
              for y in range(int(south) - 600, int(north) + 600, 130)]  # fmt: skip
    middle = ((west + east) / 2, (south + north) / 2)
    for n, shape in enumerate(fields):
        turned = affinity.rotate(shape, 14, middle)
        if not inside.contains(turned):
            rng = drawing.rng("beyond", n)
            crop = str(rng.choice(list(CROPS["june"])))
            _field(drawing, turned, crop, radians(14), rng)


def lay_ground(drawing: Drawing, covers: Iterable[LandCover]) -> None:
    """All surfaces of the parcels."""
    for n, cover in enumerate(covers):
        rng = drawing.rng("ground", n)
        direction = radians(cover.direction_deg or 0.0)
        match cover.kind:
            case "field":
                _field(
                    drawing, cover.geom, _rotate_crop(cover.variety or "fallow", drawing.season, rng), direction, rng
                )
            case "vineyard":
                _vineyard(drawing, cover.geom, direction, rng)
            case "meadow":
                _meadow(drawing, cover.geom, rng)
            case "garden" | "orchard":
                _lawn(drawing, cover.geom, rng)
            case "wood":
                first, second = GRASS[drawing.season]["wood"]
                drawing.lay(cover.geom, drawing.material(first, second, ROUGH))
            case "yard":
                colours = YARDS[int(rng.integers(len(YARDS)))]
                grain = (0.3, 0.3, 0.35)
                drawing.lay(cover.geom, drawing.material(*colours, grain, tone=float(rng.uniform(0.92, 1.05))))
            case "sports":
                _sports_ground(drawing, cover.geom)
            case "cemetery":
                _cemetery(drawing, cover.geom, rng)
            case _:
                pass


def lay_water(drawing: Drawing, covers: Sequence[LandCover]) -> None:
    """Rivers and ponds, deeper and darker away from their banks."""
    depths = [drawing.material(c, tuple(v * 0.86 for v in c), (0.25, 0.35, 0.4)) for _, c in WATER]  # type: ignore[arg-type]
    for cover in covers:
        for (inset, _), material in zip(WATER, depths, strict=True):
            drawing.lay(cover.geom.buffer(-inset) if inset else cover.geom, material)


def _rotate_crop(crop: str, season: str, rng: Generator) -> str:
    """Another crop four years later, most of the time."""
    if season == "june" or rng.random() < 0.25:
        return crop
    return str(rng.choice(["wheat", "wheat", "barley", "rapeseed", "sugar beet", "maize", "maize", "sunflower"]))


def _field(drawing: Drawing, shape: BaseGeometry, crop: str, direction: float, rng: Generator) -> None:
    """A crop inside a narrow margin of grass, which shows the parcel's limit."""
    looks = CROPS[drawing.season][crop]
    first, second, grain, rows = looks[int(rng.integers(len(looks)))]
    margin = drawing.material(*GRASS[drawing.season]["verge"], ROUGH, tone=float(rng.uniform(0.9, 1.02)))
    sown = drawing.material(first, second, grain, tone=float(rng.uniform(0.93, 1.06)))
    drawing.lay(shape, margin)
    inner = shape.buffer(-float(rng.uniform(0.25, 0.6)), join_style="mitre")
    drawing.lay(inner, sown)
    if rows and not inner.is_empty:
        drawing.furrow(inner, sown, direction, rows)
        _headland(drawing, inner, first, second, grain, rng)


def _headland(
    drawing: Drawing,
    inner: BaseGeometry,
    first: Colour,
    second: Colour,
    grain: tuple[float, float, float],
    rng: Generator,
) -> None:
    """Where the tractor turns, along the ends: a little paler, and its wheel marks."""
    core = inner.buffer(-6.0, join_style="mitre")
    if core.area < 4_000:
        return
    wheels = core.boundary.buffer(0.32).union(core.buffer(-1.8, join_style="mitre").boundary.buffer(0.32))
    tone = float(rng.uniform(0.9, 0.95))
    drawing.lay(wheels, drawing.material(second, first, grain, tone=tone))


def _vineyard(drawing: Drawing, shape: BaseGeometry, direction: float, rng: Generator) -> None:
    leaf: Colour = (88, 114, 62) if drawing.season == "june" else (92, 110, 58)
    soil: Colour = (178, 164, 128) if rng.random() < 0.55 else GRASS[drawing.season]["meadow"][0]
    rows = drawing.material(leaf, soil, (0.14, 0.14, 0.1))
    verge = drawing.material(*GRASS[drawing.season]["verge"], ROUGH)
    drawing.lay(shape, verge)
    inner = shape.buffer(-1.4, join_style="mitre")
    drawing.lay(inner, rows)
    drawing.furrow(shape, rows, direction, "vines")


def _meadow(drawing: Drawing, shape: BaseGeometry, rng: Generator) -> None:
    first, second = GRASS[drawing.season]["meadow"]
    grass = drawing.material(first, second, (0.28, 0.4, 0.5), tone=float(rng.uniform(0.92, 1.06)))
    drawing.lay(shape, grass)
    if rng.random() < 0.3:
        angle = frame(max(polygons(shape), key=lambda p: p.area))[2]
        drawing.furrow(shape, grass, angle, "swaths")


def _lawn(drawing: Drawing, shape: BaseGeometry, rng: Generator) -> None:
    first, second = GRASS[drawing.season]["lawn"]
    watered = drawing.season == "august" and rng.random() < 0.2
    dry: Colour = (132, 142, 86) if watered else second
    grass = drawing.material(first, dry, (0.25, 0.42, 0.5), tone=float(rng.uniform(0.9, 1.08)))
    drawing.lay(shape, grass)
    if rng.random() < 0.35:
        drawing.furrow(shape, grass, float(rng.uniform(0, pi)), "lawn")


def _sports_ground(drawing: Drawing, shape: BaseGeometry) -> None:
    """A football pitch, as large as the ground allows, with its lines."""
    ground = max(polygons(shape), key=lambda p: p.area)
    _meadow(drawing, ground, drawing.rng("sports", ground.bounds))
    x, y, angle, _, _ = frame(ground)
    inner = ground.buffer(-3.0)
    scale = next((s for s in np.arange(1.0, 0.3, -0.04) if inner.contains(_pitch(x, y, angle, s)[0])), 0.0)
    if not scale:
        return
    pitch, lines = _pitch(x, y, angle, float(scale))
    green: Colour = (96, 130, 70) if drawing.season == "june" else (104, 128, 72)
    grass = drawing.material(green, (126, 144, 90), (0.2, 0.25, 0.3))
    drawing.lay(pitch.buffer(2.0, join_style="mitre"), grass)
    drawing.furrow(pitch.buffer(2.0), grass, angle + pi / 2, "mown")
    drawing.lay(lines, drawing.material((232, 234, 226), (204, 210, 190), (0.5, 0.4, 0.0)))


def _pitch(x: float, y: float, angle: float, scale: float) -> tuple[Polygon, BaseGeometry]:
    half, wide = 50 * scale, 32 * scale
    outline = box(-half, -wide, half, wide)
    areas = [box(s * half - s * d, -w, s * half, w) if s > 0 else box(-half, -w, -half + d, w)
             for s in (1, -1) for d, w in ((16.5 * scale, 20.16 * scale), (5.5 * scale, 9.16 * scale))]  # fmt: skip
    circle = Point(0, 0).buffer(9.15 * scale, quad_segs=24)
    marks = [outline.exterior, circle.exterior, LineString([(0, -wide), (0, wide)]), *(a.exterior for a in areas)]
    lines = shapely.union_all([m.buffer(0.1) for m in marks])
    return place_shape(outline, x, y, angle), place_shape(lines, x, y, angle)


def _cemetery(drawing: Drawing, shape: BaseGeometry, rng: Generator) -> None:
    ground = max(polygons(shape), key=lambda p: p.area)
    drawing.lay(shape, drawing.material((186, 178, 160), (164, 158, 140), (0.3, 0.3, 0.3)))
    x, y, angle, length, width = frame(ground)
    stones = [drawing.material(c, tuple(v * 0.8 for v in c), (0.3, 0.3, 0), height=0.5)  # type: ignore[arg-type]
              for c in ((150, 150, 152), (112, 112, 116), (186, 182, 176), (128, 120, 116), (74, 76, 82))]  # fmt: skip
    inner = ground.buffer(-3.5)
    graves = [
        (u, v)
        for u in np.arange(-length / 2 + 3, length / 2 - 3, 2.0)
        for v in np.arange(-width / 2 + 3, width / 2 - 3, 4.2)
        if abs(u) > 2.2 and rng.random() < 0.86
    ]
    for u, v in graves:
        grave = place_shape(box(u, v, u + 1.05, v + 2.1), x, y, angle)
        if inner.contains(grave):
            drawing.lay(grave, stones[int(rng.integers(len(stones)))])


def standing(territory: Territory) -> list[LandCover]:
    """The surfaces of parcels and ponds, without roads, rivers and what stands on them."""
    apart = {"water", "road", "hedge", "tree", "pool"}
    return [c for c in territory.landcover if c.kind not in apart]
