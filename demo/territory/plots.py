"""How the ground of each block is shared out: village plots, estates, farmsteads, fields, meadows, woods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import pi

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Point, Polygon

from .blocks import Block, without
from .geometry import GRID, Floats, cut, frame, local, polygons, ribs
from .roads import Network, Way, verges
from .terrain import Terrain, Village


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of ground that will be a parcel; `fixed` ones keep their use whatever they touch."""

    geom: Polygon
    use: str
    block: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """A straight piece of a block's limit along a road; the ground lies to the left of `along`."""

    start: Floats
    along: Floats
    length: float
    way: int


class Verges:
    """Where the public domain of each way ends."""

    def __init__(self, net: Network) -> None:
        self.net, self.half = net, verges(net)
        self.tree = shapely.STRtree([w.line for w in net.ways])

    def gaps(self, points: Floats) -> tuple[Floats, list[int]]:
        """For each point (n, 2): metres to the limit of the road domain, and the way that is nearest."""
        spots = shapely.points(points)
        near = np.asarray(self.tree.nearest(spots))
        lines = np.asarray([self.net.ways[k].line for k in near], dtype=object)
        return shapely.distance(spots, lines) - self.half[near], [int(k) for k in near]

    def fronts(self, ground: Polygon, least: float = 12.0, slack: float = 1.0) -> list[Front]:
        """The straight stretches of `ground`'s outer limit that lie along a road, longest first."""
        ring = shapely.orient_polygons(Polygon(ground.exterior)).exterior
        xy = shapely.get_coordinates(LineString(ring.coords).simplify(0.6))
        steps = np.diff(xy, axis=0)
        length = np.hypot(steps[:, 0], steps[:, 1])
        gap, way = self.gaps((xy[:-1] + xy[1:]) / 2)
        found = [Front(xy[i], steps[i] / length[i], float(length[i]), way[i])
                 for i in range(len(steps)) if length[i] >= least and gap[i] < slack]  # fmt: skip
        return sorted(found, key=lambda f: -f.length)


def close(block: Block, net: Network, edges: Verges, rng: Generator) -> Block:
    """Open a close (a blind road with a turning circle) into a deep block of an estate."""
    ground = max(block.ground, key=lambda g: g.area, default=None)
    if ground is None or ground.area < 8_500 or rng.random() < 0.2:
        return block
    fronts = [f for f in edges.fronts(ground, 45) if net.ways[f.way].kind != "departementale"][:2]
    if not fronts:
        return block
    front = fronts[int(rng.integers(len(fronts)))]
    root = front.start + front.along * front.length * rng.uniform(0.42, 0.58)
    inward = np.array([-front.along[1], front.along[0]])
    ray = LineString([root, root + inward * 300]).intersection(ground)
    depth = shapely.get_parts(ray)[0].length - 34
    if depth < 30:
        return block
    axis = net.ways[front.way].line
    foot = np.asarray(axis.interpolate(axis.project(Point(root))).coords[0])
    end = root + inward * min(depth, 85)
    bent = (root + end) / 2 + front.along * rng.uniform(-2.5, 2.5)
    line = LineString(np.round([foot, bent, end], 2))
    net.ways.append(Way(line, "residential", 6.5, role="close"))
    taken = shapely.union_all(
        [line.buffer(3.25, cap_style="flat", join_style="mitre"), Point(end).buffer(8.5, quad_segs=4)]
    )
    return replace(without(block, taken), kind="estate")


def share(block: Block, terrain: Terrain, edges: Verges, special: str | None, rng: Generator) -> list[Piece]:
    """The pieces of a block; `special` names equipment that must find its place here (church, school...)."""
    out: list[Piece] = []
    for ground in block.ground:
        rest, taken = _equip(ground, special, edges, block, rng)
        special = None if taken else special
        out += taken
        for part in rest:
            out += [Piece(g, use, block.index) for g, use in _fill(part, block, terrain, edges, rng)]
    return out


EQUIPMENT = {
    "centre": (("square", 42, 34), ("church", 44, 40), ("townhall", 30, 34)),
    "school": (("school", 62, 55),),
    "cemetery": (("cemetery", 58, 46),),
    "sports": (("sports", 98, 62),),
}


