"""Heights of buildings out of models of heights: ground at the foot, eaves and ridge. No Django.

Inside the footprint shrunk by `EDGE_M` (walls and trees over them mislead) the eaves are a low percentile of what
stands on the ground, the ridge a high one; the ground is the median of its model in a ring around the footprint.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.heights.surface import Points, Raster, Surface, subtract

type Numbers = NDArray[np.int64]

EDGE_M: Final = 0.5
# Where the ground is read around a building, and how far apart.
FOOT_M, FOOT_STEP_M = 1.5, 1.0
EAVES, RIDGE = 0.10, 0.98
# The share of a footprint that must have heights, and what stands so low is no building.
LEAST_KNOWN, LEAST_HEIGHT_M = 0.5, 1.0
MARGIN_M = 5.0


def measure(footprints: Sequence[BaseGeometry], ground: Surface, upright: Surface) -> Points:
    """Altitude of the ground, heights of eaves and ridge above it (n, 3), in metres; NaN where they are not known.

    `upright` is what stands on the ground (MNH). Footprints are in EPSG:2154.
    """
    labels = label_pixels([shrink(one, upright.pixel) for one in footprints], upright)
    walls = label_pixels(footprints, upright) >= 0
    eaves, ridge = roof_heights(labels, upright.heights, len(footprints))
    foot = foot_altitudes(footprints, ground, upright, walls)
    unknown = np.isnan(foot) | ~(ridge >= LEAST_HEIGHT_M)
    eaves[unknown], ridge[unknown] = np.nan, np.nan
    return np.column_stack((foot, eaves, ridge))


def shrink(footprint: BaseGeometry, pixel: float) -> BaseGeometry:
    """Without its edges; the whole of what is too small for that."""
    inner: BaseGeometry = footprint.buffer(-EDGE_M, join_style="mitre")
    return inner if inner.area >= 4 * pixel * pixel else footprint


def label_pixels(shapes: Sequence[BaseGeometry], surface: Surface) -> NDArray[np.int32]:
    """The number of the shape that holds the centre of each pixel, -1 for none."""
    from rasterio.features import rasterize

    labels: NDArray[np.int32] = rasterize(
        [(shape, number) for number, shape in enumerate(shapes)],
        out_shape=surface.heights.shape, transform=surface.transform, fill=-1, dtype="int32",
    )  # fmt: skip
    return labels


def roof_heights(labels: NDArray[np.int32], heights: Raster, count: int) -> tuple[Points, Points]:
    """Low and high percentile of the pixels of each label; NaN where too few of them have a height."""
    inside = labels >= 0
    which, values = labels[inside].astype(np.int64), heights[inside].astype(np.float64)
    known = ~np.isnan(values)
    pixels = np.bincount(which, minlength=count)
    sure = np.bincount(which[known], minlength=count)
    eaves, ridge = percentiles(which[known], values[known], count, (EAVES, RIDGE))
    few = sure < LEAST_KNOWN * np.maximum(pixels, 1)
    eaves[few], ridge[few] = np.nan, np.nan
    return eaves, ridge


def foot_altitudes(
    footprints: Sequence[BaseGeometry], ground: Surface, grid: Surface, walls: NDArray[np.bool_]
) -> Points:
    """The median ground around each footprint, beside other buildings; of all around one that others enclose."""
    rings = shapely.segmentize(shapely.buffer(np.asarray(footprints), FOOT_M, quad_segs=2), FOOT_STEP_M)
    points, which = shapely.get_coordinates(rings, return_index=True)
    altitudes = ground.heights_at(points)
    column = np.floor((points[:, 0] - grid.left) / grid.pixel).astype(int).clip(0, walls.shape[1] - 1)
    row = np.floor((grid.top - points[:, 1]) / grid.pixel).astype(int).clip(0, walls.shape[0] - 1)
    known = ~np.isnan(altitudes)
    free = known & ~walls[row, column]
    (all_around,) = percentiles(which[known], altitudes[known], len(footprints), (0.5,))
    (median,) = percentiles(which[free], altitudes[free], len(footprints), (0.5,))
    return np.where(np.isnan(median), all_around, median)


def percentiles(which: Numbers, values: Points, count: int, shares: Sequence[float]) -> list[Points]:
    """Of the values of each of `count` groups, for each share (0 to 1); NaN for a group without values."""
    order = np.lexsort((values, which))
    which, values = which[order], values[order]
    first = np.searchsorted(which, np.arange(count))
    last = np.searchsorted(which, np.arange(count), side="right") - 1
    results = []
    for share in shares:
        result = np.full(count, np.nan)
        full = last >= first
        place = first[full] + share * (last[full] - first[full])
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, last[full])
        result[full] = values[below] + (place - below) * (values[above] - values[below])
        results.append(result)
    return results


def upright_on(ground: Surface, upper: Surface) -> Surface:
    """What stands on the ground, on the pixels of the upper surface, whatever those of the ground."""
    if (ground.transform, ground.heights.shape) != (upper.transform, upper.heights.shape):
        rows, columns = np.indices(upper.heights.shape).reshape(2, -1)
        below = ground.heights_at(upper.centres(rows, columns)).reshape(upper.heights.shape)
        ground = replace(upper, heights=below.astype(np.float32))
    return subtract(upper, ground)
