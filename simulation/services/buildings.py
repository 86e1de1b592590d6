"""Buildings of the plan around a project, with their heights: measured, else the usual ones of their kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon as Rectangle
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.members.rights import Rights
from layers.cadastre.models import Building
from layers.catalogue.models import Layer

USUAL_HEIGHTS_M: Mapping[str, float] = {Building.Kind.SOLID: 6.0, Building.Kind.LIGHT: 3.0}
"""Of a building whose height is not known: eaves on two storeys, or one for a light building."""

type Bounds = tuple[float, float, float, float]
type BuildingRow = tuple[int, str, float | None, float | None, bytes | memoryview[int]]
"""Of the plan: its number, kind, ridge and altitude of the ground (m), outline as WKB."""


@dataclass(frozen=True, kw_only=True)
class PlanBuilding:
    """A building of the plan; `ground_m` (NGF) is None where it was not measured, `measured` whether its height was."""

    pk: int
    shape: BaseGeometry
    height_m: float
    ground_m: float | None
    measured: bool


def buildings_in(bounds: Bounds, rights: Rights) -> list[PlanBuilding] | None:
    """The buildings that meet a rectangle (EPSG:2154); None where buildings are not shown to the asker."""
    if not Layer.objects.visible_to(rights).filter(slug="buildings").exists():
        return None
    rectangle = Rectangle.from_bbox(bounds)
    rectangle.srid = 2154
    around = Building.objects.filter(geom__bboverlaps=rectangle).annotate(wkb=AsWKB("geom"))
    rows = list(around.values_list("pk", "kind", "ridge_m", "ground_m", "wkb"))
    shapes = shapely.make_valid(shapely.from_wkb([bytes(wkb) for *_row, wkb in rows]))
    return [plan_building(row, shape) for row, shape in zip(rows, shapes, strict=True)]


def plan_building(row: BuildingRow, shape: BaseGeometry) -> PlanBuilding:
    """With the height that was measured, else the usual one of its kind."""
    pk, kind, ridge, ground, _wkb = row
    height = USUAL_HEIGHTS_M.get(kind, USUAL_HEIGHTS_M[Building.Kind.SOLID]) if ridge is None else ridge
    return PlanBuilding(pk=pk, shape=shape, height_m=height, ground_m=ground, measured=ridge is not None)


def not_visible_note() -> str:
    """What an answer says where `buildings_in` gives None."""
    return _("Buildings are not shown to you: they are not counted.")


def usual_heights_note() -> str:
    """What stands for heights that were not measured."""
    message = _("A building whose height is not known counts as %(solid)s m high, a light one as %(light)s m.")
    solid, light = USUAL_HEIGHTS_M[Building.Kind.SOLID], USUAL_HEIGHTS_M[Building.Kind.LIGHT]
    return message % {"solid": f"{solid:g}", "light": f"{light:g}"}


def unmeasured_notes(buildings: Sequence[PlanBuilding]) -> list[str]:
    """How many buildings have a usual height for want of a measured one."""
    count = sum(not one.measured for one in buildings)
    if not count:
        return []
    message = _(
        "The heights of %(count)s buildings are not known: they are drawn %(solid)s m high, light ones %(light)s m."
    )
    solid, light = USUAL_HEIGHTS_M[Building.Kind.SOLID], USUAL_HEIGHTS_M[Building.Kind.LIGHT]
    return [message % {"count": count, "solid": f"{solid:g}", "light": f"{light:g}"}]
