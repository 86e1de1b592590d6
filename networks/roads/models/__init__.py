"""Tables of roads."""

from .referential import RoadAxis, RoadAxisMark, RoadAxisPart, RoadMarker, RoadNode, RoadObject, RoadSection

__all__ = ["RoadAxis", "RoadAxisMark", "RoadAxisPart", "RoadMarker", "RoadNode", "RoadObject", "RoadSection"]
