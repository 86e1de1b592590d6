"""Codes of assets with their labels, kept in codes/*.csv."""

from typing import Final

from gis_core.codes import code_list
from networks.roads.code_lists import APP

POINTS: Final = code_list(APP, "asset_points")
STRETCHES: Final = code_list(APP, "asset_stretches")
SIDES: Final = code_list(APP, "asset_sides")
SIZES: Final = code_list(APP, "sign_sizes")
