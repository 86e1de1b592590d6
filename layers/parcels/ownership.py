"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Fate, of_member
from gis_core.ownership.free_texts import CODE, FreeText
from gis_core.ownership.law import ARCHIVES

DECLARATIONS: Final = of_member("parcels", {"FrozenSheet": "owner"}, archive=True, asks=Fate.KEEP, basis=ARCHIVES)
FREE_TEXTS: Final = (
    FreeText(model="parcels.FrozenSheet", columns=("title", "content"), unread={"content_sha256": CODE}),
)
