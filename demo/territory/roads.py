"""The road network: main roads between villages, then blocks split again and again by smaller ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import cos, sin

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from .geometry import Floats, faces, frame, lines, nearest, node, polygons, wander
from .terrain import Terrain, Village


@dataclass(frozen=True, slots=True)
class Way:
    """A road as one gesture, before it is cut at its crossings. `ends` are what its two ends lead to."""

    line: LineString
    kind: str
    width: float
    number: str | None = None
    ends: tuple[int | str, int | str] | None = None
    role: str = ""
    """"ring" round a village, "close" for a blind road, or nothing."""


@dataclass(slots=True)
class Network:
    """The ways, and the limits without a road (field limits) that also part blocks."""

    ways: list[Way] = field(default_factory=list)
    limits: list[LineString] = field(default_factory=list)


# What two even halves are worth.
EVEN = 3
MAIN: tuple[tuple[int | str, int | str, str, float], ...] = (
    ("Neuville", 1, "D 921", 12.0), (1, 0, "D 921", 12.0), (0, 2, "D 921", 12.0), (2, "Pithiviers", "D 921", 12.0),
    ("Orléans", 4, "D 44", 10.0), (4, 3, "D 44", 10.0), (3, 5, "D 44", 10.0), (5, "Bellegarde", "D 44", 10.0),
    (1, 4, "D 138", 8.0), (0, 3, "D 26", 10.0), (2, 5, "D 309", 8.0), ("Étampes", 0, "D 26", 10.0),
    (3, "Montargis", "D 26", 10.0), ("Malesherbes", 2, "D 309", 8.0), (4, "Lorris", "D 138", 8.0),
    (1, 3, "", 8.0), (0, 5, "", 8.0),
)  # fmt: skip
GATES = {"Neuville": (613300, 6718150), "Pithiviers": (621000, 6718300), "Orléans": (613200, 6715350),
         "Bellegarde": (621000, 6715250), "Étampes": (616800, 6719500), "Montargis": (617500, 6714000),
         "Malesherbes": (619900, 6719500), "Lorris": (614500, 6713900)}  # fmt: skip


def build(terrain: Terrain, rng: Generator) -> Network:
    """The whole network, from main roads down to village lanes."""
    net = Network()
    _mains(terrain, net, rng)
    _rings(terrain, net)
    axes = [r.axis for r in terrain.rivers]
    start = faces([terrain.limit.boundary, *axes, *(w.line for w in net.ways), *net.limits])
    for face in start:
        if terrain.limit.contains(face.representative_point()):
            _split_all(face, terrain, net, rng)
    return net


def _mains(terrain: Terrain, net: Network, rng: Generator) -> None:
    for a, b, number, width in MAIN:
        start, end = (terrain.villages[p].centre if isinstance(p, int) else np.array(GATES[p], float) for p in (a, b))
        line = wander(start, end, 95, 0.03, rng)
        inside = max(lines(line.intersection(terrain.limit)), key=lambda g: g.length)
        net.ways.append(Way(inside, "departementale" if number else "communale", width, number or None, (a, b)))


def _rings(terrain: Terrain, net: Network) -> None:
    """The way round each village; where it meets a river there is none."""
    for v in terrain.villages:
        net.ways.append(Way(LineString(v.outline.exterior.coords), "communale", 7.0, role="ring"))


def _split_all(face: Polygon, terrain: Terrain, net: Network, rng: Generator) -> None:
    village = next((v for v in terrain.villages if v.outline.contains(face.representative_point())), None)
    target = _village_target(village) if village else lambda _: 230_000.0
    todo = [face]
    while todo:
        poly = todo.pop()
        if poly.area < 1.45 * target(poly):
            continue
        halves = _split(poly, village, terrain, net, rng)
        todo.extend(halves)


def _village_target(village: Village) -> Callable[[Polygon], float]:
    def target(poly: Polygon) -> float:
        near = float(poly.distance(Point(village.centre))) / village.radius
        return 6_500 + 5_500 * min(1.0, near * 1.5)

    return target


def _split(poly: Polygon, village: Village | None, terrain: Terrain, net: Network, rng: Generator) -> list[Polygon]:
    """Split a block by the best of some candidate ways and record it; [] when none is any good."""
    best: tuple[float, LineString, list[Polygon]] | None = None
    box, room = frame(poly), poly.buffer(0.5)
    shapely.prepare(room)
    for _ in range(9):
        line = _candidate(poly, box, room, village is not None, rng)
        if line is None:
            continue
        penalty = _penalty(poly, line, terrain)
        if best is not None and EVEN - penalty < best[0]:
            continue
        parts = polygons(shapely.polygonize(node([poly.exterior, _longer(line)])), 800.0)
        if len(parts) != 2:
            continue
        a, b = float(parts[0].area), float(parts[1].area)
        score = EVEN * min(a, b) / max(a, b) - penalty
        if best is None or score > best[0]:
            best = (score, line, parts)
    if best is None or best[0] < -5:
        return []
    _record(best[1], poly, village, terrain, net, rng)
    return sorted(best[2], key=lambda p: p.bounds)


def _candidate(
    poly: Polygon, box: tuple[float, float, float, float, float], room: Polygon, in_village: bool, rng: Generator
) -> LineString | None:
    """A way across a block: `box` is its frame, `room` the block and half a metre around it."""
    x, y, angle, length, width = box
    along, loose = rng.uniform(-0.17, 0.17) * length, 0.22 if in_village else 0.45
    lengthwise = 0.5 * np.pi if rng.random() < 0.25 else 0.0
    angle_across = angle + np.pi / 2 + lengthwise + rng.uniform(-loose, loose)
    mid = np.array([x + along * cos(angle), y + along * sin(angle)])
    reach = np.array([cos(angle_across), sin(angle_across)]) * (length + width)
    pieces = lines(LineString([mid - reach, mid + reach]).intersection(poly))
    if not pieces:
        return None
    line = min(pieces, key=lambda g: g.distance(Point(mid)))
    start, end = (np.round(np.asarray(line.coords[i]), 2) for i in (0, -1))
    sway = 0.02 if in_village else 0.03
    bent = wander(start, end, 45 if in_village else 90, sway, rng)
    return bent if room.contains(bent) else LineString([start, end])


def _longer(line: LineString) -> LineString:
    c = np.asarray(line.coords)
    head, tail = c[0] - c[1], c[-1] - c[-2]
    return LineString([c[0] + head / np.hypot(*head) * 0.3, *c[1:-1], c[-1] + tail / np.hypot(*tail) * 0.3])


def _penalty(poly: Polygon, line: LineString, terrain: Terrain) -> float:
    """What is bad in a way: its length, slanting ends, a crossing close to another, ends on no road."""
    penalty = 0.001 * float(line.length)
    corners = shapely.points(shapely.get_coordinates(poly.exterior))
    loose = 0
    for i in (0, -1):
        end = Point(line.coords[i])
        gap = float(shapely.distance(corners, end).min())
        penalty += 1.5 if gap < 18 else 0
        dry = end.distance(terrain.limit.exterior) > 1 and all(end.distance(r.axis) > 1 for r in terrain.rivers)
        loose += not dry
    return penalty + (2 if loose == 1 else 20 if loose == 2 else 0) + 2 * _slant(poly, line)


def _slant(poly: Polygon, line: LineString) -> float:
    """How far (0-1 each) the two ends are from a right angle with the limit they meet."""
    total = 0.0
    for i, j in ((0, 1), (-1, -2)):
        d = poly.exterior.project(Point(line.coords[i]))
        before, after = (np.asarray(poly.exterior.interpolate(max(0.0, d + s)).coords[0]) for s in (-4, 4))
        edge, way = after - before, np.asarray(line.coords[j]) - np.asarray(line.coords[i])
        norm = np.hypot(*edge) * np.hypot(*way)
        total += abs(float(edge @ way)) / norm if norm else 1.0
    return total


def _record(
    line: LineString, poly: Polygon, village: Village | None, terrain: Terrain, net: Network, rng: Generator
) -> None:
    if village is None and poly.area < 700_000 and rng.random() < 0.22:
        net.limits.append(line)
        return
    kind, width = _rank(poly, village, line, rng)
    water = _water(tuple(r.axis for r in terrain.rivers))
    for piece in lines(line.difference(water)):
        net.ways.append(Way(piece, kind, width))
    net.limits.extend(lines(line.intersection(water)))


@cache
def _water(axes: tuple[LineString, ...]) -> BaseGeometry:
    """The rivers with their banks, where there is no road."""
    banks: BaseGeometry = shapely.union_all([axis.buffer(half) for axis, half in zip(axes, (16, 9), strict=True)])
    return banks


def _rank(poly: Polygon, village: Village | None, line: LineString, rng: Generator) -> tuple[str, float]:
    if village is None:
        return ("communale", 8.0) if poly.area > 1_300_000 else ("rural", float(rng.choice([4.0, 5.0, 5.0, 6.0])))
    far = line.distance(Point(village.centre)) / village.radius
    if far < 0.42:
        return "communale", float(rng.choice([5.5, 6.5, 7.0, 8.0]))
    return "residential", float(rng.choice([7.0, 8.0, 8.0, 9.0]))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a way between two nodes; `way` is the place of the way in the network."""

    way: int
    line: LineString
    start: int
    end: int


