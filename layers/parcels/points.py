"""What the parcel sheet asks of the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.parcels.sections import Section

SECTIONS: ExtensionPoint[Section] = ExtensionPoint(
    "parcels.sections",
    "Parts of the parcel sheet, for who sees the layers that they read: by their order, then by their slug.",
    key=lambda section: section.slug,
    order=lambda section: (section.order, section.slug),
)
