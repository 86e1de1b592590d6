"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, of_member

DECLARATIONS: Final = (
    Declared(model="orthophoto.Campaign", whose=Whose.MEMBER, path="owner", files=("orthophoto/{slug}/",), heavy=True),
    *of_member("orthophoto", {"Sheet": "campaign__owner"}, titles={"Sheet": "dalles des campagnes"}),
)
