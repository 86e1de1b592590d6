"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, of_member
from gis_core.ownership.free_texts import FreeText, page_of

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
FREE_TEXTS: Final = (
    FreeText(model="simulation.Project", columns=("name", "variants"), links=page_of("simulation_project")),
    FreeText(model="simulation.ProjectVersion", columns=("content",), links=page_of("simulation_project", "project")),
    FreeText(model="simulation.ProjectDocument", columns=("title",), links=page_of("simulation_project", "project")),
    *(
        FreeText(model=f"simulation.{one}", why="textes publics des règlements")
        for one in ("ZoneRules", "RegulationText")
    ),
)
