"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from networks.water.triggers import REPAIRS, network_triggers

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.water.api.urls"),
        Urls("reseaux/", "networks.water.page_urls"),
    ),
    triggers=(*network_triggers("water"), *network_triggers("sewer"), REPAIRS),
)
