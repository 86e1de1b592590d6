"""The heights that somebody may read: which campaign answers, its pixels, and where they end."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.members.rights import Rights
from gis_core.models import Commune
from layers.catalogue.models import Photo, PhotoSheet
from layers.catalogue.services import communes_of_photo
from layers.heights.reading import HeightSheet, Mosaic, points_along
from layers.heights.surface import Points, Statistics, Surface, ground_length, statistics

type Kind = Photo.Kind

LONGEST_LINE_M, LARGEST_M2, WIDEST_M = 20_000.0, 4_000_000.0, 20_000.0
WIDEST_GRID_M = 5_000.0
MOST_POINTS = 4_001
SECTION_POINTS = 1_000
KEPT_MOSAICS = 32
HEIGHT_KINDS: tuple[Kind, ...] = (Photo.Kind.GROUND, Photo.Kind.SURFACE, Photo.Kind.HEIGHT)


@dataclass(frozen=True, slots=True)
class Model:
    """A published model of heights as one asker may read it; `area` (EPSG:2154) where they may, None for everywhere."""

    photo: Photo
    mosaic: Mosaic
    area: BaseGeometry | None

    def is_open_on(self, shape: BaseGeometry) -> bool:
        """Whether the asker may read the model on the whole shape."""
        return self.area is None or bool(self.area.covers(shape))

    def heights_at(self, points: Points) -> Points:
        """At points (n, 2) in EPSG:2154; NaN where nothing is known or may be read. Raises Unavailable."""
        with self._reading():
            heights = self.mosaic.heights_at(points)
        if self.area is not None:
            heights[~shapely.contains_xy(self.area, *points.T)] = np.nan
        return heights

    def window(self, bounds: tuple[float, float, float, float], *, pixel: float | None = None) -> Surface:
        """The heights of a rectangle, NaN likewise. Raises Unavailable."""
        with self._reading():
            surface = self.mosaic.window(bounds, pixel=pixel)
        if self.area is not None:
            surface.heights[~surface.within(shapely.clip_by_rect(self.area, *bounds))] = np.nan
        return surface

    @contextmanager
    def _reading(self) -> Iterator[None]:
        from rasterio.errors import RasterioError

        try:
            yield
        except RasterioError as error:
            message = _("The heights “%(title)s” cannot be read here: one of their files is missing or damaged.")
            raise Unavailable(message % {"title": self.photo}) from error


def models_at(shape: BaseGeometry, rights: Rights, *kinds: Kind) -> dict[str, list[Model]]:
    """The models of these kinds that the asker may read around a shape (EPSG:2154), the newest first; one statement."""
    here = GEOSGeometry(memoryview(shape.wkb), srid=2154)
    photos = Photo.objects.visible_to(rights).filter(kind__in=kinds, geom__intersects=here)
    models: dict[str, list[Model]] = {}
    for photo in photos.defer("geom", "footprint_4326").order_by("-acquired_date", "-published_at"):
        models.setdefault(photo.kind, []).append(model_of(photo, rights))
    return models


def model_of(photo: Photo, rights: Rights) -> Model:
    communes = communes_of_photo(photo, rights)
    area = None if communes is None else ground_of(communes)
    return Model(photo, mosaic_of(photo.pk, photo.pixels_edition, photo.folder, photo.resolution_m), area)


@lru_cache(maxsize=KEPT_MOSAICS)
def mosaic_of(photo_id: int, pixels_edition: int, folder: str, resolution: float) -> Mosaic:
    """The sheets of one publication, which never change (the edition is what is kept of them)."""
    rows = PhotoSheet.objects.filter(photo=photo_id).order_by("rank", "name").values_list("path", "geom")
    files = Path(settings.FILES_DIR, folder)
    return Mosaic([HeightSheet(files / path, geom.extent) for path, geom in rows], resolution)


def ground_of(communes: frozenset[str]) -> BaseGeometry:
    shapes = Commune.objects.filter(insee__in=communes).values_list("geom", flat=True)
    ground: BaseGeometry = shapely.union_all([shapely.from_wkb(bytes(one.wkb)) for one in shapes])
    return ground


def find_model(shape: BaseGeometry, kind: Kind, rights: Rights) -> Model | None:
    """The newest that the asker may read on the whole shape, else the newest that touches it; None without any."""
    models = models_at(shape, rights, kind).get(kind, [])
    if len(models) < 2:
        return models[0] if models else None
    here = GEOSGeometry(memoryview(shape.wkb), srid=2154)
    ids = [model.photo.pk for model in models]
    whole = set(Photo.objects.filter(pk__in=ids, geom__covers=here).values_list("pk", flat=True))
    covering = (model for model in models if model.photo.pk in whole and model.is_open_on(shape))
    return next(covering, models[0])


def best_model(shape: BaseGeometry, kind: Kind, rights: Rights) -> Model:
    """The model that answers for a shape. Raises NotFound in words."""
    model = find_model(shape, kind, rights)
    if model is None:
        raise not_published(kind)
    return model


def not_published(kind: Kind) -> NotFound:
    message = _("No heights of this kind are published here, or you may not read them: %(kind)s.")
    return NotFound(message % {"kind": Photo.Kind(kind).label})


@dataclass(frozen=True, slots=True, kw_only=True)
class PointHeight:
    """Altitude (m), and what stands there above the ground, both None where unknown."""

    model: Model
    height: float | None
    above_ground: float | None


def height_at(point: Point, kind: Kind, rights: Rights) -> PointHeight:
    """The height at a point of the newest model that has one there. Raises NotFound: no model is published there."""
    models, place = models_at(point, rights, *HEIGHT_KINDS), np.array([[point.x, point.y]])
    if kind not in models:
        raise not_published(kind)
    heights = {one: newest_height(models.get(one, []), place) for one in HEIGHT_KINDS}
    model, height = heights[kind] or (models[kind][0], float("nan"))
    return PointHeight(model=model, height=known(height), above_ground=above_ground(heights))


type Reading = tuple[Model, float] | None


def newest_height(models: Sequence[Model], place: Points) -> Reading:
    """The newest model that has a height at a place, and that height."""
    for model in models:
        height = float(model.heights_at(place)[0])
        if not np.isnan(height):
            return model, height
    return None


def above_ground(heights: Mapping[Kind, Reading]) -> float | None:
    """What stands at a point: of the model of heights above ground, else the surface less the ground."""
    stands, surface, ground = (heights[one] for one in (Photo.Kind.HEIGHT, Photo.Kind.SURFACE, Photo.Kind.GROUND))
    if stands:
        return known(stands[1])
    return known(surface[1] - ground[1]) if surface and ground else None


def known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A line over a model: distances from its beginning, heights (NaN for holes), the points (n, 2)."""

    model: Model
    distances: Points
    heights: Points
    points: Points
    step_m: float
    length_m: float
    ground_length_m: float


