"""The aerial photo under a printed map: read in strips into a scratch file, then written as one JPEG.

One picture shows no seams, and strips keep the memory small: an A0 at 150 dpi has 27 million pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.shutil import copy
from rasterio.transform import from_bounds
from rasterio.windows import Window

from layers.catalogue.pictures import Pixels
from layers.printing.paper import Box

STRIP_PX = 512
BLOCK_PX = 1024
QUALITY = 85
PAPER = 255
CACHE_BYTES = 48 * 1024 * 1024
BYTES_PER_PIXEL = 0.42  # of such a JPEG, as measured on photos of towns and fields

type Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Developed:
    """A JPEG file of a map's size, and how much of it the photo covers (0 to 1)."""

    path: Path
    covered: float


def develop(pixels: Pixels, ground: Box, size: tuple[int, int], folder: Path, tell: Tell) -> Developed:
    """The photo of a rectangle (EPSG:2154) as a JPEG of this size (width, height); white where there is none."""
    scratch, target = folder / "photo.tif", folder / "photo.jpg"
    options = {"GDAL_PAM_ENABLED": False, "GDAL_CACHEMAX": CACHE_BYTES}
    with rasterio.Env(**options):
        covered = fill(scratch, pixels, ground, size, tell)
        if covered:
            copy(scratch, target, driver="JPEG", QUALITY=QUALITY)
    scratch.unlink()
    return Developed(target, covered)


def fill(scratch: Path, pixels: Pixels, ground: Box, size: tuple[int, int], tell: Tell) -> float:
    """Write the pixels strip by strip; returns the share that is there."""
    width, height = size
    there = 0
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "interleave": "pixel", "width": width, "height": height}
    with rasterio.open(
        scratch, "w", crs=2154, transform=from_bounds(*ground, width, height), blockysize=STRIP_PX, **profile
    ) as target:
        for top in range(0, height, STRIP_PX):
            rows = min(STRIP_PX, height - top)
            strip = np.full((rows, width, 3), PAPER, np.uint8)
            there += sum(lay(strip, pixels, ground, size, (left, top)) for left in range(0, width, BLOCK_PX))
            target.write(strip.transpose(2, 0, 1), window=Window(0, top, width, rows))
            tell(min(1.0, (top + rows) / height))
    return there / (width * height)


def lay(strip: np.ndarray, pixels: Pixels, ground: Box, size: tuple[int, int], corner: tuple[int, int]) -> int:
    """Put the pixels of one block into the strip; returns how many are there."""
    left, top = corner
    right, bottom = min(left + BLOCK_PX, size[0]), top + strip.shape[0]
    step_x, step_y = (ground[2] - ground[0]) / size[0], (ground[3] - ground[1]) / size[1]
    box = (
        ground[0] + left * step_x,
        ground[3] - bottom * step_y,
        ground[0] + right * step_x,
        ground[3] - top * step_y,
    )
    found = pixels.read(box, (right - left, bottom - top))
    if found is None:
        return 0
    rgb, there = found
    block = strip[:, left:right]
    block[there] = rgb[there]
    return int(there.sum())
