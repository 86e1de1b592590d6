"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import GUIDES, LETTER_KINDS, MEMBER_WORK, TABS, MemberWork, PageGuide, Tab
from gis_core.wiring.database import Trigger
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.intake.points import FILE_SOURCES
from networks.notifications import jobs, ownership, personal_data
from networks.notifications.kinds import KINDS
from networks.notifications.sources import CONTACTS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.notifications.api.urls"),
        Urls("avis/", "networks.notifications.public_urls"),
        Urls("reseaux/avis/", "networks.notifications.page_urls", order=400),
    ),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        MEMBER_WORK(
            MemberWork(
                name="notices",
                label=_("Notices in preparation"),
                order=40,
                find=Later("networks.notifications.services.leaving.find_drafts"),
                why=_("They are the authority's: its technicians send or delete them."),
            )
        ),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        LETTER_KINDS(*KINDS),
        GUIDES(PageGuide(guide="how-to/prevenir-les-abonnes", under=("reseaux/avis/",))),
        TABS(Tab(desk="networks", name="notices", label=_("Notices"), order=50)),
        TABS(Tab(desk="networks", name="contacts", label=_("Contacts"), order=50)),
        FILE_SOURCES(CONTACTS),
        JOB_KINDS(*jobs.KINDS),
        TASKS(*jobs.TASKS),
    ),
    triggers=(
        Trigger(table="gis_core_member", order=20, name="contacts", fires="after delete", call="forget_member()"),
    ),
)
