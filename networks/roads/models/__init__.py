"""Tables of roads."""

from .referential import RoadAxis, RoadAxisMark, RoadAxisPart, RoadMarker, RoadNode, RoadObject, RoadSection
from .study import CoverageStudy

__all__ = [
    "CoverageStudy",
    "RoadAxis",
    "RoadAxisMark",
    "RoadAxisPart",
    "RoadMarker",
    "RoadNode",
    "RoadObject",
    "RoadSection",
]
