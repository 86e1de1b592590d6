"""The lie of the land: outer limit, villages, rivers and woods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Point, Polygon

from .geometry import Floats, polygons, wander

SITES = ((617180, 6717760, 390), (614950, 6717820, 260), (619380, 6717900, 290),
         (617060, 6715640, 310), (614900, 6715760, 250), (619300, 6715560, 230))  # fmt: skip
"""x, y and radius (m) of each village, in the order of names.COMMUNES."""


@dataclass(frozen=True, slots=True)
class Village:
    """A village: its centre, its radius and the blob that its streets fill."""

    index: int
    centre: Floats
    radius: float
    outline: Polygon


@dataclass(frozen=True, slots=True)
class River:
    """A river: its axis and the water between its banks."""

    name: str
    axis: LineString
    water: Polygon


@dataclass(frozen=True, slots=True)
class Terrain:
    """All of it; `woods` are rough blobs."""

    limit: Polygon
    villages: tuple[Village, ...]
    rivers: tuple[River, ...]
    woods: tuple[Polygon, ...]


def lay(rng: Generator) -> Terrain:
    """Lay the land out."""
    limit, rivers = _limit(rng), _rivers(rng)
    villages = tuple(_village(i, site, rivers, rng) for i, site in enumerate(SITES))
    return Terrain(limit, villages, rivers, _woods(villages, rng))


def _limit(rng: Generator) -> Polygon:
    corners = np.array([[613550, 6714300], [620450, 6714450], [620650, 6719050], [613700, 6719150]], dtype=float)
    sides = [wander(a, b, 260, 0.075, rng).coords[:-1] for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)]
    xy = np.array([p for side in sides for p in side])
    return Polygon(np.round(xy + rng.uniform(-35, 35, xy.shape), 2))


def _rivers(rng: Generator) -> tuple[River, ...]:
    west, east = np.array([613000.0, 6717300.0]), np.array([621200.0, 6717350.0])
    lys = _meander(wander(west, east, 130, 0.026, rng), 44, rng)
    mouth = np.asarray(lys.interpolate(lys.project(Point(618330, 6717300))).coords[0])
    source, bend = np.array([613000.0, 6715250.0]), np.array([618100.0, 6715980.0])
    upper = wander(source, bend, 110, 0.03, rng)
    lower = wander(bend, mouth, 110, 0.06, rng)
    rimarde = _meander(LineString([*upper.coords, *lower.coords[1:]]), 30, rng)
    return _banks("Le Lys", lys, 6.5, rng), _banks("La Rimarde", rimarde, 2.6, rng)


def _meander(axis: LineString, amplitude: float, rng: Generator) -> LineString:
    """A finer, winding line along `axis`, with a vertex about every 9 m; its ends stay."""
    n = int(axis.length / 9)
    d = np.linspace(0, axis.length, n + 1)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(shapely.segmentize(axis, 20), d))
    ahead = np.gradient(_smooth(xy, 12), axis=0)
    left = np.column_stack((-ahead[:, 1], ahead[:, 0])) / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
    waves = sum(np.sin(d / k + rng.uniform(0, 6.28)) * k for k in (31.0, 53.0, 97.0)) / 130
    fade = np.minimum(1, np.minimum(d, axis.length - d) / 150)
    return LineString(np.round(_smooth(xy, 12) + left * (waves * fade * amplitude)[:, None], 2))


def _smooth(xy: Floats, width: int) -> Floats:
    kernel = np.hanning(2 * width + 1)
    padded = np.pad(xy, ((width, width), (0, 0)), mode="reflect", reflect_type="odd")
    return np.column_stack([np.convolve(padded[:, i], kernel / kernel.sum(), "valid") for i in (0, 1)])


def _banks(name: str, axis: LineString, half: float, rng: Generator) -> River:
    xy = shapely.get_coordinates(axis)
    ahead = np.gradient(xy, axis=0)
    left = np.column_stack((-ahead[:, 1], ahead[:, 0])) / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
    sides = []
    for sign in (1, -1):
        noise = np.convolve(rng.uniform(0.55, 1.45, len(xy) + 4), np.full(5, 0.2), "valid")
        sides.append(xy + sign * left * (half * noise)[:, None])
    water = shapely.make_valid(Polygon(np.round([*sides[0], *sides[1][::-1]], 2)))
    return River(name, axis, max(polygons(water), key=lambda p: p.area))


def _village(index: int, site: tuple[int, int, int], rivers: tuple[River, ...], rng: Generator) -> Village:
    x, y, radius = site
    turns = np.linspace(0, 2 * np.pi, 15)[:-1] + rng.uniform(-0.1, 0.1, 14)
    reach = radius * rng.uniform(0.72, 1.24, 14) * (1 + 0.3 * np.cos(turns - rng.uniform(-0.5, 0.5)) ** 2)
    blob = Polygon(np.round(np.column_stack((x + reach * np.cos(turns), y + reach * np.sin(turns))), 2))
    for river in rivers:
        blob = max(polygons(blob.difference(river.axis.buffer(45))), key=lambda p: p.area)
    return Village(index, np.array([x, y], dtype=float), float(radius), _round_corners(blob.simplify(6)))


def _round_corners(blob: Polygon) -> Polygon:
    """Corners cut at a quarter of each side, so that the way round the village bends softly."""
    xy = shapely.get_coordinates(blob.exterior)
    a, b = xy[:-1], xy[1:]
    soft = np.stack((a * 0.75 + b * 0.25, a * 0.25 + b * 0.75), axis=1).reshape(-1, 2)
    return Polygon(np.round(soft, 2))


def _woods(villages: tuple[Village, ...], rng: Generator) -> tuple[Polygon, ...]:
    centres = ((614200, 6718950), (615900, 6718900), (620300, 6716700), (613900, 6716700), (618300, 6714500),
               (616000, 6714600), (618400, 6718950), (616150, 6716700))  # fmt: skip
    blobs = [Point(c).buffer(rng.uniform(330, 620)) for c in centres]
    near = shapely.union_all([v.outline.buffer(120) for v in villages])
    return tuple(p for b in blobs for p in polygons(b.difference(near)))
