"""The coordinate reference systems that features leave and come in, by their URIs."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core.desk.parameters import Parameters
from gis_core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Crs:
    """A system by its EPSG code; `y_first` where positions are latitude, longitude. `decimals` keep a millimetre."""

    uri: str
    srid: int
    y_first: bool = False
    geographic: bool = False
    decimals: int = 4


def epsg(srid: int) -> str:
    return f"http://www.opengis.net/def/crs/EPSG/0/{srid}"


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, geographic=True, decimals=8)
# Fifteen decimals give back the very number that is kept: vertices stay identical.
STORAGE = Crs(epsg(2154), 2154, decimals=15)
WGS84 = Crs(epsg(4326), 4326, y_first=True, geographic=True, decimals=8)
ETRS89 = Crs(epsg(4258), 4258, y_first=True, geographic=True, decimals=8)
CONIC_ZONES = tuple(Crs(epsg(srid), srid) for srid in range(3942, 3951))

ALL = (CRS84, STORAGE, WGS84, ETRS89, Crs(epsg(3857), 3857), *CONIC_ZONES)
BY_URI = {crs.uri: crs for crs in ALL}


def parse_crs(parameters: Parameters, name: str, default: Crs = CRS84) -> Crs:
    """The system that a parameter names by its URI; raises Invalid."""
    text = parameters.get(name, "")
    return crs_of(text, name) if text else default


def crs_of(text: str, name: str) -> Crs:
    """The system of this URI, in angle brackets or not; raises Invalid."""
    crs = BY_URI.get(text.strip().removeprefix("<").removesuffix(">"))
    if crs is None:
        message = _("“%(name)s” must be one of the systems that the collection lists under “crs”, by its URI.")
        raise Invalid(message % {"name": name}, parameter=name)
    return crs


def is_known(code: int) -> bool:
    """Whether a code is that of a plane or geographic coordinate reference system."""
    import pyproj

    try:
        crs = pyproj.CRS.from_epsg(code)
    except pyproj.exceptions.CRSError:
        return False
    return crs.is_projected or (crs.is_geographic and len(crs.axis_info) == 2)
