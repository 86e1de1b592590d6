"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roads.api.urls"),
        Urls("voirie/", "networks.roads.page_urls"),
    ),
)
