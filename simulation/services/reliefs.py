"""What the rays of the sun meet around a project: models of heights and, where no surface is published, buildings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, sqrt

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.members.rights import Rights
from layers.catalogue.models import Photo
from layers.heights.services import Model, find_model
from layers.heights.surface import Surface
from simulation.engine.terrain import clear, raise_buildings
from simulation.engine.volumes import Volume
from simulation.services.buildings import Bounds, PlanBuilding, buildings_in, not_visible_note, usual_heights_note

FINEST_M = 0.5
"""The pixel where no model gives one."""


class Obstacles(StrEnum):
    """What stands around a project, by what is known: a model of the surface, buildings' heights, nothing."""

    SURFACE = "surface_model"
    BUILDINGS = "buildings"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Relief:
    """Heights on the same pixels: `ground`, and `surface` with what stands on it, as they are `before` the works.

    `after` is the surface without the buildings that are demolished. Without `models` the ground is level, at 0 m.
    """

    ground: Surface
    before: Surface
    after: Surface
    obstacles: Obstacles
    models: Sequence[Model] = ()
    notes: Sequence[str] = ()

    def seat(self, volumes: Sequence[Volume]) -> list[Volume]:
        """Volumes as they stand on it: on level ground a base (NGF) means nothing."""
        return list(volumes) if self.models else [replace(one, base=None) for one in volumes]


def relief_around(
    project: BaseGeometry, bounds: Bounds, rights: Rights, *, most_pixels: int, demolished: Collection[int] = ()
) -> Relief:
    """The relief of a rectangle around a project, as well as it is known to the asker."""
    around = shapely.box(*project.bounds)
    ground, surface = (find_model(around, kind, rights) for kind in (Photo.Kind.GROUND, Photo.Kind.SURFACE))
    first = ground or surface
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    pixel = max(first.mosaic.resolution if first else FINEST_M, sqrt(width * height / most_pixels))
    buildings = buildings_in(bounds, rights) if surface is None or demolished else []
    if surface is None:
        bare = ground.window(bounds, pixel=pixel) if ground else level_ground(bounds, pixel)
        return with_buildings(bare, buildings, demolished, [ground] if ground else [])
    gone = [one.shape for one in buildings or () if one.pk in demolished]
    before = surface.window(bounds, pixel=pixel)
    seats = shapely.union_all([project, *gone])
    under = ground_under(seats, ground, before) if ground else before
    cleared = without_ground(before) if gone and ground is None else under
    after = clear(before, cleared, gone)
    models = [one for one in (ground, surface) if one]
    notes = [not_visible_note()] if buildings is None else []
    return Relief(ground=under, before=before, after=after, obstacles=Obstacles.SURFACE, models=models, notes=notes)


def with_buildings(
    ground: Surface, buildings: Sequence[PlanBuilding] | None, demolished: Collection[int], models: Sequence[Model]
) -> Relief:
    """Buildings of the plan as prisms on the ground, for want of a model of the surface; None: none may be counted."""
    if buildings is None:
        bare = Relief(ground=ground, before=ground, after=ground, models=models, obstacles=Obstacles.NONE)
        return replace(bare, notes=[not_visible_note()])
    left = [one for one in buildings if one.pk not in demolished]
    before, after = (
        raise_buildings(ground, [one.shape for one in each], [one.height_m for one in each])
        for each in (buildings, left)
    )
    message = _("No surface model is published here: buildings of the plan stand as prisms, trees are left out.")
    usual = [] if all(one.measured for one in buildings) else [usual_heights_note()]
    return Relief(
        ground=ground, before=before, after=after, models=models, notes=[message, *usual],
        obstacles=Obstacles.BUILDINGS if buildings else Obstacles.NONE,
    )  # fmt: skip


def level_ground(bounds: Bounds, pixel: float) -> Surface:
    west, south, east, north = bounds
    shape = max(1, ceil((north - south) / pixel)), max(1, ceil((east - west) / pixel))
    return Surface(heights=np.zeros(shape, np.float32), left=west, top=north, pixel=pixel)


def without_ground(surface: Surface) -> Surface:
    return replace(surface, heights=np.full_like(surface.heights, np.nan))


def ground_under(shape: BaseGeometry, model: Model, surface: Surface) -> Surface:
    """The ground model on the pixels of the surface, where something stands: their grids may differ."""
    heights = np.full(surface.heights.shape, np.nan, np.float32)
    there = surface.within(shape)
    heights[there] = model.heights_at(surface.centres(*np.nonzero(there)))
    return replace(surface, heights=heights)
