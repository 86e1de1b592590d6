"""Which EPSG code a file means: by its code, by the name it writes, or by what its projection does to known places."""

import re
from functools import cache, lru_cache

from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError

from .crs import DEGREES, EPSG_NAME, FRANCE_4326
from .geometry import Bounds
from .slices import Detected, Numbers

LAMBERT_93 = 2154
CONIC = range(3942, 3951)
GEOGRAPHIC = (4326, 4171, 4258, 4275, 4807)
# Tried in this order for a projection without a code: the usual ones of France, then of its neighbours and overseas.
PROJECTED = (
    LAMBERT_93,
    *CONIC,
    27572,
    27571,
    27573,
    27574,
    27561,
    27562,
    27563,
    27564,
    3857,
    *range(32630, 32633),
    *range(25830, 25833),
    3035,
    5490,
    2972,
    2975,
    4471,
    4467,
    3812,
    31370,
    2056,
    21781,
    2169,
)
# Longitude and latitude of places far enough apart to tell projections apart.
LIKELY = (4326, LAMBERT_93, *CONIC, 27572, 3857, 32631, 32630, 32632)
LOOKED_AT = 2000
MARGIN = 5.0
PLACES = ((2.5, 47.8), (-4.2, 48.4), (7.6, 48.5), (6.9, 43.7), (9.1, 42.0))
NEAR_METRES = 1.0
NEAR_AXIS = 1.0
NEAR_FLATTENING = 0.001
# ESRI and MapInfo leave the code out and spell the name in their own way.
NAME_PATTERNS = (
    (re.compile(r"lambert[\s_-]*93"), LAMBERT_93),
    (re.compile(r"(?<![a-z])cc[\s_-]*(4[2-9]|50)(?![0-9])"), 0),
    (re.compile(r"lambert[\s_-]*(?:ii|2)[\s_-]*(?:etendu|extended|carto)"), 27572),
)
CODE_IN_NAME = re.compile(r"^(?:urn:ogc:def:crs:)?EPSG:(?:[0-9.]*:)?(\d{4,5})$", re.IGNORECASE)


@lru_cache(64)
def identify(text: str | None) -> Detected:
    """The EPSG code of a CRS given as a code or WKT of any dialect; `how` is code, name, projection or none."""
    if not text or not text.strip():
        return Detected()
    match = EPSG_NAME.fullmatch(text.strip())
    if match:
        return Detected(int(match[1]), "code", text.strip())
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        return Detected(None, "unreadable", text.strip()[:200])
    return _identify(_horizontal(crs))


def describe(epsg: int) -> str:
    """Its official name, empty when there is no such code."""
    try:
        return str(CRS.from_epsg(epsg).name)
    except CRSError:
        return ""


def is_known(epsg: int) -> bool:
    """Whether coordinates in this system can be brought to EPSG:2154."""
    return bool(describe(epsg))


def accuracy(epsg: int) -> float | None:
    """Metres that the way to EPSG:2154 may be wrong by; None when nobody says."""
    metres = _to_lambert(epsg).accuracy
    return None if metres is None or metres < 0 else float(metres)


def fits(boxes: Numbers, epsg: int) -> bool:
    """Whether most of the boxes (west, south, east, north) can be where the system is used, or some way around."""
    area = CRS.from_epsg(epsg).area_of_use
    around = (area.west - MARGIN, area.south - MARGIN, area.east + MARGIN, area.north + MARGIN) if area else DEGREES
    some = _some(boxes)
    return _within(some, epsg, around) * 2 > len(some)


def likeliest_epsg(boxes: Numbers) -> int | None:
    """The system in which most of these boxes would lie in France; None when there is none."""
    # Whoever has no coordinates often writes 0 for them.
    some = _some(boxes[(boxes != 0).any(axis=1)])
    if not len(some):
        return None
    inside = {epsg: _within(some, epsg, FRANCE_4326) for epsg in LIKELY}
    best = max(LIKELY, key=lambda epsg: inside[epsg])
    return best if inside[best] * 2 > len(some) else None