def _equip(
    ground: Polygon, special: str | None, edges: Verges, block: Block, rng: Generator
) -> tuple[list[Polygon], list[Piece]]:
    if special not in EQUIPMENT:
        return [ground], []
    fronts = edges.fronts(ground, 20)
    wanted = EQUIPMENT[special]
    if not fronts:
        return [ground], []
    used, taken, rest = [0.0] * len(fronts), list[Piece](), [ground]
    for use, width, depth in wanted:
        for i, front in enumerate(fronts):
            left, piece = _carve(rest, front, used[i], used[i] + width, depth)
            if len(piece) != 1 or piece[0].area < 0.7 * width * depth:
                continue
            used[i] += width
            rest = left
            taken += [Piece(p, use, block.index, True) for p in piece if use != "square"]
            break
    return [g for g in rest if g.area > 150 or special != "centre"], taken


def _carve(rest: list[Polygon], front: Front, a: float, b: float, depth: float) -> tuple[list[Polygon], list[Polygon]]:
    """Take the rectangle from a to b (m) along a front, `depth` m deep, out of the polygons."""
    box = local(front.start, front.along, [(a, -7), (b, -7), (b, depth), (a, depth)])
    inside = [p for g in rest for p in polygons(g.intersection(box), 40.0)]
    return [p for g in rest for p in polygons(g.difference(box), 1.0)], inside


Shared = Iterator[tuple[Polygon, str]]


def _fill(ground: Polygon, block: Block, terrain: Terrain, edges: Verges, rng: Generator) -> Shared:
    if block.kind == "core":
        yield from _rows(ground, rng.uniform(26, 36), (8.5, 17.0), 1.0, "core", rng)
    elif block.kind == "estate":
        yield from _rows(ground, rng.uniform(26, 33), (17, 25), 0.0, "house", rng)
    elif block.kind == "edge":
        yield from _edge(ground, terrain, rng)
    elif block.kind == "wood":
        yield from _wood(ground, rng)
    else:
        yield from _plain(ground, terrain, edges, rng)


def _rows(ground: Polygon, depth: float, widths: tuple[float, float], bend: float, use: str, rng: Generator) -> Shared:
    """Plots in rows back to back, with end rows that face the side streets and gardens in a deep middle."""
    _, _, angle, length, width = frame(ground)
    parts = [ground]
    if width > 1.7 * depth and length > 2.4 * depth and rng.random() < 0.7:
        ends = [
            -length / 2,
            -length / 2 + depth * rng.uniform(0.8, 1.0),
            length / 2 - depth * rng.uniform(0.8, 1.0),
            length / 2,
        ]
        head, *parts = cut(ground, angle, ends, rng, bend)
        for end in (head, *parts[1:]):
            yield from _row(end, angle + pi / 2, widths, bend, use, rng)
        parts = parts[:1]
    for part in parts:
        _, _, angle, length, width = frame(part)
        bands = cut(part, angle + pi / 2, _levels(width, depth, rng), rng, bend * 1.6)
        for i, band in enumerate(bands):
            wider = 2.4 if len(bands) > 2 and 0 < i < len(bands) - 1 else 1.0
            yield from _row(band, angle, (widths[0] * wider, widths[1] * wider), bend, use, rng)


def _levels(width: float, depth: float, rng: Generator) -> list[float]:
    if width < 1.35 * depth:
        return [-width / 2, width / 2]
    if width < 2.75 * depth:
        return [-width / 2, width * rng.uniform(-0.1, 0.1), width / 2]
    return [-width / 2, -width / 2 + depth, width / 2 - depth, width / 2]


def _row(band: Polygon, angle: float, widths: tuple[float, float], bend: float, use: str, rng: Generator) -> Shared:
    length = _reach(band, angle)
    for plot in cut(band, angle + rng.uniform(-0.05, 0.05) * (bend > 0), ribs(length, widths, rng), rng, bend * 0.4):
        if use == "core" and plot.area > 260 and rng.random() < 0.24:
            deep = _reach(plot, angle + pi / 2)
            at = rng.uniform(-0.15, 0.2) * deep
            yield from ((p, use) for p in cut(plot, angle + pi / 2, [-deep / 2, at, deep / 2], rng, 0.6))
        else:
            yield plot, use


def _reach(poly: Polygon, angle: float) -> float:
    """The extent of a polygon in a direction."""
    across = shapely.get_coordinates(poly) @ np.array([np.cos(angle), np.sin(angle)])
    return float(np.ptp(across))


