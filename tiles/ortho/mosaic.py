"""Pixels of an aerial campaign for any rectangle of any map: which sheets, which level, warped, one on another.

No Django, no HTTP. GDAL reads windows of COGs, Pillow warps them: the curve between two coordinate systems is followed
by a mesh of small quadrilaterals, to a twentieth of a pixel.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from PIL import Image
from pyproj import Transformer
from rasterio.enums import MaskFlags
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from gis_core.files.stamp import Stamp, stamp_of
from tiles.ortho import relief

EPSG = 2154
OVERVIEW_FACTOR = 8  # the mosaic-wide overview starts at this multiple of the campaign's resolution
ALIKE = 1.01  # resolutions count as equal within one per cent
SHRUNK_FROM = 1.3  # a finer level is first averaged to the output's resolution from this ratio on
MESH_ERROR_PX = 0.05
SMALLEST_CELL_PX = 4
SMALLEST_PX = 0.25  # a campaign smaller than this covers no pixel by half
HALF_COVERED = 127  # of 255: a pixel whose centre lies on the edge of two sheets belongs to one of them at least
MOST_OPEN = 48
IDLE_S = 60.0

Box = tuple[float, float, float, float]
Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Grid = NDArray[np.float64]


class UnreadableError(Exception):
    """A file of the campaign is missing or damaged."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One COG of a mosaic and the outline of its valid pixels (EPSG:2154); a higher rank lies on top."""

    path: str
    rank: int
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the output picture, and where the corners of its mesh cells lie in EPSG:2154."""

    left: int
    top: int
    width: int
    height: int
    xs: Grid
    ys: Grid

    @property
    def bounds(self) -> Box:
        return float(self.xs.min()), float(self.ys.min()), float(self.xs.max()), float(self.ys.max())

    @property
    def pixel_m(self) -> float:
        """The smaller side of an output pixel on the ground, at the middle."""
        row, column = self.xs.shape[0] // 2, self.xs.shape[1] // 2
        step_x = self.width / (self.xs.shape[1] - 1)
        step_y = self.height / (self.xs.shape[0] - 1)
        across = np.hypot(*(a[row, column] - a[row, column - 1] for a in (self.xs, self.ys))) / step_x
        down = np.hypot(*(a[row, column] - a[row - 1, column] for a in (self.xs, self.ys))) / step_y
        return float(min(across, down))


class Mosaic:
    """A campaign's sheets and its overview. Any number of threads may render at once."""

    def __init__(
        self,
        folder: Path,
        sheets: Sequence[Sheet],
        overview: str,
        resolution_m: float,
        kind: str = "photo",
        style: str = "",
    ) -> None:
        ordered = sorted(sheets, key=lambda sheet: (-sheet.rank, sheet.path))
        self.paths = [str(folder / sheet.path) for sheet in ordered]
        self.tree = shapely.STRtree([sheet.outline for sheet in ordered])
        self.overview = str(folder / overview)
        self.resolution_m = resolution_m
        self.rendering = relief.rendering_of(kind, style, folder / overview)
        west, south, east, north = map(float, shapely.total_bounds([sheet.outline for sheet in ordered]))
        self.bounds = west, south, east, north

    def render(self, bbox: Box, size: tuple[int, int], epsg: int) -> tuple[Rgb, Mask] | None:
        """The picture (height, width, 3) of a rectangle and which of its pixels are there; None when none is."""
        frame = frame_of(self.bounds, bbox, size, epsg)
        if frame is None:
            return None
        rgb = np.zeros((size[1], size[0], 3), np.uint8)
        mask = np.zeros((size[1], size[0]), np.bool_)
        part = np.s_[frame.top : frame.top + frame.height, frame.left : frame.left + frame.width]
        below, there = rgb[part], mask[part]
        for path in self.files_under(frame):
            piece = warp_file(path, frame, self.rendering)
            if piece is not None:
                lay_under(below, there, *piece)
                if there.all():
                    break
        return (rgb, mask) if mask.any() else None

    def files_under(self, frame: Frame) -> list[str]:
        """The files that show this frame, the uppermost first."""
        if frame.pixel_m * ALIKE >= OVERVIEW_FACTOR * self.resolution_m:
            return [self.overview]
        ranks = self.tree.query(shapely.box(*frame.bounds), predicate="intersects")
        return [self.paths[index] for index in sorted(ranks)]


