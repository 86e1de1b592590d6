"""A sheet becomes a cloud-optimised GeoTIFF: shown colours, EPSG:2154, a mask where pixels are invalid, checked."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from shapely.geometry import MultiPolygon

from gis_core.files.reader.rasters import Pixels, Strip, Transform
from orthophoto.raster import checks, collar, display
from orthophoto.raster.collar import Bits, Rule
from orthophoto.raster.errors import SheetCorrupt
from orthophoto.raster.grid import EPSG, Grid
from orthophoto.raster.inventory import Taken, is_on
from orthophoto.raster.spool import BLOCK, IN_MEMORY_BYTES, Spool, careful

type Codec = Literal["jpeg", "webp", "deflate"]

# Within what GDAL works here: a worker stays far below 1 GiB.
GDAL: dict[str, Any] = {
    "GDAL_CACHEMAX": 256 * 1024 * 1024,
    "GDAL_PAM_ENABLED": False,
    "GDAL_NUM_THREADS": "ALL_CPUS",
    "GDAL_TIFF_INTERNAL_MASK": True,
    # The COG driver packs its own copies of the overviews: with this the bytes are the same at the end and that takes
    # nearly nothing (with NONE, GDAL makes the overviews of a masked image another way).
    "COG_TMP_COMPRESSION": "PACKBITS",
}
# Lossy codecs work on squares of this side; what lies in none with a valid pixel touches none.
CODED = 16
CODECS: dict[Codec, dict[str, Any]] = {
    "jpeg": {"COMPRESS": "JPEG", "QUALITY": 90},
    "webp": {"COMPRESS": "WEBP", "QUALITY": 90},
    "deflate": {"COMPRESS": "DEFLATE", "PREDICTOR": "YES", "LEVEL": 6},
}
# Bytes beside the target per pixel, its overviews and their temporary copies included.
BYTES_PER_PIXEL: dict[Codec, float] = {"jpeg": 1.8, "webp": 1.8, "deflate": 5.8}


@dataclass(frozen=True, slots=True)
class CogOptions:
    """How COGs are written."""

    codec: Codec = "jpeg"
    collars: bool = True

    @property
    def lossless(self) -> bool:
        """Whether every pixel is kept as it is."""
        return self.codec == "deflate"

    def for_driver(self) -> dict[str, Any]:
        """Creation options of the COG driver."""
        return {
            **CODECS[self.codec],
            "BLOCKSIZE": BLOCK,
            "OVERVIEW_RESAMPLING": "AVERAGE",
            "BIGTIFF": "IF_SAFER",
            "NUM_THREADS": "ALL_CPUS",
            "OVERVIEWS": "IGNORE_EXISTING",
            "STATISTICS": "NO",
        }


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What is to be made of a sheet: how its pixels are read and shown, where they lie, where they go.

    `transform`, `crs`, `width` and `height` are those of the file; the `to_` ones those of the COG, in EPSG:2154.
    """

    name: str
    width: int
    height: int
    dtype: str
    crs: int
    transform: Transform
    bands: tuple[int, ...]
    limits: display.Limits
    rule: Rule
    warp: bool
    to_transform: Transform
    to_width: int
    to_height: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, which `from_json` takes back."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "SheetPlan":
        """The plan from plain values."""
        lists = {name: tuple(values[name]) for name in ("transform", "bands", "to_transform")}
        limits = tuple((float(low), float(high)) for low, high in values["limits"])
        return cls(**{**values, **lists, "limits": limits, "rule": Rule(**values["rule"])})


@dataclass(frozen=True, slots=True)
class BuiltSheet:
    """A checked COG: `outline` of its valid pixels as WKB of a MultiPolygon (EPSG:2154), its mean colour."""

    path: Path
    outline: bytes
    bounds: tuple[float, float, float, float]
    resolution: float
    sha256: str
    size: int
    mean: tuple[float, float, float]


