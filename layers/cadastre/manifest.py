"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest

MANIFEST = Manifest()
