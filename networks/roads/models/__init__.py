"""Tables of roads."""

from .asset import AssetDelivery, AssetMapping, RoadAsset, RoadChange, RoadInspection, RoadStretch
from .referential import RoadAxis, RoadAxisMark, RoadAxisPart, RoadMarker, RoadNode, RoadObject, RoadSection
from .study import CoverageStudy

__all__ = [
    "AssetDelivery",
    "AssetMapping",
    "CoverageStudy",
    "RoadAsset",
    "RoadAxis",
    "RoadAxisMark",
    "RoadAxisPart",
    "RoadChange",
    "RoadInspection",
    "RoadMarker",
    "RoadNode",
    "RoadObject",
    "RoadSection",
    "RoadStretch",
]
