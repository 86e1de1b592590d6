"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import common

DECLARATIONS: Final = common(
    "planning",
    *("Document", "Zone", "Prescription", "Information", "EasementSet", "EasementAct", "Easement", "EasementLink"),
    *("EasementGenerator", "EasementFootprint", "RiskPlan", "RiskZone"),
)
