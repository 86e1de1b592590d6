"""Shapes that somebody drew: GeoJSON in degrees, read once, inside the area of Lambert-93."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry
from shapely.lib import ShapelyError

from gis_core.desk.parameters import DOMAIN_4326
from gis_core.errors import Invalid

MOST_POSITIONS = 2_000
SURFACES = ("Polygon", "MultiPolygon")
ANY = ("Point", "MultiPoint", "LineString", "MultiLineString", *SURFACES)


def shape_of(shape: Mapping[str, Any], kinds: Sequence[str]) -> BaseGeometry:
    """A sound shape of one of these kinds (EPSG:4326). Raises Invalid."""
    try:
        read = shapely.from_geojson(json.dumps(shape))
    except (ShapelyError, TypeError, ValueError) as error:
        raise Invalid(_("The shape cannot be read: send a GeoJSON geometry."), parameter="shape") from error
    if read.geom_type not in kinds or read.is_empty or shapely.get_num_coordinates(read) > MOST_POSITIONS:
        message = _("The shape must be a %(kinds)s of at most %(most)s positions.")
        raise Invalid(message % {"kinds": " | ".join(kinds), "most": MOST_POSITIONS}, parameter="shape")
    if not read.is_valid:
        raise Invalid(_("The shape crosses itself: draw it again."), parameter="shape")
    if not shapely.box(*DOMAIN_4326).covers(read):
        raise Invalid(_("The shape lies outside of metropolitan France."), parameter="shape")
    flat: BaseGeometry = shapely.force_2d(read)
    return flat
