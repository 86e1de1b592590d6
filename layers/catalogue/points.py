"""What the catalogue asks of the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.catalogue.pictures import Opener

PHOTO_OPENER: ExtensionPoint[Opener] = ExtensionPoint(
    "catalogue.photo_opener", "How the pixels of a published photo are read: by one app alone.", one=True
)
