"""Pictures under a printed map: read in blocks into scratch files, then written as one JPEG.

One picture shows no seams, and blocks keep the memory small: an A0 at 150 dpi has 27 million pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.shutil import copy
from rasterio.transform import from_bounds
from rasterio.windows import Window

from layers.printing.paper import Box

STRIP_PX = 512
BLOCK_PX = 1024
QUALITY = 85
PAPER = 255
CACHE_BYTES = 48 * 1024 * 1024

type Bands = NDArray[np.uint8]
# A rectangle (EPSG:2154) as a picture of a width and height: its colours and opacities, or nothing.
type Read = Callable[[Box, tuple[int, int]], tuple[Bands, Bands] | None]
type Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Developed:
    """A JPEG file of a map's size, how much of it is covered (0 to 1), and its opacities where they differ."""

    path: Path
    covered: float
    mask: Path | None


@dataclass(slots=True)
class Sums:
    """Pixels that are there, and how opaque they are in all."""

    there: int = 0
    opacity: int = 0


def develop(
    read: Read, ground: Box, size: tuple[int, int], folder: Path, name: str, progress: Progress, *, masked: bool = False
) -> Developed:
    """The picture of a rectangle (EPSG:2154) as a JPEG of this size (width, height), white where there is none.

    A masked one is transparent there.
    """
    colours, opacities = folder / f"{name}.tif", folder / f"{name}-mask.tif"
    with rasterio.Env(GDAL_PAM_ENABLED=False, GDAL_CACHEMAX=CACHE_BYTES):
        sums = fill(colours, opacities if masked else None, read, ground, size, progress)
        partly = masked and sums.opacity < 255 * size[0] * size[1]
        made = [as_jpeg(scratch) for scratch in (colours, opacities)[: 1 + partly]] if sums.there else [colours]
    for scratch in (colours, opacities):
        scratch.unlink(missing_ok=True)
    return Developed(made[0], sums.there / (size[0] * size[1]), made[1] if len(made) > 1 else None)


def as_jpeg(scratch: Path) -> Path:
    target = scratch.with_suffix(".jpg")
    copy(scratch, target, driver="JPEG", QUALITY=QUALITY)
    return target


def fill(
    colours: Path, opacities: Path | None, read: Read, ground: Box, size: tuple[int, int], progress: Progress
) -> Sums:
    """Write the pixels strip by strip."""
    width, height = size
    sums = Sums()
    with scratch(colours, 3, ground, size) as target:
        mask = scratch(opacities, 1, ground, size) if opacities else None
        for top in range(0, height, STRIP_PX):
            rows = min(STRIP_PX, height - top)
            window = Window(0, top, width, rows)
            strip, there = np.full((rows, width, 3), PAPER, np.uint8), np.zeros((rows, width), np.uint8)
            for left in range(0, width, BLOCK_PX):
                lay(strip, there, read, ground, size, (left, top))
                progress((top + rows * min(1.0, (left + BLOCK_PX) / width)) / height)
            sums.there += int((there > 0).sum())
            sums.opacity += int(there.sum(dtype=np.int64))
            target.write(strip.transpose(2, 0, 1), window=window)
            if mask is not None:
                mask.write(there, 1, window=window)
        if mask is not None:
            mask.close()
    return sums


def scratch(path: Path, bands: int, ground: Box, size: tuple[int, int]) -> Any:
    profile = {"driver": "GTiff", "dtype": "uint8", "interleave": "pixel", "width": size[0], "height": size[1]}
    place = {"crs": 2154, "transform": from_bounds(*ground, *size)}
    return rasterio.open(path, "w", count=bands, blockysize=STRIP_PX, **place, **profile)


def lay(strip: Bands, there: Bands, read: Read, ground: Box, size: tuple[int, int], corner: tuple[int, int]) -> None:
    """Put the pixels of one block into the strip, their opacities into `there`."""
    left, top = corner
    right, bottom = min(left + BLOCK_PX, size[0]), top + strip.shape[0]
    step_x, step_y = (ground[2] - ground[0]) / size[0], (ground[3] - ground[1]) / size[1]
    box = (
        ground[0] + left * step_x,
        ground[3] - bottom * step_y,
        ground[0] + right * step_x,
        ground[3] - top * step_y,
    )
    block = read(box, (right - left, bottom - top))
    if block is not None:
        rgb, opacity = block
        strip[:, left:right][opacity > 0] = rgb[opacity > 0]
        there[:, left:right] = opacity
