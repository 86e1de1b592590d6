"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("ogc/", "tiles.ogc_urls", order=400),
        Urls("tiles/", "tiles.urls"),
    ),
)
