"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import common

DECLARATIONS: Final = common(
    "cadastre",
    *("Section", "Sheet", "Parcel", "Building", "NamedPlace", "Water", "PlanRoad", "PlanRoadArea", "Road", "Address"),
)
