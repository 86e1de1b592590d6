"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, of_member

DECLARATIONS: Final = (
    Declared(model="intake.FileImport", whose=Whose.MEMBER, path="owner", files=("inbox/{folder}/",)),
    *of_member("intake", {"ImportMapping": "owner", "LayerRefresh": "owner"}),
)
