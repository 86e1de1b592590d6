"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Whose, of_member
from gis_core.ownership.free_texts import CODE, MACHINE, FreeText, page_of

DECLARATIONS: Final = (
    Declared(model="orthophoto.Campaign", whose=Whose.MEMBER, path="owner", files=("orthophoto/{slug}/",), heavy=True),
    *of_member("orthophoto", {"Sheet": "campaign__owner"}, titles={"Sheet": "dalles des campagnes"}),
)
FREE_TEXTS: Final = (
    FreeText(
        model="orthophoto.Campaign",
        columns=("title", "title_en", "abstract", "attribution", "licence", "message"),
        links=page_of("campaign", "slug"),
        unread={"delivery": CODE, "plan": MACHINE},
    ),
    FreeText(model="orthophoto.Sheet", why="noms de fichiers et contrôles de photos aériennes"),
)
