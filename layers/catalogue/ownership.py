"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, common, of_member
from gis_core.ownership.free_texts import CODE, SETTING, FreeText, page_of

DECLARATIONS: Final = (
    *common("catalogue", "Theme", "Background", "PhotoEdition"),
    *of_member(
        "catalogue", {"Layer": "owner", "PhotoSheet": "photo__owner"}, titles={"PhotoSheet": "dalles des photos"}
    ),
    Declared(model="catalogue.Photo", whose=Whose.MEMBER, path="owner", files=("{folder}/",), heavy=True),
)
FREE_TEXTS: Final = (
    FreeText(
        model="catalogue.Layer",
        columns=("title", "title_en", "abstract", "attribution", "licence", "lineage", "contact", "labels", "legend"),
        links=page_of("layer_settings", "slug"),
        unread=dict.fromkeys(("editor_roles", "columns", "title_field", "key_column", "rules"), SETTING),
    ),
    FreeText(
        model="catalogue.Photo",
        columns=("title", "title_en", "abstract", "attribution", "licence"),
        unread={"overview": CODE},
    ),
    FreeText(model="catalogue.PhotoSheet", why="noms de fichiers de photos aériennes"),
    *(FreeText(model=f"catalogue.{one}", why=SETTING) for one in ("Theme", "Background")),
)
