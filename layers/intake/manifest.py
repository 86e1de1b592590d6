"""What this app gives to the others."""

from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.intake.api.urls"),
        Urls("imports/", "layers.intake.urls"),
    ),
    settings=(
        Setting(
            "keeping",
            "The import that is under way: keep_replaced keeps for it what it replaces. Of the session, for an import"
            " takes several transactions.",
            local=False,
        ),
    ),
)