def plan(sheet: Taken, grid: Grid, *, infrared: bool = False, limits: display.Limits = ()) -> SheetPlan:
    """What is to be made of a sheet of the inventory; `limits` are those of the campaign when it has 16 bits."""
    info = sheet.info
    if info.transform is None:
        raise ValueError("a sheet without georeferencing is not taken")
    transform, width, height = _destination(sheet, grid)
    return SheetPlan(
        name=sheet.name,
        width=info.width,
        height=info.height,
        dtype=info.dtype,
        crs=sheet.crs,
        transform=info.transform,
        bands=display.bands_of(info, infrared=infrared),
        limits=limits if info.dtype == "uint16" else (),
        rule=Rule.of(info),
        warp=sheet.warp,
        to_transform=transform,
        to_width=width,
        to_height=height,
    )


def _destination(sheet: Taken, grid: Grid) -> tuple[Transform, int, int]:
    """Where the COG lies: on the grid when warped, else where the sheet lies, freed of rounding."""
    info = sheet.info
    if sheet.warp:
        column, row, width, height = grid.around(sheet.bounds)
        x, y = grid.corner(column, row)
        return (grid.resolution, 0.0, x, 0.0, -grid.resolution, y), width, height
    west, _, _, north = sheet.bounds
    a = info.transform[0] if info.transform else grid.resolution
    if is_on(grid, sheet):
        a = grid.resolution
        west, north = grid.snap_corner(west, north)
    return (a, 0.0, west, 0.0, -a, north), info.width, info.height


def build(strips: Iterable[Strip], plan: SheetPlan, target: Path, options: CogOptions | None = None) -> BuiltSheet:
    """Write and check the COG of a sheet; `target` exists only when it is whole.

    Raises SheetCorrupt, DiskFull, and whatever reading the strips raises.
    """
    options = options or CogOptions()
    with rasterio.Env(**GDAL), careful(target, count_needed_bytes(plan, options)) as partial:
        copy = partial.with_name(f"{partial.stem}.copy.tif")
        place = plan.transform if plan.warp else plan.to_transform
        # A copy in memory can only be read by whoever writes it; warping wants to read it anew.
        with Spool(plan.width, plan.height, plan.crs, place, copy, on_disk=plan.warp) as spool:
            masked = _fill(spool, strips, plan)
            invalid = _find(spool, masked, plan, options)
            return (_warp if plan.warp else _make_sheet)(spool, invalid, plan, partial, target, options)


def count_needed_bytes(plan: SheetPlan, options: CogOptions) -> int:
    """Bytes that must be free beside the target."""
    pixels = plan.to_width * plan.to_height
    copies = [3 * pixels] if 3 * pixels > IN_MEMORY_BYTES else []
    if plan.warp:
        copies.append(4 * plan.width * plan.height)
    return int(pixels * BYTES_PER_PIXEL[options.codec]) + sum(copies)


def _fill(spool: Spool, strips: Iterable[Strip], plan: SheetPlan) -> Bits | None:
    """Write the shown pixels; gives those that the file declares invalid."""
    converter = display.Display(len(plan.bands), plan.dtype, plan.limits)
    masked: Bits | None = None
    row = 0
    for strip in strips:
        height, width = strip.pixels.shape[:2]
        if strip.row != row or width != plan.width or row + height > plan.height:
            raise SheetCorrupt("changed", row=row)
        spool.write(row, converter(strip.pixels))
        if strip.valid is not None:
            masked = masked or Bits(plan.height, plan.width)
            masked[row : row + height] = ~strip.valid
        row += height
    if row != plan.height:
        raise SheetCorrupt("changed", row=row)
    return masked


def _find(spool: Spool, masked: Bits | None, plan: SheetPlan, options: CogOptions) -> Bits | None:
    if plan.rule.value is None and not plan.rule.mask and not options.collars:
        return None
    return collar.find(plan.rule, masked, spool.rows, plan.height, plan.width)


