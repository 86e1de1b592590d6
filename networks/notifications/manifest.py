"""What this app gives to the others."""

from gis_core.wiring.database import Trigger
from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.notifications.api.urls"),
        Urls("avis/", "networks.notifications.public_urls"),
        Urls("reseaux/avis/", "networks.notifications.page_urls", order=400),
    ),
    triggers=(
        Trigger(table="gis_core_member", order=20, name="contacts", fires="after delete", call="forget_member()"),
    ),
)
