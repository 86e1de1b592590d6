"""Ground, eaves and ridge of the buildings of the plan, measured on the newest models that everybody may read.

The buildings are everybody's: a model that only some may read measures none.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Invalid
from gis_core.members.rights import ANONYMOUS, SYSTEM, acting_as
from layers.catalogue.models import Photo
from layers.catalogue.services import announce_changed_slugs
from layers.heights.buildings import MARGIN_M, measure, upright_on
from layers.heights.services import HEIGHT_KINDS, Model, models_at
from layers.heights.surface import Points, Surface
from layers.intake.reference_source import territory_for

if TYPE_CHECKING:
    from gis_core.tasks import RunningJob

type Progress = Callable[[float | None, str], None]

MEASURE = "measure_buildings"
# Metres a side of the squares that are read at once.
SQUARE_M = 400
UPPER = (Photo.Kind.SURFACE, Photo.Kind.HEIGHT)

# Those under a model, and those that have their heights of it wherever it ended before.
SQUARES = """
    with chosen as (
        select b.id from cadastre_building b, catalogue_photo photo where photo.id = %(under)s and b.geom && photo.geom
        union select b.id from cadastre_building b where b.heights_models @> array[%(slug)s::varchar]
            and b.heights_models <> '{}')
    select array_agg(b.id order by b.id) from cadastre_building b join chosen using (id)
    where %(insee)s::text[] is null or b.insee = any(%(insee)s)
    group by floor((st_xmin(b.geom) + st_xmax(b.geom)) / 2 / %(side)s),
             floor((st_ymin(b.geom) + st_ymax(b.geom)) / 2 / %(side)s)
    order by min(b.id)
"""
MEASURED = """
    select exists (select from cadastre_building where heights_models @> array[%s::varchar] and heights_models <> '{}')