def stretches(net: Network) -> list[Stretch]:
    """The ways cut at every crossing, in a fixed order, with numbered nodes."""
    tree = shapely.STRtree([w.line for w in net.ways])
    pieces = sorted(node(w.line for w in net.ways), key=lambda g: g.bounds + tuple(g.coords[0]))
    groups: dict[int, list[LineString]] = {}
    for piece in pieces:
        middle = piece.interpolate(0.5, normalized=True)
        groups.setdefault(nearest(tree, middle), []).append(piece)
    return _number_nodes(groups, _junctions(pieces))


def _junctions(pieces: list[LineString]) -> set[tuple[float, float]]:
    count: dict[tuple[float, float], int] = {}
    for piece in pieces:
        for i in (0, -1):
            count[piece.coords[i]] = count.get(piece.coords[i], 0) + 1
    return {p for p, n in count.items() if n != 2}


def _number_nodes(groups: dict[int, list[LineString]], junctions: set[tuple[float, float]]) -> list[Stretch]:
    nodes: dict[tuple[float, float], int] = {}
    out = []
    for way, parts in sorted(groups.items()):
        for line in _join(parts, junctions):
            ends = [nodes.setdefault(line.coords[i], len(nodes) + 1) for i in (0, -1)]
            out.append(Stretch(way, line, ends[0], ends[1]))
    return out


def _join(parts: list[LineString], junctions: set[tuple[float, float]]) -> list[LineString]:
    """Chain the parts of one way across nodes where nothing else meets."""
    chains: list[list[tuple[float, float]]] = []
    rest = [list(p.coords) for p in parts]
    while rest:
        chain = rest.pop(0)
        grown = True
        while grown:
            grown = False
            for other in rest:
                joined = _weld(chain, other, junctions)
                if joined:
                    chain, grown = joined, True
                    rest.remove(other)
                    break
        chains.append(chain)
    return [LineString(c) for c in chains]


def _weld(
    a: list[tuple[float, float]], b: list[tuple[float, float]], stops: set[tuple[float, float]]
) -> list[tuple[float, float]] | None:
    for left in (a, a[::-1]):
        for right in (b, b[::-1]):
            if left[-1] == right[0] and left[-1] not in stops:
                return left + right[1:]
    return None


def verges(net: Network) -> Floats:
    """Half the width of the public domain, per way."""
    return np.array([w.width / 2 for w in net.ways])
