"""Ground and surface of the main village at 50 cm, two dates: the relief, and on it what the photos show.

Two square kilometres alone: a start of the demo draws them in some seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.features import geometry_mask
from shapely.geometry.base import BaseGeometry

from demo.photos.canvas import Canvas
from demo.photos.drawing import Scene
from demo.photos.scene import compose_upright
from demo.photos.window import Single, Window
from demo.territory import Territory
from demo.territory.relief import altitude, rivers_of

# Raise it whenever anything here gives other heights.
HEIGHTS_VERSION = 1
MARK = "heights.json"
PIXEL, SIDE_M = 0.5, 1000.0
# North-west corners of the sheets, in km.
SHEETS = ((616, 6718), (617, 6718))
# How far apart the relief is computed, how deep rivers are, and pixels that crowns beyond a sheet reach into it.
LATTICE_M, BED_M, MARGIN = 10.0, 1.2, 24
YEARS = {2020: "2020-03-18", 2024: "2024-03-06"}
MODELS = {"ground": "MNT", "surface": "MNS"}

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class HeightDelivery:
    """A delivered model on disk: `kind` is ground or surface."""

    kind: str
    year: int
    acquired: str
    folder: Path

    @property
    def slug(self) -> str:
        return f"{MODELS[self.kind].lower()}-{self.year}"

    @property
    def title(self) -> str:
        return {"ground": "Altitude du sol (MNT) {}", "surface": "Altitude de la surface (MNS) {}"}[self.kind].format(
            self.year
        )


def deliver_heights(territory: Territory, folder: Path, say: Say = print) -> tuple[HeightDelivery, ...]:
    """All models under `folder`, the grounds first; what this version made there already is left as it is."""
    deliveries = tuple(
        HeightDelivery(kind, year, acquired, folder / f"{MODELS[kind].lower()}-{year}-50cm")
        for kind in MODELS
        for year, acquired in YEARS.items()
    )
    mark, wanted = folder / MARK, {"seed": territory.seed, "version": HEIGHTS_VERSION}
    if mark.exists() and json.loads(mark.read_text()) == wanted:
        return deliveries
    for one in deliveries:
        one.folder.mkdir(parents=True, exist_ok=True)
    grounds = {corner: ground_of(corner, territory) for corner in SHEETS}
    for year in YEARS:
        scene = compose_upright(territory, year, shapely.box(*extent()))
        for corner, ground in grounds.items():
            say(f"Altitudes de démonstration {year}…")
            heights = {"ground": ground, "surface": ground + upright(scene, window_of(corner))}
            for one in deliveries:
                if one.year == year:
                    write(one.folder / sheet_name(corner, one.kind), corner, heights[one.kind])
    mark.write_text(json.dumps(wanted))
    return deliveries


def sheet_name(corner: tuple[int, int], kind: str) -> str:
    return f"LHD_FXX_{corner[0]:04d}_{corner[1]}_{MODELS[kind]}_O_0M50_LAMB93_IGN69.tif"


def window_of(corner: tuple[int, int]) -> Window:
    west, north = corner[0] * 1000.0, corner[1] * 1000.0
    return Window.of((west, north - SIDE_M, west + SIDE_M, north), PIXEL)


def extent() -> tuple[float, float, float, float]:
    """Of all sheets, and of what reaches into them."""
    corners = np.array(SHEETS) * 1000.0
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return west - MARGIN, south - SIDE_M - MARGIN, east + SIDE_M + MARGIN, north + MARGIN


def ground_of(corner: tuple[int, int], territory: Territory) -> Single:
    """The relief between the places of a lattice, and the beds of the rivers."""
    window = window_of(corner)
    west, south, east, north = window.bounds
    rivers = rivers_of(territory)
    near = shapely.clip_by_rect(rivers, west - 2_000, south - 2_000, east + 2_000, north + 2_000)
    ground = relief(window, near)
    bed = shapely.clip_by_rect(rivers, west - 5, south - 5, east + 5, north + 5).buffer(-0.5)
    if not bed.is_empty:
        water = geometry_mask([bed], ground.shape, window.transform, invert=True)
        ground[water] -= np.float32(BED_M)
    return ground


def relief(window: Window, rivers: BaseGeometry) -> Single:
    west, south, _east, north = window.bounds
    x = np.arange(west, west + SIDE_M + 2 * LATTICE_M, LATTICE_M)
    y = np.arange(north, south - 2 * LATTICE_M, -LATTICE_M)
    lattice_x, lattice_y = np.meshgrid(x, y)
    coarse = altitude(lattice_x, lattice_y, rivers)
    steps = (np.arange(window.width) + 0.5) * PIXEL / LATTICE_M
    whole = steps.astype(int)
    part = (steps - whole)[None, :]
    across = coarse[:, whole] * (1 - part) + coarse[:, whole + 1] * part
    down = part.T
    mixed: Single = (across[whole] * (1 - down) + across[whole + 1] * down).astype(np.float32)
    return mixed


def upright(scene: Scene, window: Window) -> Single:
    """What stands on the ground: roofs, crowns, hedges."""
    canvas = Canvas(scene, scene.index(), window.grow(MARGIN, MARGIN, MARGIN, MARGIN))
    return canvas.height[MARGIN:-MARGIN, MARGIN:-MARGIN]


def write(path: Path, corner: tuple[int, int], heights: Single) -> None:
    """To the centimetre, which compresses well; whole or not at all."""
    window, part = window_of(corner), path.with_name(f".{path.name}.part")
    profile = {
        "driver": "GTiff", "width": window.width, "height": window.height, "count": 1, "dtype": "float32",
        "nodata": -9999, "crs": "EPSG:2154", "transform": window.transform, "compress": "deflate", "predictor": 3,
        "zlevel": 1, "tiled": True,
    }  # fmt: skip
    with rasterio.Env(GDAL_PAM_ENABLED="NO"), rasterio.open(part, "w", **profile) as target:
        target.write(np.round(heights, 2), 1)
    part.replace(path)
