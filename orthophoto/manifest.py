"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import to_administrators
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.ownership.declarations import DECLARED
from gis_core.points import BAR, GUIDES, BarLink, PageGuide
from gis_core.wiring.manifests import Manifest, Urls
from orthophoto import jobs, ownership

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "orthophoto.api.urls"),
        Urls("campagnes/", "orthophoto.urls"),
    ),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        GUIDES(
            PageGuide(guide="how-to/comparer-deux-photos", panels=("photos",)),
            PageGuide(guide="tutoriel/administrateur-photos", under=("campagnes/",)),
        ),
        BAR(
            BarLink(
                section="campaigns", url="campaigns", label=_("Photo campaigns"), order=90, is_visible=to_administrators
            )
        ),
        JOB_KINDS(*jobs.KINDS),
        TASKS(*jobs.TASKS),
    ),
)
