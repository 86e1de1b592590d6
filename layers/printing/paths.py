"""Geometries as PDF paths: cut at the map's edge, in millimetres on paper, without points that no eye tells apart."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.lib import GEOSException

from layers.printing.document import Drawing
from layers.printing.paper import Box
from layers.printing.symbols import Paint

MARGIN_MM = 8.0  # beyond the map's edge: lines of what is cut there stay out of sight
ALIKE_MM = 0.015
KAPPA = 0.5523  # of a circle drawn with Bézier curves
POINT = 0

type Geometries = NDArray[Any]


def on_paper(geometries: Geometries, ground: Box, scale: int) -> Geometries:
    """Geometries of EPSG:2154 in millimetres from the map's lower left corner; empty where they do not reach it."""
    margin = MARGIN_MM * scale / 1000
    near = cut(geometries, (ground[0] - margin, ground[1] - margin, ground[2] + margin, ground[3] + margin))
    corner = np.array(ground[:2])
    placed: Geometries = shapely.transform(near, lambda points: (points - corner) * (1000 / scale))
    simple: Geometries = shapely.simplify(placed, ALIKE_MM, preserve_topology=False)
    return simple


def cut(geometries: Geometries, box: Box) -> Geometries:
    try:
        inside: Geometries = shapely.clip_by_rect(geometries, *box)
    except GEOSException:
        inside = np.array([cut_one(geometry, box) for geometry in geometries])
    return inside


def cut_one(geometry: BaseGeometry, box: Box) -> BaseGeometry:
    """A geometry that cannot be cut, because it crosses itself, stays whole: the page cuts it."""
    try:
        inside: BaseGeometry = shapely.clip_by_rect(geometry, *box)
    except GEOSException:
        return geometry
    return inside


class Layered:
    """The paths of one layer, by how they are painted: the lowest ranks first, in the order in which they came."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.paths: defaultdict[Paint, list[str]] = defaultdict(list)

    def add(self, geometries: Geometries, paints: Iterable[Paint]) -> None:
        """Some geometries of one style, as one path of each paint: viewers stumble over one of a whole town."""
        for paint in paints:
            if (paint.fill or paint.stroke) and (outline := outline_of(geometries, paint)):
                self.paths[paint].append(self.hatch(outline, geometries, paint) if paint.hatch else outline)

    def hatch(self, outline: str, geometries: Geometries, paint: Paint) -> str:
        """The lines of a hatch, cut at the outline: they begin at the drawing's corner, so that neighbours go on."""
        west, south, east, north = shapely.total_bounds(geometries).tolist()
        box = (max(west, 0), max(south, 0), min(east, self.drawing.width), min(north, self.drawing.height))
        lines = "".join(hatch_lines(box, angle, paint.spacing_mm) for angle in paint.hatch)
        return f"q\n{outline}W n\n{lines}"

    def finish(self) -> None:
        """Write everything into the drawing."""
        for paint in sorted(self.paths, key=lambda paint: paint.rank):
            chosen, act = settings_of(paint, self.drawing)
            self.drawing.add(chosen)
            for path in self.paths[paint]:
                self.drawing.add(path, act)
        self.paths.clear()


def settings_of(paint: Paint, drawing: Drawing) -> tuple[str, str]:
    """The operators that choose how to paint, and the one that paints.

    Both at once only for points: areas have their outlines in a paint of their own.
    """
    parts = [f"{int(paint.round_ends)} J 1 j"]
    if paint.fill:
        parts.append(drawing.ink(paint.fill))
    if paint.stroke:
        parts.append(drawing.ink(paint.stroke, stroke=True))
        parts.append(f"{max(paint.width_mm, 0.03):.3f} w")
        parts.append(f"[{' '.join(f'{dash:.3f}' for dash in paint.dash_mm)}] 0 d")
    if paint.hatch:
        return " ".join(parts), "S Q"
    return " ".join(parts), "b" if paint.fill and paint.stroke else "f" if paint.fill else "S"