def _edge(ground: Polygon, terrain: Terrain, rng: Generator) -> Shared:
    village = _village(ground, terrain)
    far = ground.distance(Point(village.centre)) / village.radius
    draw = rng.random()
    if far > 0.62 and draw < 0.16:
        yield from _strips(ground, (9, 20), rng)
    elif far > 0.62 and draw < 0.27 and ground.area > 6_000:
        yield from _rows(ground, 55, (34, 60), 0.0, "activity", rng)
    elif far < 0.55:
        yield from _rows(ground, rng.uniform(30, 42), (11, 21), 0.8, "house", rng)
    else:
        yield from _rows(ground, rng.uniform(28, 36), (17, 25), 0.0, "house", rng)


def _village(ground: Polygon, terrain: Terrain) -> Village:
    return min(terrain.villages, key=lambda v: ground.distance(Point(v.centre)))


def _strips(ground: Polygon, widths: tuple[float, float], rng: Generator) -> Shared:
    """Narrow old strips, vineyards and orchards, as they were before the land was regrouped."""
    _, _, angle, length, _ = frame(ground)
    use = str(rng.choice(["strip", "strip", "vineyard", "orchard"]))
    for plot in cut(ground, angle, ribs(length, widths, rng), rng, 1.2):
        yield plot, use if rng.random() < 0.7 else "strip"


def _wood(ground: Polygon, rng: Generator) -> Shared:
    _, _, angle, length, _ = frame(ground)
    for part in cut(ground, angle, ribs(length, (110, 320), rng), rng, 6.0):
        if rng.random() < 0.4:
            yield from (
                (p, "wood")
                for p in cut(part, angle + pi / 2, ribs(_reach(part, angle + pi / 2), (25, 90), rng), rng, 3.0)
            )
        else:
            yield part, "wood"


def _plain(ground: Polygon, terrain: Terrain, edges: Verges, rng: Generator) -> Shared:
    rest = [ground]
    for built in (_ribbon, _hamlet, _farm):
        rest, plots = built(rest, ground, terrain, edges, rng)
        yield from plots
    for part in rest:
        yield from _open(part, terrain, rng)


Built = tuple[list[Polygon], list[tuple[Polygon, str]]]


def _ribbon(rest: list[Polygon], ground: Polygon, terrain: Terrain, edges: Verges, rng: Generator) -> Built:
    """Houses strung along a road as it leaves the village."""
    plots: list[tuple[Polygon, str]] = []
    near = shapely.union_all([v.outline.buffer(230) for v in terrain.villages])
    for front in edges.fronts(ground, 40):
        kind = edges.net.ways[front.way].kind
        middle = Point(front.start + front.along * front.length / 2)
        if kind == "rural" or not near.contains(middle) or rng.random() < 0.35:
            continue
        rest, found = _string(rest, front, rng.uniform(0, 8), front.length - rng.uniform(0, 8), (17, 27), rng)
        plots += found
    return rest, plots


def _string(
    rest: list[Polygon], front: Front, at: float, end: float, widths: tuple[float, float], rng: Generator
) -> Built:
    plots: list[tuple[Polygon, str]] = []
    depth = rng.uniform(36, 56)
    while at + widths[0] < end:
        width = rng.uniform(*widths)
        rest, piece = _carve(
            rest, front, at, min(at + width, end), depth + rng.uniform(-1, 1) * (rng.random() < 0.25) * 9
        )
        plots += [(p, "hamlet") for p in piece]
        at += width
    return rest, plots


def _hamlet(rest: list[Polygon], ground: Polygon, terrain: Terrain, edges: Verges, rng: Generator) -> Built:
    fronts = [f for f in edges.fronts(ground, 75) if edges.net.ways[f.way].kind != "departementale"]
    far = min(v.outline.distance(ground) for v in terrain.villages)
    if not fronts or far < 250 or rng.random() < 0.62:
        return rest, []
    front = fronts[int(rng.integers(min(2, len(fronts))))]
    return _string(rest, front, 4.0, min(front.length - 4, rng.uniform(70, 210)), (16, 34), rng)


def _farm(rest: list[Polygon], ground: Polygon, terrain: Terrain, edges: Verges, rng: Generator) -> Built:
    fronts = edges.fronts(ground, 90)
    if not fronts or ground.area < 60_000 or rng.random() < 0.5:
        return rest, []
    front = fronts[int(rng.integers(len(fronts)))]
    width, depth = rng.uniform(68, 105), rng.uniform(60, 95)
    at = rng.uniform(0.1, 0.9) * max(1.0, front.length - width)
    rest, yard = _carve(rest, front, at, at + width, depth)
    if len(yard) != 1 or yard[0].area < 2_500:
        return rest, [(p, "orchard") for p in yard]
    rest, side = _carve(rest, front, at + width, at + width + rng.uniform(25, 45), depth)
    return rest, [(yard[0], "farm"), *((p, "orchard") for p in side)]


