"""How heights may be drawn: relief, slope, tints; the colours that tiles and legends share. No Django.

A campaign of heights has tiles under its slug, in its usual style; those of another one are under `slug--style`.
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from gis_core.files.stamp import Stamp, stamp_of

type Colour = tuple[int, int, int]


class Style(StrEnum):
    """The names are parts of addresses."""

    RELIEF = "relief"
    SLOPE = "pente"
    TINTS = "teintes"
    ABOVE_GROUND = "hauteurs"


# Metres above the ground and what they are drawn in: lawns, hedges, houses, trees, buildings.
ABOVE_GROUND: Final[tuple[tuple[float, Colour], ...]] = (
    (0.0, (245, 243, 236)),
    (0.5, (226, 232, 205)),
    (2.0, (199, 219, 160)),
    (5.0, (247, 201, 119)),
    (10.0, (226, 137, 73)),
    (20.0, (176, 68, 58)),
    (40.0, (98, 35, 72)),
)
# Percent from which a class of slopes goes.
SLOPES: Final[tuple[tuple[float, Colour], ...]] = (
    (0.0, (247, 246, 240)),
    (2.0, (214, 226, 176)),
    (5.0, (243, 218, 130)),
    (10.0, (233, 163, 84)),
    (20.0, (206, 99, 71)),
    (40.0, (134, 47, 71)),
)
# Shares of the way from the lowest to the highest.
TINTS: Final[tuple[tuple[float, Colour], ...]] = (
    (0.0, (142, 184, 142)),
    (0.25, (199, 212, 150)),
    (0.5, (238, 226, 170)),
    (0.75, (222, 184, 130)),
    (1.0, (170, 124, 96)),
)
EXTREMES: Final = (1.0, 99.0)
LEAST_RANGE_M: Final = 2.0
OVERVIEW_PX: Final = 512


def styles_of(kind: str) -> tuple[str, ...]:
    """The styles of a `Photo.Kind`: "" is the usual one."""
    return ("", Style.SLOPE, Style.TINTS) if kind in ("ground", "surface") else ("",)


def slug_in_style(slug: str, style: str) -> str:
    """A slug never holds two dashes in a row (`orthophoto.services.campaigns.SLUG`)."""
    return f"{slug}--{style}" if style else slug


def slugs_of(slug: str, kind: str) -> list[str]:
    return [slug_in_style(slug, style) for style in styles_of(kind)]


def range_of(overview: Path) -> tuple[float, float]:
    """From where to where the tints of a campaign go, in metres: without the extremes of its overview.

    Raises rasterio's errors.
    """
    return range_at(overview, stamp_of(overview))


@lru_cache(maxsize=64)
def range_at(overview: Path, _stamp: Stamp) -> tuple[float, float]:
    """`range_of` an overview as it is at one stamp."""
    import rasterio

    with rasterio.open(overview, driver="GTiff") as image:
        shrunk = max(1.0, max(image.width, image.height) / OVERVIEW_PX)
        size = (max(1, round(image.height / shrunk)), max(1, round(image.width / shrunk)))
        read = image.read(1, out_shape=size, masked=True).compressed()
    if not read.size:
        return 0.0, LEAST_RANGE_M
    low, high = (float(one) for one in np.percentile(read, EXTREMES))
    middle, half = (low + high) / 2, max(high - low, LEAST_RANGE_M) / 2
    return middle - half, middle + half
