"""The aerial view of a parcel sheet: the latest photo that shows the ground to the asker, in the frame of the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Exists, OuterRef

from gis_core.errors import Unavailable
from gis_core.members.rights import Rights
from layers.catalogue.models import Photo, PhotoSheet
from layers.catalogue.pictures import Pixels, open_photo
from layers.parcels.plan import HEIGHT_MM, WIDTH_MM, Plan
from layers.parcels.sections import Ground
from layers.printing.facts import DrawnPhoto, photo_source
from layers.printing.paper import MM_PER_INCH
from layers.printing.services.pictures import photo_picture

DPI = 200
SIZE = (round(WIDTH_MM / MM_PER_INCH * DPI), round(HEIGHT_MM / MM_PER_INCH * DPI))


@dataclass(frozen=True, slots=True)
class Aerial:
    """The photo as a JPEG of the plan's box, None where it could not be read; `caption` says which photo, or why."""

    jpeg: bytes | None
    caption: str


def aerial_of(ground: Ground, plan: Plan, rights: Rights) -> Aerial | None:
    """None where no photo shows the ground to the asker. It illustrates: a damaged photo does not stop a sheet."""
    chosen = choose(ground, rights)
    if chosen is None:
        return None
    photo, pixels = chosen
    with TemporaryDirectory(prefix="arpent-aerial-") as folder:
        try:
            picture = photo_picture(pixels, plan.box, SIZE, Path(folder), lambda _share: None)
        except Unavailable as error:
            return Aerial(None, error.message)
        if not picture.covered:
            return None
        caption = " · ".join(photo_source(DrawnPhoto(photo, picture.covered, pixels.narrowed)))
        return Aerial(picture.path.read_bytes(), caption)


def choose(ground: Ground, rights: Rights) -> tuple[Photo, Pixels] | None:
    """The latest photo that shows the whole ground, else the latest that shows some of it."""
    shape, partial = shapely.from_wkb(ground.geom), None
    for photo, pixels in open_photos(ground, rights):
        if shapely.covers(pixels.ground, shape):
            return photo, pixels
        if partial is None and shapely.intersects(pixels.ground, shape):
            partial = photo, pixels
    return partial


def open_photos(ground: Ground, rights: Rights) -> Iterator[tuple[Photo, Pixels]]:
    """The photos there that the asker may see, the latest first, each opened when it is asked for."""
    near = GEOSGeometry(memoryview(ground.geom))
    sheets = PhotoSheet.objects.filter(photo=OuterRef("pk"))
    photos = Photo.objects.visible_to(rights).pictures().filter(Exists(sheets), geom__intersects=near)
    for photo in photos.order_by("-acquired_date", "-pk"):
        yield photo, open_photo(photo, rights)
