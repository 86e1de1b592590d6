"""What the catalogue asks of the apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.catalogue.pictures import Opener
    from layers.catalogue.services import LayerDeclaration
    from layers.catalogue.styles import StyleReader


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerGroup:
    """Layers, by their slugs, that the map lists under one title, which opens: variants of one thing."""

    slug: str
    title: str | Promise
    layers: tuple[str, ...]


LAYERS: ExtensionPoint[LayerDeclaration] = ExtensionPoint(
    "catalogue.layers",
    "Layers that exist in every installation: made, or brought up to date, after migrations, in this order.",
    key=lambda layer: layer.slug,
)
LAYER_GROUPS: ExtensionPoint[LayerGroup] = ExtensionPoint(
    "catalogue.layer_groups",
    "Layers of a theme that the map lists as one; their order means nothing.",
    key=lambda group: group.slug,
)
MEASURED_LAYERS: ExtensionPoint[str] = ExtensionPoint(
    "catalogue.measured_layers",
    "Slugs of layers that the parcel sheet measures on a ground, whose tolerances are settings; order means nothing.",
)
STYLE_READER: ExtensionPoint[StyleReader] = ExtensionPoint(
    "catalogue.style_reader", "How a style of QGIS (QML) becomes that of a layer: by one app alone.", one=True
)
PHOTO_OPENER: ExtensionPoint[Opener] = ExtensionPoint(
    "catalogue.photo_opener", "How the pixels of a published photo are read: by one app alone.", one=True
)
