"""The codes of MAJIC (DGFiP) with their labels, kept in codes/*.csv."""

from typing import Final

from gis_core.codes import code_list

APP: Final = "layers.owners"
RIGHTS: Final = code_list(APP, "rights")
SHARES: Final = code_list(APP, "shares")
GROUPS: Final = code_list(APP, "groups")
EXEMPTIONS: Final = code_list(APP, "exemptions")
LEGAL_PERSON = "2"
