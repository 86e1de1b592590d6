"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import to_administrators
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import BAR, GUIDES, START_STEPS, STORED_KINDS, BarLink, PageGuide, StoredKind
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.manifests import Manifest, Urls
from orthophoto import jobs, ownership, personal_data
from orthophoto.start_steps import PHOTOS

SHEET_BYTES = """
    select campaign.owner_id, coalesce(sum(sheet.size_bytes), 0) from orthophoto_sheet sheet
    join orthophoto_campaign campaign on campaign.id = sheet.campaign_id group by 1
"""

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "orthophoto.api.urls"),
        Urls("campagnes/", "orthophoto.urls"),
    ),
    gives=(
        TOKEN_DESKS(
            TokenDesk(slug="campaigns", label=_("Aerial campaigns"), prefixes=("campagnes/", "api/v1/campaigns/"))
        ),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        START_STEPS(PHOTOS),
        STORED_KINDS(StoredKind("campaigns", _("Aerial photos"), SHEET_BYTES)),
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
