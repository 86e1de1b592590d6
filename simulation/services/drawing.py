"""Volumes as they are sent: read, checked, put on a place."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.lib import ShapelyError
from shapely.validation import explain_validity

from gis_core.errors import Invalid
from simulation.engine.plots import Body
from simulation.engine.volumes import Roof, Volume

MOST_VOLUMES = 200
MOST_POSITIONS = 500
HIGHEST_M = 400.0
LOWEST_NGF, HIGHEST_NGF = -100.0, 5_000.0
SMALLEST_M2 = 0.01
LAMBERT_93 = shapely.box(-400_000, 5_900_000, 1_500_000, 7_300_000)


def read_volumes(rows: Sequence[Mapping[str, Any]]) -> list[Body]:
    """The volumes of a request, numbered from 0. Raises Invalid, which names the first that is wrong from 1."""
    if not 1 <= len(rows) <= MOST_VOLUMES:
        raise Invalid(_("Send 1 to %(most)s volumes.") % {"most": MOST_VOLUMES}, parameter="volumes")
    return [read_volume(row, number) for number, row in enumerate(rows)]


def read_volume(row: Mapping[str, Any], number: int) -> Body:
    footprint = read_footprint(row["footprint"], number)
    eaves, ridge, base = row["eaves"], row.get("ridge"), row.get("base")
    ridge = eaves if ridge is None else ridge
    if not 0 <= eaves <= ridge <= HIGHEST_M:
        message = _(
            "Volume %(number)s: its ridge is not below its eaves, nor its eaves below its foot; at most %(most)s m."
        )
        raise Invalid(message % {"number": number + 1, "most": int(HIGHEST_M)}, parameter="volumes")
    if base is not None and not LOWEST_NGF <= base <= HIGHEST_NGF:
        message = _("Volume %(number)s: “base” is the height of its foot in metres NGF, or null.")
        raise Invalid(message % {"number": number + 1}, parameter="volumes")
    volume = Volume(
        footprint=footprint, eaves=eaves, ridge=ridge, base=base, roof=Roof(row.get("roof") or Roof.FLAT),
        ridge_azimuth=row.get("ridge_azimuth"),
    )  # fmt: skip
    return Body(volume=volume, number=number, shape=footprint, levels=row.get("levels"))


def read_footprint(given: Any, number: int) -> Polygon:
    """A sound polygon in EPSG:2154. Raises Invalid."""

    def refuse(message: str, **params: Any) -> Invalid:
        return Invalid(message % {"number": number + 1, **params}, parameter="volumes")

    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(given)))
    except (ShapelyError, TypeError, ValueError, RecursionError) as error:
        raise refuse(_("Volume %(number)s: its footprint is no GeoJSON polygon.")) from error
    if not isinstance(shape, Polygon) or shape.is_empty:
        raise refuse(_("Volume %(number)s: its footprint is no GeoJSON polygon."))
    if shapely.get_num_coordinates(shape) > MOST_POSITIONS:
        raise refuse(_("Volume %(number)s: its footprint has more than %(most)s positions."), most=MOST_POSITIONS)
    if not all(isfinite(edge) for edge in shape.bounds) or not LAMBERT_93.covers(shape.envelope):
        raise refuse(_("Volume %(number)s: its footprint is not in EPSG:2154 (metres, Lambert-93)."))
    if shape.convex_hull.area < SMALLEST_M2 or (shape.is_valid and shape.area < SMALLEST_M2):
        raise refuse(_("Volume %(number)s: its footprint has no area."))
    if not shape.is_valid:
        place = explain_validity(shape).partition("[")[2].rstrip("]") or "?"
        raise refuse(_("Volume %(number)s: its footprint crosses itself near %(place)s: draw it again."), place=place)
    return shape


def check_on_terrain(bodies: Sequence[Body], terrain: BaseGeometry) -> None:
    """Every volume stands on the parcels, in part at least. Raises Invalid."""
    outside = [str(body.number + 1) for body in bodies if not body.shape.intersects(terrain)]
    if outside:
        message = _("These volumes do not stand on the parcels: %(numbers)s.")
        raise Invalid(message % {"numbers": ", ".join(outside[:20])}, parameter="volumes")


def clip_bodies(bodies: Sequence[Body], shape: BaseGeometry) -> list[Body]:
    """The volumes as far as they are in a zone."""
    return [part for body in bodies if (part := body.clip(shape))]
