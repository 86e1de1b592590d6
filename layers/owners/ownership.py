"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, common, of_member
from gis_core.ownership.free_texts import FreeText
from gis_core.ownership.law import TAX, THIRD_PARTIES, TRACES

DECLARATIONS: Final = (
    *common("owners", "Holding", "Premises", "Exemption"),
    Declared(
        model="owners.Owner",
        whose=Whose.COMMON,
        asks=Fate.KEEP,
        basis=TAX,
        identity=("name", "first_names", "denomination"),
    ),
    Declared(model="owners.Birth", whose=Whose.COMMON, asks=Fate.KEEP, basis=TAX),
    *of_member("owners", {"OwnerAccess": "member"}),
    Declared(model="owners.JournalLine", whose=Whose.COMMON, asks=Fate.KEEP, basis=TRACES, identity=("by_name",)),
    Declared(
        model="owners.ThirdPartyRequest",
        whose=Whose.COMMON,
        asks=Fate.KEEP,
        basis=THIRD_PARTIES,
        identity=("requester", "address"),
    ),
)
FREE_TEXTS: Final = (FreeText(model="owners.JournalLine", columns=("by_token", "reference", "refusal")),)
