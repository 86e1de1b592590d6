"""Shadows on terrain against GRASS's `r.sunmask`: on real surfaces, and on relief whose shadows are known.

`./arpent test --grass` installs GRASS and runs them on 2 km of relief; the ordinary run does on 1 km of the same, with
the same pixels of 5 m and suns, where GRASS is installed: its work grows with the cube of the size. What is known by
computation alone is always tested (`tests/simulation/test_terrain.py`).
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from math import radians, tan
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from layers.heights.surface import Mask, Surface
from simulation.engine.sun import Sun
from simulation.engine.terrain import shade

pytestmark = pytest.mark.skipif(
    shutil.which("grass") is None, reason="GRASS is not installed: ./arpent test --grass installs it"
)
SAMPLE = Path(__file__).parents[1] / "data/lidar_hd/dsm_77055_627760_50cm.tif"
# Azimuth and height. Where a ray runs exactly between two pixels (60 degrees, 300) each program takes its own.
SUNS = ((180.0, 30.0), (135.0, 40.0), (217.0, 33.0), (251.3, 26.0), (20.5, 55.0), (301.7, 47.0))
PIXEL = 5.0
SIZE = 400 if os.environ.get("ARPENT_GRASS") else 200


def sun_of(azimuth: float, elevation: float) -> Sun:
    return Sun(azimuth=azimuth, elevation=elevation, grid_azimuth=azimuth)


def sunmasks(model: Path, suns: Sequence[tuple[float, float]], folder: Path) -> list[Mask]:
    """What GRASS shades, for each sun, in one session of its own."""
    commands = [f"r.in.gdal -o input={model} output=dem --q", "g.region raster=dem"]
    files = [folder / f"{number}.bin" for number in range(len(suns))]
    for (azimuth, elevation), file in zip(suns, files, strict=True):
        commands += [
            f"r.sunmask elevation=dem output=shadow altitude={elevation} azimuth={azimuth} --q --o",
            "r.null map=shadow null=0 --q",
            f"r.out.bin -b input=shadow output={file} bytes=1 --q",
        ]
    grass = ["grass", "--tmp-project", "XY", "--exec", "bash", "-ec", "\n".join(commands)]
    done = subprocess.run(grass, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr[-2000:]
    with rasterio.open(model) as image:
        shape = image.shape
    return [np.fromfile(file, np.uint8).reshape(shape) > 0 for file in files]


def surface_of(model: Path) -> Surface:
    with rasterio.open(model) as image:
        heights: NDArray[np.float32] = image.read(1, masked=True).astype(np.float32).filled(np.nan)
        return Surface(heights=heights, left=image.transform.c, top=image.transform.f, pixel=image.transform.a)


def widened(mask: Mask) -> Mask:
    """With the pixels that touch it."""
    padded = np.pad(mask, 1)
    rows, columns = mask.shape
    parts = [padded[row : row + rows, column : column + columns] for row in range(3) for column in range(3)]
    wider: Mask = np.logical_or.reduce(parts)
    return wider


def assert_alike(ours: Mask, theirs: Mask) -> None:
    """Each shades nothing farther than a pixel from what the other does."""
    assert theirs.any()
    assert not (ours & ~widened(theirs)).any()
    assert not (theirs & ~widened(ours)).any()


def test_a_real_surface_is_shaded_as_grass_does(tmp_path: Path) -> None:
    surface = surface_of(SAMPLE)
    for sun, theirs in zip(SUNS, sunmasks(SAMPLE, SUNS, tmp_path), strict=True):
        assert_alike(shade(surface, sun_of(*sun)), theirs)


def relief() -> NDArray[np.float32]:
    """A plain at 100 m with a plateau at 140 m in its south, and a cone 60 m high in the middle of its north."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    heights = np.where(rows >= SIZE // 2, 140.0, 100.0)
    heights += np.maximum(0, 60 - 1.5 * PIXEL * np.hypot(rows - 0.15 * SIZE, columns - SIZE // 2))
    return heights.astype(np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("relief") / "relief.tif"
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "float32", "crs": "EPSG:2154"}
    with rasterio.open(path, "w", transform=from_origin(660_000, 6_760_000, PIXEL, PIXEL), **profile) as image:
        image.write(relief(), 1)
    return path


def test_a_relief_is_shaded_as_grass_does_and_as_it_is_known(model: Path, tmp_path: Path) -> None:
    suns = ((180.0, 30.0), (225.7, 28.0))
    surface = surface_of(model)
    shaded = sunmasks(model, suns, tmp_path)
    for sun, theirs in zip(suns, shaded, strict=True):
        assert_alike(shade(surface, sun_of(*sun)), theirs)
    depth = 40 / tan(radians(30))
    for one in (shaded[0], shade(surface, sun_of(*suns[0]))):
        assert one[: SIZE // 2, 20].sum() * PIXEL == pytest.approx(depth, abs=PIXEL)
