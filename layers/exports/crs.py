"""The systems that files are written in: those that the OGC API announces, always easting or longitude first."""

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from layers.features.crs import ALL, BY_URI, Crs

BY_SRID = {crs.srid: crs for crs in reversed(ALL)}
PREFIX = "EPSG:"


def read_crs(text: str, default: int) -> Crs:
    """The system of `EPSG:2154`, `2154` or a URI; the default one for an empty text. Raises Invalid."""
    if not text:
        return BY_SRID[default]
    if text in BY_URI:
        return BY_URI[text]
    code = text.upper().removeprefix(PREFIX)
    crs = BY_SRID.get(int(code)) if code.isascii() and code.isdecimal() and len(code) < 8 else None
    if crs is None:
        known = ", ".join(f"{PREFIX}{srid}" for srid in BY_SRID)
        raise Invalid(_("“%(name)s” must be one of: %(known)s.") % {"name": "crs", "known": known}, parameter="crs")
    return crs
