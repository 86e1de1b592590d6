"""Whether a written image is to be believed: its blocks, its mask, its pixels, its overviews."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from rasterio.io import DatasetReader

from gis_core.files.reader.child import tiff
from gis_core.files.reader.child.trouble import Trouble
from gis_core.files.reader.rasters import Pixels
from orthophoto.raster.errors import SheetCorrupt

WINDOWS = 20
BLOCK = 512
MOST_PIXELS = 1 << 40
# Levels of 255 by which a lossy codec may move a pixel: some, and a part of how rough the image is there; and a mean.
LOSSY, ROUGHNESS, LOSSY_MEAN = 5.0, 0.6, 3.0
# An overview is an average of what is below it, itself coded again.
OVERVIEW_MEAN = 5.0
# A block is compared with its few pixels of an overview when they are at least this many a side.
LEAST_WINDOW = 16
THREADS = 2


@dataclass(frozen=True, slots=True)
class Expected:
    """What the image should be: its size, whether its codec keeps every pixel, whether it has a mask."""

    width: int
    height: int
    lossless: bool
    masked: bool


def verify(path: Path, expected: Expected, source: DatasetReader, *, windows: int = WINDOWS) -> None:
    """Compare a written image with `source`, block by block and in sampled windows. Raises SheetCorrupt."""
    check_blocks(path, expected)
    samples = [_sample(source, place, expected) for place in sample_blocks(expected.width, expected.height, windows)]
    # Decoding is what takes the time.
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(partial(_check_samples, path, expected), [samples[start::THREADS] for start in range(THREADS)]))


@dataclass(frozen=True, slots=True)
class _Sample:
    """A block of the source: `valid` is None where the image has no mask."""

    place: tuple[int, int]
    pixels: Pixels
    valid: Pixels | None
    mean: Pixels


def _sample(source: DatasetReader, place: tuple[int, int], expected: Expected) -> _Sample:
    window = _window(place, expected.width, expected.height)
    valid = source.read_masks(1, window=window) > 0 if expected.masked else None
    pixels = source.read([1, 2, 3], window=window)
    return _Sample(place, pixels, valid, _means(pixels))


def _means(pixels: Pixels) -> Pixels:
    """The mean of each band, by whole numbers: many times as fast."""
    bands = pixels.reshape(3, -1)
    totals: Pixels = np.divide(bands.sum(axis=1, dtype=np.int64), bands.shape[1])
    return totals


def _check_samples(path: Path, expected: Expected, samples: Sequence[_Sample]) -> None:
    with rasterio.Env(), rasterio.open(path, driver="GTiff") as image:
        _check_shape(image, expected)
        for sample in samples:
            _check_window(image, sample, expected)
        levels = len(image.overviews(1))
    for level in range(levels):
        _check_overview(path, level, samples)


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
    pictures, masks = [image for image in images if not image.is_mask], [image for image in images if image.is_mask]
    if (pictures[0].width, pictures[0].height) != (expected.width, expected.height):
        raise SheetCorrupt("wrong_size", found=f"{pictures[0].width} x {pictures[0].height}")
    if bool(masks) != expected.masked or (masks and len(masks) != len(pictures)):
        raise SheetCorrupt("wrong_mask", found=len(masks))
    smallest = min(max(image.width, image.height) for image in pictures)
    if smallest > BLOCK:
        raise SheetCorrupt("no_overviews", smallest=smallest)


def sample_blocks(width: int, height: int, count: int) -> list[tuple[int, int]]:
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


def _check_window(image: DatasetReader, sample: _Sample, expected: Expected) -> None:
    """Compare a block with the source's."""
    window = _window(sample.place, expected.width, expected.height)
    pixels, wanted = image.read(window=window), sample.pixels
    if sample.valid is not None:
        if (sample.valid != (image.read_masks(1, window=window) > 0)).any():
            raise SheetCorrupt("mask_unlike_source", row=sample.place[0], column=sample.place[1])
        pixels, wanted = pixels[:, sample.valid], wanted[:, sample.valid]
    if pixels.size:
        _compare(pixels, wanted, sample.place, lossless=expected.lossless)


def _compare(pixels: Pixels, wanted: Pixels, place: tuple[int, int], *, lossless: bool) -> None:
    """Each band is the source's: exactly, or by its mean and by its pixels within what a lossy codec moves."""
    if lossless:
        moved, allowed = float((pixels != wanted).any()), 0.0
    else:
        difference = (pixels.astype(np.int16) - wanted).reshape(3, -1)
        moved = float(np.abs(difference).sum(dtype=np.int64)) / difference.size
        allowed = LOSSY + ROUGHNESS * float(wanted.reshape(3, -1)[:, ::7].std())
        shift = float(np.abs(_means(difference)).max())
        if shift > LOSSY_MEAN:
            moved, allowed = shift, LOSSY_MEAN
    if moved > allowed:
        raise SheetCorrupt("unlike_source", row=place[0], column=place[1], off=round(moved, 1))


def _check_overview(path: Path, level: int, samples: Sequence[_Sample]) -> None:
    """The overview has the mean colours of the blocks below it that are wholly valid and large enough there."""
    factor = 2 ** (level + 1)
    with rasterio.open(path, driver="GTiff", overview_level=level) as image:
        for sample in samples:
            window = _window(sample.place, image.width, image.height, factor)
            small = min(window[0][1] - window[0][0], window[1][1] - window[1][0]) < LEAST_WINDOW
            if small or (sample.valid is not None and not sample.valid.all()):
                continue
            off = float(np.abs(_means(image.read(window=window)) - sample.mean).max())
            if off > OVERVIEW_MEAN:
                raise SheetCorrupt(
                    "overview_unlike", level=level, row=sample.place[0], column=sample.place[1], off=round(off, 1)
                )
