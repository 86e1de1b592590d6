"""What this app gives to the others."""

from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls
from networks.roads.triggers import TRIGGERS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roads.api.urls"),
        Urls("voirie/", "networks.roads.page_urls"),
    ),
    triggers=TRIGGERS,
    settings=(
        Setting(
            "following",
            "On while follow_sections moves assets along: bind_asset takes the binding that it writes. The depth of the"
            " triggers would not tell: another trigger that moves an asset must have it bound.",
        ),
    ),
)
