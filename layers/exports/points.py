"""What exporting asks of the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.exports.makers import Maker

EXPORTS: ExtensionPoint[Maker] = ExtensionPoint(
    "exports.makers",
    "Formats that other desks make, ordered, kept and fetched as all exports; one for each format, in no order.",
    key=lambda maker: maker.format,
)
