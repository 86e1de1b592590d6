"""What people put on their plots: walls, fences and hedges on the limits, drives, terraces, vegetables, pools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import atan2, cos, hypot, sin

import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from demo.territory import Building, LandCover, Parcel, Territory
from demo.territory.geometry import frame, polygons

from .drawing import Drawing, place_shape
from .plants import bush_row
from .streets import Cars

FENCED = {"core", "house", "hamlet", "farm", "school", "cemetery", "townhall", "activity", "sports"}
Edge = tuple[tuple[float, float], tuple[float, float]]


def lay_limits(drawing: Drawing, parcels: Sequence[Parcel], roofs: shapely.STRtree, size: float) -> None:
    """A wall, a fence, a hedge or nothing between each two neighbours, centred on the limit."""
    wall = drawing.material((196, 184, 162), (166, 154, 134), (0.4, 0.4, 0.2), height=1.7)
    low = drawing.material((206, 200, 188), (180, 172, 156), (0.4, 0.4, 0.2), height=0.8)
    mesh = drawing.material((104, 116, 88), (128, 130, 104), (0.5, 0.4, 0.0), height=0.7)
    half = max(0.11, 0.5 * size)
    for (one, other), edges in _limits(parcels).items():
        rng = drawing.rng("limit", one, other)
        lines = [LineString(edge) for edge in edges]
        town = one[8:10].startswith("A") and rng.random() < 0.5
        draw = float(rng.random())
        if not other:
            material = low if draw < 0.45 else wall if draw < 0.6 and town else None
        else:
            material = wall if draw < (0.6 if town else 0.2) else mesh if draw < 0.62 else None
        if material is not None:
            wide = half if material != mesh else half * 0.6
            drawing.lay([x.buffer(wide, cap_style="square") for x in _open(lines, roofs)], material)
        elif draw < 0.88:
            _plant_hedge(drawing, lines, rng)


def _limits(parcels: Sequence[Parcel]) -> dict[tuple[str, str], list[Edge]]:
    """The edges between each two parcels, at least one of which is somebody's yard; other = "" is a public way."""
    owners: dict[Edge, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        for shape in polygons(parcel.geom):
            for ring in (shape.exterior, *shape.interiors):
                xy = list(ring.coords)
                for a, b in pairwise(xy):
                    owners[(a, b) if a < b else (b, a)].append(parcel)
    out: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge, mine in owners.items():
        if any(p.use in FENCED for p in mine) and hypot(edge[0][0] - edge[1][0], edge[0][1] - edge[1][1]) > 0.8:
            names = sorted(p.idu for p in mine)
            out[names[0], names[1] if len(names) > 1 else ""].append(edge)
    return out


def _open(lines: Sequence[LineString], roofs: shapely.STRtree) -> list[BaseGeometry]:
    """The lines, less where a building stands on the limit."""
    out: list[BaseGeometry] = []
    for line in lines:
        near = roofs.geometries[roofs.query(line, "dwithin", 0.4)]
        free = line.difference(shapely.union_all(shapely.buffer(near, 0.4))) if len(near) else line
        out += [x for x in shapely.get_parts(free) if x.length > 0.3]
    return out


def _plant_hedge(drawing: Drawing, lines: Sequence[LineString], rng: Generator) -> None:
    """A hedge: bushes in a row."""
    radius = float(rng.uniform(0.45, 0.75))
    for line in lines:
        bush_row(drawing, line, radius, rng)


def lay_yards(drawing: Drawing, territory: Territory, built: Mapping[str, Sequence[Building]], cars: Cars) -> None:
    """Drives, terraces, vegetable patches and cars at home."""
    fronts = {a.parcel_idu: a.geom for a in territory.addresses}
    surfaces = [drawing.material(c, o, (0.35, 0.35, 0.3)) for c, o in (
        ((200, 190, 168), (176, 164, 140)), ((176, 174, 170), (156, 154, 150)), ((150, 148, 146), (168, 164, 158)),
        ((190, 160, 138), (166, 140, 122)))]  # fmt: skip
    for parcel in territory.parcels:
        mine = built.get(parcel.idu, ())
        home = next((b for b in mine if b.use == "house"), None)
        if home is None or parcel.idu not in fronts or parcel.use not in ("house", "hamlet"):
            continue
        rng = drawing.rng("yard", parcel.idu)
        ground = max(polygons(parcel.geom), key=lambda p: p.area)
        _drive(drawing, cars, ground, home.geom, fronts[parcel.idu], surfaces[int(rng.integers(4))], rng)
        _terrace(drawing, ground, home.geom, fronts[parcel.idu], surfaces[int(rng.integers(1, 4))], rng)
        _patch(drawing, ground, mine, rng)


def _drive(
    drawing: Drawing, cars: Cars, ground: Polygon, home: Polygon, gate: Point, surface: int, rng: Generator
) -> None:
    _, at_house = nearest_points(gate, home)
    run = LineString([gate, at_house])
    if not 3.0 < run.length < 30.0:
        return
    x, y = run.coords[0]
    dx, dy = (at_house.x - x) / run.length, (at_house.y - y) / run.length
    wide = float(rng.uniform(1.4, 2.1))
    strip = LineString([(x - 1.6 * dx, y - 1.6 * dy), at_house]).buffer(wide, cap_style="flat")
    drawing.lay(strip, surface)
    drawing.gates.append(strip)
    if run.length > 6.5 and rng.random() < 0.42:
        cars.park(
            x + dx * (run.length - 3.0), y + dy * (run.length - 3.0), atan2(dy, dx), drawing.rng(drawing.season, x)
        )
    if rng.random() < 0.25:
        drawing.lay(home.buffer(1.2, join_style="mitre").intersection(ground), surface)


def _terrace(drawing: Drawing, ground: Polygon, home: Polygon, gate: Point, surface: int, rng: Generator) -> None:
    """On the garden side of the house."""
    if rng.random() < 0.3:
        return
    x, y, angle, length, width = frame(home)
    toward = (x - gate.x) * -sin(angle) + (y - gate.y) * cos(angle)
    side, deep = (1 if toward > 0 else -1), float(rng.uniform(2.6, 4.6))
    left = float(rng.uniform(-length / 2, 0))
    v0, v1 = sorted((side * (width / 2 - 1.5), side * (width / 2 + deep)))
    place = place_shape(box(left, v0, left + length / 2, v1), x, y, angle)
    drawing.lay(place.intersection(ground.buffer(-0.7)), surface)


def _patch(drawing: Drawing, ground: Polygon, mine: Sequence[Building], rng: Generator) -> None:
    """A vegetable garden at the end of the plot."""
    if rng.random() > 0.24 or ground.area < 420:
        return
    x, y, angle, length, width = frame(ground)
    side = 1 if rng.random() < 0.5 else -1
    long, wide = min(11.0, length * 0.22), min(8.0, width * 0.5)
    bed = place_shape(box(-long / 2, -wide / 2, long / 2, wide / 2), *_along(x, y, angle, side * length * 0.36), angle)
    if not ground.buffer(-0.8).contains(bed) or any(b.geom.distance(bed) < 1.5 for b in mine):
        return
    earth = drawing.material((106, 124, 72), (142, 118, 92), (0.35, 0.3, 0.0))
    drawing.lay(bed, earth)
    drawing.furrow(bed, earth, angle, "vegetables")


def _along(x: float, y: float, angle: float, d: float) -> tuple[float, float]:
    return x + d * cos(angle), y + d * sin(angle)


def lay_pools(drawing: Drawing, covers: Sequence[LandCover]) -> None:
    """Swimming pools with their paving, the deep end darker."""
    stone = drawing.material((214, 206, 192), (190, 182, 168), (0.3, 0.3, 0.0))
    shallow = drawing.material((112, 196, 206), (140, 212, 216), (0.25, 0.4, 0.0))
    deep = drawing.material((82, 172, 192), (110, 192, 204), (0.25, 0.4, 0.0))
    for cover in covers:
        drawing.lay(cover.geom.buffer(0.9, join_style="mitre"), stone)
        drawing.lay(cover.geom, shallow)
        x, y, angle, length, width = frame(cover.geom)
        half = place_shape(box(0, -width / 2 + 0.3, length / 2 - 0.3, width / 2 - 0.3), x, y, angle)
        drawing.lay(half, deep)


def lay_hedges(drawing: Drawing, covers: Sequence[LandCover]) -> None:
    """The hedges of the land cover, as thick as they are."""
    for n, cover in enumerate(covers):
        assert isinstance(cover.geom, LineString)
        bush_row(drawing, cover.geom, cover.radius_m or 1.0, drawing.rng("hedge", n))