def _warp(
    spool: Spool, invalid: Bits | None, plan: SheetPlan, partial: Path, target: Path, options: CogOptions
) -> BuiltSheet:
    """Bring the copy to the campaign's grid, once, then go on from there."""
    _mask(spool, invalid or Bits(plan.height, plan.width), filled=False)
    spool.finish()
    copy = partial.with_name(f"{partial.stem}.grid.tif")
    grid = {"crs": CRS.from_epsg(EPSG), "transform": Affine(*plan.to_transform)}
    size = {"width": plan.to_width, "height": plan.to_height}
    outside = Bits(plan.to_height, plan.to_width)
    with (
        WarpedVRT(spool.dataset, resampling=Resampling.cubic, add_alpha=True, **grid, **size) as warped,
        Spool(plan.to_width, plan.to_height, EPSG, plan.to_transform, copy) as moved,
    ):
        for row in range(0, plan.to_height, BLOCK):
            last = min(row + BLOCK, plan.to_height)
            pixels = warped.read(window=((row, last), (0, plan.to_width)))
            moved.write(row, np.ascontiguousarray(pixels[:3].transpose(1, 2, 0)))
            outside[row:last] = pixels[3] < 128
        return _make_sheet(moved, outside if outside.any() else None, plan, partial, target, options)


def _make_sheet(
    spool: Spool, invalid: Bits | None, plan: SheetPlan, partial: Path, target: Path, options: CogOptions
) -> BuiltSheet:
    if invalid is not None and invalid.count() == spool.width * spool.height:
        raise SheetCorrupt("nothing_valid")
    outline = collar.outline(invalid, plan.to_transform, spool.height, spool.width)
    if invalid is not None:
        _mask(spool, invalid, filled=not options.lossless)
    spool.finish()
    rasterio.shutil.copy(spool.dataset, partial, driver="COG", **options.for_driver())
    expected = checks.Expected(spool.width, spool.height, options.lossless, invalid is not None)
    checks.verify(partial, expected, spool.dataset)
    return describe_file(partial, target, outline, plan.to_transform[0])


def _mask(spool: Spool, invalid: Bits, *, filled: bool) -> None:
    """Write the mask; give invalid pixels a colour that a lossy codec cannot spread into the photo."""
    for row in range(0, spool.height, BLOCK):
        last = min(row + BLOCK, spool.height)
        lost = invalid[row:last]
        spool.write_valid(row, ~lost)
        if lost.any():
            spool.write(row, _cover_lost(spool.rows(row, last), lost, filled=filled))


def _cover_lost(pixels: Pixels, lost: Pixels, *, filled: bool) -> Pixels:
    """Invalid pixels in black, or in the mean colour of the valid ones of their coded square."""
    pixels[lost] = 0
    if not filled:
        return pixels
    rows, columns = np.arange(0, pixels.shape[0], CODED), np.arange(0, pixels.shape[1], CODED)
    total = np.add.reduceat(np.add.reduceat(pixels, rows, axis=0, dtype=np.uint32), columns, axis=1)
    count = np.add.reduceat(np.add.reduceat(~lost, rows, axis=0, dtype=np.uint32), columns, axis=1)
    means = (total // np.maximum(count, 1)[:, :, None]).astype(np.uint8)
    rows, columns = np.nonzero(lost)
    pixels[rows, columns] = means[rows // CODED, columns // CODED]
    return pixels


def describe_file(partial: Path, target: Path, outline: MultiPolygon, resolution: float) -> BuiltSheet:
    """The facts of a written COG; its mean colour, or height, is that of its smallest overview."""
    with partial.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    with rasterio.open(partial, driver="GTiff") as image:
        level = {"overview_level": len(image.overviews(1)) - 1} if image.overviews(1) else {}
        bounds = image.bounds
    with rasterio.open(partial, driver="GTiff", **level) as image:
        hidden = np.broadcast_to(image.dataset_mask() == 0, (image.count, *image.shape))
        means = [
            float(round(band.mean(), 2)) if band.count() else 0.0 for band in np.ma.masked_array(image.read(), hidden)
        ]
        red, green, blue = means if len(means) == 3 else means * 3
    west, south, east, north = bounds
    size = partial.stat().st_size
    return BuiltSheet(target, outline.wkb, (west, south, east, north), resolution, digest, size, (red, green, blue))
