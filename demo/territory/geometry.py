"""Plane geometry shared by the steps: everything in metres, everything ends on the centimetre."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from math import cos, hypot, sin
from typing import cast

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

GRID = 0.01
Floats = NDArray[np.float64]


def polygons(geom: BaseGeometry, least_area: float = 0.0) -> list[Polygon]:
    """The polygons inside any geometry, larger than `least_area` m²."""
    parts = shapely.get_parts(geom) if geom.geom_type.startswith(("Multi", "Geometry")) else [geom]
    return [p for p in parts if isinstance(p, Polygon) and p.area > least_area]


def lines(geom: BaseGeometry) -> list[LineString]:
    """The lines inside any geometry."""
    parts = shapely.get_parts(geom) if geom.geom_type.startswith(("Multi", "Geometry")) else [geom]
    return [p for p in parts if isinstance(p, LineString) and p.length > 0]


def node(items: Iterable[BaseGeometry]) -> list[LineString]:
    """All lines, cut where they meet, on the centimetre grid."""
    return lines(shapely.union_all(list(items), grid_size=GRID))


def faces(items: Iterable[BaseGeometry]) -> list[Polygon]:
    """The polygons that noded lines enclose, in a fixed order."""
    found = polygons(shapely.polygonize(node(items)))
    return sorted(found, key=lambda p: (p.bounds, p.area))


def frame(poly: Polygon) -> tuple[float, float, float, float, float]:
    """Centre x, y, direction (radians) of the long side, length and width of the smallest enclosing rectangle."""
    box = shapely.minimum_rotated_rectangle(poly)
    if not isinstance(box, Polygon):
        return poly.centroid.x, poly.centroid.y, 0.0, 1.0, 1.0
    c = shapely.get_coordinates(box)
    first, second = c[1] - c[0], c[2] - c[1]
    a, b = hypot(*first), hypot(*second)
    along = first if a >= b else second
    x, y = c[:4].mean(axis=0)
    return float(x), float(y), float(np.arctan2(along[1], along[0])), max(a, b), min(a, b)


def ribs(length: float, widths: tuple[float, float], rng: Generator) -> list[float]:
    """Offsets from -length/2 to length/2 at random steps; the last step is never a sliver."""
    at, out = -length / 2, [-length / 2]
    while length / 2 - at > 1.55 * widths[0]:
        at += rng.uniform(*widths)
        if length / 2 - at < 0.6 * widths[0]:
            break
        out.append(at)
    return [*out, length / 2]


def cut(poly: Polygon, angle: float, offsets: Sequence[float], rng: Generator, bend: float = 0.0) -> list[Polygon]:
    """Bands of `poly` across the direction `angle` (radians); offsets in m from the centre of its frame.

    `bend` is how far (m) a limit may leave the straight line; the outer offsets are pushed out to hold all of it.
    """
    x, y, _, length, width = frame(poly)
    reach = length + width
    edges = []
    for i, v in enumerate(offsets):
        outer = -reach if i == 0 else reach if i == len(offsets) - 1 else v
        edges.append(_edge(x, y, angle, outer, reach, 0.0 if outer != v else bend, rng))
    bands = [Polygon([*a, *b[::-1]]) for a, b in itertools.pairwise(edges)]
    return [q for g in shapely.intersection(bands, poly) for q in polygons(g, 1.0)]


def _edge(x: float, y: float, angle: float, v: float, reach: float, bend: float, rng: Generator) -> Floats:
    u = np.array([-reach, -reach * rng.uniform(0.05, 0.25), reach * rng.uniform(0.05, 0.25), reach])
    w = v + np.array([0.0, *rng.uniform(-1, 1, 2), 0.0]) * bend
    w[0], w[3] = w[1], w[2]
    c, s = cos(angle), sin(angle)
    return cast(Floats, np.column_stack((x + w * c - u * s, y + w * s + u * c)))


def local(origin: Floats, along: Floats, points: Sequence[tuple[float, float]]) -> Polygon:
    """A polygon given in the frame (along, its left normal) at `origin`."""
    p = np.asarray(points)
    left = np.array([-along[1], along[0]])
    return Polygon(origin + p[:, :1] * along + p[:, 1:] * left)


def nearest(tree: shapely.STRtree, spot: Point) -> int:
    """The place in `tree` of what lies nearest to a point."""
    return int(np.asarray(tree.nearest(spot)))


def wander(start: Floats, end: Floats, step: float, sway: float, rng: Generator) -> LineString:
    """A line from start to end that sways by a share `sway` of its length, a vertex about every `step` m."""
    span = end - start
    length = hypot(*span)
    n = max(2, int(length / step))
    t = np.linspace(0, 1, n + 1)
    phase, waves = rng.uniform(0, 6.283, 3), np.array([1.0, 2.3, 4.1])
    shape = (np.sin(np.outer(t, waves) * np.pi + phase) / waves).sum(axis=1) * np.sin(np.pi * t).clip(0) ** 0.7
    left = np.array([-span[1], span[0]]) / max(length, 1e-9)
    xy = start + t[:, None] * span + (shape * sway * length)[:, None] * left
    return LineString(np.round(xy, 2))
