"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, common, of_member

DECLARATIONS: Final = (
    *of_member(
        "roads",
        {
            **dict.fromkeys(("RoadNode", "RoadSection", "RoadMarker", "RoadAxis", "RoadAxisPart"), "owner"),
            **dict.fromkeys(("RoadAxisMark", "RoadAsset", "RoadStretch", "CoverageStudy"), "owner"),
        },
        titles={"RoadAxisPart": "parties des axes de routes", "RoadAxisMark": "repères des axes de routes"},
    ),
    Declared(
        model="roads.RoadInspection",
        whose=Whose.MEMBER,
        path="owner",
        asks=Fate.ANONYMISE,
        identity=("done_by",),
    ),
    *common("roads", "RoadChange"),
)
