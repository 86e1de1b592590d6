"""What this app gives to the others."""

from gis_core.wiring.database import kept_by_imports
from gis_core.wiring.manifests import Manifest

MANIFEST = Manifest(
    # Imports of communes change members and their territories.
    triggers=(*kept_by_imports("gis_core_member"), *kept_by_imports("gis_core_territory")),
)
