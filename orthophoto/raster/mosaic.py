"""The overview of a whole mosaic: averages of its sheets' pixels on one grid, so that no seam shows.

Every overview pixel averages the valid base pixels in it, those of the topmost sheet where sheets overlap.
"""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from threading import local

import numpy as np
import rasterio
import rasterio.shutil
import shapely
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from gis_core.files.reader.rasters import Pixels, Transform
from orthophoto.raster import checks, collar
from orthophoto.raster.cog import BYTES_PER_PIXEL, GDAL, BuiltSheet, CogOptions, describe_file
from orthophoto.raster.errors import SheetCorrupt
from orthophoto.raster.grid import EPSG, SAME_PIXEL, Bounds, Grid
from orthophoto.raster.spool import BLOCK, Spool, careful

FACTOR = 8
# Base pixels a side of one piece of work: a block of the overview.
PIECE = BLOCK * FACTOR


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet on the campaign's base grid: its rectangle there, whole numbers when its pixels are the grid's."""

    path: Path
    column: float
    row: float
    width: float
    height: float
    masked: bool

    @property
    def aligned(self) -> bool:
        """Whether its pixels are the grid's, but for where they begin."""
        return self.width == int(self.width) and self.height == int(self.height)


@dataclass(frozen=True, slots=True)
class Frame:
    """The overview in base pixels: its north-west corner on the base grid, its size (multiples of FACTOR)."""

    column: int
    row: int
    width: int
    height: int


def build_overview(
    sheets: Sequence[Path], grid: Grid, target: Path, options: CogOptions | None = None, *, bounds: Bounds | None = None
) -> BuiltSheet:
    """Write and check the overview of built sheets, given from the lowest rank to the highest.

    Its pixels are FACTOR times those of `grid`. `bounds` is the extent to cover, by default that of the sheets.
    Raises SheetCorrupt and DiskFull.
    """
    options = options or CogOptions()
    with rasterio.Env(**GDAL):
        placed = [_place_sheet(path, grid) for path in sheets]
        if not placed:
            raise SheetCorrupt("no_sheets")
        frame = Frame(*grid.around(bounds or _bounds(placed, grid), FACTOR))
        return _write_overview(placed, frame, grid, target, options)


def _place_sheet(path: Path, grid: Grid) -> Placed:
    with rasterio.open(path, driver="GTiff") as image:
        west, _, _, north = image.bounds
        ratio = image.transform.a / grid.resolution
        width, height = image.width * ratio, image.height * ratio
        if abs(width - image.width) < SAME_PIXEL * 10 and abs(height - image.height) < SAME_PIXEL * 10:
            width, height = image.width, image.height
        masked = "per_dataset" in {flag.name for flag in image.mask_flag_enums[0]}
        return Placed(path, grid.column(west), grid.row(north), width, height, masked)


def _bounds(placed: Sequence[Placed], grid: Grid) -> Bounds:
    west, north = grid.corner(0, 0)
    size = grid.resolution
    return (
        west + min(sheet.column for sheet in placed) * size,
        north - max(sheet.row + sheet.height for sheet in placed) * size,
        west + max(sheet.column + sheet.width for sheet in placed) * size,
        north - min(sheet.row for sheet in placed) * size,
    )


def _write_overview(
    placed: Sequence[Placed], frame: Frame, grid: Grid, target: Path, options: CogOptions
) -> BuiltSheet:
    width, height = frame.width // FACTOR, frame.height // FACTOR
    x, y = grid.corner(frame.column, frame.row)
    transform: Transform = (grid.resolution * FACTOR, 0.0, x, 0.0, -grid.resolution * FACTOR, y)
    needed = int(width * height * (BYTES_PER_PIXEL[options.codec] + 4))
    with careful(target, needed) as partial:
        copy = partial.with_name(f"{partial.stem}.copy.tif")
        with Spool(width, height, EPSG, transform, copy) as spool:
            invalid = _fill(spool, placed, frame)
            spool.finish()
            rasterio.shutil.copy(spool.dataset, partial, driver="COG", **options.for_driver())
            masked = invalid is not None
            checks.verify(partial, checks.Expected(width, height, options.lossless, masked), spool.dataset)
        outline = collar.outline(invalid, transform, height, width, scattered=None)
        return describe_file(partial, target, outline, transform[0])


def _fill(spool: Spool, placed: Sequence[Placed], frame: Frame) -> collar.Bits | None:
    """Write all pieces in order; gives the invalid pixels."""
    invalid = collar.Bits(spool.height, spool.width)
    for row in range(0, spool.height, BLOCK):
        invalid[row : row + BLOCK] = np.ones((min(BLOCK, spool.height - row), spool.width), bool)
    for row, column, pixels, valid in _blocks(placed, frame):
        spool.write(row, pixels, column)
        line = invalid[row : row + valid.shape[0]]
        line[:, column : column + valid.shape[1]] = ~valid
        invalid[row : row + valid.shape[0]] = line
    if not invalid.any():
        return None
    for row in range(0, spool.height, BLOCK):
        spool.write_valid(row, ~invalid[row : row + BLOCK])
    return invalid


type Piece = tuple[int, int, Pixels, Pixels]


