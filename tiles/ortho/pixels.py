"""A photo's pixels in EPSG:2154 for one viewer: what a printed map reads."""

from pathlib import Path

import numpy as np
import rasterio
import rasterio.features
import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Unavailable
from gis_core.members.rights import Rights
from layers.catalogue.models import Photo, PhotoSheet
from layers.catalogue.pictures import Picture
from tiles.ortho.mosaic import EPSG, Box, Mask, Mosaic, Sheet, UnreadableError
from tiles.ortho.rights import area_of


class PhotoPixels:
    """A published photo, on the ground where the viewer sees it."""

    def __init__(self, photo: Photo, rights: Rights) -> None:
        self.title = str(photo)
        self.mosaic = mosaic_of(photo)
        self.covered = shapely.from_wkb(bytes(photo.geom.wkb))
        self.area = area_of(photo, rights)

    @property
    def ground(self) -> BaseGeometry:
        seen: BaseGeometry = self.covered.intersection(self.area.shape) if self.area else self.covered
        return seen

    @property
    def narrowed(self) -> bool:
        return self.area is not None

    def read(self, box: Box, size: tuple[int, int]) -> Picture | None:
        try:
            rendered = self.mosaic.render(box, size, EPSG)
        except UnreadableError as error:
            message = _("The photo “%(title)s” cannot be read here: one of its files is missing or damaged.")
            raise Unavailable(message % {"title": self.title}) from error
        if rendered is None or self.area is None or self.area.contains(box, EPSG):
            return rendered
        rgb, there = rendered
        there &= burnt(self.area.shape, box, size)
        return (rgb, there) if there.any() else None


def burnt(shape: BaseGeometry, box: Box, size: tuple[int, int]) -> Mask:
    """Which pixels of a rectangle (EPSG:2154) have their middle inside the shape."""
    near = shapely.clip_by_rect(shape, *box)
    if near.is_empty:
        return np.zeros((size[1], size[0]), np.bool_)
    transform = rasterio.transform.from_bounds(*box, *size)
    inside: Mask = rasterio.features.geometry_mask([near], (size[1], size[0]), transform, invert=True)
    return inside


def mosaic_of(photo: Photo, style: str = "") -> Mosaic:
    """The sheets that the photo was published with; heights in another style than their usual one."""
    rows = PhotoSheet.objects.filter(photo=photo).values_list("path", "rank", "geom")
    sheets = [Sheet(path, rank, shapely.from_wkb(bytes(geom.wkb))) for path, rank, geom in rows]
    folder = Path(settings.FILES_DIR, photo.folder)
    return Mosaic(folder, sheets, photo.overview, photo.resolution_m, photo.kind, style)
