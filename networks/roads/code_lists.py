"""Codes of roads with their labels, kept in codes/*.csv.

Legal status and manager are those of the referential of roads of Rennes Métropole (RVA), which local
authorities share; natures and importances are those of BD TOPO v3 (TRONCON_DE_ROUTE).
"""

from typing import Final

from gis_core.codes import code_list

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
