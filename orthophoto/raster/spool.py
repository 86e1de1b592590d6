"""Our own copy of an image on its way to a COG, in memory when it is small, else on disk; never the user's file."""

import contextlib
import errno
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import rasterio
from affine import Affine
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.io import DatasetWriter

from gis_core.files.reader.rasters import Pixels, Transform
from orthophoto.raster.errors import DiskFull, SheetCorrupt

# Up to about 8,000 x 8,000 pixels; the worker that holds it stays far below 1 GiB.
IN_MEMORY_BYTES = 192 * 1024 * 1024
BLOCK = 512
RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
# What rasterio raises, and what it lets through of GDAL's own.
GDAL_ERRORS = (RasterioError, CPLE_BaseError)
SPARE_BYTES = 32 * 1024 * 1024


class Spool:
    """Three bands of 8 bits, and a mask once one is written; `dataset` is what GDAL copies from."""

    def __init__(
        self, width: int, height: int, crs: int, transform: Transform, path: Path, *, on_disk: bool = False
    ) -> None:
        self.width, self.height = width, height
        self._path = path
        profile: dict[str, Any] = {
            "width": width,
            "height": height,
            "count": 3,
            "dtype": "uint8",
            "crs": CRS.from_epsg(crs),
            "transform": Affine(*transform),
        }
        self._on_disk = on_disk or width * height * 3 > IN_MEMORY_BYTES
        if not self._on_disk:
            self.dataset: DatasetWriter = rasterio.open(path.name, "w+", driver="MEM", **profile)
            self.dataset.colorinterp = RGB
        else:
            tiles = {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "interleave": "pixel"}
            more = {"photometric": "RGB", "bigtiff": "IF_SAFER"}
            self.dataset = rasterio.open(path, "w+", driver="GTiff", **tiles, **more, **profile)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The file goes with whatever else lies beside the target: a full disk must still be full when it is asked.
        with contextlib.suppress(*GDAL_ERRORS):
            self.dataset.close()

    def write(self, row: int, pixels: Pixels, column: int = 0) -> None:
        """Write rows of pixels (rows, columns, 3)."""
        window = (row, row + pixels.shape[0]), (column, column + pixels.shape[1])
        self.dataset.write(pixels.transpose(2, 0, 1), window=window)

    def write_valid(self, row: int, valid: Pixels, column: int = 0) -> None:
        """Write rows of the mask."""
        window = (row, row + valid.shape[0]), (column, column + valid.shape[1])
        self.dataset.write_mask(valid.astype(np.uint8) * np.uint8(255), window=window)

    def rows(self, first: int, last: int) -> Pixels:
        """Read rows of pixels (rows, columns, 3)."""
        pixels = np.empty((last - first, self.width, 3), np.uint8)
        self.dataset.read([1, 2, 3], out=pixels.transpose(2, 0, 1), window=((first, last), (0, self.width)))
        return pixels

    def finish(self) -> None:
        """Let what is written reach the file that GDAL copies from."""
        if self._on_disk:
            self.dataset.close()
            self.dataset = rasterio.open(self._path, driver="GTiff")


def check_free_space(folder: Path, needed: int) -> None:
    """Refuse to write `needed` bytes that the folder's disk does not have left. Raises DiskFull."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFull(needed, free)


@contextmanager
def careful(target: Path, needed: int) -> Iterator[Path]:
    """Write beside `target`, then rename to it, both flushed to the disk; gives the path to write to.

    Nothing is left behind by a failure. An error that GDAL only logs is a failure; a full disk raises DiskFull whatever
    else went wrong first.
    """
    partial = target.with_name(f"{target.stem}.part.tif")
    _sweep(partial)
    check_free_space(target.parent, needed)
    try:
        with errors_that_gdal_logs() as logged:
            yield partial
        if logged:
            raise SheetCorrupt("gdal", said=logged[0])
        _flush(partial)
        partial.replace(target)
        _flush(target.parent)
        _sweep(partial)
    except BaseException as error:
        free = shutil.disk_usage(target.parent).free
        _sweep(partial)
        if _is_full(error) or (isinstance(error, (*GDAL_ERRORS, SheetCorrupt)) and free < SPARE_BYTES):
            raise DiskFull(needed, free) from error
        if isinstance(error, GDAL_ERRORS):
            raise SheetCorrupt("gdal", said=str(error)[:300]) from error
        raise


def sweep_partial(target: Path) -> None:
    """Remove what a process that was killed left of writing `target`; the target itself stays."""
    _sweep(target.with_name(f"{target.stem}.part.tif"))


@contextmanager
def errors_that_gdal_logs() -> Iterator[list[str]]:
    """What GDAL says at the level of an error while this lasts."""
    said: list[str] = []
    handler = _Listening(said)
    logger = logging.getLogger("rasterio")
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)


class _Listening(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage()[:300])


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _sweep(partial: Path) -> None:
    """Remove what GDAL or a killed worker left beside the partial file (its overviews, its copy)."""
    for left in partial.parent.glob(f"{_literal(partial.stem)}.*"):
        left.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
