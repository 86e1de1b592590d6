"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, of_member
from gis_core.ownership.free_texts import SETTING, FreeText

DECLARATIONS: Final = (
    Declared(model="features.Notice", whose=Whose.PERSON, path="person", asks=Fate.ERASE),
    Declared(
        model="features.Attachment",
        whose=Whose.MEMBER,
        path="owner",
        where="coalesce((select l.owner_id = {member} from public.catalogue_layer l where l.id = layer_id"
        " and l.rows = 'layer'), owner_id = {member})",
        files=("attachments/{layer_id}/{name}.jpg", "attachments/{layer_id}/{name}-small.jpg"),
    ),
    *of_member(
        "features",
        {"Numbering": "owner", "ReferenceCounter": "owner"},
        titles={"ReferenceCounter": "compteurs de références"},
    ),
)
FREE_TEXTS: Final = (
    FreeText(model="features.Attachment", columns=("title",)),
    FreeText(model="features.Notice", why="noms de colonnes changées"),
    *(FreeText(model=f"features.{one}", why=SETTING) for one in ("Numbering", "ReferenceCounter")),
)
