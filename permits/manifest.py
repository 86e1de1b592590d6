"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "permits.api.urls"),
        Urls("permis/", "permits.page_urls"),
        Urls("openads/", "permits.openads_urls"),
    ),
)
