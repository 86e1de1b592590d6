"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import to_administrators
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import BAR, GUIDES, BarLink, PageGuide
from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls
from layers.intake import jobs, ownership, personal_data
from layers.intake.layer_sources import DELIVERY, LAYER
from layers.intake.points import FILE_SOURCES

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.intake.api.urls"),
        Urls("imports/", "layers.intake.urls"),
        Urls("couches/", "layers.intake.refresh_urls"),
    ),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        RETENTIONS(*personal_data.KINDS),
        GUIDES(
            PageGuide(guide="how-to/publier-un-fichier", under=("imports/",)),
        ),
        BAR(BarLink(section="imports", url="imports", label=_("Imports"), order=80, is_visible=to_administrators)),
        JOB_KINDS(*jobs.KINDS),
        TASKS(*jobs.TASKS),
        FILE_SOURCES(DELIVERY, LAYER),
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
