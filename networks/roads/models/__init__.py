"""Tables of roads."""

from .asset import RoadAsset, RoadChange, RoadInspection, RoadStretch
from .referential import RoadAxis, RoadAxisMark, RoadAxisPart, RoadMarker, RoadNode, RoadObject, RoadSection
from .study import CoverageStudy
