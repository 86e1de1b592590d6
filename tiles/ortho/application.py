"""MapProxy in this process, for one edition of the catalogue of photos; the next takes its place when it is ready.

A photo that somebody may not see is not in the MapProxy they talk to: it answers exactly as one that does not exist.
"""

import copy
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from mapproxy.cache.base import tile_buffer
from mapproxy.cache.dummy import DummyLocker
from mapproxy.cache.tile import Tile
from mapproxy.config import local_base_config
from mapproxy.extent import DefaultMapExtent, merge_layer_extents
from mapproxy.image import ImageResult
from mapproxy.image.mask import mask_image
from mapproxy.service.ows import OWSServer
from mapproxy.srs import SRS
from mapproxy.util.coverage import load_limited_to
from mapproxy.wsgiapp import MapProxyApp
from PIL import Image

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Photo, PhotoSheet
from layers.catalogue.services import photo_edition
from layers.heights.legends import LABELS as STYLE_LABELS
from layers.heights.styles import Style, slug_in_style, styles_of
from tiles import cache
from tiles.ortho.configuration import Published, configure
from tiles.ortho.files import root
from tiles.ortho.mosaic import Box
from tiles.ortho.pixels import mosaic_of
from tiles.ortho.rights import Area
from tiles.ortho.source import QUICK

log = logging.getLogger("arpent.photos")
AGAIN_S = 2.0
Coordinates = tuple[int, int, int]


class Application:
    """MapProxy over all photos of an edition."""

    def __init__(self, edition: int, photos: Iterable[Published]) -> None:
        self.edition = edition
        self.photos = {photo.slug: photo for photo in photos}
        configuration = configure(list(self.photos.values()), root())
        self.services = configuration.configured_services()
        self.base_config = configuration.base_config
        # Exceptions come to us: MapProxy would answer all of them alike, and print them.
        self.base_config.debug_mode = True
        self.managers = {
            (slug, grid): keeping(layer.tile_manager)
            for slug, grids in self.service("wmts").layers.items()
            for grid, layer in grids.layers.items()
        }
        for service in (self.service("wmts"), *self.services):
            if hasattr(service, "matrix_sets"):
                use_plain_zooms(service)
        self.seen_by = lru_cache(maxsize=64)(self._narrow)

    def tile_file(self, slug: str, grid: str, coordinates: Coordinates) -> str:
        """Where MapProxy keeps a tile."""
        location: str = self.managers[slug, grid].cache.tile_location(Tile(coordinates))
        return location

    def cut_file(self, slug: str, grid: str, coordinates: Coordinates, area: Area) -> str:
        """Where we keep what of a tile lies on a viewer's ground."""
        x, y, z = coordinates
        return f"{root()}/{self.photos[slug].key}/{area.key}/{grid}/{z}/{x}/{y}.png"

    def cut(self, content: bytes, area: Area, box: Box, epsg: int) -> bytes:
        """A tile's picture without what lies off the ground."""
        with local_base_config(self.base_config):
            picture = mask_image(
                Image.open(BytesIO(content)), box, SRS(epsg), load_limited_to(area.limit_shape(box, epsg))
            )
        buffer = BytesIO()
        picture.save(buffer, "png", compress_level=QUICK)
        return buffer.getvalue()

    def tile_box(self, slug: str, grid: str, coordinates: Coordinates) -> Box:
        box: Box = self.managers[slug, grid].grid.tile_bbox(coordinates)
        return box

    def service(self, name: str) -> Any:
        """A service asked for with key-value pairs."""
        (together,) = (service for service in self.services if isinstance(service, OWSServer))
        return together.services[name]

    def _narrow(self, slugs: frozenset[str]) -> MapProxyApp:
        """MapProxy as if there were these photos only."""
        with local_base_config(self.base_config):
            together: Any = OWSServer([narrow_service(self.service(name), slugs) for name in ("wmts", "wms")])
            rest = [narrow_service(service, slugs) for service in self.services if not isinstance(service, OWSServer)]
            return MapProxyApp([*rest, together], self.base_config)


