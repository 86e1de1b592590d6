"""What lies on a printed map as a picture: the aerial photo, and layers that other servers draw."""

from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Unavailable
from layers.catalogue.pictures import Pixels
from layers.external.models import ExternalLayer
from layers.external.services.images import list_allowed_hosts
from layers.external.services.paper import paper_image
from layers.printing.paper import Box
from layers.printing.picture import Bands, Developed, Progress, Read, develop

OPAQUE = 255


def photo_picture(pixels: Pixels, ground: Box, size: tuple[int, int], folder: Path, progress: Progress) -> Developed:
    """The photo, white where it has no pixels."""

    def read(box: Box, part: tuple[int, int]) -> tuple[Bands, Bands] | None:
        image = pixels.read(box, part)
        return None if image is None else (image[0], image[1].astype(np.uint8) * OPAQUE)

    return develop(read, ground, size, folder, "photo", progress)


def foreign_picture(
    layer: ExternalLayer, read: Read, ground: Box, size: tuple[int, int], folder: Path, progress: Progress
) -> Developed:
    """The images of another server's layer, transparent where they are."""
    return develop(read, ground, size, folder, f"layer-{layer.pk}", progress, masked=True)


def foreign_reader(layer: ExternalLayer) -> Read:
    """The way to the layer's images. What it gives raises Unavailable, naming the layer."""
    hosts = list_allowed_hosts()

    def read(box: Box, part: tuple[int, int]) -> tuple[Bands, Bands] | None:
        try:
            image = np.asarray(paper_image(layer, box, *part, hosts))
        except ArpentError as error:
            message = _("The layer “%(layer)s” of another server could not be drawn, and nothing was printed: %(why)s")
            raise Unavailable(message % {"layer": layer, "why": error.message}) from error
        return image[..., :3], image[..., 3]

    return read