def _blocks(placed: Sequence[Placed], frame: Frame) -> Iterator[Piece]:
    """Blocks of the overview in order, a few of them being averaged at a time."""
    boxes = [box(s.column, s.row, s.column + s.width, s.row + s.height) for s in placed]
    tree = shapely.STRtree(boxes)
    places = [(row, column) for row in range(0, frame.height, PIECE) for column in range(0, frame.width, PIECE)]
    threads = min(2, cpu_count() or 1)
    with closing(_Handles()) as handles, ThreadPoolExecutor(threads) as pool:

        def piece(place: tuple[int, int]) -> Piece | None:
            row, column = place
            height, width = min(PIECE, frame.height - row), min(PIECE, frame.width - column)
            here = box(frame.column + column, frame.row + row, frame.column + column + width, frame.row + row + height)
            touching = [boxes[number].intersection(here) for number in tree.query(here)]
            if not any(part.area for part in touching):
                return None
            column, row, width, height = _least(touching, frame)
            north, west = frame.row + row, frame.column + column
            with rasterio.Env(**GDAL):
                sheets = [placed[number] for number in sorted(tree.query(here))]
                pixels, valid = _compose(sheets, north, west, height, width, handles)
            return row // FACTOR, column // FACTOR, *average_squares(pixels, valid)

        waiting = [pool.submit(piece, place) for place in places[: threads + 1]]
        for place in [*places[threads + 1 :], *[None] * len(waiting)]:
            done = waiting.pop(0).result()
            if place is not None:
                waiting.append(pool.submit(piece, place))
            if done is not None:
                yield done


def _least(parts: Sequence[BaseGeometry], frame: Frame) -> tuple[int, int, int, int]:
    """Column, row, width, height in the frame of the least rectangle of whole squares around parts of the base grid."""
    west, north, east, south = shapely.total_bounds(parts)
    # Rows north of the grid's point are negative: rounded down, so that none begun is lost.
    column = (math.floor(west) - frame.column) // FACTOR * FACTOR
    row = (math.floor(north) - frame.row) // FACTOR * FACTOR
    width = math.ceil((east - frame.column - column) / FACTOR) * FACTOR
    height = math.ceil((south - frame.row - row) / FACTOR) * FACTOR
    return column, row, min(width, frame.width - column), min(height, frame.height - row)


class _Handles:
    """Open sheets of each thread, the last few: neighbours need them again at once."""

    KEPT = 8

    def __init__(self) -> None:
        self._mine = local()
        self._all: list[dict[Path, DatasetReader]] = []

    def close(self) -> None:
        """Close what is still open."""
        for kept in self._all:
            for image in kept.values():
                image.close()

    def of(self, path: Path) -> DatasetReader:
        """The open sheet, for the thread that asks."""
        if not hasattr(self._mine, "kept"):
            self._mine.kept = {}
            self._all.append(self._mine.kept)
        kept: dict[Path, DatasetReader] = self._mine.kept
        image = kept.pop(path, None) or rasterio.open(path, driver="GTiff")
        kept[path] = image
        if len(kept) > self.KEPT:
            kept.pop(next(iter(kept))).close()
        return image


def _compose(
    sheets: Sequence[Placed], north: int, west: int, height: int, width: int, handles: _Handles
) -> tuple[Pixels, Pixels | None]:
    """The base pixels of a piece, higher sheets over lower ones, and which are valid (None for all)."""
    pixels = np.zeros((height, width, 3), np.uint8)
    valid = np.zeros((height, width), bool)
    for sheet in sheets:
        _lay_sheet(sheet, pixels, valid, north, west, handles)
    return pixels, None if valid.all() else valid


def _lay_sheet(sheet: Placed, pixels: Pixels, valid: Pixels, north: int, west: int, handles: _Handles) -> None:
    """Lay one sheet over what is there."""
    height, width = valid.shape
    top, left = round(sheet.row) - north, round(sheet.column) - west
    first, last = max(0, top), min(height, top + round(sheet.height))
    begin, end = max(0, left), min(width, left + round(sheet.width))
    if first >= last or begin >= end:
        return
    image = handles.of(sheet.path)
    scale_y, scale_x = image.height / round(sheet.height), image.width / round(sheet.width)
    window = ((first - top) * scale_y, (last - top) * scale_y), ((begin - left) * scale_x, (end - left) * scale_x)
    if sheet.aligned:
        window = (first - top, last - top), (begin - left, end - left)
    resampling = Resampling.nearest if sheet.aligned else Resampling.average
    place = pixels[first:last, begin:end]
    if not sheet.masked:
        image.read([1, 2, 3], out=place.transpose(2, 0, 1), window=window, resampling=resampling)
        valid[first:last, begin:end] = True
        return
    seen = image.read_masks(1, window=window, out_shape=place.shape[:2], resampling=Resampling.nearest) > 0
    read = np.empty_like(place)
    image.read([1, 2, 3], out=read.transpose(2, 0, 1), window=window, resampling=resampling)
    place[seen] = read[seen]
    valid[first:last, begin:end] |= seen


def average_squares(pixels: Pixels, valid: Pixels | None) -> tuple[Pixels, Pixels]:
    """Squares of FACTOR pixels averaged over their valid ones; a square is valid when half of it is."""
    if valid is None:
        total = _sum_squares(pixels)
        half = FACTOR * FACTOR // 2
        return ((total + half) // (FACTOR * FACTOR)).astype(np.uint8), np.ones(total.shape[:2], bool)
    pixels[~valid] = 0
    total, count = _sum_squares(pixels), _sum_squares(valid.view(np.uint8)[:, :, None])
    means = ((total + count // 2) // np.maximum(count, 1)).astype(np.uint8)
    return means, count[:, :, 0] * 2 >= FACTOR * FACTOR


def _sum_squares(pixels: Pixels) -> Pixels:
    """Sums over squares: rows first, in whole lines, which is what is fast."""
    lines = pixels[::FACTOR].astype(np.uint16)
    for offset in range(1, FACTOR):
        lines += pixels[offset::FACTOR]
    height, width, bands = lines.shape
    return lines.reshape(height, width // FACTOR, FACTOR, bands).sum(axis=2, dtype=np.uint32)
