"""What bringing files in asks of the apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.intake.geocoders import Geocoder
    from layers.intake.reference_source import ReferenceSource
    from layers.intake.source import Source
    from layers.intake.source_imports import SourceRevert

REFERENCE_SOURCES: ExtensionPoint[ReferenceSource] = ExtensionPoint(
    "intake.reference_sources",
    "Kinds of reference data that administrators bring in, in the order of the page.",
    key=lambda one: one.slug,
)
FILE_SOURCES: ExtensionPoint[Source] = ExtensionPoint(
    "intake.file_sources",
    "Kinds of files that come in through the steps that are common to all, in no order.",
    key=lambda one: one.slug,
)
SOURCE_REVERTS: ExtensionPoint[SourceRevert] = ExtensionPoint(
    "intake.source_reverts",
    "What taking an import of a source back does beside putting its rows back; one for each source, in no order.",
    key=lambda one: one.source,
)
GEOCODERS: ExtensionPoint[Geocoder] = ExtensionPoint(
    "intake.geocoders", "Who turns addresses into places: the first one that knows an address is believed."
)
FINDING_MESSAGES: ExtensionPoint[Callable[[str, Mapping[str, Any]], str]] = ExtensionPoint(
    "intake.finding_messages",
    "Messages of findings that importers do not give to `layers.intake.messages`, by code and parameters; empty for a"
    " code of somebody else. In no order.",
)
