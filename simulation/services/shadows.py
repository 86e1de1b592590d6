"""The shadow of a project at an instant, on flat ground or on the published models of heights, and whom it reaches."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import radians, sqrt, tan
from typing import Any

import shapely
from django.utils.translation import gettext as _
from psycopg.sql import SQL
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.heights.services import Model
from layers.heights.surface import Mask, Surface
from simulation.engine.shadow import LONGEST_M, shadow_of
from simulation.engine.sun import Sun, sun_at
from simulation.engine.terrain import build, outline, shade
from simulation.engine.volumes import Volume
from simulation.services.buildings import Bounds, not_visible_note
from simulation.services.drawing import read_volumes
from simulation.services.reliefs import Obstacles, Relief, relief_around

# On terrain: how far a shadow is followed, and the pixels that are computed at most.
FURTHEST_M, MOST_PIXELS = 600.0, 1_500_000
MARGIN_M = 5.0
WIDEST_M = 1_000.0
"""Volumes further apart than this are no project."""
MOST_NEIGHBOURS = 200
LEAST_M2, OWN_M2 = 0.05, 1.0
"""A shadow that counts; and what of a volume may lie over a limit by the way it is drawn."""

NEIGHBOURS = SQL("""
    with given as materialized (
        select st_setsrid(%(shadow)s::bytea::public.geometry, 2154) as shadow,
               st_setsrid(%(project)s::bytea::public.geometry, 2154) as project),
    touched as materialized (
        select p.idu, p.label, p.geom, st_area(st_intersection(p.geom, st_clipbybox2d(shadow, box2d(p.geom)))) as m2
        from cadastre_parcel p, given where p.geom && shadow and st_intersects(p.geom, shadow)),
    shaded as materialized (
        select t.* from touched t, given
        where m2 >= %(least)s and st_area(st_intersection(t.geom, project)) < %(own)s
        order by m2 desc, idu limit %(most)s)
    select t.idu, t.label, t.m2,
           (select coalesce(sum(st_area(st_intersection(st_intersection(b.geom, t.geom), shadow))), 0)
            from cadastre_building b
            where %(buildings)s and b.geom && shadow and st_intersects(b.geom, shadow) and b.geom && t.geom)
    from shaded t, given order by t.m2 desc, t.idu
""")


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A parcel that no volume stands on, and what of it and of its buildings is in the shadow, in m²."""

    idu: str
    label: str
    shaded_m2: float
    buildings_m2: float


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """`models` are those of heights that it was computed on: none on flat ground. `obstacles`: what stood around."""

    sun: Sun
    shape: MultiPolygon
    neighbours: Sequence[Neighbour] = ()
    models: Sequence[Model] = ()
    pixel_m: float | None = None
    notes: Sequence[str] = ()
    obstacles: Obstacles = Obstacles.NONE


def cast_shadow(
    *,
    volumes: Sequence[Mapping[str, Any]],
    at: datetime,
    terrain: bool | None,
    rights: Rights,
    demolished: Collection[int] = (),
) -> Shadow:
    """The shadow of volumes at an instant; with `terrain` None on the relief where it is known, else on flat ground.

    Raises Invalid: no volumes, too far apart, or terrain asked for where neither heights nor buildings are known.
    """
    drawn = [body.volume for body in read_volumes(volumes)]
    project = shapely.union_all([one.footprint for one in drawn])
    check_together(project)
    sun = sun_over(project, at)
    notes = []
    if not sun.is_up:
        notes.append(_("The sun is down: all is in the shade."))
        return Shadow(sun=sun, shape=MultiPolygon(), notes=notes)
    if sun.elevation < 5:
        notes.append(_("The sun is less than 5° high: refraction, left aside here, shortens such shadows."))
    if terrain is not False:
        bounds = reach_of(project, sun, max(one.height for one in drawn))
        relief = relief_around(project, bounds, rights, most_pixels=MOST_PIXELS, demolished=demolished)
        if relief.models or relief.obstacles != Obstacles.NONE:
            try:
                return with_neighbours(on_relief(drawn, relief, sun, notes), project, rights)
            except UnknownGround:
                if terrain:
                    raise
                notes.append(_("The model of heights has a hole under a volume: its shadow lies on flat ground."))
        elif terrain:
            message = _("No heights are published here, or you may not read them: ask with “terrain” false.")
            raise Invalid(message, parameter="terrain")
    shape = shadow_of(drawn, sun)
    if max(one.height for one in drawn) / tan(radians(sun.elevation)) > LONGEST_M:
        notes.append(_("The shadow is cut at %(most)s m.") % {"most": int(LONGEST_M)})
    return with_neighbours(Shadow(sun=sun, shape=shape, notes=notes), project, rights)


