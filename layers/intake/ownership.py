"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, of_member
from gis_core.ownership.free_texts import CODE, MACHINE, FreeText

DECLARATIONS: Final = (
    Declared(model="intake.FileImport", whose=Whose.MEMBER, path="owner", files=("inbox/{folder}/",)),
    *of_member("intake", {"ImportMapping": "owner", "LayerRefresh": "owner"}),
)
FREE_TEXTS: Final = (
    FreeText(
        model="intake.FileImport",
        columns=("title", "files", "contents", "choices", "message", "findings", "report", "plan"),
        unread={"source": CODE, "revert_data": MACHINE},
    ),
    FreeText(
        model="intake.ImportMapping", columns=("name",), unread=dict.fromkeys(("source", "fields", "mapping"), CODE)
    ),
    FreeText(
        model="intake.LayerRefresh",
        columns=("message",),
        unread=dict.fromkeys(("place", "source_layer", "mode", "etag", "modified"), CODE),
    ),
)
