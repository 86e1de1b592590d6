"""Query parameters: each read once, refused in words when it makes no sense."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Invalid

type Parameters = Mapping[str, str]
type BBox = tuple[float, float, float, float]

MOST_ROWS = 1000
DEFAULT_ROWS = 100

# Where EPSG:2154 can be computed; every layer lies inside.
DOMAIN_4326: BBox = (-15.0, 35.0, 20.0, 60.0)


def in_domain(lon: float, lat: float) -> bool:
    """Whether a position (EPSG:4326) is one that EPSG:2154 is made for."""
    west, south, east, north = DOMAIN_4326
    return west <= lon <= east and south <= lat <= north


def whole_number(text: str, *, digits: int = 18) -> int | None:
    """The whole number, zero or more, that a text of at most so many digits is; None for any other text.

    isdecimal() alone lets through other scripts' digits, and int() raises beyond 4,300 of them.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def integer(parameters: Parameters, name: str, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`; raises Invalid."""
    text = parameters.get(name, "")
    if not text:
        return default
    value = whole_number(text)
    if value is None or not low <= value <= high:
        message = _("“%(name)s” must be a whole number between %(low)s and %(high)s.")
        raise Invalid(message % {"name": name, "low": low, "high": high}, parameter=name)
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """Which stretch of a list is asked for."""

    limit: int = DEFAULT_ROWS
    offset: int = 0

    @classmethod
    def parse(cls, parameters: Parameters) -> "Page":
        """`limit` and `offset`; raises Invalid."""
        return cls(
            integer(parameters, "limit", DEFAULT_ROWS, 1, MOST_ROWS), integer(parameters, "offset", 0, 0, 1_000_000_000)
        )

    def stretch(self) -> slice:
        """The rows to take of the whole list."""
        return slice(self.offset, self.offset + self.limit)

    def as_json(self, results: Sequence[Any], count: int, path: str) -> dict[str, Any]:
        """These rows of `count`, and where the following ones are; `path` may carry other parameters."""
        after = self.offset + self.limit
        following = f"{path}{'&' if '?' in path else '?'}limit={self.limit}&offset={after}"
        return {"count": count, "next": following if after < count else None, "results": list(results)}


def number(parameters: Parameters, name: str, low: float, high: float) -> float | None:
    """A finite number between `low` and `high`, None when it is not given; raises Invalid."""
    text = parameters.get(name, "")
    if not text:
        return None
    value = finite(text)
    if value is None or not low <= value <= high:
        message = _("“%(name)s” must be a number between %(low)s and %(high)s.")
        raise Invalid(message % {"name": name, "low": low, "high": high}, parameter=name)
    return value


def need_number(parameters: Parameters, name: str, low: float, high: float) -> float:
    """Like `number`, but it must be given."""
    value = number(parameters, name, low, high)
    if value is None:
        raise Invalid(_("“%(name)s” is missing.") % {"name": name}, parameter=name)
    return value


def position(parameters: Parameters) -> tuple[float, float] | None:
    """`lon` and `lat` (EPSG:4326), both or neither; raises Invalid."""
    lon, lat = number(parameters, "lon", -180, 180), number(parameters, "lat", -90, 90)
    if (lon is None) != (lat is None):
        raise Invalid(_("“lon” and “lat” go together."), parameter="lat" if lat is None else "lon")
    return None if lon is None or lat is None else (lon, lat)


def bbox_4326(parameters: Parameters, name: str = "bbox") -> BBox | None:
    """`west,south,east,north` in degrees, None when it is not given; raises Invalid."""
    text = parameters.get(name, "")
    if not text:
        return None
    values = [finite(part) for part in text.split(",", 4)]
    if len(values) != 4 or None in values:
        raise Invalid(_("“%(name)s” must be four numbers: west,south,east,north.") % {"name": name}, parameter=name)
    west, south, east, north = (value or 0.0 for value in values)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = _("“%(name)s” must be west,south,east,north in degrees, west below east and south below north.")
        raise Invalid(message % {"name": name}, parameter=name)
    return west, south, east, north


def finite(text: str) -> float | None:
    """The number a text holds, None when it holds none or an infinite one."""
    try:
        value = float(text) if len(text) <= 40 and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