def outline_of(geometries: Geometries, paint: Paint) -> str:
    """The path of geometries on paper: rings, lines, a marker for each point; nothing of what cannot be filled."""
    parts = shapely.get_parts(geometries)
    kinds = shapely.get_type_id(parts)
    draw = MARKERS.get(paint.shape, dot)
    places = shapely.get_coordinates(parts[kinds == shapely.GeometryType.POINT]).tolist()
    lines = parts[(kinds == shapely.GeometryType.LINESTRING) | (kinds == shapely.GeometryType.LINEARRING)]
    areas = parts[kinds == shapely.GeometryType.POLYGON]
    return "".join(
        [
            *(draw(x, y, paint.radius_mm) for x, y in places),
            "" if paint.covers and not len(places) else path(lines, closed=False),
            path(shapely.get_rings(shapely.orient_polygons(areas)), closed=True),
        ]
    )


def hatch_lines(box: Box, angle: float, spacing: float) -> str:
    """Parallel lines over a box, the first through (0, 0)."""
    west, south, east, north = box
    if east <= west or north <= south:
        return ""
    along, across = (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    corners = [(x, y) for x in (west, east) for y in (south, north)]
    reach = [y * along - x * across for x, y in corners]
    run = [x * along + y * across for x, y in corners]
    start, end = min(run), max(run)
    return "".join(
        f"{start * along - off * across:.3f} {start * across + off * along:.3f} m "
        f"{end * along - off * across:.3f} {end * across + off * along:.3f} l\n"
        for off in (
            spacing * step for step in range(math.ceil(min(reach) / spacing), math.floor(max(reach) / spacing) + 1)
        )
    )


def path(lines: Any, *, closed: bool) -> str:
    """`m`, `l` and `h` operators of lines or rings."""
    points, owners = shapely.get_coordinates(lines, return_index=True)
    ends = np.flatnonzero(np.diff(owners)) + 1
    return "".join(run(points[start:end], closed=closed) for start, end in pairwise([0, *ends.tolist(), len(points)]))


def run(points: NDArray[np.float64], *, closed: bool) -> str:
    if closed:
        points = points[:-1]
    count = len(points)
    if count < 2:
        return ""
    text = "%.3f %.3f m\n" + "%.3f %.3f l\n" * (count - 1) + ("h\n" if closed else "")
    return text % tuple(points.ravel().tolist())


def dot(x: float, y: float, radius: float) -> str:
    """A circle."""
    k = KAPPA * radius
    quarters: Sequence[tuple[float, ...]] = (
        (x + radius, y + k, x + k, y + radius, x, y + radius),
        (x - k, y + radius, x - radius, y + k, x - radius, y),
        (x - radius, y - k, x - k, y - radius, x, y - radius),
        (x + k, y - radius, x + radius, y - k, x + radius, y),
    )
    curves = "".join(f"{' '.join(f'{place:.3f}' for place in quarter)} c\n" for quarter in quarters)
    return f"{x + radius:.3f} {y:.3f} m\n{curves}h\n"


def corners(x: float, y: float, radii: Sequence[float], count: int, turn: float) -> str:
    """A closed shape of corners around a point, at these distances by turns."""
    angles = (turn + 360 * number / count for number in range(count))
    places = (
        (x + radii[number % len(radii)] * math.cos(math.radians(angle)),
         y + radii[number % len(radii)] * math.sin(math.radians(angle)))
        for number, angle in enumerate(angles)
    )  # fmt: skip
    first, *others = (f"{east:.3f} {north:.3f}" for east, north in places)
    return f"{first} m\n" + "".join(f"{place} l\n" for place in others) + "h\n"


def cross(x: float, y: float, radius: float) -> str:
    return (
        f"{x - radius:.3f} {y:.3f} m\n{x + radius:.3f} {y:.3f} l\n"
        f"{x:.3f} {y - radius:.3f} m\n{x:.3f} {y + radius:.3f} l\n"
    )


MARKERS: dict[str, Callable[[float, float, float], str]] = {
    "circle": dot,
    "square": lambda x, y, radius: corners(x, y, (radius * 1.2,), 4, 45),
    "triangle": lambda x, y, radius: corners(x, y, (radius * 1.3,), 3, 90),
    "diamond": lambda x, y, radius: corners(x, y, (radius * 1.25,), 4, 90),
    "star": lambda x, y, radius: corners(x, y, (radius * 1.4, radius * 0.63), 10, 90),
    "cross": lambda x, y, radius: cross(x, y, radius * 1.25),
}
