"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, common, of_member

DECLARATIONS: Final = (
    *common("catalogue", "Theme", "Background", "PhotoEdition"),
    *of_member(
        "catalogue", {"Layer": "owner", "PhotoSheet": "photo__owner"}, titles={"PhotoSheet": "dalles des photos"}
    ),
    Declared(model="catalogue.Photo", whose=Whose.MEMBER, path="owner", files=("{folder}/",), heavy=True),
)