def lay_under(rgb: Rgb, there: Mask, piece: Rgb, valid: Mask | None) -> None:
    """Add the piece's pixels where nothing lies yet."""
    if not there.any():
        rgb[:] = piece
        there[:] = True if valid is None else valid
        if valid is not None:
            rgb[~valid] = 0
        return
    new = ~there if valid is None else valid & ~there
    rgb[new] = piece[new]
    there |= new


@lru_cache(maxsize=64)
def transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=1024)
def bounds_in(bounds: Box, epsg: int) -> Box:
    west, south, east, north = transformer(EPSG, epsg).transform_bounds(*bounds, densify_pts=21)
    return west, south, east, north


def frame_of(bounds: Box, bbox: Box, size: tuple[int, int], epsg: int) -> Frame | None:
    """The part of the output that may touch the campaign's bounds; far away from them there is nothing to transform."""
    west, south, east, north = bounds_in(bounds, epsg)
    step_x, step_y = (bbox[2] - bbox[0]) / size[0], (bbox[3] - bbox[1]) / size[1]
    left, right = (clip_position((x - bbox[0]) / step_x, size[0], side) for x, side in ((west, -1), (east, 1)))
    top, bottom = (clip_position((bbox[3] - y) / step_y, size[1], side) for y, side in ((north, -1), (south, 1)))
    if left >= right or top >= bottom or max((east - west) / step_x, (north - south) / step_y) < SMALLEST_PX:
        return None
    part = (bbox[0] + left * step_x, bbox[3] - bottom * step_y, bbox[0] + right * step_x, bbox[3] - top * step_y)
    points = mesh(part, (right - left, bottom - top), epsg)
    return Frame(left, top, right - left, bottom - top, *points) if points else None


def clip_position(position: float, length: int, side: int) -> int:
    """A position in pixels, moved two outwards for what the projection may bend, inside the picture."""
    return int(min(max(np.floor(position) + 2 * side + (side > 0), 0), length))


