"""A volume that is drawn: its footprint, its heights, its roof. Lengths in metres, EPSG:2154, heights NGF-IGN69.

A roof rises from the eaves to the ridge. A ridge runs along `ridge_azimuth` (degrees clockwise from the grid's north),
along the longest side of the footprint's smallest rectangle where none is given; a mono-pitch rises to the right of
that direction.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import atan2, cos, degrees, dist, hypot, pi, radians, sin

import numpy as np
from numpy.typing import NDArray
from shapely import get_coordinates, oriented_envelope
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

type Heights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plane:
    """A value that is linear in the plane: x * X + y * Y + constant."""

    x: float
    y: float
    constant: float

    def over(self, length: float) -> "Plane":
        return Plane(self.x / length, self.y / length, self.constant / length)

    def minus(self, other: "Plane") -> "Plane":
        return Plane(self.x - other.x, self.y - other.y, self.constant - other.constant)

    def at(self, points: Heights) -> Heights:
        """At points (n, 2)."""
        values: Heights = points @ np.array([self.x, self.y]) + self.constant
        return values


def half_plane(rising: Plane, around: BaseGeometry) -> Polygon:
    """Where a plane is zero or more, as far as around a shape."""
    length = hypot(rising.x, rising.y)
    if length == 0:
        return box(*around.bounds) if rising.constant >= 0 else Polygon()
    centre = np.array(around.centroid.coords[0])
    reach = 2 * hypot(*(np.subtract(around.bounds[2:], around.bounds[:2]))) + 1
    up = np.array([rising.x, rising.y]) / length
    side = np.array([-up[1], up[0]])
    foot = centre - up * float(rising.at(centre[None])[0]) / length
    return Polygon(
        [
            foot - side * reach,
            foot + side * reach,
            foot + side * reach + up * 2 * reach,
            foot - side * reach + up * 2 * reach,
        ]
    )


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    parts = getattr(shape, "geoms", [shape])
    return [part for part in parts if isinstance(part, Polygon) and part.area > 0]


class Roof(StrEnum):
    FLAT = "flat"
    GABLE = "gable"
    HIP = "hip"
    MONO = "mono"


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A building or a part of one; `eaves` and `ridge` are metres above `base`, of a flat roof the same.

    `base` is the height of its foot (NGF), None where it stands on the natural ground.
    """

    footprint: Polygon
    eaves: float
    ridge: float
    base: float | None = None
    roof: Roof = Roof.FLAT
    ridge_azimuth: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.eaves <= self.ridge:
            raise ValueError("a ridge is not below its eaves, nor eaves below the foot")

    @property
    def height(self) -> float:
        """The highest point above the foot."""
        return self.ridge if self.roof != Roof.FLAT else max(self.ridge, self.eaves)

    @cached_property
    def along(self) -> tuple[float, float]:
        """The direction of the ridge, as a unit vector (x, y)."""
        if self.ridge_azimuth is not None:
            angle = radians(self.ridge_azimuth)
            return sin(angle), cos(angle)
        corners = get_coordinates(oriented_envelope(self.footprint))[:3].tolist()
        (ax, ay), (bx, by) = max(pairwise(corners), key=lambda side: dist(*side))
        length = hypot(bx - ax, by - ay)
        return (bx - ax) / length, (by - ay) / length

    @property
    def azimuth(self) -> float:
        """Of the ridge, in degrees from the grid's north, within 0 and 180."""
        x, y = self.along
        return degrees(atan2(x, y) % pi)

    @cached_property
    def spans(self) -> tuple[float, float, float, float]:
        """The least and the most of its corners along the ridge, then across it (to its right)."""
        along, across = self._turned(get_coordinates(self.footprint.exterior))
        return along.min(), along.max(), across.min(), across.max()

    @cached_property
    def slopes(self) -> list[Plane]:
        """How the roof rises: the part of the way from the eaves to the ridge is the least of these planes."""
        first, last, left, right = self.spans
        x, y = self.along
        half = (right - left) / 2
        match self.roof:
            case Roof.FLAT:
                return [Plane(0.0, 0.0, 1.0)]
            case Roof.MONO:
                return [Plane(y, -x, -left).over(right - left)]
            case Roof.HIP:
                # The ends slope as the sides do.
                half = min(half, (last - first) / 2)
                ends = [Plane(x, y, -first).over(half), Plane(-x, -y, last).over(half)]
            case Roof.GABLE:
                ends = []
        return [Plane(y, -x, -left).over(half), Plane(-y, x, right).over(half), *ends]

    def heights_at(self, points: Heights) -> Heights:
        """The height of the roof above the foot at points (n, 2); of those outside the footprint it means nothing."""
        part = np.min([one.at(points) for one in self.slopes], axis=0)
        return np.asarray(self.eaves + (self.height - self.eaves) * np.clip(part, 0, 1), np.float64)

    @cached_property
    def faces(self) -> list[tuple[Polygon, Plane]]:
        """The faces of the roof seen from above, and the plane of the heights of each above the foot."""
        rise = self.height - self.eaves
        parts: list[tuple[Polygon, Plane]] = []
        for one in self.slopes:
            part: BaseGeometry = self.footprint
            for other in self.slopes:
                if other is not one:
                    part = part.intersection(half_plane(other.minus(one), part))
            plane = Plane(one.x * rise, one.y * rise, one.constant * rise + self.eaves)
            parts += [(face, plane) for face in polygons_of(part)]
        return parts

    def _turned(self, points: Heights) -> tuple[Heights, Heights]:
        """Coordinates along the ridge and across it, to its right."""
        x, y = self.along
        return points @ np.array([x, y]), points @ np.array([y, -x])
