"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from networks.roads.triggers import TRIGGERS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roads.api.urls"),
        Urls("voirie/", "networks.roads.page_urls"),
    ),
    triggers=TRIGGERS,
)
