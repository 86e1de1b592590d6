"""What tells sizes and directions on a printed map: scale bar, coordinate grid, north."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

EPSG = 2154
NICE = (1.0, 2.0, 2.5, 5.0)
LONGEST_BAR_MM = 100.0
PARTS = {1.0: 5, 2.0: 4, 2.5: 5, 5.0: 5}
GRID_MM = 55.0  # lines of the grid are at least that far apart
TELLING_DEGREES = 0.05  # a smaller convergence is not told


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale bar: its length on the ground (m) and on paper (mm), and in how many parts it is cut."""

    metres: float
    length_mm: float
    parts: int


def scale_bar(scale: int, longest_mm: float = LONGEST_BAR_MM) -> Bar:
    """The longest bar of 1, 2, 2.5 or 5 times a power of ten metres that fits."""
    step, power = nice_below(longest_mm * scale / 1000, NICE)
    metres = step * power
    return Bar(metres, metres * 1000 / scale, PARTS[step])


def nice_below(limit: float, steps: tuple[float, ...]) -> tuple[float, float]:
    """The largest step times a power of ten that is not above the limit."""
    power = 10.0 ** math.floor(math.log10(limit) + 1e-9)
    return max(step for step in steps if step * power <= limit * (1 + 1e-9)), power


def grid_step(scale: int, apart_mm: float = GRID_MM) -> float:
    """How far the lines of the coordinate grid are apart (m): 1, 2 or 5 times a power of ten."""
    least = apart_mm * scale / 1000
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= least * (1 - 1e-9))


def grid_lines(low: float, high: float, step: float) -> list[float]:
    """The multiples of the step between two coordinates."""
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


@cache
def transformer() -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(EPSG, 4326, always_xy=True)


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place in EPSG:2154 (infinite where there is none)."""
    longitude, latitude = transformer().transform(x, y)
    return float(longitude), float(latitude)


def from_degrees(longitude: float, latitude: float) -> tuple[float, float]:
    """The place in EPSG:2154."""
    x, y = transformer().transform(longitude, latitude, direction="INVERSE")
    return float(x), float(y)


@dataclass(frozen=True, slots=True)
class Projection:
    """Lambert-93 at a place: the convergence in degrees (positive: grid north lies east of true north), and how long
    a metre on the ground is on the grid."""

    convergence: float
    factor: float

    @classmethod
    def at(cls, x: float, y: float) -> "Projection":
        from pyproj import Proj

        factors = Proj(EPSG).get_factors(*to_degrees(x, y))
        return cls(float(factors.meridian_convergence), float(factors.meridional_scale))

    @property
    def is_telling(self) -> bool:
        """Whether true north is far enough from the grid's to be told."""
        return abs(self.convergence) >= TELLING_DEGREES
