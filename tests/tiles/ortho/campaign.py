"""A synthetic campaign of four sheets whose colours say where on the ground a pixel lies.

Red waves with x and green with y, ten levels a pixel; blue waves slowly across both and is never dark. One sheet has a
rotated collar, one lies apart on a grid of its own.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.shutil import copy
from rasterio.transform import from_origin

from layers.catalogue.models import Photo
from layers.catalogue.services import PhotoDeclaration, SheetDeclaration, publish_photo
from tests import factories
from tiles.ortho.mosaic import Mosaic, Sheet

WEST, NORTH = 617_000.0, 6_717_300.0
STEP = 0.2
SIDE = 500
PERIOD = 9.6  # metres of a whole wave of red and green: 50 levels a metre
SLOW_PERIOD = 96.0  # of blue: 4 levels a metre
Array = NDArray[Any]


@dataclass(frozen=True)
class Laid:
    """A sheet's place: its north-west corner and, with a collar, what is valid of it."""

    name: str
    west: float
    north: float
    collar: shapely.Polygon | None = None

    @property
    def box(self) -> shapely.Polygon:
        return shapely.box(self.west, self.north - SIDE * STEP, self.west + SIDE * STEP, self.north)

    @property
    def outline(self) -> shapely.Polygon:
        return self.box if self.collar is None else self.collar


def rotated(west: float, north: float) -> shapely.Polygon:
    square = shapely.box(west + 15, north - 85, west + 85, north - 15)
    return shapely.affinity.rotate(square, 11, origin="center")


SHEETS = [
    Laid("nord-ouest", WEST, NORTH),
    Laid("nord-est", WEST + 100, NORTH),
    Laid("tournee", WEST, NORTH - 100, rotated(WEST, NORTH - 100)),
    Laid("seule", WEST + 120.07, NORTH - 130.11),
]


def wave(metres: Array, period: float) -> Array:
    """A triangle between 0 and 1."""
    return np.abs((metres / period) % 1 * 2 - 1)


def across(xs: Array, ys: Array) -> tuple[Array, Array, Array]:
    """The metres along which each band waves."""
    return xs - WEST, NORTH - ys, (xs - WEST + 2 * (NORTH - ys)) / 5**0.5


def colours(xs: Array, ys: Array) -> Array:
    """(…, 3) of the colours at points of EPSG:2154, as floats."""
    east, south, slow = across(xs, ys)
    return np.stack(
        [5 + 240 * wave(east, PERIOD), 5 + 240 * wave(south, PERIOD), 40 + 200 * wave(slow, SLOW_PERIOD)], axis=-1
    )


def pixels(west: float, north: float, step: float, width: int, height: int, tint: int = 0) -> Array:
    xs, ys = np.meshgrid(west + (np.arange(width) + 0.5) * step, north - (np.arange(height) + 0.5) * step)
    return (np.round(colours(xs, ys)) + tint).clip(0, 255).astype(np.uint8)


def write_cog(path: Path, rgb: Array, west: float, north: float, step: float, mask: Array | None) -> None:
    """A lossless COG as the builder makes them; invalid pixels are black, as in deliveries."""
    size = {"width": rgb.shape[1], "height": rgb.shape[0]}
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", count=3, dtype="uint8", crs=2154, transform=from_origin(west, north, step, step), **size
        ) as target:
            target.write((rgb if mask is None else rgb * mask[..., None]).transpose(2, 0, 1))
            if mask is not None:
                target.write_mask(mask.astype(np.uint8) * 255)
        with memory.open() as source:
            options = {"compress": "DEFLATE", "blocksize": 256, "overview_resampling": "average"}
            copy(source, path, driver="COG", **options)


def burnt(shape: Any, west: float, north: float, step: float, width: int, height: int) -> Array:
    transform = from_origin(west, north, step, step)
    return rasterize([shape], (height, width), transform=transform).astype(bool)


def build(folder: Path, tint: int = 0) -> None:
    """Write the sheets and the overview; `tint` is added to every colour (another edition's pixels)."""
    folder.mkdir(parents=True)
    for laid in SHEETS:
        rgb = pixels(laid.west, laid.north, STEP, SIDE, SIDE, tint)
        mask = None if laid.collar is None else burnt(laid.collar, laid.west, laid.north, STEP, SIDE, SIDE)
        write_cog(folder / f"{laid.name}.tif", rgb, laid.west, laid.north, STEP, mask)
    step, width, height = STEP * 8, 140, 150
    covered = shapely.union_all([laid.outline for laid in SHEETS])
    rgb = pixels(WEST, NORTH, step, width, height, tint)
    write_cog(folder / "overview.tif", rgb, WEST, NORTH, step, burnt(covered, WEST, NORTH, step, width, height))


def mosaic(folder: Path) -> Mosaic:
    sheets = [Sheet(f"{laid.name}.tif", rank, laid.outline) for rank, laid in enumerate(SHEETS)]
    return Mosaic(folder, sheets, "overview.tif", STEP)


def as_multi(shape: shapely.Geometry) -> MultiPolygon:
    geom = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=2154)
    return geom if isinstance(geom, MultiPolygon) else MultiPolygon(geom, srid=2154)


def publish(slug: str = "essai", folder: str = "orthophoto/essai/1", **fields: Any) -> Photo:
    """Publish the campaign, whose files are made when they are not there; `tint` as for `build`."""
    tint = fields.pop("tint", 0)
    place = settings.FILES_DIR / folder
    if not place.exists():
        build(place, tint)
    defaults: dict[str, Any] = {
        "title": f"Photo {slug}",
        "acquired_date": date(2024, 6, 1),
        "acquired_precision": "month",
        "resolution_m": STEP,
        "owner": None,
        "visibility": "public",
        "shared_with": [],
        "within_communes": False,
    }
    sheets = [
        SheetDeclaration(
            name=laid.name, path=f"{laid.name}.tif", rank=rank, resolution_m=STEP, geom=as_multi(laid.outline)
        )
        for rank, laid in enumerate(SHEETS)
    ]
    covered = as_multi(shapely.union_all([laid.outline for laid in SHEETS]))
    declared = PhotoDeclaration(
        slug=slug, folder=folder, overview="overview.tif", geom=covered, sheets=sheets, **defaults | fields
    )
    with factories.as_owner():
        return publish_photo(declared)
