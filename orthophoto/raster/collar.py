"""Collars: the parts of a sheet that are no photo. Declared ones are believed, others are found from its corners."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from affine import Affine
from rasterio import features
from shapely.geometry import MultiPolygon, Polygon, shape

from gis_core.files.reader.rasters import Pixels, RasterInfo, Transform
from orthophoto.raster.errors import SheetCorrupt

# Lossy codecs leave a collar near its colour, and stain the photo beside it.
NEAR = 5
STAINED = 8
# The share of its sheet that a collar of a single corner covers at least: black may be a shadow, white a roof.
LEAST_BLACK, LEAST_WHITE = 0.002, 0.02
# A declared nodata value inside the photo counts where it fills squares of this side; less is glare or shadow.
HOLE = 16
OUTLINE_CELLS = 1024
# Pieces and holes: an outline with more is drawn on coarser squares; a mask with far more is noise.
MOST_PARTS, SCATTERED = 2_000, 20_000
SWEEPS = 40
LOSSY = {"jpeg", "webp", "jpeg2000", "jxl"}
BLACK, WHITE = 0, 255


@dataclass(frozen=True, slots=True)
class Rule:
    """How the invalid pixels of a file are told.

    `mask` when it comes with one; else by `value`, or where that is None by black and white that begin in a corner.
    """

    mask: bool
    value: int | None
    lossy: bool

    @classmethod
    def of(cls, info: RasterInfo) -> "Rule":
        """What fits a file."""
        mask = info.mask in ("alpha", "internal", "external")
        return cls(mask, None if mask or info.nodata is None else int(info.nodata), info.compression in LOSSY)

    def to_json(self) -> dict[str, Any]:
        """Plain values, which the constructor takes back."""
        return asdict(self)


class Bits:
    """A bit per pixel of a sheet, eight to a byte."""

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width
        self.packed = np.zeros((height, (width + 7) // 8), np.uint8)

    def __getitem__(self, rows: int | slice) -> Pixels:
        return np.unpackbits(self.packed[rows], axis=-1, count=self.width).view(bool)

    def __setitem__(self, rows: int | slice, values: Pixels) -> None:
        self.packed[rows] = np.packbits(values, axis=-1)

    def any(self) -> bool:
        """Whether any is set."""
        return bool(self.packed.any())

    def count(self) -> int:
        """How many are set."""
        return int(np.bitwise_count(self.packed).sum(dtype=np.int64))


type Rows = Callable[[int, int], Pixels]


def find(rule: Rule, masked: Bits | None, rows_of: Rows, height: int, width: int) -> Bits | None:
    """The invalid pixels of a sheet, None when all are valid.

    `masked` are those that its file declares; `rows_of(first, last)` reads shown pixels (rows, columns, 3).
    """
    if rule.mask:
        return masked if masked and masked.any() else None
    if rule.value is None:
        return _merge([_from_corners(value, rule, rows_of, height, width) for value in (BLACK, WHITE)])
    if rule.lossy and rule.value <= WHITE:
        masked = _candidates(rule.value, NEAR, rows_of, height, width)
    if masked is None or not masked.any():
        return None
    collar = flood(masked, _border_and_holes(masked))
    return _grow_stains(collar) if rule.lossy and collar else collar


def _from_corners(value: int, rule: Rule, rows_of: Rows, height: int, width: int) -> Bits | None:
    """The collar of one colour, when it is large enough to be one."""
    near = NEAR if rule.lossy else 0
    ends = {0: rows_of(0, 1)[0], height - 1: rows_of(height - 1, height)[0]}
    seeds = Bits(height, width)
    corners = 0
    for row, pixels in ends.items():
        line = np.zeros(width, bool)
        for column in {0, width - 1}:
            line[column] = bool((np.abs(pixels[column].astype(np.int16) - value) <= near).all())
        seeds[row] = line
        corners += int(line.sum())
    if not corners:
        return None
    collar = flood(_candidates(value, near, rows_of, height, width), seeds)
    least = LEAST_BLACK if value == BLACK else LEAST_WHITE
    if collar is None or (collar.count() < least * height * width and not _spans_a_side(collar)):
        return None
    return _grow_stains(collar) if rule.lossy else collar


def _spans_a_side(collar: Bits) -> bool:
    """Whether it covers a whole side of the sheet, as lines left by a resampling do."""
    if collar[0].all() or collar[collar.height - 1].all():
        return True
    last = collar.width - 1
    left, right = collar.packed[:, 0] & 0x80, collar.packed[:, last // 8] & (0x80 >> last % 8)
    return bool(left.all() or right.all())


def _candidates(value: int, near: int, rows_of: Rows, height: int, width: int) -> Bits:
    """The pixels of a colour."""
    low, high = max(value - near, 0), min(value + near, WHITE)
    candidates = Bits(height, width)
    for row in range(0, height, 256):
        last = min(row + 256, height)
        pixels = rows_of(row, last)
        inside = (pixels >= low) & (pixels <= high)
        candidates[row:last] = inside[:, :, 0] & inside[:, :, 1] & inside[:, :, 2]
    return candidates


def _border_and_holes(candidates: Bits) -> Bits:
    """Where a declared value begins to count: along the border, and in whole squares of it."""
    height, width = candidates.height, candidates.width
    seeds = Bits(height, width)
    columns = np.arange(width) // HOLE
    for row in range(0, height, HOLE):
        block = candidates[row : row + HOLE]
        full = np.logical_and.reduceat(block.all(axis=0), np.arange(0, width, HOLE))
        lines = np.repeat(full[columns][None], len(block), axis=0)
        lines[:, [0, -1]] = True
        seeds[row : row + HOLE] = lines
    seeds[0] = seeds[height - 1] = np.ones(width, bool)
    return seeds


def flood(candidates: Bits, seeds: Bits) -> Bits | None:
    """The candidates that touch a seed, by side and through candidates; None when there are none."""
    reached = Bits(candidates.height, candidates.width)
    reached.packed[:] = candidates.packed & seeds.packed
    if not reached.any():
        return None
    filled: list[int] = np.flatnonzero(candidates.packed.any(axis=1)).tolist()
    # The first sweep each way also fills along the rows.
    for sweep in range(SWEEPS):
        if not _sweep(candidates, reached, filled[:: 1 if sweep % 2 == 0 else -1], everywhere=sweep == 0) and sweep:
            break
    return reached


def _sweep(candidates: Bits, reached: Bits, rows: Sequence[int], *, everywhere: bool) -> bool:
    """Carry what is reached from each row to the next; whether that reached more."""
    changed = False
    before, before_row = None, -2
    for row in rows:
        own = reached.packed[row]
        carried = own if before is None or abs(int(row) - before_row) != 1 else own | (before & candidates.packed[row])
        if everywhere or (carried != own).any():
            full = np.packbits(_along(candidates[row], np.unpackbits(carried, count=candidates.width).view(bool)))
            changed = changed or bool((full != own).any())
            reached.packed[row] = full
        before, before_row = reached.packed[row], int(row)
    return changed


def _along(candidates: Pixels, seeds: Pixels) -> Pixels:
    """The runs of candidates that hold a seed."""
    if not seeds.any():
        return seeds
    edges = np.flatnonzero(np.diff(candidates, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    before = np.concatenate([[0], np.cumsum(seeds)])
    chosen = before[ends] > before[starts]
    steps = np.zeros(len(candidates) + 1, np.int8)
    steps[starts[chosen]] = 1
    steps[ends[chosen]] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).view(bool)


def _grow_stains(collar: Bits) -> Bits:
    """Grown by what a lossy codec stains."""
    wide = Bits(collar.height, collar.width)
    for row in np.flatnonzero(collar.packed.any(axis=1)).tolist():
        line = collar[row]
        grown = line.copy()
        for step in range(1, STAINED + 1):
            grown[step:] |= line[:-step]
            grown[:-step] |= line[step:]
        wide[row] = grown
    tall = wide.packed.copy()
    for step in range(1, min(STAINED + 1, collar.height)):
        tall[step:] |= wide.packed[:-step]
        tall[:-step] |= wide.packed[step:]
    wide.packed = tall
    return wide


def _merge(parts: Iterable[Bits | None]) -> Bits | None:
    some = [bits for bits in parts if bits]
    for other in some[1:]:
        some[0].packed |= other.packed
    return some[0] if some else None


def outline(
    invalid: Bits | None, transform: Transform, height: int, width: int, scattered: int | None = SCATTERED
) -> MultiPolygon:
    """The outline of the valid pixels: it holds them all, and is simpler than their edge by a few pixels.

    By more where they lie in thousands of pieces. Raises SheetCorrupt when they are `scattered` in more than so many.
    """
    place = Affine(*transform)
    box = Polygon([place @ corner for corner in ((0, 0), (width, 0), (width, height), (0, height))])
    if invalid is None:
        return MultiPolygon([box])
    cell = -(-max(height, width) // OUTLINE_CELLS)
    cells = _valid_cells(invalid, cell)
    count = count_parts(cells)
    if scattered is not None and count > scattered:
        raise SheetCorrupt("mask_scattered", pieces=count, limit=scattered)
    while count > MOST_PARTS:
        cell, cells = cell * 2, _coarser(cells)
        count = count_parts(cells)
    shapes = features.shapes(cells, mask=cells.astype(bool), transform=place @ Affine.scale(cell))
    polygons = [shape(geometry) for geometry, _ in shapes]
    reach = cell * abs(transform[0])
    simple = shapely.union_all(polygons).simplify(reach).buffer(reach, join_style="mitre").intersection(box)
    parts = [part for part in shapely.get_parts(simple) if part.geom_type == "Polygon"]
    whole: MultiPolygon = MultiPolygon(parts).normalize()
    return whole


def count_parts(cells: Pixels) -> int:
    """An upper bound of the pieces and holes in a grid of zeros and ones: runs that begin anew, from row to row.

    A region begins with a run that touches none of its kind above; so it is counted at least once.
    """
    grid = np.pad(cells.astype(bool), 1)
    count = 0
    for above, row in pairwise(grid):
        changes = np.flatnonzero(np.diff(row, prepend=~row[:1]))
        same = np.add.reduceat(above == row, changes)
        count += int((same == 0).sum())
    return count


def _coarser(cells: Pixels) -> Pixels:
    """Squares of twice the side, set where one of the four is."""
    even = np.pad(cells, [(0, side % 2) for side in cells.shape])
    return even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]


def _valid_cells(invalid: Bits, cell: int) -> Pixels:
    """Which squares of `cell` pixels hold a valid one."""
    starts = np.arange(0, invalid.width, cell)
    lines = [
        np.logical_or.reduceat((~invalid[row : row + cell]).any(axis=0), starts)
        for row in range(0, invalid.height, cell)
    ]
    return np.array(lines).astype(np.uint8)