def profile(line: LineString, kind: Kind, rights: Rights) -> Profile:
    """The heights along a line, a pixel apart or so that there are some thousands. Raises Invalid, NotFound."""
    check_length(line)
    model = best_model(line, kind, rights)
    step = max(model.mosaic.resolution, line.length / (MOST_POINTS - 1))
    distances, points = points_along(line, step)
    heights = model.heights_at(points)
    return Profile(
        model=model,
        distances=distances,
        heights=heights,
        points=points,
        step_m=step,
        length_m=line.length,
        ground_length_m=ground_length(distances, heights),
    )


def check_length(line: LineString) -> None:
    """Raises Invalid: the line of a profile has no length, or too much."""
    if not 0 < line.length <= LONGEST_LINE_M:
        message = _("A line of a profile is longer than zero and at most %(most)s km long: this one has %(found)s m.")
        raise Invalid(message % {"most": int(LONGEST_LINE_M / 1000), "found": round(line.length)}, parameter="line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Ground and surface along one line: heights by kind at the same points (n, 2), the models that they are of."""

    models: Mapping[Kind, Model]
    distances: Points
    points: Points
    heights: Mapping[Kind, Points]
    length_m: float

    @property
    def ground_length_m(self) -> float | None:
        """Along the ground; None where no model of the ground is published."""
        ground = self.heights.get(Photo.Kind.GROUND)
        return None if ground is None else ground_length(self.distances, ground)

    @property
    def slope(self) -> float | None:
        """Metres that the ground climbs between the ends that are known, for each metre of the line."""
        ground = self.heights.get(Photo.Kind.GROUND)
        if ground is None:
            return None
        known = np.flatnonzero(~np.isnan(ground))
        if len(known) < 2:
            return None
        run = self.distances[known[-1]] - self.distances[known[0]]
        return float((ground[known[-1]] - ground[known[0]]) / run)


def section(line: LineString, rights: Rights, *, most: int = SECTION_POINTS) -> Section:
    """The ground and the surface along a line, at so many points at most. Raises Invalid, NotFound."""
    check_length(line)
    kinds = (Photo.Kind.GROUND, Photo.Kind.SURFACE)
    models = {kind: model for kind in kinds if (model := find_model(line, kind, rights))}
    if not models:
        raise not_published(Photo.Kind.GROUND)
    finest = min(model.mosaic.resolution for model in models.values())
    distances, points = points_along(line, max(finest, line.length / most))
    heights = {kind: model.heights_at(points) for kind, model in models.items()}
    return Section(models=models, distances=distances, points=points, heights=heights, length_m=line.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolygonHeights:
    model: Model
    figures: Statistics | None


def polygon_heights(shape: Polygon, kind: Kind, rights: Rights, plane: float | None) -> PolygonHeights:
    """The figures of a polygon. Raises Invalid: it crosses itself or is too large; NotFound: nothing is published."""
    if not shape.is_valid:
        raise Invalid(_("The polygon crosses itself: draw it anew."), parameter="polygon")
    if not 0 < shape.area <= LARGEST_M2:
        message = _("A polygon has an area, of at most %(most)s km²: this one has %(found)s m².")
        raise Invalid(message % {"most": int(LARGEST_M2 / 1e6), "found": round(shape.area)}, parameter="polygon")
    west, south, east, north = shape.bounds
    if max(east - west, north - south) > WIDEST_M:
        message = _("A polygon is at most %(most)s km wide: this one has %(found)s m.")
        extent = round(max(east - west, north - south))
        raise Invalid(message % {"most": int(WIDEST_M / 1000), "found": extent}, parameter="polygon")
    model = best_model(shape, kind, rights)
    return PolygonHeights(model=model, figures=statistics(model.window(shape.bounds), shape, plane=plane))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A rectangle of a model as square pixels."""

    model: Model
    surface: Surface


def grid_heights(bounds: tuple[float, float, float, float], size: int, kind: Kind, rights: Rights) -> Grid:
    """The heights of a rectangle (EPSG:2154) on about `size` pixels along its longer side, never finer than the model.

    A pixel is the model's own, doubled as often as it takes: the sheets lie on whole pixels. Raises Invalid: it is too
    wide; NotFound: nothing is published there.
    """
    west, south, east, north = bounds
    extent = max(east - west, north - south)
    if extent > WIDEST_GRID_M:
        message = _("A grid is at most %(most)s km wide: this one has %(found)s m.")
        raise Invalid(message % {"most": int(WIDEST_GRID_M / 1000), "found": round(extent)}, parameter="bbox")
    model = best_model(box(*bounds), kind, rights)
    doubled = max(0, math.ceil(math.log2(extent / size / model.mosaic.resolution)))
    return Grid(model=model, surface=model.window(bounds, pixel=model.mosaic.resolution * 2**doubled))
