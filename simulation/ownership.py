"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, of_member

DECLARATIONS: Final = (
    *of_member(
        "simulation",
        {
            "ZoneRules": "owner",
            "RegulationText": "owner",
            "SideCorrection": "owner",
            "Project": "owner",
            "ProjectVersion": "project__owner",
        },
    ),
    Declared(
        model="simulation.ProjectDocument",
        whose=Whose.MEMBER,
        path="project__owner",
        files=("simulations/{project_id}/{name}",),
    ),
)
