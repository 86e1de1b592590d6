"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member

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
