"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("ogc", "layers.ogc.root_urls"),
        Urls("ogc/", "layers.ogc.urls"),
    ),
)
