"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from networks.roadworks.triggers import POLICIES, TRIGGERS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roadworks.api.urls"),
        Urls("travaux/", "networks.roadworks.public_urls"),
        Urls("voirie/", "networks.roadworks.page_urls"),
    ),
    triggers=TRIGGERS,
    policies=POLICIES,
)
