"""A rectangle of world pixels: every sheet, strip and crop of a campaign is cut from one endless grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray

NORTH = 12_000_000
"""Rows count southwards from here, columns eastwards from zero."""
LOCAL_X, LOCAL_Y = 610_000, 6_720_000
"""Where the renderer's own metres start (x eastwards, y southwards): small enough for single precision."""

Single = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels [col, col + width) x [row, row + height) of the grid whose pixels measure `size` m."""

    col: int
    row: int
    width: int
    height: int
    size: float

    @classmethod
    def of(cls, bounds: tuple[float, float, float, float], size: float) -> Window:
        """The window of a rectangle (west, south, east, north) whose sides lie on the grid."""
        west, south, east, north = bounds
        col, row = round(west / size), round((NORTH - north) / size)
        return cls(col, row, round(east / size) - col, round((NORTH - south) / size) - row, size)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        west, north = self.col * self.size, NORTH - self.row * self.size
        return tuple(  # type: ignore[return-value]  # four numbers in, four out
            round(v, 3) for v in (west, north - self.height * self.size, west + self.width * self.size, north)
        )

    @property
    def transform(self) -> Affine:
        """From pixel corners to EPSG:2154."""
        west, _, _, north = self.bounds
        return Affine(self.size, 0.0, west, 0.0, -self.size, north)

    @property
    def x(self) -> Single:
        """Renderer's x of each column's pixel centres."""
        columns = self.col + np.arange(self.width) + 0.5
        return (columns * self.size - LOCAL_X).astype(np.float32)

    @property
    def y(self) -> Single:
        """Renderer's y of each row's pixel centres."""
        rows = self.row + np.arange(self.height) + 0.5
        return (rows * self.size - (NORTH - LOCAL_Y)).astype(np.float32)

    def grow(self, west: int, north: int, east: int, south: int) -> Window:
        """The window with so many more pixels on each side."""
        width, height = self.width + west + east, self.height + north + south
        return Window(self.col - west, self.row - north, width, height, self.size)

    def part(self, row: int, col: int, height: int, width: int) -> Window:
        """A window inside this one."""
        return Window(self.col + col, self.row + row, width, height, self.size)
