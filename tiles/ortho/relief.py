"""Heights as a picture: shaded from the north-west, by slope, in tints; what stands on the ground coloured.

The shading is Horn's (1981), as GDAL's `gdaldem hillshade` and cartographers draw it: sun at 315 degrees, 45 high.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from layers.heights.styles import ABOVE_GROUND, SLOPES, TINTS, Colour, Style, range_of

type Rgb = NDArray[np.uint8]

SUN_AZIMUTH, SUN_HEIGHT = radians(315), radians(45)
PAPER: Final = np.array([252, 250, 244], np.float32)


@dataclass(frozen=True, slots=True)
class Rendering:
    """How heights are drawn; `overview` is the file that says from where to where their tints go."""

    style: Style
    overview: Path


def rendering_of(kind: str, style: str, overview: Path) -> Rendering | None:
    """How a campaign of this `Photo.Kind` is drawn in a style, or in its usual one; None for photos."""
    if kind == "photo":
        return None
    usual = Style.ABOVE_GROUND if kind == "height" else Style.RELIEF
    return Rendering(Style(style) if style else usual, overview)


def picture_of(dataset: Any, window: Any, rendering: Rendering) -> tuple[Rgb, NDArray[np.uint8] | None]:
    """The pixels of a window of one float band and which are valid (255), None for all."""
    heights = dataset.read(1, window=window)
    valid = heights != dataset.nodata
    rgb = draw(np.where(valid, heights, np.nan), dataset.transform.a, rendering)
    return rgb, None if valid.all() else valid.astype(np.uint8) * np.uint8(255)


def draw(heights: NDArray[np.float32], pixel_m: float, rendering: Rendering) -> Rgb:
    """Heights (NaN in holes) as colours, (rows, columns, 3)."""
    match rendering.style:
        case Style.ABOVE_GROUND:
            return colour(np.nan_to_num(heights), ABOVE_GROUND)
        case Style.SLOPE:
            return slope(heights, pixel_m)
        case Style.TINTS:
            return tint(heights, pixel_m, *range_of(rendering.overview))
        case _:
            return shade(heights, pixel_m)


def slope(heights: NDArray[np.float32], pixel_m: float) -> Rgb:
    """The steepest slope in classes of percent."""
    if min(heights.shape) < 2:
        return np.broadcast_to(np.array(SLOPES[0][1]), (*heights.shape, 3)).astype(np.uint8)
    down, across = np.gradient(heights, pixel_m)
    percent = np.hypot(np.nan_to_num(down), np.nan_to_num(across)) * 100
    limits = [limit for limit, _colour in SLOPES[1:]]
    colours = np.array([colour for _limit, colour in SLOPES], np.uint8)
    drawn: Rgb = colours[np.digitize(percent, limits)]
    return drawn


def tint(heights: NDArray[np.float32], pixel_m: float, low: float, high: float) -> Rgb:
    """Altitudes from low to high in tints, shaded."""
    steps = [(low + (high - low) * share, colour) for share, colour in TINTS]
    light = shade(heights, pixel_m).astype(np.float32) / PAPER
    drawn: Rgb = (colour(np.nan_to_num(heights, nan=low), steps) * light).clip(0, 255).astype(np.uint8)
    return drawn


def shade(heights: NDArray[np.float32], pixel_m: float) -> Rgb:
    """Light on a relief, (rows, columns, 3); beside a hole the relief is flat."""
    if min(heights.shape) < 2:
        return np.broadcast_to(PAPER, (*heights.shape, 3)).astype(np.uint8)
    down, across = np.gradient(heights, pixel_m)
    down, across = np.nan_to_num(down), np.nan_to_num(across)
    flat = np.sqrt(1 + across**2 + down**2)
    # The surface's normal against the direction of the sun; rows run south.
    towards = (-across * sin(SUN_AZIMUTH) + down * cos(SUN_AZIMUTH)) * cos(SUN_HEIGHT)
    light = np.clip((sin(SUN_HEIGHT) + towards) / flat, 0, 1) / sin(SUN_HEIGHT)
    drawn: Rgb = (PAPER * np.clip(light, 0.15, 1.05)[..., None]).clip(0, 255).astype(np.uint8)
    return drawn


def colour(heights: NDArray[np.float32], steps: Sequence[tuple[float, Colour]] = ABOVE_GROUND) -> Rgb:
    """Between the colours of the steps around each height, (rows, columns, 3)."""
    metres = np.array([step for step, _colour in steps])
    channels = [np.interp(heights, metres, [colour[band] for _step, colour in steps]) for band in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)