def mesh(bbox: Box, size: tuple[int, int], epsg: int) -> tuple[Grid, Grid] | None:
    """The EPSG:2154 coordinates of the corners of as few cells as follow the projection's curve.

    None where the projection ends: pixels of half a continent show no campaign.
    """
    cells = 1
    while True:
        across, down = (max(1, min(cells, length // SMALLEST_CELL_PX)) for length in size)
        xs, ys = corners(bbox, 2 * across, 2 * down, epsg)
        if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
            return None
        if (across, down) != (cells, cells) or bend(xs, ys) <= MESH_ERROR_PX * pixel(xs, ys, size):
            return xs[::2, ::2], ys[::2, ::2]
        cells *= 2


def corners(bbox: Box, across: int, down: int, epsg: int) -> tuple[Grid, Grid]:
    xs, ys = np.meshgrid(np.linspace(bbox[0], bbox[2], across + 1), np.linspace(bbox[3], bbox[1], down + 1))
    return (xs, ys) if epsg == EPSG else transformer(epsg, EPSG).transform(xs, ys)


def bend(xs: Grid, ys: Grid) -> float:
    """How far the true middles of the cells lie from the middles of their corners, in metres."""
    off = []
    for grid in (xs, ys):
        even = grid[::2, ::2]
        middles = (even[:-1, :-1] + even[1:, :-1] + even[:-1, 1:] + even[1:, 1:]) / 4
        sides = (even[:, :-1] + even[:, 1:]) / 2
        stiles = (even[:-1] + even[1:]) / 2
        off.append(
            max(
                float(np.abs(grid[1::2, 1::2] - middles).max()),
                float(np.abs(grid[::2, 1::2] - sides).max()),
                float(np.abs(grid[1::2, ::2] - stiles).max()),
            )
        )
    return max(off)


def pixel(xs: Grid, ys: Grid, size: tuple[int, int]) -> float:
    return float(min(np.hypot(xs[0, -1] - xs[0, 0], ys[0, -1] - ys[0, 0]) / size[0],
                     np.hypot(xs[-1, 0] - xs[0, 0], ys[-1, 0] - ys[0, 0]) / size[1]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Patch:
    """Pixels read from one file, where they lie, and which are valid (None: all, and more than the frame needs)."""

    rgb: Rgb
    mask: NDArray[np.uint8] | None
    west: float
    north: float
    step_x: float
    step_y: float


def warp_file(path: str, frame: Frame, rendering: relief.Rendering | None = None) -> tuple[Rgb, Mask | None] | None:
    """The file's pixels in the frame and which are valid; None when it has none there."""
    try:
        patch = read(path, frame.bounds, frame.pixel_m, rendering)
    except rasterio.errors.RasterioError as error:
        raise UnreadableError(path) from error
    if patch is None:
        return None
    quads = quadrilaterals(frame, patch)
    if patch.mask is None:
        return np.asarray(warp(Image.fromarray(patch.rgb), frame, quads)), None
    if patch.mask[1:-1, 1:-1].all():
        mask = np.asarray(warp(Image.fromarray(patch.mask), frame, quads))
        return np.asarray(warp(Image.fromarray(patch.rgb), frame, quads)), mask >= HALF_COVERED
    return warp_weighted(patch.rgb, patch.mask, frame, quads)


def warp_weighted(rgb: Rgb, mask: NDArray[np.uint8], frame: Frame, quads: list[Any]) -> tuple[Rgb, Mask] | None:
    """Warp so that colours of invalid pixels never mix into those of valid ones."""
    if not mask.any():
        return None
    source = Image.fromarray(np.dstack([rgb, mask])).convert("RGBa")
    mixed = np.asarray(warp(source, frame, quads).convert("RGBA"))
    return mixed[..., :3], mixed[..., 3] >= HALF_COVERED


def warp(source: Image.Image, frame: Frame, quads: list[Any]) -> Image.Image:
    return source.transform((frame.width, frame.height), Image.Transform.MESH, quads, Image.Resampling.BILINEAR)


def quadrilaterals(frame: Frame, patch: Patch) -> list[Any]:
    """Pillow's mesh: output rectangles and the corners (NW, SW, SE, NE) that they show, in pixels of the patch.

    Positions are rounded so that an output on the file's own grid copies its pixels.
    """
    columns = np.round((frame.xs - patch.west) / patch.step_x, 4)
    rows = np.round((patch.north - frame.ys) / patch.step_y, 4)
    down, across = columns.shape[0] - 1, columns.shape[1] - 1
    lefts = [round(frame.width * i / across) for i in range(across + 1)]
    tops = [round(frame.height * i / down) for i in range(down + 1)]
    return [
        (
            (lefts[i], tops[j], lefts[i + 1], tops[j + 1]),
            tuple(
                float(value)
                for at in ((j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1))
                for value in (columns[at], rows[at])
            ),
        )
        for j in range(down)
        for i in range(across)
    ]


def read(path: str, bounds: Box, pixel_m: float, rendering: relief.Rendering | None = None) -> Patch | None:
    """The window under these bounds, from the level whose resolution is the nearest not coarser than the output's."""
    dataset = open_level(path, level_for(path, pixel_m))
    step_x, west, step_y, north = dataset.transform.a, dataset.transform.c, -dataset.transform.e, dataset.transform.f
    left, top = int(np.floor((bounds[0] - west) / step_x)) - 2, int(np.floor((north - bounds[3]) / step_y)) - 2
    right, bottom = int(np.ceil((bounds[2] - west) / step_x)) + 2, int(np.ceil((north - bounds[1]) / step_y)) + 2
    inside = (max(left, 0), max(top, 0), min(right, dataset.width), min(bottom, dataset.height))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return None
    window = Window(inside[0], inside[1], inside[2] - inside[0], inside[3] - inside[1])
    if rendering is not None:
        rgb, mask = relief.picture_of(dataset, window, rendering)
    else:
        rgb = np.ascontiguousarray(dataset.read((1, 2, 3), window=window).transpose(1, 2, 0))
        mask = None if MaskFlags.all_valid in dataset.mask_flag_enums[0] else dataset.read_masks(1, window=window)
    if mask is not None and mask.all():
        mask = None
    ratio = (pixel_m / step_x, pixel_m / step_y)
    rgb, mask, scale = shrink_pixels(rgb, mask, max(1.0, min(ratio)))
    corner = (west + inside[0] * step_x, north - inside[1] * step_y)
    patch = Patch(rgb, mask, *corner, step_x * scale[0], step_y * scale[1])
    return patch if mask is None and inside == (left, top, right, bottom) else add_rim(patch)


def shrink_pixels(
    rgb: Rgb, mask: NDArray[np.uint8] | None, ratio: float
) -> tuple[Rgb, NDArray[np.uint8] | None, tuple[float, float]]:
    """The pixels averaged to about the output's resolution, when the level read is much finer; and by how much."""
    height, width = rgb.shape[:2]
    if ratio < SHRUNK_FROM:
        return rgb, mask, (1.0, 1.0)
    size = (max(1, round(width / ratio)), max(1, round(height / ratio)))
    scale = (width / size[0], height / size[1])
    if mask is None:
        return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX)), None, scale
    mixed = Image.fromarray(np.dstack([rgb, mask])).convert("RGBa").resize(size, Image.Resampling.BOX)
    both = np.asarray(mixed.convert("RGBA"))
    return np.ascontiguousarray(both[..., :3]), np.ascontiguousarray(both[..., 3]), scale


def add_rim(patch: Patch) -> Patch:
    """One pixel more on every side: the colour of the edge, and invalid, so that the mask ends at the very edge."""
    inside = np.full(patch.rgb.shape[:2], 255, np.uint8) if patch.mask is None else patch.mask
    return Patch(
        np.pad(patch.rgb, ((1, 1), (1, 1), (0, 0)), mode="edge"),
        np.pad(inside, 1),
        patch.west - patch.step_x,
        patch.north + patch.step_y,
        patch.step_x,
        patch.step_y,
    )


BASE = -1
type KeptKey = tuple[str, Stamp, int]
type Kept = OrderedDict[KeptKey, tuple[Any, float]]
_mine = threading.local()


def level_for(path: str, pixel_m: float) -> int:
    """BASE or the number of an overview: the coarsest that is not coarser than the output."""
    fitting = [index for index, step in enumerate(steps_of(path, stamp_of(path))) if step <= pixel_m * ALIKE]
    return max(fitting, default=0) - 1


@lru_cache(maxsize=20_000)
def steps_of(path: str, _stamp: Stamp) -> tuple[float, ...]:
    """The resolutions of a file's levels, its own first."""
    dataset = open_level(path, BASE)
    return tuple(dataset.transform.a * factor for factor in (1, *dataset.overviews(1)))


def open_level(path: str, level: int) -> Any:
    """The dataset of one level of a file, this thread's own: GDAL crashes when two threads share one."""
    kept: Kept | None = getattr(_mine, "kept", None)
    if kept is None:
        kept = _mine.kept = OrderedDict()
    for idle in list(list_idle_datasets(kept)):
        kept.pop(idle)[0].close()
    key = path, stamp_of(path), level
    kept_dataset = kept.pop(key, None)
    dataset = (
        kept_dataset[0] if kept_dataset else rasterio.open(path, **({} if level == BASE else {"overview_level": level}))
    )
    kept[key] = dataset, time.monotonic()
    return dataset


def list_idle_datasets(kept: Kept) -> Iterator[KeptKey]:
    """The least recently used datasets: those beyond the limit, and those unused for long, which keep files that may be
    gone from the disk."""
    before = time.monotonic() - IDLE_S
    for index, (key, (_dataset, used)) in enumerate(kept.items()):
        if len(kept) - index <= MOST_OPEN and used >= before:
            return
        yield key
