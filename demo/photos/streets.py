"""Roads as laid: asphalt, kerbs, pavements, markings, crossings, dirt tracks and parked cars."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import atan2, cos, pi, sin

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from demo.territory import Building, LandCover, Road, Territory

from .drawing import Colour, Drawing, place_shape
from .ground import GRASS, ROUGH

ORDER = ("rural", "residential", "communale", "departementale")
PAINTS: tuple[Colour, ...] = (
    (226, 228, 230), (206, 208, 212), (150, 154, 160), (84, 88, 94), (48, 50, 56), (54, 72, 110), (150, 44, 42),
    (224, 226, 226), (110, 116, 122), (196, 188, 170),
)  # fmt: skip


def lay_streets(drawing: Drawing, territory: Territory, size: float) -> None:
    """Everything between the parcels but water, from the verges up; bridges come with `lay_bridges`."""
    verge = drawing.material(*GRASS[drawing.season]["verge"], ROUGH)
    drawing.lay([c.geom for c in territory.landcover if c.kind == "road" and c.variety != "bridge"], verge)
    inside = find_built_up_roads(territory)
    roads = sorted(territory.roads, key=lambda r: ORDER.index(r.kind))
    _pavements(drawing, [r for r in roads if r.id in inside])
    for road in roads:
        _carriageway(drawing, road, drawing.rng("road", road.name, road.insee))
    _markings(drawing, territory.roads, inside, size)


def find_built_up_roads(territory: Territory) -> set[str]:
    """Roads between houses."""
    tree = shapely.STRtree([b.geom for b in territory.buildings])
    return {r.id for r in territory.roads
            if r.kind != "rural" and len(tree.query(r.geom, "dwithin", 16)) > max(2, r.geom.length / 30)}  # fmt: skip


def _pavements(drawing: Drawing, roads: Sequence[Road]) -> None:
    for road in roads:
        rng = drawing.rng("pavement", road.name, road.insee)
        tone = float(rng.uniform(0.94, 1.04))
        grey: Colour = (182, 177, 168) if rng.random() < 0.6 else (168, 166, 162)
        stone = drawing.material(grey, (158, 154, 146), (0.3, 0.35, 0.3), tone=tone)
        drawing.lay(road.geom.buffer(road.width_m / 2 + 0.6, quad_segs=4), stone)
    kerb = drawing.material((206, 203, 196), (182, 180, 174), (0.4, 0.3, 0))
    drawing.lay([r.geom.buffer(r.carriageway_m / 2 + 0.18, quad_segs=6) for r in roads], kerb)


def _carriageway(drawing: Drawing, road: Road, rng: Generator) -> None:
    half = road.carriageway_m / 2
    if road.kind == "rural":
        _track(drawing, road, half)
        return
    grey = float(drawing.rng("asphalt", road.insee, road.kind).uniform(124, 154) + rng.uniform(-3, 3))
    colour: Colour = (grey, grey, grey + 1.5)
    other: Colour = (grey + 15, grey + 13, grey + 9)
    asphalt = drawing.material(colour, other, (0.35, 0.4, 0.4))
    drawing.lay(road.geom.buffer(half, quad_segs=6), asphalt)
    worn = drawing.material((grey + 4, grey + 4, grey + 4), (grey + 18, grey + 16, grey + 13), (0.35, 0.4, 0.4))
    wheels = [road.geom.offset_curve(side * half * 0.5).buffer(0.3, cap_style="flat") for side in (1, -1)]
    drawing.lay(wheels, worn)
    _repairs(drawing, road, grey, rng)


def _repairs(drawing: Drawing, road: Road, grey: float, rng: Generator) -> None:
    """Trenches dug and filled: darker rectangles."""
    dark = drawing.material((grey - 30, grey - 30, grey - 28), (grey - 14, grey - 14, grey - 14), (0.3, 0.3, 0.2))
    for at in rng.uniform(0, road.geom.length, rng.poisson(road.geom.length / 90)):
        x, y, angle = _at(road.geom, float(at))
        side, length = float(rng.uniform(-0.6, 0.6)) * road.carriageway_m / 2, float(rng.uniform(2, 14))
        drawing.lay(place_shape(box(-length / 2, side - 0.5, length / 2, side + 0.5), x, y, angle), dark)


def _track(drawing: Drawing, road: Road, half: float) -> None:
    """A dirt road: two pale wheel tracks with grass between."""
    earth = drawing.material((190, 174, 142), (164, 150, 116), (0.35, 0.6, 0.5))
    grass = drawing.material((150, 148, 100), (172, 158, 118), ROUGH)
    drawing.lay(road.geom.buffer(half * 0.9, quad_segs=4), earth)
    drawing.lay(road.geom.buffer(0.35, cap_style="flat"), grass)


def lay_bridges(drawing: Drawing, covers: Sequence[LandCover], roads: Sequence[Road]) -> None:
    """Decks over water, their parapets and the asphalt on them."""
    deck = drawing.material((172, 168, 160), (150, 146, 140), (0.3, 0.3, 0.2), height=0.9)
    asphalt = drawing.material((140, 140, 141), (156, 155, 152), (0.35, 0.4, 0.3))
    tree = shapely.STRtree([r.geom for r in roads])
    for cover in covers:
        drawing.lay(cover.geom, deck)
        over = [roads[k] for k in tree.query(cover.geom, "intersects")]
        drawing.lay([r.geom.buffer(r.carriageway_m / 2).intersection(cover.geom) for r in over], asphalt)


def _markings(drawing: Drawing, roads: Sequence[Road], inside: set[str], size: float) -> None:
    wide = max(0.06, 0.55 * size)
    strength = min(1.0, 0.13 / (2 * wide))
    white = drawing.material(
        tuple(140 + (236 - 140) * strength for _ in range(3)), (150, 150, 148), (0.35, 0.3, 0.1)  # type: ignore[arg-type]
    )  # fmt: skip
    degree = Counter(node for r in roads for node in (r.start_node, r.end_node))
    for road in (r for r in roads if r.kind in ("departementale", "communale") and r.carriageway_m >= 4.5):
        ends = tuple(9.0 if degree[n] > 2 else 0.0 for n in (road.start_node, road.end_node))
        if road.id not in inside or road.kind == "departementale":
            drawing.lay(_dashes(road.geom, ends, 3.0, 10.0, wide), white)
        if road.id not in inside:
            for side in (1, -1):
                edge = road.geom.offset_curve(side * (road.carriageway_m / 2 - 0.2))
                drawing.lay(_dashes(edge, ends, 3.0, 3.5, wide), white)
        elif road.kind == "departementale":
            drawing.lay(_crossings(road, ends), drawing.material((226, 226, 222), (180, 180, 176), (0.5, 0.5, 0.2)))


def _dashes(line: BaseGeometry, ends: Sequence[float], long: float, gap: float, half: float) -> list[BaseGeometry]:
    if line.is_empty or line.geom_type != "LineString" or line.length < ends[0] + ends[1] + long:
        return []
    starts = np.arange(ends[0], line.length - ends[1] - long, long + gap)
    a, b = (shapely.get_coordinates(shapely.line_interpolate_point(line, starts + s)) for s in (0.0, long))
    return list(shapely.buffer(shapely.linestrings(np.stack((a, b), axis=1)), half, cap_style="flat"))


def _crossings(road: Road, ends: Sequence[float]) -> list[Polygon]:
    """A zebra before each crossroads of a main street."""
    out: list[Polygon] = []
    half = road.carriageway_m / 2
    for first, end in zip((True, False), ends, strict=True):
        if not end or road.geom.length < 30:
            continue
        x, y, angle = _at(road.geom, 8.0 if first else road.geom.length - 8.0)
        for v in np.arange(-half + 0.4, half - 0.4, 1.0):
            out.append(place_shape(box(-1.25, v, 1.25, v + 0.5), x, y, angle))
    return out


def _at(line: LineString, d: float) -> tuple[float, float, float]:
    """A point of a line and the direction there."""
    a, b = line.interpolate(max(0.0, d - 0.5)), line.interpolate(min(line.length, d + 0.5))
    return (a.x + b.x) / 2, (a.y + b.y) / 2, atan2(b.y - a.y, b.x - a.x)


class Cars:
    """Draws cars: a body, glass and a roof, each as high as it is."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.bodies = [drawing.material(c, tuple(v * 0.85 for v in c), (0.15, 0.1, 0), 0.9) for c in PAINTS]  # type: ignore[arg-type]
        self.roofs = [drawing.material(tuple(min(240, v * 1.06 + 6) for v in c), c, (0.1, 0.1, 0), 1.5)  # type: ignore[arg-type]
                      for c in PAINTS]  # fmt: skip
        self.glass = drawing.material((40, 46, 54), (74, 84, 94), (0.2, 0.2, 0), 1.2)

    def park(self, x: float, y: float, angle: float, rng: Generator) -> None:
        """A car at a place, along a direction (radians)."""
        k, long = int(rng.integers(len(PAINTS))), float(rng.uniform(3.9, 4.7)) / 2
        angle += float(rng.normal(0, 0.03)) + (pi if rng.random() < 0.5 else 0.0)
        parts = (
            (box(-long + 0.3, -0.6, long - 0.3, 0.6).buffer(0.3), self.bodies[k]),
            (box(-long + 0.45, -0.7, long - 1.15, 0.7).buffer(0.05), self.glass),
            (box(-long + 0.85, -0.66, long - 1.85, 0.66).buffer(0.08), self.roofs[k]),
        )
        for shape, material in parts:
            self.drawing.lay(place_shape(shape, x, y, angle), material)


def park_along(drawing: Drawing, cars: Cars, roads: Sequence[Road], inside: set[str]) -> None:
    """Cars at the kerb of village streets, another set each year."""
    for road in roads:
        if road.id not in inside or road.carriageway_m < 4.3:
            continue
        rng = drawing.rng("parked", drawing.season, road.id)
        spots = np.arange(12.0, road.geom.length - 12.0, 6.0)
        for at in spots[rng.random(len(spots)) < (0.06 if road.kind == "departementale" else 0.12)]:
            x, y, angle = _at(road.geom, float(at))
            side = (1 if rng.random() < 0.5 else -1) * (road.carriageway_m / 2 - 0.95)
            cars.park(x - sin(angle) * side, y + cos(angle) * side, angle, rng)


def by_parcel(buildings: Sequence[Building]) -> dict[str, list[Building]]:
    """The buildings of each parcel."""
    out: dict[str, list[Building]] = defaultdict(list)
    for b in buildings:
        out[b.parcel_idu].append(b)
    return out
