"""What this app gives to the others."""

from gis_core.wiring.database import Trigger
from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.parcels.api.urls"),
        Urls("fiches/", "layers.parcels.page_urls"),
    ),
    triggers=(
        Trigger(
            table="parcels_frozensheet",
            order=20,
            name="frozen",
            fires="before update or delete",
            call="refuse_change()",
        ),
    ),
)