def narrow_service(service: Any, slugs: frozenset[str]) -> Any:
    """The WMTS or WMS service with these layers only."""
    part = copy.copy(service)
    part.layers = OrderedDict((name, layer) for name, layer in service.layers.items() if name in slugs)
    if hasattr(service, "root_layer"):
        part.root_layer = group = copy.copy(service.root_layer)
        group.layers = [layer for layer in group.layers if layer.name in slugs]
        group.extent = merge_layer_extents(group.layers) if group.layers else DefaultMapExtent()
    return part


def keeping(manager: Any) -> Any:
    """Have tiles kept as all others are, with a checksum (`tiles.cache`); two processes may draw one tile at once."""
    kept = manager.cache

    def load_tile(tile: Tile, with_metadata: bool = False, dimensions: Any = None) -> bool:
        if not tile.is_missing():
            return True
        content = cache.read(kept.tile_location(tile, dimensions=dimensions))
        if not content:
            return False
        if with_metadata:
            kept.load_tile_metadata(tile, dimensions=dimensions)
        tile.image_result = ImageResult(BytesIO(content), image_opts=kept.image_opts)
        return True

    def is_cached(tile: Tile, dimensions: Any = None) -> bool:
        return not tile.is_missing() or bool(cache.read(kept.tile_location(tile, dimensions=dimensions)))

    def store_tile(tile: Tile, dimensions: Any = None) -> None:
        if not tile.stored:
            with tile_buffer(tile) as drawn:
                cache.keep(kept.tile_location(tile, dimensions=dimensions), drawn.read())

    kept.load_tile, kept.is_cached, kept.store_tile = load_tile, is_cached, store_tile
    manager.locker = DummyLocker()
    return manager


def use_plain_zooms(service: Any) -> None:
    """Zooms are called 0 to 22, as in the French and the common sets, not 00 to 22."""
    for matrices in service.matrix_sets:
        for matrix in matrices:
            matrix.identifier = str(int(matrix.identifier))


class Serving:
    """The application of this process: built at the first request, replaced when the catalogue has another edition."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.application: Application | None = None
        self.failed: tuple[int, float] = (0, 0.0)

    def at_least(self, edition: int) -> Application:
        """The application of this edition or a later one; the former one when the new one cannot be built."""
        current = self.application
        if current is not None and (current.edition >= edition or self.just_failed(edition)):
            return current
        with self.lock:
            current = self.application
            if current is None or (current.edition < edition and not self.just_failed(edition)):
                self.application = self.build_edition(edition)
        assert self.application is not None
        return self.application

    def just_failed(self, edition: int) -> bool:
        failed, at = self.failed
        return failed == edition and time.monotonic() - at < AGAIN_S

    def build_edition(self, edition: int) -> Application:
        former = self.application
        try:
            return build(former.photos if former else {})
        except Exception:
            log.exception("the catalogue of photos cannot be served as it is")
            if former is None:
                raise
            self.failed = edition, time.monotonic()
            return former

    def forget(self) -> None:
        """Build anew at the next request (tests)."""
        self.application, self.failed = None, (0, 0.0)


serving = Serving()


def build(former: Mapping[str, Published]) -> Application:
    """The application of the catalogue as it is now; mosaics already open go on in it."""
    with acting_as(SYSTEM), transaction.atomic():
        edition = photo_edition()
        with_sheets = Photo.objects.filter(Exists(PhotoSheet.objects.filter(photo=OuterRef("pk")))).defer("geom")
        photos = [
            make_published(photo, style, former.get(slug_in_style(photo.slug, style)))
            for photo in with_sheets
            for style in styles_of(photo.kind)
        ]
    return Application(edition, photos)


def make_published(photo: Photo, style: str, former: Published | None) -> Published:
    same = former is not None and former.pixels_edition == photo.pixels_edition
    mosaic = former.mosaic if former is not None and same else mosaic_of(photo, style)
    slug, editions = slug_in_style(photo.slug, style), (photo.edition, photo.pixels_edition)
    return Published(slug, *editions, title_of(photo, style), photo.abstract, photo.attribution, mosaic)


def title_of(photo: Photo, style: str = "") -> str:
    """The title that clients of WMTS and WMS list; of heights with what they are, in French as all of these titles."""
    if photo.kind == Photo.Kind.PHOTO:
        return photo.title
    with translation.override("fr"):
        parts = [photo.title, str(photo.get_kind_display()), *([str(STYLE_LABELS[Style(style)])] if style else [])]
        return " – ".join(parts)
