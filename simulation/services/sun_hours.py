"""Hours of sun that a project takes from its neighbours on a day: a map in classes, and each garden and building."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from psycopg.sql import SQL
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.heights.buildings import label_pixels
from layers.heights.services import Model
from layers.heights.surface import Raster, Surface
from simulation.engine.sun import Sun
from simulation.engine.terrain import hours_lost, outline
from simulation.services.buildings import Bounds, not_visible_note
from simulation.services.drawing import read_volumes
from simulation.services.reliefs import Obstacles, Relief, relief_around
from simulation.services.shadows import OWN_M2, UnknownGround, build_on, check_together, reach_of, sun_over
from simulation.services.sunlight import DAYS, at_hour

FIRST_HOUR, LAST_HOUR, STEP_MINUTES = 8, 18, 20
"""Legal time; the sun is taken in the middle of each step."""
LOWEST_DEGREES: Final = 5.0
"""A lower sun counts for nothing: whatever stands near hides it."""
CLASSES_H: Final = (0.5, 1.0, 2.0, 4.0)
"""Where each class of the map begins, in hours a day."""
FURTHEST_M, MOST_PIXELS = 200.0, 100_000
AROUND_M: Final = 50.0
"""What stands further beyond the shadows, towards the sun, is left aside."""
MOST_NEIGHBOURS = 200

NEIGHBOURS = SQL("""
    with given as materialized (
        select st_setsrid(%(lost)s::bytea::public.geometry, 2154) as lost,
               st_setsrid(%(project)s::bytea::public.geometry, 2154) as project),
    near as materialized (
        select p.idu, p.label, p.geom from cadastre_parcel p, given
        where p.geom && lost and st_intersects(p.geom, lost)
          and st_area(st_intersection(p.geom, project)) < %(own)s
        order by st_distance(p.geom, project), p.idu limit %(most)s)
    select n.idu, n.label, st_asbinary(n.geom),
           (select st_asbinary(st_union(st_intersection(b.geom, n.geom))) from cadastre_building b
            where %(buildings)s and b.geom && n.geom and st_intersects(b.geom, n.geom)
              and b.id <> all(%(gone)s::bigint[]))
    from near n
""")


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Of an area in m²: the hours lost on the whole of it (`mean`) and where most are lost, `lost_m2` from 1 h on."""

    area_m2: float
    mean: float
    most: float
    lost_m2: float


@dataclass(frozen=True, kw_only=True)
class NeighbourLoss:
    """A parcel that no volume stands on: its garden, and its buildings (on their roofs), None without."""

    idu: str
    label: str
    garden: Loss | None
    buildings: Loss | None

    @property
    def most(self) -> float:
        return max((one.most for one in (self.garden, self.buildings) if one), default=0.0)


@dataclass(frozen=True, kw_only=True)
class SunHours:
    """`classes`: the areas (EPSG:2154) where `CLASSES_H` hours or more are lost, up to the next class."""

    day: date
    classes: Sequence[MultiPolygon]
    neighbours: Sequence[NeighbourLoss]
    obstacles: Obstacles
    models: Sequence[Model]
    pixel_m: float
    notes: Sequence[str]


def sun_hours_lost(
    *, volumes: Sequence[Mapping[str, Any]], day: date, rights: Rights, demolished: Collection[int] = ()
) -> SunHours:
    """What a project takes on a day. Raises Invalid: no volumes, too far apart, a hole in the heights under one."""
    drawn = [body.volume for body in read_volumes(volumes)]
    project = shapely.union_all([one.footprint for one in drawn])
    check_together(project)
    suns = suns_of(project, day)
    bounds = bounds_of(project, suns, max(one.height for one in drawn))
    relief = relief_around(project, bounds, rights, most_pixels=MOST_PIXELS, demolished=demolished)
    try:
        built, where = build_on(relief, drawn)
    except UnknownGround as error:
        message = _("The model of heights has a hole under a volume: give its “base” to know the hours of sun.")
        raise UnknownGround(message, parameter="volumes") from error
    lost = hours_lost(relief.before, built, suns, step_hours=STEP_MINUTES / 60, casting=where)
    lost[where] = 0
    neighbours, notes = neighbours_of(lost, built, project, demolished, rights)
    return SunHours(
        day=day, classes=classes_of(lost, built), neighbours=neighbours, obstacles=relief.obstacles,
        models=relief.models, pixel_m=built.pixel, notes=list(dict.fromkeys([*notes_of(relief), *notes])),
    )  # fmt: skip


def sun_of_variant(variant: Mapping[str, Any], year: int, rights: Rights) -> tuple[list[SunHours], str]:
    """What a variant takes on the three days of a year at which shadows are looked at; or none, and why."""
    volumes, demolished = variant["volumes"], variant["demolished"]
    days = [date(year, month, day) for month, day in DAYS]
    try:
        every = [sun_hours_lost(volumes=volumes, day=day, rights=rights, demolished=demolished) for day in days]
    except UnknownGround as error:
        return [], error.message
    return every, ""


