"""Shadows on real ground and over other buildings: the ray to the sun is marched through a surface model.

From each pixel the ray is followed along the grid azimuth of the sun, a pixel's length at each step: a pixel is shaded
when the surface stands above the ray at one of them. It is what GRASS's `r.sunmask` does pixel by pixel, with the same
result; here all pixels are moved at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import cos, floor, radians, sin, tan

import numpy as np
from numpy.typing import NDArray
from shapely import union_all
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from layers.heights.surface import Mask, Raster, Surface
from simulation.engine.sun import Sun
from simulation.engine.volumes import Volume, polygons_of

type Pixels = tuple[NDArray[np.intp], ...]


def build(surface: Surface, ground: Surface, volumes: Sequence[Volume]) -> tuple[Surface, Mask]:
    """The surface with volumes on it, and where they stand; two grids of the same pixels.

    A volume without a base stands on the lowest natural ground under it, or on the lowest surface where the ground is
    not known. What stood in its place (a demolished house, trees) is gone.
    """
    heights, built = surface.heights.copy(), np.zeros(surface.heights.shape, bool)
    for volume in volumes:
        around = surface.slices(volume.footprint.bounds)
        mask = surface.part(around).within(volume.footprint)
        if not mask.any():
            continue
        points = surface.part(around).centres(*np.nonzero(mask))
        roof = foot_of(volume, ground.part(around), mask) + volume.heights_at(points)
        # Two parts of one building: the higher roof is what is seen.
        there, before = heights[around], built[around]
        there[mask] = np.where(before[mask], np.maximum(there[mask], roof), roof)
        before |= mask
    return replace(surface, heights=heights), built


def foot_of(volume: Volume, ground: Surface, mask: Mask) -> float:
    """The height of a volume's foot. Raises ValueError: nothing is known of the ground under it."""
    if volume.base is not None:
        return volume.base
    under = ground.heights[mask]
    if np.isnan(under).all():
        raise ValueError("no height is known under a volume")
    return float(np.nanmin(under))


def shade(surface: Surface, sun: Sun, *, casting: Mask | None = None) -> Mask:
    """The pixels that the sun does not reach; all of them while it is down. Holes cast nothing and are not shaded.

    Of `casting` pixels alone, where it is given.
    """
    heights = without_holes(surface)
    known = np.isfinite(heights)
    if not sun.is_up or not known.any():
        return known if not sun.is_up else np.zeros(heights.shape, bool)
    if casting is not None:
        return cast_from(heights, np.nonzero(casting & known), surface.pixel, sun) & known
    rise = tan(radians(sun.elevation)) * surface.pixel
    relief = float(heights.max() - heights[known].min())
    shaded = np.zeros(heights.shape, bool)
    for step in range(1, min(int(relief / rise) + 2, 2 * max(heights.shape))):
        march(shaded, heights, heights, steps_to(sun, step), step * rise)
    return shaded & known


def without_holes(surface: Surface) -> Raster:
    """Heights whose holes are infinitely deep: they cast nothing."""
    return np.where(np.isnan(surface.heights), -np.inf, surface.heights).astype(np.float32)


def steps_to(sun: Sun, step: int) -> tuple[int, int]:
    """How many rows down and columns to the right so many pixels towards the sun lead."""
    angle = radians(sun.grid_azimuth)
    return floor(0.5 - step * cos(angle)), floor(0.5 + step * sin(angle))


def cast_from(heights: Raster, pixels: Pixels, pixel: float, sun: Sun) -> Mask:
    """The pixels that some pixels (their rows and columns) shade: the ray is followed from these, away from the sun."""
    shaded = np.zeros(heights.shape, bool)
    rows, columns = pixels
    tops, rise = heights[rows, columns], tan(radians(sun.elevation)) * pixel
    lowest = float(heights.min(where=np.isfinite(heights), initial=np.inf))
    for step in range(1, 2 * max(heights.shape)):
        down, right = steps_to(sun, step)
        row, column = rows - down, columns - right
        inside = (row >= 0) & (row < heights.shape[0]) & (column >= 0) & (column < heights.shape[1])
        inside &= tops > lowest + step * rise
        if not inside.any():
            break
        rows, columns, tops, row, column = (one[inside] for one in (rows, columns, tops, row, column))
        hit = tops > heights[row, column] + np.float32(step * rise)
        shaded[row[hit], column[hit]] = True
    return shaded