def check_together(project: BaseGeometry) -> None:
    """Refuse volumes that are too far apart to be one project. Raises Invalid."""
    west, south, east, north = project.bounds
    if max(east - west, north - south) > WIDEST_M:
        message = _("These volumes lie more than %(most)s m apart: ask for their shadows one by one.")
        raise Invalid(message % {"most": int(WIDEST_M)}, parameter="volumes")


def sun_over(project: BaseGeometry, at: datetime) -> Sun:
    centre = project.centroid
    longitude, latitude = to_degrees().transform(centre.x, centre.y)
    return sun_at(at, longitude, latitude)


@cache
def to_degrees() -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(2154, 4326, always_xy=True)


def on_relief(volumes: Sequence[Volume], relief: Relief, sun: Sun, notes: Sequence[str]) -> Shadow:
    """The shadow that volumes cast on the relief around them. Raises UnknownGround."""
    built, where = build_on(relief, volumes)
    remarks = [*notes, *relief.notes]
    if max(one.height for one in volumes) / tan(radians(sun.elevation)) > FURTHEST_M:
        remarks.append(_("The shadow is followed for %(most)s m.") % {"most": int(FURTHEST_M)})
    return Shadow(
        sun=sun, shape=outline(shade(built, sun, casting=where) & ~where, built), models=relief.models,
        pixel_m=built.pixel, notes=remarks, obstacles=relief.obstacles,
    )  # fmt: skip


def reach_of(project: BaseGeometry, sun: Sun, highest: float, most_m: float = FURTHEST_M) -> Bounds:
    """The box of the volumes and of where their shadow may fall; ground below them lengthens it by half."""
    dx, dy = sun.shadow_of(1.0)
    length = sqrt(dx * dx + dy * dy)
    far = min(most_m, highest * length * 1.5 + 20)
    west, south, east, north = project.bounds
    x, y = dx / length * far, dy / length * far
    return (
        min(west, west + x) - MARGIN_M, min(south, south + y) - MARGIN_M,
        max(east, east + x) + MARGIN_M, max(north, north + y) + MARGIN_M,
    )  # fmt: skip


class UnknownGround(Invalid):
    """The ground under a volume is not known."""


def build_on(relief: Relief, volumes: Sequence[Volume]) -> tuple[Surface, Mask]:
    """The relief with volumes on it, and where they stand. Raises UnknownGround."""
    try:
        return build(relief.after, relief.ground, relief.seat(volumes))
    except ValueError as error:
        message = _("The model of heights has a hole under a volume: give its “base”, or ask with “terrain” false.")
        raise UnknownGround(message, parameter="terrain") from error


def with_neighbours(shadow: Shadow, project: BaseGeometry, rights: Rights) -> Shadow:
    """The shadow with the parcels that it reaches, the most shaded first; a note says what is left out."""
    seen = set(
        Layer.objects.visible_to(rights).filter(slug__in=("parcels", "buildings")).values_list("slug", flat=True)
    )
    if "parcels" not in seen:
        hidden = [_("Parcels are not shown to you: neighbours are not listed.")]
        hidden += [] if "buildings" in seen else [not_visible_note()]
        return replace(shadow, notes=list(dict.fromkeys([*shadow.notes, *hidden])))
    if shadow.shape.is_empty:
        return shadow
    given = {
        "shadow": shadow.shape.wkb, "project": project.wkb, "own": OWN_M2, "least": LEAST_M2,
        "most": MOST_NEIGHBOURS + 1, "buildings": "buildings" in seen,
    }  # fmt: skip
    rows = [Neighbour(idu=i, label=t, shaded_m2=a, buildings_m2=b) for i, t, a, b in fetch_all(NEIGHBOURS, given)]
    notes = list(dict.fromkeys([*shadow.notes, *notes_of_neighbours(rows, sees_buildings="buildings" in seen)]))
    return replace(shadow, neighbours=rows[:MOST_NEIGHBOURS], notes=notes)


def notes_of_neighbours(rows: Sequence[Neighbour], *, sees_buildings: bool) -> list[str]:
    notes = [] if sees_buildings else [not_visible_note()]
    if len(rows) > MOST_NEIGHBOURS:
        notes.append(_("Only the %(most)s most shaded parcels are listed.") % {"most": MOST_NEIGHBOURS})
    return notes