def suns_of(project: BaseGeometry, day: date) -> list[Sun]:
    """The sun in the middle of each step of the day, where it is high enough to count."""
    start = at_hour(day, FIRST_HOUR)
    steps = (LAST_HOUR - FIRST_HOUR) * 60 // STEP_MINUTES
    instants = [start + timedelta(minutes=STEP_MINUTES * (step + 0.5)) for step in range(steps)]
    return [sun for at in instants if (sun := sun_over(project, at)).elevation >= LOWEST_DEGREES]


def bounds_of(project: BaseGeometry, suns: Sequence[Sun], highest: float) -> Bounds:
    boxes = np.array([reach_of(project, sun, highest, FURTHEST_M) for sun in suns] or [project.buffer(10).bounds])
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M


def class_ranges() -> list[tuple[float, float | None]]:
    """From how many hours each class of the map is, and to less than how many; None: no end."""
    return list(zip(CLASSES_H, (*CLASSES_H[1:], None), strict=True))


def classes_of(lost: Raster, surface: Surface) -> list[MultiPolygon]:
    # Steps of a third of an hour add up to a little less than whole hours.
    rounded = np.round(lost, 2)
    return [outline((rounded >= first) & (rounded < (end or np.inf)), surface) for first, end in class_ranges()]


def notes_of(relief: Relief) -> list[str]:
    message = _(
        "From %(first)s h to %(last)s h of legal time, in steps of %(step)s minutes; a sun lower than %(lowest)s° "
        "counts for nothing. On the ground and on roofs, not at windows."
    )
    values = {"first": FIRST_HOUR, "last": LAST_HOUR, "step": STEP_MINUTES, "lowest": int(LOWEST_DEGREES)}
    level = [] if relief.models else [_("No heights are published here: the ground is taken as level.")]
    return [message % values, *level, *relief.notes]


# -- neighbours -------------------------------------------------------------------------------------------------------


def neighbours_of(
    lost: Raster, surface: Surface, project: BaseGeometry, demolished: Collection[int], rights: Rights
) -> tuple[list[NeighbourLoss], list[str]]:
    """The parcels that lose some sun, the most first; what is left out, in words."""
    layers = Layer.objects.visible_to(rights).filter(slug__in=("parcels", "buildings"))
    seen = set(layers.values_list("slug", flat=True))
    if "parcels" not in seen:
        return [], [_("Parcels are not shown to you: neighbours are not listed.")]
    notes = [] if "buildings" in seen else [not_visible_note()]
    reached = outline(lost > 0, surface)
    if reached.is_empty:
        return [], notes
    given = {
        "lost": reached.wkb, "project": project.wkb, "own": OWN_M2, "most": MOST_NEIGHBOURS + 1,
        "buildings": "buildings" in seen, "gone": list(demolished),
    }  # fmt: skip
    rows = fetch_all(NEIGHBOURS, given)
    if len(rows) > MOST_NEIGHBOURS:
        notes.append(_("Only the %(most)s nearest parcels are listed.") % {"most": MOST_NEIGHBOURS})
    return losses_of(rows[:MOST_NEIGHBOURS], lost, surface), notes


def losses_of(rows: Sequence[Sequence[Any]], lost: Raster, surface: Surface) -> list[NeighbourLoss]:
    parcels = [shapely.from_wkb(bytes(geom)) for _idu, _label, geom, _built in rows]
    built = [shapely.from_wkb(bytes(shape)) if shape else MultiPolygon() for *_others, shape in rows]
    which = label_pixels(parcels, surface)
    roofs = label_pixels([one for one in built if one.area], surface) >= 0
    gardens = losses(np.where(roofs, -1, which), [a.area - b.area for a, b in zip(parcels, built, strict=True)], lost,
                     surface.pixel)  # fmt: skip
    buildings = losses(np.where(roofs, which, -1), [one.area for one in built], lost, surface.pixel)
    neighbours = [
        NeighbourLoss(idu=row[0], label=row[1], garden=garden, buildings=building)
        for row, garden, building in zip(rows, gardens, buildings, strict=True)
    ]
    return sorted((one for one in neighbours if one.most), key=lambda one: (-one.most, one.idu))


def losses(labels: NDArray[np.int32], areas: Sequence[float], lost: Raster, pixel: float) -> list[Loss | None]:
    """What each label loses on its whole area, of which pixels beyond the map lose nothing; None without area."""
    inside = labels >= 0
    which, hours = labels[inside], lost[inside].astype(np.float64)
    sums = np.bincount(which, hours, len(areas))
    large = np.bincount(which, hours >= 1 - 1e-3, len(areas))
    most = np.zeros(len(areas))
    np.maximum.at(most, which, hours)
    each = pixel * pixel
    return [
        Loss(area_m2=area, mean=sums[i] * each / area, most=float(most[i]), lost_m2=min(area, large[i] * each))
        if area > each else None
        for i, area in enumerate(areas)
    ]  # fmt: skip
