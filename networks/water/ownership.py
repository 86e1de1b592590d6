"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member
from gis_core.ownership.free_texts import CODE, MACHINE, FreeText, page_of

NETWORKS = of_member(
    "water",
    {
        **dict.fromkeys(("WaterNode", "WaterPipe", "WaterConnection", "SewerNode", "SewerPipe"), "owner"),
        **dict.fromkeys(("SewerConnection", "Repair", "Outage", "Anomaly", "Scan"), "owner"),
        **dict.fromkeys(("HydrantUnavailability", "FireCoverage"), "owner"),
        **dict.fromkeys(("FireSettings", "ManholeSettings"), "member"),
        "OutageEntry": "outage__owner",
        "Snap": "brought_by__owner",
    },
)
DECLARATIONS: Final = (
    *NETWORKS,
    *(
        Declared(
            model=f"water.{model}",
            whose=Whose.MEMBER,
            path="owner",
            asks=Fate.ANONYMISE,
            identity=("done_by",),
        )
        for model in ("HydrantInspection", "ManholeInspection")
    ),
    Declared(
        model="water.OutagePhoto",
        whose=Whose.MEMBER,
        path="outage__owner",
        files=("outages/{outage_id}/{name}.jpg", "outages/{outage_id}/{name}-small.jpg"),
    ),
)
OBJECTS: Final = ("WaterNode", "WaterPipe", "SewerNode", "SewerPipe", "Repair")
NODES: Final = ("WaterNode", "SewerNode")
FREE_TEXTS: Final = (
    *(
        FreeText(
            model=f"water.{one}",
            columns=("project_owner", "operator", "survey_source", "source", "comment", "more")
            + (("name",) if one in NODES else ()),
            unread={"cause": CODE} if one == "Repair" else {},
        )
        for one in OBJECTS
    ),
    *(
        FreeText(
            model=f"water.{one}",
            columns=(
                *("project_owner", "operator", "survey_source", "source", "comment", "more"),
                *("address", "sensitive_name", "reference"),
            ),
        )
        for one in ("WaterConnection", "SewerConnection")
    ),
    FreeText(
        model="water.Outage",
        columns=("place", "comment", "strike_reason", "question"),
        links=page_of("outage"),
        unread={"answer": MACHINE, "cause": CODE},
    ),
    FreeText(model="water.OutageEntry", columns=("note", "strike_reason"), links=page_of("outage", "outage")),
    FreeText(model="water.OutagePhoto", columns=("title",), links=page_of("outage", "outage")),
    *(
        FreeText(model=f"water.{one}", columns=("remark", "strike_reason"))
        for one in ("HydrantInspection", "ManholeInspection")
    ),
    FreeText(model="water.HydrantUnavailability", columns=("reason", "informed", "informed_on_return")),
    FreeText(model="water.Anomaly", columns=("reason",)),
    *(FreeText(model=f"water.{one}", why=MACHINE) for one in ("Scan", "FireCoverage", "Snap")),
)
