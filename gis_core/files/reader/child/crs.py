"""Which coordinates a reference system can hold: enough to tell degrees from metres, not to be a registry."""

import re
from typing import Any

from .geometry import Bounds
from .jsontext import kind_of
from .trouble import Trouble

DEGREES = (-180.0, -90.0, 180.0, 90.0)
LAMBERT_93 = (-600_000.0, 5_700_000.0, 1_600_000.0, 7_500_000.0)
WEB_MERCATOR = (-20_037_508.35, -20_048_966.2, 20_037_508.35, 20_048_966.2)
# Longitudes and latitudes of metropolitan France with Corsica, some sea around it.
FRANCE_4326 = (-6.0, 41.0, 10.5, 51.6)
# Below this, numbers are as likely degrees that went wrong.
METRES = 10_000.0
EPSG_NAME = re.compile(r"(?:urn:(?:ogc|x-ogc):def:crs:)?EPSG:(?:[0-9.]*:)?(\d{4,5})", re.IGNORECASE)
IGNF_NAME = re.compile(r"(?:urn:(?:ogc|x-ogc):def:crs:)?IGNF:(?:[0-9.]*:)?(\w+)", re.IGNORECASE)
CRS84 = re.compile(r"(?:urn:(?:ogc|x-ogc):def:crs:)?(?:OGC:(?:[0-9.]*:)?)?CRS84", re.IGNORECASE)


def conic(zone: int) -> Bounds:
    """Bounds of the French conic conformal zone 42 to 50."""
    false_northing = (zone - 41) * 1_000_000 + 200_000
    return 700_000.0, false_northing - 500_000.0, 2_700_000.0, false_northing + 500_000.0


RANGES: dict[int, Bounds] = {
    4326: DEGREES,
    4171: DEGREES,
    4258: DEGREES,
    2154: LAMBERT_93,
    3857: WEB_MERCATOR,
    **{3900 + zone: conic(zone) for zone in range(42, 51)},
}


# What the IGN calls the systems of France that others know by their EPSG code.
IGNF: dict[str, int] = {
    "WGS84G": 4326,
    "RGF93G": 4171,
    "LAMB93": 2154,
    "RGF93LAMB93": 2154,
    "LAMBE": 27572,
    **{f"RGF93CC{zone}": 3900 + zone for zone in range(42, 51)},
}


def epsg_of_member(member: object, *, any_code: bool = False) -> int:
    """EPSG code of an old-style GeoJSON `crs` member; null means WGS 84, longitude first whatever the name.

    Only codes whose coordinates can be checked here, or `any_code`.
    """
    if member is None:
        return 4326
    if not isinstance(member, dict):
        raise Trouble("crs_not_object", found=kind_of(member))
    if member.get("type") != "name":
        raise Trouble("crs_not_name", found=str(member.get("type"))[:50])
    properties: Any = member.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise Trouble("crs_not_name", found=kind_of(name))
    if CRS84.fullmatch(name):
        return 4326
    code = _code_in_name(name)
    if code is None or not (any_code or code in RANGES):
        raise Trouble("unsupported_crs", name=name[:100])
    return code


def _code_in_name(name: str) -> int | None:
    if match := EPSG_NAME.fullmatch(name):
        return int(match[1])
    match = IGNF_NAME.fullmatch(name)
    return IGNF.get(match[1].upper()) if match else None


def fits(bounds: Bounds, epsg: int) -> bool:
    """Whether the bounds lie inside what the system can hold."""
    west, south, east, north = RANGES[epsg]
    return west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north


def likely_epsg(bounds: Bounds) -> int | None:
    """The most likely EPSG code of coordinates that do not fit the declared one; None when nothing is likely."""
    likely = [4326, 2154, *range(3942, 3951)]
    if max(map(abs, bounds)) > METRES:
        likely.append(3857)
    return next((epsg for epsg in likely if fits(bounds, epsg)), None)
