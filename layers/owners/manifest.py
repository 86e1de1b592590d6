"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.jobs.points import TASKS, Task
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import FACTOR_NEEDS, GUIDES, MEMBER_LINKS, FactorNeed, PageGuide, PageLink
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.features.points import SEARCHERS, Searcher
from layers.intake.reference_source import import_sources
from layers.owners import ownership, personal_data, sections, sources
from layers.owners.searching import offer_owners
from layers.parcels.sections import sheet_sections

READERS = """
    exists (select from public.owners_owneraccess a
        where a.member_id = m.member_id and a.role = m.role and a.level in ('names', 'all'))
"""

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.owners.api.urls"),
        Urls("proprietaires/", "layers.owners.page_urls"),
    ),
    gives=(
        TOKEN_DESKS(TokenDesk(slug="owners", label=_("Owners"), prefixes=("proprietaires/", "api/v1/owners/"))),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        *import_sources(sources.MAJIC),
        *sheet_sections(sections.SECTION),
        SEARCHERS(Searcher(offer_owners, yields_to_claims=True)),
        FACTOR_NEEDS(FactorNeed("owners", _("Who reads owners of parcels (as each member opened them)"), READERS)),
        GUIDES(PageGuide(guide="how-to/consulter-les-proprietaires", under=("proprietaires/",))),
        MEMBER_LINKS(PageLink("owner_access_list", _("Access to owners"))),
        TASKS(
            Task(
                name="forget_owner_requests", run=Later("layers.owners.tasks.forget_owner_requests"), cron="47 3 * * *"
            ),
        ),
    ),
    settings=(
        Setting(
            "consultation",
            "The line just written in the journal of owners: the row policies show what it names, and no more.",
        ),
    ),
)
