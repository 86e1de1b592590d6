"""Whether a written image is to be believed: its blocks, its mask, its pixels, its overviews."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.io import DatasetReader

from gis_core.reader.child import tiff
from gis_core.reader.child.trouble import Trouble
from gis_core.reader.rasters import Pixels
from orthophoto.raster.errors import SheetCorrupt

WINDOWS = 20
BLOCK = 512
MOST_PIXELS = 1 << 40
# Levels of 255 by which a lossy codec may move a pixel: some, and a part of how rough the image is there; and a mean.
LOSSY, ROUGHNESS, LOSSY_MEAN = 5.0, 0.6, 3.0
# An overview is an average of what is below it, itself coded again.
OVERVIEW_MEAN = 5.0


@dataclass(frozen=True, slots=True)
class Expected:
    """What the image should be: its size, whether its codec keeps every pixel, whether it has a mask."""

    width: int
    height: int
    lossless: bool
    masked: bool


def verify(path: Path, expected: Expected, source: DatasetReader, *, windows: int = WINDOWS) -> None:
    """Raises SheetCorrupt when a written image is not `source`, block by block and in sampled windows."""
    check_blocks(path, expected)
    with rasterio.open(path, driver="GTiff") as image:
        _check_shape(image, expected)
        places = sampled(expected.width, expected.height, windows)
        pixels = [_check_window(image, source, place, expected) for place in places]
        for level, _ in enumerate(image.overviews(1)):
            _check_overview(path, level, places, pixels)


def check_blocks(path: Path, expected: Expected) -> None:
    """All blocks lie inside the file, none is missing, and overviews and mask are all there."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        try:
            images = tiff.directories(stream, size, MOST_PIXELS)
        except Trouble as trouble:
            raise SheetCorrupt("blocks_past_end", found=trouble.code) from trouble
    empty = sum(image.empty for image in images)
    if empty:
        raise SheetCorrupt("empty_blocks", count=empty)
    shown, masks = [image for image in images if not image.is_mask], [image for image in images if image.is_mask]
    if (shown[0].width, shown[0].height) != (expected.width, expected.height):
        raise SheetCorrupt("wrong_size", found=f"{shown[0].width} x {shown[0].height}")
    if bool(masks) != expected.masked or (masks and len(masks) != len(shown)):
        raise SheetCorrupt("wrong_mask", found=len(masks))
    smallest = min(max(image.width, image.height) for image in shown)
    if smallest > BLOCK:
        raise SheetCorrupt("no_overviews", smallest=smallest)


def sampled(width: int, height: int, count: int) -> list[tuple[int, int]]:
    """Rows and columns of blocks: the corners, and others at random, the same for the same size."""
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    corners = {(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)}
    others = [
        place for place in ((row, column) for row in range(rows) for column in range(columns)) if place not in corners
    ]
    chance = random.Random(width * 31 + height)  # noqa: S311
    more = chance.sample(others, min(max(0, count - len(corners)), len(others)))
    return sorted(corners | set(more))


def _check_shape(image: DatasetReader, expected: Expected) -> None:
    if image.count != 3 or image.dtypes[0] != "uint8" or image.nodata is not None:
        raise SheetCorrupt("wrong_kind", found=f"{image.count} {image.dtypes[0]} {image.nodata}")


type Window = tuple[tuple[int, int], tuple[int, int]]


def _window(place: tuple[int, int], width: int, height: int, factor: int = 1) -> Window:
    row, column = place[0] * BLOCK // factor, place[1] * BLOCK // factor
    size = BLOCK // factor
    return (row, min(row + size, height)), (column, min(column + size, width))


def _check_window(
    image: DatasetReader, source: DatasetReader, place: tuple[int, int], expected: Expected
) -> tuple[Pixels, float]:
    """Compare a block; gives its mean colour where it is valid, and how much of it is."""
    window = _window(place, expected.width, expected.height)
    found, wanted = image.read(window=window), source.read([1, 2, 3], window=window)
    valid = None
    if expected.masked:
        valid = image.read_masks(1, window=window) > 0
        if (valid != (source.read_masks(1, window=window) > 0)).any():
            raise SheetCorrupt("mask_unlike_source", row=place[0], column=place[1])
        found, wanted = found[:, valid], wanted[:, valid]
    if not found.size:
        return np.zeros(3), 0.0
    _compare(found, wanted, place, lossless=expected.lossless)
    return found.reshape(3, -1).mean(axis=1), 1.0 if valid is None else float(valid.mean())


def _compare(found: Pixels, wanted: Pixels, place: tuple[int, int], *, lossless: bool) -> None:
    """Each band is the source's: exactly, or by its mean and by its pixels within what a lossy codec moves."""
    if lossless:
        moved, allowed = float((found != wanted).any()), 0.0
    else:
        difference = (found.astype(np.int16) - wanted).reshape(3, -1)
        moved = float(np.abs(difference).mean())
        allowed = LOSSY + ROUGHNESS * float(wanted.std())
        shift = float(np.abs(difference.mean(axis=1)).max())
        if shift > LOSSY_MEAN:
            moved, allowed = shift, LOSSY_MEAN
    if moved > allowed:
        raise SheetCorrupt("unlike_source", row=place[0], column=place[1], off=round(moved, 1))


def _check_overview(
    path: Path, level: int, places: Sequence[tuple[int, int]], blocks: Sequence[tuple[Pixels, float]]
) -> None:
    """The overview has the mean colours of the blocks below it that are wholly valid and large enough there."""
    with rasterio.open(path, driver="GTiff", overview_level=level) as image:
        factor = 2 ** (level + 1)
        for place, (mean, share) in zip(places, blocks, strict=True):
            window = _window(place, image.width, image.height, factor)
            if share < 1 or (window[0][1] - window[0][0]) < 16 or (window[1][1] - window[1][0]) < 16:
                continue
            found = image.read(window=window).reshape(3, -1).mean(axis=1)
            off = float(np.abs(found - mean).max())
            if off > OVERVIEW_MEAN:
                raise SheetCorrupt("overview_unlike", level=level, row=place[0], column=place[1], off=round(off, 1))