def march(shaded: Mask, heights: Raster, casts: Raster, away: tuple[int, int], rise: float) -> None:
    """Shade the pixels from which what casts so many rows and columns away stands above a ray that rose by `rise`."""
    rows, columns = (
        slice(max(0, -by), max(0, min(size, size - by))) for by, size in zip(away, heights.shape, strict=True)
    )
    target = heights[rows, columns]
    down, right = away
    seen = casts[rows.start + down : rows.stop + down, columns.start + right : columns.stop + right]
    if target.size:
        shaded[rows, columns] |= seen > target + np.float32(rise)


def outline(mask: Mask, surface: Surface) -> MultiPolygon:
    """The pixels of a mask as polygons, in EPSG:2154."""
    from rasterio.features import shapes

    parts = [
        shape(outlined)
        for outlined, _one in shapes(mask.astype(np.uint8), mask, connectivity=4, transform=surface.transform)
    ]
    return MultiPolygon(polygons_of(union_all(parts)))


def raise_buildings(ground: Surface, shapes: Sequence[BaseGeometry], heights: Sequence[float]) -> Surface:
    """The ground with buildings on it, each a prism of so many metres; where two overlap, the higher one."""
    from rasterio.features import rasterize

    if not shapes:
        return ground
    lowest_first = sorted(zip(shapes, heights, strict=True), key=lambda one: one[1])
    upright: Raster = rasterize(
        lowest_first, out_shape=ground.heights.shape, transform=ground.transform, fill=0, dtype="float32"
    )
    return replace(ground, heights=ground.heights + upright)


def clear(surface: Surface, ground: Surface, shapes: Sequence[BaseGeometry]) -> Surface:
    """The surface once what stands on these shapes is pulled down; where the ground is not known, its lowest there."""
    if not shapes:
        return surface
    heights = surface.heights.copy()
    for gone in shapes:
        wider = gone.buffer(2 * surface.pixel)
        around = surface.slices(wider.bounds)
        part, there, under = surface.part(around), heights[around], ground.heights[around]
        mask = part.within(gone)
        border = there[part.within(wider) & ~mask]
        known = border[~np.isnan(border)]
        lowest = known.min() if known.size else np.nan
        there[mask] = np.where(np.isnan(under[mask]), lowest, under[mask])
    return replace(surface, heights=heights)


def shade_pixels(heights: Raster, pixel: float, sun: Sun, pixels: Pixels) -> NDArray[np.bool_]:
    """Whether the sun does not reach each of some pixels (their rows and columns): as `shade` says of all of them."""
    rows, columns = pixels
    own = heights[rows, columns]
    shaded, known = np.zeros(len(rows), bool), np.isfinite(own)
    if not sun.is_up or not known.any():
        return known
    rise = tan(radians(sun.elevation)) * pixel
    left, highest = np.flatnonzero(known), float(heights.max())
    for step in range(1, 2 * max(heights.shape)):
        down, right = steps_to(sun, step)
        row, column = rows[left] + down, columns[left] + right
        inside = (row >= 0) & (row < heights.shape[0]) & (column >= 0) & (column < heights.shape[1])
        left, row, column = left[inside], row[inside], column[inside]
        hit = heights[row, column] > own[left] + np.float32(step * rise)
        shaded[left[hit]] = True
        left = left[~hit]
        if not left.size or own[left].min() + step * rise > highest:
            break
    return shaded


def hours_lost(
    before: Surface, after: Surface, suns: Sequence[Sun], *, step_hours: float, casting: Mask | None = None
) -> Raster:
    """Hours of sun that each pixel has before and no more after, over instants `step_hours` apart.

    Where `casting` is given, nothing but these pixels rose since: what they do not shade loses nothing.
    """
    lost = np.zeros(before.heights.shape, np.float32)
    former, heights = without_holes(before), without_holes(after)
    known = np.isfinite(heights)
    casts = None if casting is None else np.nonzero(casting & known)
    for sun in suns:
        shaded = shade(after, sun) if casts is None else cast_from(heights, casts, after.pixel, sun) & known
        pixels = np.nonzero(shaded)
        fresh = ~shade_pixels(former, before.pixel, sun, pixels)
        lost[pixels[0][fresh], pixels[1][fresh]] += np.float32(step_hours)
    return lost
