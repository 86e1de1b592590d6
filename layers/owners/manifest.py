"""What this app gives to the others."""

from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.owners.api.urls"),
        Urls("proprietaires/", "layers.owners.page_urls"),
    ),
    settings=(
        Setting(
            "consultation",
            "The line just written in the journal of owners: the row policies show what it names, and no more.",
        ),
    ),
)
