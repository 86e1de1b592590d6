"""Heights on square pixels, and what is measured on them. No Django: numpy, rasterio's masks, shapely.

Metres, EPSG:2154, heights above the vertical datum that the campaign says (NGF-IGN69 in mainland France).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

type Raster = NDArray[np.float32]
type Mask = NDArray[np.bool_]
type Points = NDArray[np.float64]

PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Heights of square pixels of `pixel` metres, north up; NaN is a hole. `left` and `top` are the outer corner."""

    heights: Raster
    left: float
    top: float
    pixel: float

    @property
    def transform(self) -> Affine:
        return Affine(self.pixel, 0, self.left, 0, -self.pixel, self.top)

    def slices(self, bounds: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """The rows and columns of the pixels that touch a rectangle, one at least."""
        west, south, east, north = bounds
        rows, columns = self.heights.shape
        top, left = (int(np.clip(floor(far / self.pixel), 0, size - 1))
                     for far, size in ((self.top - north, rows), (west - self.left, columns)))  # fmt: skip
        return (
            slice(top, max(top + 1, min(rows, ceil((self.top - south) / self.pixel)))),
            slice(left, max(left + 1, min(columns, ceil((east - self.left) / self.pixel)))),
        )

    def part(self, place: tuple[slice, slice]) -> "Surface":
        """Some rows and columns of it, as `slices` gives them; its heights are the same memory."""
        rows, columns = place
        left, top = self.left + columns.start * self.pixel, self.top - rows.start * self.pixel
        return Surface(heights=self.heights[place], left=left, top=top, pixel=self.pixel)

    def centres(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Points:
        """Of pixels, as points (n, 2)."""
        return np.column_stack((self.left + (columns + 0.5) * self.pixel, self.top - (rows + 0.5) * self.pixel))

    def within(self, shape: Polygon | MultiPolygon) -> Mask:
        """The pixels whose centre is in a shape."""
        from rasterio.features import geometry_mask

        mask: Mask = geometry_mask([shape], self.heights.shape, self.transform, invert=True)
        return mask

    def heights_at(self, points: Points) -> Points:
        """Between the centres of the four pixels around each point (n, 2); NaN beside a hole and outside."""
        across = (points[:, 0] - self.left) / self.pixel - 0.5
        down = (self.top - points[:, 1]) / self.pixel - 0.5
        rows, columns = self.heights.shape
        # At the border of all heights the outer half of a pixel has the height of its centre.
        inside = (across >= -0.5) & (across <= columns - 0.5) & (down >= -0.5) & (down <= rows - 0.5)
        across, down = np.clip(across, 0, columns - 1), np.clip(down, 0, rows - 1)
        column, row = np.floor(across).astype(int), np.floor(down).astype(int)
        right, below = np.minimum(column + 1, columns - 1), np.minimum(row + 1, rows - 1)
        x, y = across - column, down - row
        north = mix(self.heights[row, column], self.heights[row, right], x)
        south = mix(self.heights[below, column], self.heights[below, right], x)
        return np.where(inside, mix(north, south, y), np.nan)


def mix(first: Points, second: Points, part: Points) -> Points:
    """Between two heights; a hole counts only where something of it is asked for."""
    return np.where(part == 0, first, np.where(part == 1, second, first * (1 - part) + second * part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Of the heights within a polygon: metres, m², m³; `percentiles` by their number; `known` is the covered share.

    `above` and `below` are the volumes over and under `plane` (what is to be cut and to be filled), None without one.
    """

    count: int
    known: float
    least: float
    mean: float
    most: float
    percentiles: dict[int, float]
    area_m2: float
    plane: float | None = None
    above_m3: float | None = None
    below_m3: float | None = None


def statistics(surface: Surface, shape: Polygon | MultiPolygon, *, plane: float | None = None) -> Statistics | None:
    """The figures of a polygon; None where no height is known in it. A polygon smaller than a pixel has its nearest."""
    mask = surface.within(shape)
    if not mask.any():
        centre = shapely.get_coordinates(shapely.point_on_surface(shape))
        heights = surface.heights_at(centre)
    else:
        heights = surface.heights[mask].astype(np.float64)
    known = heights[~np.isnan(heights)]
    if not known.size:
        return None
    area = shape.area * known.size / heights.size
    each = area / known.size
    over = known - plane if plane is not None else None
    return Statistics(
        count=int(known.size),
        known=float(known.size / heights.size),
        least=float(known.min()),
        mean=float(known.mean()),
        most=float(known.max()),
        percentiles=dict(zip(PERCENTILES, map(float, np.percentile(known, PERCENTILES)), strict=True)),
        area_m2=float(area),
        plane=plane,
        above_m3=None if over is None else float(over[over > 0].sum() * each),
        below_m3=None if over is None else float(-over[over < 0].sum() * each),
    )


def subtract(upper: Surface, lower: Surface) -> Surface:
    """What stands on the ground: two grids of the same pixels."""
    return Surface(heights=upper.heights - lower.heights, left=upper.left, top=upper.top, pixel=upper.pixel)


def ground_length(distances: Sequence[float] | Points, heights: Points) -> float:
    """The length of a line along the ground, in metres; holes are crossed straight."""
    known = ~np.isnan(heights)
    flat, up = np.diff(np.asarray(distances)[known]), np.diff(heights[known])
    return float(np.hypot(flat, up).sum())
