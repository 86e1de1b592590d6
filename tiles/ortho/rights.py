"""Which photos a viewer sees, and where: the catalogue's own question, in a shape that tiles can ask quickly."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.members.rights import Rights
from gis_core.models import Commune
from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import communes_of_photo
from layers.heights.styles import slugs_of
from tiles.ortho.mosaic import EPSG, Box, transformer

SIMPLIFIED_M = 0.25
DENSE_M = 1_000.0  # over a kilometre, the straight line in one projection is off by 2 cm in the other
KEPT_S = 300.0
MOST_AREAS = 256


class Area:
    """The ground on which somebody sees a photo (EPSG:2154), ready for MapProxy in each grid's coordinate system."""

    def __init__(self, shape: BaseGeometry) -> None:
        self.shape = shapely.segmentize(shape.simplify(SIMPLIFIED_M), DENSE_M)
        self.key = hashlib.blake2s(shapely.to_wkb(self.shape), digest_size=8).hexdigest()
        self.lock = threading.Lock()
        self.shapes: dict[int, BaseGeometry] = {}

    def shape_in(self, epsg: int) -> BaseGeometry:
        """The polygon in a coordinate system, prepared."""
        if epsg not in self.shapes:
            with self.lock:
                if epsg not in self.shapes:
                    self.shapes[epsg] = prepare_shape(transform_shape(self.shape, epsg))
        return self.shapes[epsg]

    def contains(self, box: Box, epsg: int) -> bool:
        inside: bool = self.shape_in(epsg).contains(shapely.box(*box))
        return inside

    def meets(self, box: Box, epsg: int) -> bool:
        touched: bool = self.shape_in(epsg).intersects(shapely.box(*box))
        return touched

    def limit_shape(self, box: Box | None, epsg: int) -> dict[str, Any]:
        """MapProxy's `limited_to`: of a long boundary only what is near the box, which is what it draws."""
        shape = self.shape_in(epsg)
        if box is not None:
            margin = max(box[2] - box[0], box[3] - box[1]) / 4
            shape = shapely.clip_by_rect(shape, box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
            shape = shape if shape.is_valid else shape.buffer(0)
        return {"srs": f"EPSG:{epsg}", "geometry": shape}


def transform_shape(shape: BaseGeometry, epsg: int) -> BaseGeometry:
    if epsg == EPSG:
        return shape
    turn = transformer(EPSG, epsg)
    moved: BaseGeometry = shapely.transform(
        shape, lambda points: np.stack(turn.transform(points[:, 0], points[:, 1]), axis=1)
    )
    return moved if moved.is_valid else moved.buffer(0)


def prepare_shape(shape: BaseGeometry) -> BaseGeometry:
    """Prepared for good: GEOS builds its indexes at the first questions, which threads must not ask together."""
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    for box in (shapely.box(west, south, east, north), shapely.box(west, south, (west + east) / 2, north)):
        shape.contains(box), shape.intersects(box)
    shape.contains(shapely.points((west + east) / 2, (south + north) / 2))
    return shape


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """A photo as one viewer sees it: its editions, whether everybody sees it, and where (None: everywhere)."""

    edition: int
    pixels_edition: int
    public: bool
    area: Area | None

    @property
    def etag(self) -> str:
        """Every tile of the same pixels has it, at its own address."""
        return f'"{self.pixels_edition}-{self.area.key if self.area else "all"}"'


def list_seen_photos(rights: Rights) -> Mapping[str, SeenPhoto]:
    """The photos that the viewer sees, and the styles of heights, by slug; asked in a transaction with their rights."""
    photos = Photo.objects.visible_to(rights).defer("geom", "footprint_4326").order_by()
    seen = ((photo, area_of(photo, rights)) for photo in photos)
    return {
        slug: SeenPhoto(photo.edition, photo.pixels_edition, photo.visibility == Layer.Visibility.PUBLIC, area)
        for photo, area in seen
        if area is None or not area.shape.is_empty
        for slug in slugs_of(photo.slug, photo.kind)
    }


def area_of(photo: Photo, rights: Rights) -> Area | None:
    """Where the viewer sees the photo: None for everywhere."""
    communes = communes_of_photo(photo, rights)
    return None if communes is None else areas.of(communes)


class Areas:
    """The union of each set of communes asked for lately; boundaries are read again after five minutes."""

    def __init__(self) -> None:
        self.kept: OrderedDict[frozenset[str], tuple[Area, float]] = OrderedDict()
        self.lock = threading.Lock()

    def of(self, insee: frozenset[str]) -> Area:
        kept_area = self.kept.get(insee)
        if kept_area is not None and time.monotonic() - kept_area[1] < KEPT_S:
            return kept_area[0]
        shapes = [shapely.from_wkb(bytes(geom.wkb)) for geom in boundaries(insee)]
        area = Area(shapely.union_all(shapes) if shapes else shapely.from_wkt("MULTIPOLYGON EMPTY"))
        with self.lock:
            self.kept.pop(insee, None)
            self.kept[insee] = area, time.monotonic()
            while len(self.kept) > MOST_AREAS:
                self.kept.popitem(last=False)
        return area


def boundaries(insee: frozenset[str]) -> list[Any]:
    return list(Commune.objects.filter(insee__in=insee).order_by("insee").values_list("geom", flat=True))


areas = Areas()
