"""What the catalogue asks of the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.catalogue.pictures import Opener
    from layers.catalogue.services import LayerDeclaration

LAYERS: ExtensionPoint[LayerDeclaration] = ExtensionPoint(
    "catalogue.layers",
    "Layers that exist in every installation: made, or brought up to date, after migrations, in this order.",
    key=lambda layer: layer.slug,
)
MEASURED_LAYERS: ExtensionPoint[str] = ExtensionPoint(
    "catalogue.measured_layers",
    "Slugs of layers that the parcel sheet measures on a ground, whose tolerances are settings; order means nothing.",
)
PHOTO_OPENER: ExtensionPoint[Opener] = ExtensionPoint(
    "catalogue.photo_opener", "How the pixels of a published photo are read: by one app alone.", one=True
)
