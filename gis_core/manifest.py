"""What this app gives to the others."""

from gis_core.wiring.database import Reported, Trigger
from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "gis_core.api.urls"),),
    triggers=(
        Trigger(
            table="gis_core_letter", order=20, name="final", fires="before update or delete", call="refuse_final()"
        ),
    ),
    reported=(
        Reported(table="gis_core_user", unwatched=("last_login",)),
        Reported(table="gis_core_apitoken", unwatched=("last_used_at",)),
        Reported(table="gis_core_letterhead", unwatched=("logo",)),
    ),
)