def axes_swapped(boxes: Numbers) -> bool:
    """Whether most of the coordinates are a latitude, then a longitude, of France."""
    return bool(len(boxes)) and _within(boxes[:, [1, 0, 3, 2]], 4326, FRANCE_4326) * 2 > len(boxes)


def _identify(crs: CRS) -> Detected:
    name = str(crs.name)
    if name.lower().startswith("undefined"):
        return Detected(None, "unknown", name)
    authority = crs.to_authority(min_confidence=100)
    if authority and authority[0] == "EPSG":
        return Detected(int(authority[1]), "code" if _carries_code(crs) else "name", name)
    match = CODE_IN_NAME.match(name)
    if match and _same(crs, int(match[1])):
        return Detected(int(match[1]), "name", name)
    epsg_by_name = _by_name(name)
    if epsg_by_name and _same(crs, epsg_by_name):
        return Detected(epsg_by_name, "name", name)
    candidates = GEOGRAPHIC if crs.is_geographic else PROJECTED
    like: int | None = next((epsg for epsg in candidates if _same(crs, epsg)), None)
    if like is None and authority is None:
        close = crs.to_authority("EPSG", min_confidence=70)
        like = int(close[1]) if close else None
    return Detected(like, "projection" if like else "unknown", name)


def _carries_code(crs: CRS) -> bool:
    return bool(crs.to_json_dict().get("id"))


def _horizontal(crs: CRS) -> CRS:
    if crs.is_compound:
        return _horizontal(crs.sub_crs_list[0])
    if crs.is_bound and crs.source_crs:
        return _horizontal(crs.source_crs)
    return crs


def _by_name(name: str) -> int | None:
    plain = name.lower().replace("é", "e")
    for pattern, epsg in NAME_PATTERNS:
        match = pattern.search(plain)
        if match:
            return epsg or 3900 + int(match[1])
    return None


def _same(crs: CRS, epsg: int) -> bool:
    """Whether both put known places at the same coordinates, on an ellipsoid of the same size."""
    try:
        known = CRS.from_epsg(epsg)
        if crs.is_geographic != known.is_geographic or not _same_ellipsoid(crs, known):
            return False
        if known.is_geographic:
            return _meridian(crs) == _meridian(known) and _unit(crs) == _unit(known)
        mine, theirs = Proj(crs), Proj(known)
    except CRSError:
        return False
    return all(_near(mine(*place), theirs(*place)) for place in PLACES)


def _same_ellipsoid(one: CRS, other: CRS) -> bool:
    first, second = one.ellipsoid, other.ellipsoid
    if first is None or second is None:
        return False
    axis = abs(first.semi_major_metre - second.semi_major_metre) < NEAR_AXIS
    return axis and abs(first.inverse_flattening - second.inverse_flattening) < NEAR_FLATTENING


def _meridian(crs: CRS) -> float:
    meridian = crs.prime_meridian
    return round(float(meridian.longitude), 4) if meridian else 0.0


def _unit(crs: CRS) -> float:
    return round(float(crs.axis_info[0].unit_conversion_factor), 9) if crs.axis_info else 0.0


def _near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < NEAR_METRES and abs(one[1] - other[1]) < NEAR_METRES


def _some(boxes: Numbers) -> Numbers:
    return boxes[:: max(1, len(boxes) // LOOKED_AT)]


def _within(boxes: Numbers, epsg: int, degrees: Bounds) -> int:
    """How many of them lie inside bounds in longitude and latitude."""
    corners = boxes.reshape(-1, 2)
    x, y = (corners[:, 0], corners[:, 1]) if epsg == 4326 else _to_degrees(epsg).transform(corners[:, 0], corners[:, 1])
    west, south, east, north = degrees
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return int(inside.reshape(-1, 2).all(axis=1).sum())


@cache
def _to_degrees(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, 4326, always_xy=True)


@cache
def _to_lambert(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, LAMBERT_93, always_xy=True)