def _open(part: Polygon, terrain: Terrain, rng: Generator) -> Shared:
    rest = [part]
    for river in terrain.rivers:
        if part.distance(river.water) > 3:
            continue
        bank = river.axis.buffer(rng.uniform(60, 130), quad_segs=2).simplify(4)
        for meadow in (p for g in rest for p in polygons(g.intersection(bank), 300)):
            yield from _meadows(meadow, rng)
        rest = [p for g in rest for p in polygons(g.difference(bank), 1.0)]
    for g in rest:
        yield from _fields(g, terrain, rng)


def _meadows(meadow: Polygon, rng: Generator) -> Shared:
    _, _, angle, length, _ = frame(meadow)
    if rng.random() < 0.45:
        yield meadow, "meadow"
        return
    for plot in cut(meadow, angle, ribs(length, (34, 120), rng), rng, 3.0):
        yield plot, "meadow" if rng.random() < 0.9 else "wood"


def _fields(ground: Polygon, terrain: Terrain, rng: Generator) -> Shared:
    near = min(v.outline.distance(ground) for v in terrain.villages)
    if ground.area < 130_000 and rng.random() < (0.6 if near < 150 else 0.12):
        yield from _quarter(ground, (18, 46), rng)
        return
    _, _, angle, length, _ = frame(ground)
    for quarter in cut(ground, angle + rng.uniform(-0.06, 0.06), ribs(length, (190, 420), rng), rng, 2.0):
        near = min(v.outline.distance(quarter) for v in terrain.villages)
        draw = rng.random()
        if draw < (0.3 if near < 300 else 0.05):
            yield from _quarter(quarter, (16, 44), rng)
        else:
            yield from _pieces(quarter, (44, 140) if draw < 0.8 else (90, 240), rng)


def _quarter(ground: Polygon, widths: tuple[float, float], rng: Generator) -> Shared:
    """A quarter of narrow strips; a long one is crossed by a limit first."""
    _, _, angle, _length, width = frame(ground)
    if width > 190:
        halves = cut(ground, angle + pi / 2, ribs(width, (95, 150), rng), rng, 4.0)
        for half in halves:
            yield from _strips(half, widths, rng)
    else:
        yield from _strips(ground, widths, rng)


def _pieces(quarter: Polygon, widths: tuple[float, float], rng: Generator) -> Shared:
    """Regrouped fields: parallel pieces, now and then one cut across, a pond or a mast in the middle."""
    _, _, angle, _, width = frame(quarter)
    for field in cut(quarter, angle + pi / 2, ribs(width, widths, rng), rng, 1.0):
        if field.area > 9_000 and rng.random() < 0.06:
            hollow = _hollow(field, rng)
            yield field.difference(hollow[0]), "field"
            yield hollow
        elif field.area > 15_000 and rng.random() < 0.22:
            deep = _reach(field, angle)
            yield from (
                (p, "field") for p in cut(field, angle, [-deep / 2, deep * rng.uniform(-0.2, 0.2), deep / 2], rng)
            )
        else:
            yield field, "field"


def _hollow(field: Polygon, rng: Generator) -> tuple[Polygon, str]:
    spot = field.representative_point()
    room = spot.distance(field.exterior)
    if rng.random() < 0.5 or room < 16:
        size = min(6.0, room / 3)
        box = local(
            np.array([spot.x, spot.y]),
            np.array([0.94, 0.34]),
            [(-size, -size), (size, -size), (size, size), (-size, size)],
        )
        return shapely.set_precision(box, GRID), "technical"
    radius = min(room * 0.7, rng.uniform(9, 22))
    turns = np.linspace(0, 2 * np.pi, 19)[:-1]
    reach = radius * (1 + 0.16 * np.sin(2 * turns + rng.uniform(0, 6)) + rng.uniform(-0.06, 0.06, 18))
    ring = np.column_stack((spot.x + reach * np.cos(turns), spot.y + reach * np.sin(turns)))
    return Polygon(np.round(ring, 2)), "pond"
