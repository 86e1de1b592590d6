"""Polygons from the arcs around faces: what has the face on its left makes outer rings, inner ones run clockwise."""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

POLYGON, LINE = struct.Struct("<BII"), struct.Struct("<BII")
COUNT = struct.Struct("<I")
LINESTRING_CODE, POLYGON_CODE, MULTILINESTRING_CODE, MULTIPOLYGON_CODE = 2, 3, 5, 6
# Positions are known to the centimetre; two ends at the same one meet.
CENTIMETRES = 100
RING_MINIMUM = 4

type Points = np.ndarray[Any, np.dtype[np.float64]]
type Node = tuple[float, float]
type Edge = tuple[str, bool]
"""The name of an arc, and whether the face lies on its left."""


class NotClosed(Exception):  # noqa: N818
    """The arcs around a face do not close at `place` (x, y in the file's system)."""

    def __init__(self, place: tuple[float, float]) -> None:
        super().__init__(place)
        self.place = place


class Arc(NamedTuple):
    """A line between two nodes: its points, and both ends in whole centimetres."""

    points: Points
    start: Node
    end: Node

    def reversed(self) -> "Arc":
        return Arc(self.points[::-1], self.end, self.start)


def arcs_of(points: Points, sizes: Sequence[int]) -> Iterator[Arc]:
    """The arcs whose points follow each other, each of as many as its size says (one at least)."""
    ends = np.cumsum(sizes, dtype=np.intp)
    starts = ends - sizes
    nodes = np.rint(points[np.stack([starts, ends - 1], axis=1)] * CENTIMETRES).tolist()
    for start, end, (first, last) in zip(starts.tolist(), ends.tolist(), nodes, strict=True):
        yield Arc(points[start:end], tuple(first), tuple(last))


def multi_polygon(edges: Sequence[Edge], arcs: Mapping[str, Arc]) -> bytes:
    """The surface of one or several faces as WKB; an arc with the surface on both sides is no boundary of it.

    Raises NotClosed.
    """
    times = Counter(name for name, _left in edges)
    around = [arcs[name] if left else arcs[name].reversed() for name, left in edges if times[name] == 1]
    closed_rings = list(rings(around))
    if len(closed_rings) == 1:
        return polygons_wkb([closed_rings])
    outer: list[Points] = []
    inner: list[Points] = []
    for ring in closed_rings:
        (outer if area(ring) >= 0 else inner).append(ring)
    return polygons_wkb(with_holes(outer, inner) if outer else [[ring] for ring in inner])


def rings(around: Iterable[Arc]) -> Iterator[Points]:
    """Closed rings that touch themselves nowhere: a walk that comes back to one of its nodes has closed one."""
    leaving: dict[Node, list[Arc]] = {}
    for arc in around:
        if arc.start == arc.end:
            # Fewer points enclose nothing.
            if len(arc.points) >= RING_MINIMUM:
                yield arc.points
        else:
            leaving.setdefault(arc.start, []).append(arc)
    while leaving:
        yield from walk_rings(next(iter(leaving)), leaving)


def walk_rings(start: Node, leaving: dict[Node, list[Arc]]) -> Iterator[Points]:
    """The rings that a walk from `start` closes; the arcs that it takes leave `leaving`."""
    path: list[Arc] = []
    passed = {start: 0}
    node = start
    while node in leaving:
        arc = leaving[node].pop()
        if not leaving[node]:
            del leaving[node]
        path.append(arc)
        node = arc.end
        if node in passed:
            ring = path[passed[node] :]
            del path[passed[node] :]
            for gone in ring[:-1]:
                del passed[gone.end]
            yield np.concatenate([ring[0].points, *(one.points[1:] for one in ring[1:])])
        else:
            passed[node] = len(path)
    if path:
        raise NotClosed((node[0] / CENTIMETRES, node[1] / CENTIMETRES))


def area(ring: Points) -> float:
    """The signed area of a closed ring, positive when it runs counter-clockwise."""
    x, y = (ring - ring[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def with_holes(outer: list[Points], inner: list[Points]) -> list[list[Points]]:
    """Each outer ring followed by the holes that lie in it, a hole in the smallest ring around it."""
    polygons = [[ring] for ring in outer]
    by_size = sorted(polygons, key=lambda polygon: area(polygon[0])) if len(outer) > 1 else polygons
    for hole in inner:
        max(by_size, key=lambda polygon: share_inside(hole, polygon[0])).append(hole)
    return polygons


def share_inside(hole: Points, ring: Points) -> float:
    """Which share of the middles of a hole's sides lies inside the ring (even-odd rule)."""
    x, y = ((hole[1:] + hole[:-1]) / 2).T[:, :, None]
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    across = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    return float(np.mean(np.sum(across & left, axis=1) % 2))


def polygons_wkb(polygons: Sequence[Sequence[Points]]) -> bytes:
    made = [POLYGON.pack(1, MULTIPOLYGON_CODE, len(polygons))]
    for polygon in polygons:
        made.append(POLYGON.pack(1, POLYGON_CODE, len(polygon)))
        for ring in polygon:
            made += (COUNT.pack(len(ring)), ring.tobytes())
    return b"".join(made)


def multi_line(arcs: Sequence[Arc]) -> bytes:
    """A line made of these arcs, as WKB."""
    made = [LINE.pack(1, MULTILINESTRING_CODE, len(arcs))]
    for arc in arcs:
        made += (LINE.pack(1, LINESTRING_CODE, len(arc.points)), arc.points.tobytes())
    return b"".join(made)
