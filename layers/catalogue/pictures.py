"""Pixels of published photos for whoever draws them into something else than a tile.

Mosaics are read by `tiles`, which says how (`PHOTO_OPENER`); nothing in `layers` knows it.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_core.members.rights import Rights
from layers.catalogue.models import Photo
from layers.catalogue.points import PHOTO_OPENER

type Box = tuple[float, float, float, float]
type Picture = tuple[NDArray[np.uint8], NDArray[np.bool_]]


class Pixels(Protocol):
    """A photo as one asker sees it."""

    @property
    def ground(self) -> BaseGeometry:
        """Where it has pixels for the asker (EPSG:2154)."""
        ...

    @property
    def narrowed(self) -> bool:
        """Whether the asker sees it on some communes only."""
        ...

    def read(self, box: Box, size: tuple[int, int]) -> Picture | None:
        """The rectangle (EPSG:2154) as a picture (height, width, 3) of this (width, height), and which of its pixels
        are there; None when none is. Raises Unavailable for a file that is missing or damaged."""
        ...


type Opener = Callable[[Photo, Rights], Pixels]


def open_photo(photo: Photo, rights: Rights) -> Pixels:
    """The photo, which the asker may see (`visible_photo`), where they may see it."""
    return PHOTO_OPENER.the()(photo, rights)
