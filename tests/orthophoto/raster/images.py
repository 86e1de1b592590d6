"""Small images made for tests, and plans for them without a reader or an inventory."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from gis_core.files.reader import Strip
from orthophoto.raster import cog
from orthophoto.raster.collar import Rule
from orthophoto.raster.grid import Grid

RESOLUTION = 0.2
GRID = Grid(RESOLUTION)
X, Y = 618_000.0, 6_756_000.0
# How many levels a pixel's place changes per pixel.
SLOPE = 0.15
UNDECLARED = Rule(mask=False, value=None, lossy=False)

type Image = np.ndarray[Any, np.dtype[Any]]


def encoded(x: float, y: float, height: int, width: int) -> Image:
    """Pixels whose red grows and whose green falls with their place, east of X plus half as much south of Y.

    What a codec adds to both is not taken for a movement.
    """
    columns = (x - X) / RESOLUTION + np.arange(width) + 0.5
    rows = (Y - y) / RESOLUTION + np.arange(height) + 0.5
    return coded(columns[None, :], rows[:, None])


def coded(columns: Image, rows: Image) -> Image:
    """The colours of places given in pixels east of X and south of Y."""
    place = (columns + rows / 2) * SLOPE
    # Rounding that averages out: each pixel rounds at its own threshold.
    threshold = np.random.default_rng(3).random(place.shape)
    return np.stack([np.floor(place + threshold), np.floor(255 - place + threshold), place * 0 + 90], axis=2).astype(
        np.uint8
    )


def photo(height: int, width: int, seed: int = 5) -> Image:
    """Something like a photo: smooth shapes and a little noise, never quite black or white."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    base = 120 + 50 * np.sin(columns / 37) + 40 * np.cos(rows / 53)
    bands = [base * factor + rng.normal(0, 4, (height, width)) for factor in (1.0, 0.9, 0.8)]
    return np.clip(np.stack(bands, axis=2), 12, 240).astype(np.uint8)


def strips(pixels: Image, valid: Image | None = None, rows: int = 100) -> Iterator[Strip]:
    for row in range(0, len(pixels), rows):
        part = None if valid is None or valid[row : row + rows].all() else valid[row : row + rows]
        yield Strip(row, pixels[row : row + rows], part)


def planned(pixels: Image, x: float = X, y: float = Y, **changes: Any) -> cog.SheetPlan:
    height, width, bands = pixels.shape
    transform = (RESOLUTION, 0.0, x, 0.0, -RESOLUTION, y)
    plan = cog.SheetPlan(
        name="sheet",
        width=width,
        height=height,
        dtype=str(pixels.dtype),
        crs=2154,
        transform=transform,
        bands=tuple(range(1, bands + 1)),
        limits=(),
        rule=UNDECLARED,
        warp=False,
        to_transform=transform,
        to_width=width,
        to_height=height,
    )
    return replace(plan, **changes)


def levels(path: Path) -> Iterator[tuple[int, Image, Image, rasterio.Affine]]:
    """The image and each of its overviews: factor, pixels, valid, transform."""
    with rasterio.open(path) as image:
        factors = [1, *image.overviews(1)]
        width, transform = image.width, image.transform
    for number, factor in enumerate(factors):
        with rasterio.open(path, **({"overview_level": number - 1} if number else {})) as image:
            scale = width / image.width
            pixels, valid = image.read().transpose(1, 2, 0), image.dataset_mask() > 0
            yield factor, pixels, valid, transform @ rasterio.Affine.scale(scale, scale)


def displacement(pixels: Image, valid: Image, transform: rasterio.Affine) -> float:
    """By how many base pixels an encoded image is off, on the average."""
    height, width = valid.shape
    rows, columns = np.mgrid[0:height, 0:width] + 0.5
    x, y = transform.c + columns * transform.a, transform.f + rows * transform.e
    wanted = (x - X) / RESOLUTION + (Y - y) / RESOLUTION / 2
    found = (pixels[:, :, 0].astype(float) - pixels[:, :, 1] + 255) / 2 / SLOPE
    return abs(float((found - wanted)[valid].mean()))
