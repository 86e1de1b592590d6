"""Volumes as closed solids, for CityJSON: a ground, walls, the faces of the roof; metres, EPSG:2154.

Every corner of a face that lies on the edge of another one is a corner of both: the solid has no gap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.polygon import orient

from simulation.engine.volumes import Volume

type Kind = Literal["GroundSurface", "WallSurface", "RoofSurface"]
type Point = tuple[float, float, float]
type Ring = list[Point]
type Place = tuple[float, float]

ON_EDGE_M = 0.0005
"""Corners are kept to the millimetre: what is nearer to an edge lies on it."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A face seen from outside: its rings, the outer one first, anticlockwise; not closed."""

    kind: Kind
    rings: list[Ring]


def solid_of(volume: Volume, base: float) -> list[Surface]:
    """The faces of a volume whose foot is at a height."""
    faces = [face for face, _plane in volume.faces if face.area > ON_EDGE_M**2] or [volume.footprint]
    corners = {place for face in faces for ring in rings_of(face) for place in ring}
    heights = heights_of(volume, corners)
    footprint = [with_corners(ring, corners) for ring in rings_of(volume.footprint)]
    ground = Surface("GroundSurface", [[(x, y, base) for x, y in reversed(ring)] for ring in footprint])
    roof = [
        Surface(
            "RoofSurface",
            [[(x, y, base + heights[x, y]) for x, y in with_corners(ring, corners)] for ring in rings_of(face)],
        )
        for face in faces
    ]
    walls = [wall for ring in footprint for wall in walls_of(ring, heights, base)]
    return [ground, *walls, *roof]


def rings_of(polygon: Polygon) -> list[list[Place]]:
    """The rings of a polygon to the millimetre, the outer one anticlockwise, holes clockwise; not closed."""
    turned = orient(polygon)
    rings = []
    for ring in (turned.exterior, *turned.interiors):
        places = [(round(x, 3), round(y, 3)) for x, y in shapely.get_coordinates(ring)[:-1].tolist()]
        rings.append([one for one, following in zip(places, places[1:] + places[:1], strict=True) if one != following])
    return rings


def heights_of(volume: Volume, places: Sequence[Place] | set[Place]) -> dict[Place, float]:
    """The height of the roof above the foot at places, to the millimetre."""
    every = list(places)
    heights = volume.heights_at(np.array(every, np.float64))
    return {place: round(float(height), 3) for place, height in zip(every, heights, strict=True)}


def with_corners(ring: Sequence[Place], corners: set[Place]) -> list[Place]:
    """The ring with the corners of others that lie on its edges."""
    places: list[Place] = []
    for start, end in pairwise([*ring, ring[0]]):
        places += [start, *between(start, end, corners)]
    return places


def between(start: Place, end: Place, corners: set[Place]) -> list[Place]:
    """The corners that lie on an edge, its ends left out, in its order."""
    along = np.subtract(end, start)
    length = float(np.hypot(*along))
    if length == 0:
        return []
    ways = []
    for place in corners - {start, end}:
        offset = np.subtract(place, start)
        way = float(offset @ along) / length
        if 0 < way < length and abs(float(along[0] * offset[1] - along[1] * offset[0])) / length < ON_EDGE_M:
            ways.append((way, place))
    return [place for _way, place in sorted(ways)]


def walls_of(ring: Sequence[Place], heights: dict[Place, float], base: float) -> Iterator[Surface]:
    """A wall for each edge, as high as the roof at its ends; none where the roof comes down to the foot."""
    for one, other in pairwise([*ring, ring[0]]):
        low = [(*one, base), (*other, base)]
        high = [(*place, base + heights[place]) for place in (other, one) if heights[place] > 0]
        if high:
            yield Surface("WallSurface", [low + high])
