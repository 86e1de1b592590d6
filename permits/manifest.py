"""What this app gives to the others."""

from gis_core.wiring.database import Reported
from gis_core.wiring.manifests import Manifest, Urls
from permits.triggers import LETTERS, TRIGGERS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "permits.api.urls"),
        Urls("permis/", "permits.page_urls"),
        Urls("openads/", "permits.openads_urls"),
    ),
    triggers=TRIGGERS,
    policies=(LETTERS,),
    reported=(
        Reported(table="permits_mapping", unwatched=("used_at",)),
        Reported(table="permits_team_people"),
    ),
)
