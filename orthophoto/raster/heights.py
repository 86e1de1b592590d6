"""A sheet of heights becomes a cloud-optimised GeoTIFF: one band of 32-bit floats, metres, EPSG:2154, checked.

Holes are NODATA. What is written is compared with what was read; DEFLATE keeps every value, LERC moves none by more
than `LERC_ERROR_M`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.io import DatasetReader, DatasetWriter
from rasterio.vrt import WarpedVRT

from gis_core.files.reader.rasters import Strip, Transform
from orthophoto.raster import checks, collar
from orthophoto.raster.cog import GDAL, BuiltSheet, SheetPlan, describe_file
from orthophoto.raster.errors import SheetCorrupt
from orthophoto.raster.grid import EPSG
from orthophoto.raster.spool import BLOCK, IN_MEMORY_BYTES, careful

type HeightCodec = Literal["deflate", "lerc"]
type Raster = NDArray[np.float32]

NODATA: Final = -9999.0
# Pixels a side of the blocks of a COG: a point is read by decoding one, which takes a quarter of what 512 take.
CELL: Final = 256
LERC_ERROR_M: Final = 0.001
CODECS: dict[HeightCodec, dict[str, Any]] = {
    "deflate": {"COMPRESS": "DEFLATE", "PREDICTOR": "FLOATING_POINT", "LEVEL": 6},
    "lerc": {"COMPRESS": "LERC_DEFLATE", "MAX_Z_ERROR": LERC_ERROR_M, "LEVEL": 6},
}
UNITS: dict[str, float] = {"m": 1.0, "dm": 0.1, "cm": 0.01, "ft": 0.3048}
"""Metres that one unit of the values is worth."""
# What heights in metres can be in France: below the sea at the coast, above the Mont Blanc.
PLAUSIBLE: dict[str, tuple[float, float]] = {"ground": (-100, 4_900), "surface": (-100, 5_000), "height": (-60, 400)}
BYTES_PER_PIXEL: Final = 7.0


@dataclass(frozen=True, slots=True)
class HeightOptions:
    """How heights are written, and the metres that a value of the delivery is worth."""

    codec: HeightCodec = "deflate"
    metres: float = 1.0

    def for_driver(self) -> dict[str, Any]:
        """Creation options of the COG driver."""
        return {
            **CODECS[self.codec],
            "BLOCKSIZE": CELL,
            "OVERVIEW_RESAMPLING": "AVERAGE",
            "BIGTIFF": "IF_SAFER",
            "NUM_THREADS": "ALL_CPUS",
            "OVERVIEWS": "IGNORE_EXISTING",
            "STATISTICS": "NO",
        }


def build_heights(
    strips: Iterable[Strip], plan: SheetPlan, target: Path, options: HeightOptions | None = None
) -> BuiltSheet:
    """Write and check the COG of a sheet; `target` exists only when it is whole.

    Raises SheetCorrupt, DiskFull, and whatever reading the strips raises.
    """
    options = options or HeightOptions()
    pixels = plan.to_width * plan.to_height + (plan.width * plan.height if plan.warp else 0)
    with rasterio.Env(**GDAL), careful(target, int(pixels * BYTES_PER_PIXEL)) as partial:
        place = plan.transform if plan.warp else plan.to_transform
        size = (plan.width, plan.height)
        with scratch(partial.with_name(f"{partial.stem}.copy.tif"), *size, plan.crs, place, on_disk=plan.warp) as copy:
            fill(copy.writer, strips, plan, options.metres)
            source = copy.reader()
            if not plan.warp:
                return write_cog(source, partial, target, plan.to_transform, options)
            grid = {"crs": CRS.from_epsg(EPSG), "transform": Affine(*plan.to_transform)}
            to = {"width": plan.to_width, "height": plan.to_height}
            with WarpedVRT(source, resampling=Resampling.bilinear, nodata=NODATA, **grid, **to) as warped:
                return write_cog(warped, partial, target, plan.to_transform, options)


def fill(writer: DatasetWriter, strips: Iterable[Strip], plan: SheetPlan, metres: float) -> None:
    """Write the heights in metres, what is not valid as NODATA. Raises SheetCorrupt: the file has changed."""
    row = 0
    for strip in strips:
        height, width = strip.pixels.shape[:2]
        if strip.row != row or width != plan.width or row + height > plan.height:
            raise SheetCorrupt("changed", row=row)
        heights = strip.pixels[:, :, 0].astype(np.float32) * np.float32(metres)
        if strip.valid is not None:
            heights[~strip.valid] = NODATA
        writer.write(heights, 1, window=((row, row + height), (0, width)))
        row += height
    if row != plan.height:
        raise SheetCorrupt("changed", row=row)


class Scratch:
    """Our own copy of the heights, in memory when it is small, else on disk."""

    def __init__(self, path: Path, writer: DatasetWriter, *, on_disk: bool) -> None:
        self.path, self.writer, self.on_disk = path, writer, on_disk
        self._reader: DatasetReader | None = None

    def reader(self) -> DatasetReader:
        """What was written, to be read."""
        if not self.on_disk:
            return self.writer
        self.writer.close()
        self._reader = rasterio.open(self.path, driver="GTiff")
        return self._reader

    def close(self) -> None:
        (self._reader or self.writer).close()


@contextmanager
def scratch(
    path: Path, width: int, height: int, crs: int, transform: Transform, *, on_disk: bool = False
) -> Iterator[Scratch]:
    """A copy that is closed at the end; its file goes with what else lies beside the target."""
    profile: dict[str, Any] = {
        "width": width, "height": height, "count": 1, "dtype": "float32", "nodata": NODATA,
        "crs": CRS.from_epsg(crs), "transform": Affine(*transform),
    }  # fmt: skip
    on_disk = on_disk or width * height * 4 > IN_MEMORY_BYTES
    if on_disk:
        tiles = {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "bigtiff": "IF_SAFER"}
        writer = rasterio.open(path, "w+", driver="GTiff", **tiles, **profile)
    else:
        writer = rasterio.open(path.name, "w+", driver="MEM", **profile)
    copy = Scratch(path, writer, on_disk=on_disk)
    try:
        yield copy
    finally:
        copy.close()


def write_cog(
    source: DatasetReader, partial: Path, target: Path, transform: Transform, options: HeightOptions
) -> BuiltSheet:
    """Copy a dataset to a checked COG. Raises SheetCorrupt."""
    holes = find_holes(source)
    if holes.count() == source.width * source.height:
        raise SheetCorrupt("nothing_valid")
    outline = collar.outline(holes if holes.any() else None, transform, source.height, source.width, scattered=None)
    rasterio.shutil.copy(source, partial, driver="COG", **options.for_driver())
    verify(partial, source, options)
    return describe_file(partial, target, outline, transform[0])


def find_holes(source: DatasetReader) -> collar.Bits:
    holes = collar.Bits(source.height, source.width)
    for row in range(0, source.height, BLOCK):
        last = min(row + BLOCK, source.height)
        holes[row:last] = source.read(1, window=((row, last), (0, source.width))) == NODATA
    return holes


def verify(path: Path, source: DatasetReader, options: HeightOptions) -> None:
    """Compare a written COG with its source in sampled blocks; its blocks and overviews are all there.

    Raises SheetCorrupt.
    """
    lossless = options.codec == "deflate"
    checks.check_blocks(path, checks.Expected(source.width, source.height, lossless, masked=False))
    allowed = 0.0 if lossless else LERC_ERROR_M * 1.5
    with rasterio.open(path, driver="GTiff") as image:
        if image.count != 1 or image.dtypes[0] != "float32" or image.nodata != NODATA:
            raise SheetCorrupt("wrong_kind", found=f"{image.count} {image.dtypes[0]} {image.nodata}")
        for place, window in windows(source):
            copy, wanted = image.read(1, window=window), source.read(1, window=window)
            holes = wanted == NODATA
            if ((copy == NODATA) != holes).any():
                raise SheetCorrupt("mask_unlike_source", row=place[0], column=place[1])
            off = float(np.abs(copy[~holes] - wanted[~holes]).max(initial=0))
            if off > allowed:
                raise SheetCorrupt("unlike_source", row=place[0], column=place[1], off=round(off, 3))


def windows(source: DatasetReader) -> Iterator[tuple[tuple[int, int], checks.Window]]:
    for row, column in checks.sample_blocks(source.width, source.height, checks.WINDOWS):
        first, left = row * BLOCK, column * BLOCK
        yield (
            (row, column),
            ((first, min(first + BLOCK, source.height)), (left, min(left + BLOCK, source.width))),
        )


def build_height_overview(
    read: Callable[[int, int, int, int], Raster], width: int, height: int, transform: Transform, target: Path
) -> BuiltSheet:
    """Write and check the overview of a whole mosaic, of which `read` gives rectangles (row, column, rows, columns)."""
    copied = target.with_name(f"{target.stem}.part.copy.tif")
    with (
        rasterio.Env(**GDAL),
        careful(target, int(width * height * BYTES_PER_PIXEL)) as partial,
        scratch(copied, width, height, EPSG, transform) as copy,
    ):
        for row in range(0, height, BLOCK):
            for column in range(0, width, BLOCK):
                rows, columns = min(BLOCK, height - row), min(BLOCK, width - column)
                heights = np.nan_to_num(read(row, column, rows, columns), nan=NODATA)
                copy.writer.write(heights, 1, window=((row, row + rows), (column, column + columns)))
        return write_cog(copy.reader(), partial, target, transform, HeightOptions())
