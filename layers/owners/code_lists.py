"""The codes of MAJIC (DGFiP) with their labels, kept in codes/*.csv."""

from typing import Final

from gis_core.codes import CodeList, code_list
from layers.features.display import is_english

APP: Final = "layers.owners"
RIGHTS: Final = code_list(APP, "rights")
SHARES: Final = code_list(APP, "shares")
GROUPS: Final = code_list(APP, "groups")
EXEMPTIONS: Final = code_list(APP, "exemptions")
LEGAL_PERSON = "2"


def label(codes: CodeList, code: str) -> str:
    """The label of a code in the current language, the code itself where the list does not have it."""
    return codes[code][is_english()] if code in codes else code
