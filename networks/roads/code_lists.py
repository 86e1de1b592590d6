"""Codes of roads with their labels, kept in codes/*.csv.

Legal status and manager are those of the referential of roads of Rennes Métropole (RVA), which local
authorities share; natures and importances are those of BD TOPO v3 (TRONCON_DE_ROUTE).
"""

from collections.abc import Mapping
from typing import Final

from gis_core.codes import code_list
from layers.features.display import is_english

type CodeList = Mapping[str, tuple[str, str]]
"""{code: (French, English)}."""

APP: Final = "networks.roads"
STATUSES: Final = code_list(APP, "statuses")
MANAGERS: Final = code_list(APP, "managers")
NATURES: Final = code_list(APP, "natures")
PATHS: Final = ("sentier", "escalier", "bac", "cyclable")
"""What no car drives on: no road of a study, of lengths where somebody asks."""
CARRIAGEWAYS: Final = code_list(APP, "carriageways")
TRAFFIC: Final = code_list(APP, "traffic")
SURFACES: Final = code_list(APP, "surfaces")
WINTER: Final = code_list(APP, "winter_service")
CONDITIONS: Final = code_list(APP, "conditions")
IMPORTANCES: Final = code_list(APP, "importances")


def word(labels: CodeList, code: str | None, *, english: bool = False) -> str:
    """What a code means; itself where the list does not have it."""
    return labels[code][english] if code is not None and code in labels else code or ""


def options(labels: CodeList) -> list[tuple[str, str]]:
    """The codes with their labels in the reader's language, for a form."""
    english = is_english()
    return [(code, word(labels, code, english=english)) for code in labels]