"""
FOOTPRINTS = "select id, st_asbinary(geom) from cadastre_building where id = any(%s) order by id"
WRITE = """
    update cadastre_building b set ground_m = round(given.ground::numeric, 2), eaves_m = round(given.eaves::numeric, 2),
        ridge_m = round(given.ridge::numeric, 2), heights_source = given.source, heights_date = given.day,
        heights_models = string_to_array(given.models, ',')
    from unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::text[], %s::date[], %s::text[])
        as given (id, ground, eaves, ridge, source, day, models)
    where b.id = given.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How many buildings have heights now, and how many have none: holes, or nothing stands there."""

    known: int = 0
    unknown: int = 0

    def as_json(self) -> dict[str, int]:
        return {"known": self.known, "unknown": self.unknown}

    def __str__(self) -> str:
        message = _("%(known)s buildings have their heights; %(unknown)s have none: no model, a hole, nothing upright.")
        return message % self.as_json()


def measure_buildings(slug: str, insee: frozenset[str] | None, *, progress: Progress) -> Measured:
    """Measure the buildings under a model of heights and those that have their heights of it; those of these communes,
    None for all.

    Of a model that everybody may not read any more the heights are measured on others, or go. In one transaction; run
    again it gives the same. Raises Invalid: it measures nothing, and has measured nothing.
    """
    photo = Photo.objects.filter(slug=slug).exclude(kind=Photo.Kind.PHOTO).first()
    if has_measured(slug):
        under = photo.pk if photo and can_measure(photo) else None
    elif photo is None:
        raise Invalid(_("This model of heights is not published any more, and no building has its heights of it."))
    else:
        check_models(photo)
        under = photo.pk
    result = Measured()
    with transaction.atomic():
        chosen = {"under": under, "slug": slug, "insee": None if insee is None else sorted(insee), "side": SQUARE_M}
        squares = fetch_all(SQUARES, chosen)
        for number, (ids,) in enumerate(squares, start=1):
            known = measure_square(ids)
            result = replace(result, known=result.known + known, unknown=result.unknown + len(ids) - known)
            progress(number / len(squares), str(result))
        if squares:
            announce_changed_slugs(["buildings"])
    return result


def has_measured(slug: str) -> bool:
    """Whether buildings have heights that were measured on this model."""
    ((known,),) = fetch_all(MEASURED, [slug])
    return bool(known)


def check_models(photo: Photo) -> None:
    """Raises Invalid: everybody may not read a ground and what stands on it where this model is published."""
    outline = shapely.from_wkb(bytes(photo.geom.wkb))
    models = models_at(outline, ANONYMOUS, *HEIGHT_KINDS)
    if Photo.Kind.GROUND not in models or not any(kind in models for kind in UPPER):
        message = _(
            "Heights of buildings, which everybody sees, take a model of the ground and one of the surface (or of"
            " heights above ground), published here for everybody."
        )
        raise Invalid(message)


def can_measure(photo: Photo) -> bool:
    try:
        check_models(photo)
    except Invalid:
        return False
    return True


def measure_square(ids: Sequence[int]) -> int:
    """Measure buildings that lie close together; returns how many have heights now."""
    rows = fetch_all(FOOTPRINTS, [list(ids)])
    footprints = [shapely.from_wkb(bytes(wkb)) for _id, wkb in rows]
    bounds = widen(shapely.total_bounds(footprints))
    models = models_at(box(*bounds), ANONYMOUS, *HEIGHT_KINDS)
    heights, sources = np.full((len(rows), 3), np.nan), np.full(len(rows), None, object)
    slugs = np.full(len(rows), "", object)
    for model, grounds, values in measures_of(footprints, models, bounds):
        better = np.isnan(heights[:, 2]) & ~np.isnan(values[:, 0])
        heights[better] = values[better]
        upright = better & ~np.isnan(values[:, 2])
        slugs[better], sources[upright] = ",".join(grounds), model
        slugs[upright] = ",".join([model.photo.slug, *grounds])
        if not np.isnan(heights[:, 2]).any():
            break
    columns = [[None if np.isnan(value) else float(value) for value in column] for column in heights.T]
    photos = [None if model is None else model.photo for model in sources]
    titles = ["" if photo is None else photo.title for photo in photos]
    dates = [None if photo is None else photo.acquired_date for photo in photos]
    execute(WRITE, [[pk for pk, _wkb in rows], *columns, titles, dates, slugs.tolist()])
    return int((~np.isnan(heights[:, 2])).sum())


def widen(bounds: Any) -> tuple[float, float, float, float]:
    west, south, east, north = map(float, bounds)
    return west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M


def measures_of(
    footprints: Sequence[BaseGeometry], models: dict[str, list[Model]], bounds: tuple[float, float, float, float]
) -> Iterator[tuple[Model, Sequence[str], Points]]:
    """What each model of the surface measures, the newest first, and on the ground of which campaigns; none is read
    before it is asked for."""
    grounds = models.get(Photo.Kind.GROUND, [])
    uppers = sorted(
        (model for kind in UPPER for model in models.get(kind, [])),
        key=lambda model: (model.photo.acquired_date, model.photo.published_at), reverse=True,
    )  # fmt: skip
    if not grounds or not uppers:
        return
    ground, slugs = ground_window(grounds, bounds)
    for model in uppers:
        upper = model.window(bounds)
        upright = upper if model.photo.kind == Photo.Kind.HEIGHT else upright_on(ground, upper)
        yield model, slugs, measure(footprints, ground, upright)


def ground_window(grounds: Sequence[Model], bounds: tuple[float, float, float, float]) -> tuple[Surface, Sequence[str]]:
    """The newest ground of a rectangle, its holes those of older ones on the same pixels filled; and their names."""
    ground, slugs = grounds[0].window(bounds), [grounds[0].photo.slug]
    for older in grounds[1:]:
        holes = np.isnan(ground.heights)
        if not holes.any():
            break
        rows, columns = np.nonzero(holes)
        below = older.window(bounds).heights_at(ground.centres(rows, columns))
        ground.heights[rows, columns] = below.astype(np.float32)
        slugs.append(older.photo.slug)
    return ground, slugs


# -- the job ----------------------------------------------------------------------------------------------------------


def work(running: "RunningJob") -> dict[str, int]:
    """The job of the button: the buildings of the owner's communes; of all where the agency asks."""
    with acting_as(SYSTEM):
        insee = territory_for(running.job.owner, running.rights)
        return measure_buildings(running.parameters["photo"], insee, progress=running.report_progress).as_json()
