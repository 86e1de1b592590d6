"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, common, of_member
from gis_core.ownership.free_texts import CODE, MACHINE, FreeText, page_of

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
FREE_TEXTS: Final = (
    FreeText(
        model="roads.RoadSection",
        columns=("comment", "manager_name", "name_left", "name_right", "more"),
        unread={"source": CODE},
    ),
    FreeText(model="roads.RoadMarker", columns=("comment", "more", "delivered"), unread={"source": CODE}),
    FreeText(
        model="roads.RoadAsset",
        columns=("comment", "inscription", "panels", "more", "delivered"),
        unread={"source": CODE},
    ),
    FreeText(model="roads.RoadStretch", columns=("comment", "more", "delivered"), unread={"source": CODE}),
    FreeText(model="roads.RoadInspection", columns=("remark", "struck_reason")),
    FreeText(
        model="roads.CoverageStudy",
        columns=("question", "sites"),
        links=page_of("coverage_study"),
        unread={"answer": MACHINE},
    ),
)
