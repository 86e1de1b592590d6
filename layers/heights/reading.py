"""Heights out of the sheets of a campaign (COGs of one float band): windows, points, lines. No Django.

Where sheets overlap the one of the highest rank counts, where it has a height.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from shapely import STRtree, get_coordinates
from shapely.geometry import LineString, box

from gis_core.files.stamp import Stamp, stamp_of
from layers.heights.surface import Points, Raster, Surface

if TYPE_CHECKING:
    from rasterio import Env
    from rasterio.io import DatasetReader

GDAL = {"GDAL_PAM_ENABLED": False, "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": 64 * 1024 * 1024}
# Pixels of one answer: a window that holds more is read from an overview.
MOST_PIXELS = 16_000_000
# Pixels a side of the squares in which the points of a line are read.
SQUARE = 256
MOST_OPEN = 64
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class HeightSheet:
    """A COG and the box of its heights in EPSG:2154."""

    path: Path
    bounds: tuple[float, float, float, float]


class Mosaic:
    """The sheets of a campaign, from the lowest rank to the highest, on pixels of `resolution` metres."""

    def __init__(self, sheets: Sequence[HeightSheet], resolution: float) -> None:
        self.sheets = sheets
        self.resolution = resolution
        # Where the pixels of all sheets begin.
        self.origin = (sheets[0].bounds[0], sheets[0].bounds[3]) if sheets else (0.0, 0.0)
        self._tree = STRtree([box(*sheet.bounds) for sheet in sheets])

    def window(self, bounds: tuple[float, float, float, float], *, pixel: float | None = None) -> Surface:
        """The heights of a rectangle, on whole pixels of the campaign around it (or of `pixel` metres)."""
        with gdal():
            return self._window(bounds, pixel)

    def _window(self, bounds: tuple[float, float, float, float], pixel: float | None = None) -> Surface:
        size = max(pixel or self.resolution, self._coarsest(bounds))
        west, south, east, north = bounds
        x, y = self.origin
        left = x + math.floor((west - x) / size + ROUNDING) * size
        top = y + math.ceil((north - y) / size - ROUNDING) * size
        columns = max(1, math.ceil((east - left) / size - ROUNDING))
        rows = max(1, math.ceil((top - south) / size - ROUNDING))
        surface = Surface(heights=np.full((rows, columns), np.nan, np.float32), left=left, top=top, pixel=size)
        for number in sorted(self._tree.query(box(*bounds))):
            lay(self.sheets[number], surface)
        return surface

    def heights_at(self, points: Points) -> Points:
        """At points (n, 2), interpolated; NaN where nothing is known."""
        heights = np.full(len(points), np.nan)
        margin = 2 * self.resolution
        with gdal():
            for chosen in self._squares(points):
                part = points[chosen]
                west, south = part.min(axis=0) - margin
                east, north = part.max(axis=0) + margin
                heights[chosen] = self._window((west, south, east, north)).heights_at(part)
        return heights

    def _squares(self, points: Points) -> Iterator[np.ndarray]:
        """The points by the square in which they are."""
        if not len(points):
            return
        across, down = np.floor(points / (SQUARE * self.resolution)).astype(np.int64).T
        # One number for each square: sorting numbers takes a tenth of what sorting pairs does.
        which = (across - across.min()) * (int(np.ptp(down)) + 1) + down - down.min()
        order = np.argsort(which, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(which[order])) + 1)

    def _coarsest(self, bounds: tuple[float, float, float, float]) -> float:
        """The pixel at which a rectangle is not too large."""
        west, south, east, north = bounds
        needed = math.sqrt((east - west) * (north - south) / MOST_PIXELS)
        return self.resolution * 2 ** max(0, math.ceil(math.log2(needed / self.resolution))) if needed else 0.0


def gdal() -> "Env":
    """The settings that sheets are read with: entered once for all the windows of an answer."""
    import rasterio

    return rasterio.Env(**GDAL)


def lay(sheet: HeightSheet, surface: Surface) -> None:
    """Lay a sheet's heights over those of lower ranks."""
    from rasterio.enums import Resampling

    image, reading = opened.find(sheet.path)
    # Those of the pixels: the sheet's own are those of its heights, which may begin further in.
    west, south, east, north = image.bounds
    pixel, rows, columns = surface.pixel, *surface.heights.shape
    first, last = round((west - surface.left) / pixel), round((east - surface.left) / pixel)
    begin, end = round((surface.top - north) / pixel), round((surface.top - south) / pixel)
    left, right, up, down = max(first, 0), min(last, columns), max(begin, 0), min(end, rows)
    if left >= right or up >= down:
        return
    scale = pixel / image.transform.a
    window = (((up - begin) * scale, (down - begin) * scale), ((left - first) * scale, (right - first) * scale))
    # A coarser pixel is the mean of those that it holds.
    how = Resampling.average if scale > 1 else Resampling.nearest
    with reading:
        # Without GDAL's mask, which reads all blocks once more.
        heights: Raster = image.read(1, window=window, out_shape=(down - up, right - left), resampling=how)
    heights[heights == image.nodata] = np.nan
    place = surface.heights[up:down, left:right]
    np.copyto(place, heights, where=~np.isnan(heights))


class Opened:
    """Open COGs of this process, the last few, each as it was when it was opened (`gis_core.files.stamp`).

    Opening one takes longer than reading a point.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Path, Stamp], tuple[DatasetReader, threading.Lock]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, path: Path) -> "tuple[DatasetReader, threading.Lock]":
        """A COG and its lock: GDAL reads one file in one thread at a time."""
        import rasterio

        key = path, stamp_of(path)
        with self._lock:
            entry = self._kept.pop(key, None) or (rasterio.open(path, driver="GTiff"), threading.Lock())
            self._kept[key] = entry
            while len(self._kept) > MOST_OPEN:
                self._kept.popitem(last=False)
            return entry


opened = Opened()


def points_along(line: LineString, step: float) -> tuple[Points, Points]:
    """Distances from its beginning, a step apart, its corners among them; and the points there (n, 2)."""
    xy = get_coordinates(line)
    corners = np.cumsum(np.concatenate(([0.0], np.hypot(*np.diff(xy, axis=0).T))))
    distances = np.unique(np.round(np.concatenate((np.arange(0, line.length, step), corners)), 6))
    return distances, np.column_stack([np.interp(distances, corners, along) for along in xy.T])
