"""A mosaic as a source of MapProxy: the plugin `photo`."""

import logging
from io import BytesIO
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from mapproxy.config.configuration.source import SourceConfiguration, register_source_configuration
from mapproxy.extent import MapExtent
from mapproxy.image import ImageResult
from mapproxy.image.opts import ImageOptions
from mapproxy.layer import BlankImageError
from mapproxy.layer.map_layer import MapLayer
from mapproxy.query import MapQuery
from mapproxy.source import SourceError
from mapproxy.srs import SRS, get_epsg_num
from mapproxy.util.ext.dictspec.spec import required
from PIL import Image

from tiles.ortho.mosaic import EPSG, Mosaic, UnreadableError

log = logging.getLogger("arpent.photos")
TYPE = "photo"
LONGITUDE_LATITUDE = 4326  # CRS:84 has no number
QUICK = 1  # of PNG: a third of the time for a tenth more bytes
UNREADABLE = "This photo cannot be read at the moment."

# The mosaics that configurations name; an application keeps those it serves.
MOSAICS: "WeakValueDictionary[str, Mosaic]" = WeakValueDictionary()


class PartPicture(ImageResult):
    """A picture with transparent parts, which is kept as PNG: MapProxy would take most of a tile's time to write it."""

    def as_buffer(self, image_opts: Any = None, format: str | None = None, seekable: bool = False) -> Any:
        wanted = format or (image_opts and image_opts.format)
        if self._img is not None and self._buf is None and wanted in ("mixed", "png"):
            self._buf = buffer = BytesIO()
            self._img.save(buffer, "png", compress_level=QUICK)
            self.image_opts = image_opts
        return super().as_buffer(image_opts, format, seekable)


class PhotoSource(MapLayer):
    """Pixels of a mosaic, in any coordinate system, transparent where there are none."""

    supports_meta_tiles = True

    def __init__(self, mosaic: Mosaic) -> None:
        super().__init__(ImageOptions(transparent=True))  # type: ignore[no-untyped-call]
        self.mosaic = mosaic
        self.extent = MapExtent(mosaic.bounds, SRS(EPSG))

    def get_map(self, query: MapQuery) -> ImageResult:
        try:
            rendered = self.mosaic.render(
                query.bbox, query.size, get_epsg_num(query.srs.srs_code) or LONGITUDE_LATITUDE
            )
        except UnreadableError as error:
            log.error("unreadable file of a photo: %s", error)
            raise SourceError(UNREADABLE) from error
        if rendered is None:
            raise BlankImageError
        rgb, mask = rendered
        if mask.all():
            return ImageResult(Image.fromarray(rgb), image_opts=ImageOptions(transparent=False))
        rgba = np.dstack([rgb, mask.view(np.uint8) * 255])
        return PartPicture(Image.fromarray(rgba), image_opts=ImageOptions(transparent=True))


class PhotoSourceConfiguration(SourceConfiguration):
    """`{"type": "photo", "mosaic": <a key of MOSAICS>}`."""

    source_type = (TYPE,)

    def source(self, params: dict[str, Any] | None = None) -> PhotoSource:
        return PhotoSource(MOSAICS[self.conf["mosaic"]])


def register() -> None:
    """Make the source known to MapProxy (safe to repeat)."""
    register_source_configuration(TYPE, PhotoSourceConfiguration, TYPE, {required("mosaic"): ""})
