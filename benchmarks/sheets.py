"""The delivered sheets of the benchmark: invented ground that compresses as photos do, the same at every making.

Kept under `<data>/bench/sheets`, made again when this recipe changes. Pixels are uncompressed, as in many deliveries.
"""

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from rasterio.crs import CRS

from benchmarks.database import BenchDatabase
from benchmarks.territory import SEED
from gis_core.operations.progress import step

RESOLUTION_M = 0.05
# In its middle lies a corner of a commune that the asker does not see.
WEST, NORTH = 628_300, 6_737_700
ACROSS, SIDE = 6, 4_000
LARGE_SIDE, SMALL_SIDE = 20_000, 1_000
SHEETS = ACROSS * ACROSS
HEADERS, FEW, MANY = 200, 12, 200
# The ground repeats after this many pixels; no sheet is like another.
PERIOD = 5_600
OCTAVES = ((7, 46.0), (28, 26.0), (112, 15.0), (467, 9.0), (1867, 7.0))
ROOFS, GRAIN = 2_600, 3.0
STRIP = 1_000
Ground = NDArray[np.uint8]


@dataclass(frozen=True)
class Deliveries:
    """The folders of sheets: the mosaic, one large sheet, few and many small ones, many to be looked at only."""

    root: Path

    @property
    def mosaic(self) -> Path:
        return self.root / "mosaic"

    @property
    def large(self) -> Path:
        return self.root / "large"

    @property
    def few(self) -> Path:
        return self.root / "few"

    @property
    def many(self) -> Path:
        return self.root / "many"

    @property
    def headers(self) -> Path:
        return self.root / "headers"


def deliveries(made: BenchDatabase) -> Deliveries:
    """The sheets, made unless they are there."""
    found = Deliveries(made.place.data / "bench/sheets")
    mark = found.root / "recipe"
    if not mark.exists() or mark.read_text() != fingerprint():
        with step("Dalles de mesure"):
            shutil.rmtree(found.root, ignore_errors=True)
            make(found)
            mark.write_text(fingerprint())
    return found


def fingerprint() -> str:
    return hashlib.blake2s(Path(__file__).read_bytes(), digest_size=8).hexdigest()


def make(wanted: Deliveries) -> None:
    """Write every delivery; sheets that nobody looks at are one file under many names, placed by their world files."""
    land = ground()
    for folder in (wanted.mosaic, wanted.large, wanted.few, wanted.many, wanted.headers):
        folder.mkdir(parents=True)
    places = [(row, column) for row in range(ACROSS) for column in range(ACROSS)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda place: write_sheet(wanted.mosaic, land, *place), places))
    write(wanted.large / name_of(WEST, NORTH), land, (0, 0), LARGE_SIDE, (WEST, NORTH))
    for side, folders in ((SIDE, {wanted.headers: HEADERS}), (SMALL_SIDE, {wanted.few: FEW, wanted.many: MANY})):
        pattern = wanted.root / f"{side}.tif"
        write(pattern, land, (0, 0), side, None)
        for folder, count in folders.items():
            link(pattern, folder, side, count)


def write_sheet(folder: Path, land: Ground, row: int, column: int) -> None:
    """One sheet of the mosaic; its ground goes on in its neighbours."""
    metres = round(SIDE * RESOLUTION_M)
    corner = WEST + column * metres, NORTH - row * metres
    write(folder / name_of(*corner), land, (row * SIDE, column * SIDE), SIDE, corner)


def name_of(west: int, north: int) -> str:
    """By the convention, the corner in metres."""
    return f"45-2024-{west:07d}-{north}-LA93-0M05-RVB.tif"


def write(path: Path, land: Ground, first: tuple[int, int], side: int, corner: tuple[int, int] | None) -> None:
    """A square of the ground as an uncompressed TIFF, without any georeferencing when no corner is given."""
    place: dict[str, Any] = {}
    if corner is not None:
        place = {
            "crs": CRS.from_epsg(2154),
            "transform": Affine(RESOLUTION_M, 0, corner[0], 0, -RESOLUTION_M, corner[1]),
        }
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8"}
    with rasterio.open(path, "w", interleave="pixel", photometric="RGB", **profile, **place) as image:
        for row in range(0, side, STRIP):
            pixels = wrap_ground(wrap_ground(land, 0, first[0] + row, STRIP), 1, first[1], side)
            image.write(pixels.transpose(2, 0, 1), window=((row, row + STRIP), (0, side)))
    path.chmod(0o644)


def wrap_ground(land: Ground, axis: int, first: int, count: int) -> Ground:
    """Rows or columns of the ground, which begins anew where it ends."""
    parts = []
    while count:
        begin = first % PERIOD
        size = min(count, PERIOD - begin)
        parts.append(land[begin : begin + size] if axis == 0 else land[:, begin : begin + size])
        first, count = first + size, count - size
    return np.concatenate(parts, axis=axis)


def link(pattern: Path, folder: Path, side: int, count: int) -> None:
    """The same file under many names, side by side."""
    metres = round(side * RESOLUTION_M)
    for number in range(count):
        west, north = WEST + number % 20 * metres, NORTH - number // 20 * metres
        path = folder / name_of(west, north)
        path.hardlink_to(pattern)
        half = RESOLUTION_M / 2
        lines = (RESOLUTION_M, 0, 0, -RESOLUTION_M, west + half, north - half)
        path.with_suffix(".tfw").write_text("\n".join(map(str, lines)) + "\n")


def ground() -> Ground:
    """A square of invented land: soils and crops of every size, roofs, grain; no pixel is black or white."""
    random = np.random.default_rng(SEED)
    light = np.zeros((PERIOD, PERIOD), np.float32)
    for cells, strength in OCTAVES:
        coarse = Image.fromarray(random.normal(0, strength, (cells, cells)).astype(np.float32))
        light += np.asarray(coarse.resize((PERIOD, PERIOD), Image.Resampling.BICUBIC))
    tint = Image.fromarray(random.integers(0, 255, (40, 40, 3), dtype=np.uint8)).resize((PERIOD, PERIOD))
    painted = Image.new("RGB", (PERIOD, PERIOD), (104, 110, 92))
    painted = Image.blend(painted, tint, 0.25)
    draw = ImageDraw.Draw(painted)
    for west, north, width, height, *colour in zip(
        *random.integers(0, PERIOD, (2, ROOFS)),
        *random.integers(30, 260, (2, ROOFS)),
        *random.integers(60, 200, (3, ROOFS)),
        strict=True,
    ):
        draw.rectangle((west, north, west + width, north + height), fill=tuple(int(value) for value in colour))
    land = np.empty((PERIOD, PERIOD, 3), np.uint8)
    for band, colours in enumerate(painted.split()):
        grain = random.normal(0, GRAIN, (PERIOD, PERIOD)).astype(np.float32)
        land[:, :, band] = np.clip(np.asarray(colours) + light + grain, 8, 247)
    return land
