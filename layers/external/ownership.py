"""Whose the rows of this app's models are (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.declarations import common, of_member

DECLARATIONS: Final = (*common("external", "AllowedHost"), *of_member("external", {"ExternalLayer": "owner"}))
