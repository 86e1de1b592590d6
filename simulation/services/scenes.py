"""What a view in three dimensions shows of a project: its volumes as solids, and the buildings around it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.members.rights import Rights
from layers.catalogue.models import Photo
from layers.heights.services import Model, find_model
from simulation.engine.plots import feet_of
from simulation.engine.solids import Surface, solid_of
from simulation.services.buildings import Bounds, PlanBuilding, buildings_in, unmeasured_notes
from simulation.services.drawing import read_volumes
from simulation.services.shadows import check_together

USUAL_REACH_M, LARGEST_REACH_M = 500.0, 1_000.0
MOST_BUILDINGS = 4_000
REPLACED = 0.5
"""A building of which this share lies under the project is taken for demolished."""


@dataclass(frozen=True, kw_only=True)
class DrawnVolume:
    """A volume as a solid; `foot_m` is the height of its foot (NGF), None where the ground is not known."""

    foot_m: float | None
    height_m: float
    faces: Sequence[Surface]


@dataclass(frozen=True, kw_only=True)
class DrawnBuilding:
    """A building of the plan, and how far from the project it is."""

    plan: PlanBuilding
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A square of `bounds` (EPSG:2154) around the project; the nearest buildings first."""

    bounds: Bounds
    volumes: Sequence[DrawnVolume]
    buildings: Sequence[DrawnBuilding]
    ground: Model | None
    notes: Sequence[str]


def scene_of(
    *, volumes: Sequence[Mapping[str, Any]], reach_m: float, rights: Rights, demolished: Collection[int] = ()
) -> Scene:
    """The scene of volumes that lie together; buildings `demolished` are not in it. Raises Invalid."""
    drawn = [body.volume for body in read_volumes(volumes)]
    project = shapely.union_all([one.footprint for one in drawn])
    check_together(project)
    bounds = square_around(project, reach_m)
    ground = find_model(shapely.box(*project.bounds), Photo.Kind.GROUND, rights)
    buildings, notes = buildings_around(project, bounds, rights, demolished)
    feet = feet_of(drawn, ground.heights_at if ground else None)
    return Scene(
        bounds=bounds,
        volumes=[
            DrawnVolume(foot_m=foot, height_m=one.height, faces=solid_of(one, 0.0))
            for one, foot in zip(drawn, feet, strict=True)
        ],
        buildings=buildings,
        ground=ground,
        notes=notes,
    )


def square_around(project: BaseGeometry, reach_m: float) -> Bounds:
    """A square on whole metres that reaches so far beyond the middle of a project, and 20 m beyond its edges."""
    west, south, east, north = project.bounds
    x, y = round((west + east) / 2), round((south + north) / 2)
    reach = max(reach_m, np.ceil(max(east - west, north - south) / 2) + 20)
    return x - reach, y - reach, x + reach, y + reach


def buildings_around(
    project: BaseGeometry, bounds: Bounds, rights: Rights, demolished: Collection[int] = ()
) -> tuple[list[DrawnBuilding], list[str]]:
    """The buildings of a rectangle that stay and that the asker sees, the nearest first; what is left out, in words."""
    every = buildings_in(bounds, rights)
    if every is None:
        return [], [_("Buildings are not shown to you.")]
    buildings = [one for one in every if one.pk not in demolished]
    shapes = np.array([one.shape for one in buildings], dtype=object)
    covered = shapely.area(shapely.intersection(shapes, project))
    distances, areas = shapely.distance(shapes, project), shapely.area(shapes)
    replaced = covered > REPLACED * areas
    order = [index for index in np.argsort(distances, kind="stable").tolist() if not replaced[index]]
    drawn = [DrawnBuilding(plan=buildings[i], distance_m=float(distances[i])) for i in order[:MOST_BUILDINGS]]
    notes = unmeasured_notes([one.plan for one in drawn])
    return drawn, [*notes, *left_out_notes(int(replaced.sum()), len(every) - len(buildings), len(order) > len(drawn))]


def left_out_notes(replaced: int, demolished: int, is_cut: bool) -> list[str]:
    notes = []
    if replaced:
        notes.append(_("Buildings in the place of the project are left out: %(count)s.") % {"count": replaced})
    if demolished:
        notes.append(_("Buildings that the project demolishes are left out: %(count)s.") % {"count": demolished})
    if is_cut:
        notes.append(_("Only the %(most)s nearest buildings are drawn.") % {"most": MOST_BUILDINGS})
    return notes
