"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member

DECLARATIONS: Final = (
    Declared(model="features.Notice", whose=Whose.PERSON, path="person", asks=Fate.ERASE),
    Declared(
        model="features.Attachment",
        whose=Whose.MEMBER,
        path="owner",
        files=("attachments/{layer_id}/{name}.jpg", "attachments/{layer_id}/{name}-small.jpg"),
    ),
    *of_member(
        "features",
        {"Numbering": "owner", "ReferenceCounter": "owner"},
        titles={"ReferenceCounter": "compteurs de références"},
    ),
)
