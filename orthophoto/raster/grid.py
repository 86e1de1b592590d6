"""The grid of a campaign: square pixels in EPSG:2154 that all of its sheets share."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from gis_core.files.reader.rasters import Transform

type Bounds = tuple[float, float, float, float]

EPSG = 2154
# A hundredth of a pixel is rounding, not another place.
SAME_PIXEL = 0.01
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels of `resolution` metres whose edges pass through x, y."""

    resolution: float
    x: float = 0.0
    y: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values, which the constructor takes back."""
        return asdict(self)

    def column(self, x: float) -> float:
        """How many pixels east of the grid's point."""
        return (x - self.x) / self.resolution

    def row(self, y: float) -> float:
        """How many pixels south of the grid's point."""
        return (self.y - y) / self.resolution

    def corner(self, column: int, row: int) -> tuple[float, float]:
        """North-west corner of a pixel."""
        x, y = self.x + column * self.resolution, self.y - row * self.resolution
        return round(x, DECIMALS), round(y, DECIMALS)

    def snap_corner(self, x: float, y: float) -> tuple[float, float]:
        """The same corner, on the grid when it is off by rounding only."""
        column, row = self.column(x), self.row(y)
        if abs(column - round(column)) > SAME_PIXEL or abs(row - round(row)) > SAME_PIXEL:
            return x, y
        return self.corner(round(column), round(row))

    def around(self, bounds: Bounds, step: int = 1) -> tuple[int, int, int, int]:
        """Column, row, width, height of the least rectangle of whole pixels, in multiples of `step`, around bounds."""
        west, south, east, north = bounds
        columns = math.floor(self.column(west) / step + SAME_PIXEL), math.ceil(self.column(east) / step - SAME_PIXEL)
        rows = math.floor(self.row(north) / step + SAME_PIXEL), math.ceil(self.row(south) / step - SAME_PIXEL)
        return columns[0] * step, rows[0] * step, (columns[1] - columns[0]) * step, (rows[1] - rows[0]) * step


def is_north_up(transform: Transform) -> bool:
    """Whether rows run east and columns south."""
    a, b, _, d, e, _ = transform
    return a > 0 and e < 0 and max(abs(b), abs(d)) < 1e-9 * a


def corners(transform: Transform, width: int, height: int) -> list[tuple[float, float]]:
    """The corners of an image in its CRS, clockwise from the first pixel's."""
    a, b, c, d, e, f = transform
    pixels = [(0, 0), (width, 0), (width, height), (0, height)]
    return [(a * column + b * row + c, d * column + e * row + f) for column, row in pixels]
