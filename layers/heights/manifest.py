"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(urls=(Urls("api/v1/", "layers.heights.api.urls"),))
