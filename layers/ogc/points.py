"""What /ogc/ asks of the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.ogc.extensions import Extension

EXTENSIONS: ExtensionPoint[Extension] = ExtensionPoint(
    "ogc.extensions",
    "Conformance classes, links and addresses that other apps add to /ogc/, in this order after its own.",
)
