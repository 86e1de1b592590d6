"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import to_signed_in
from gis_core.jobs.points import JOB_KINDS, JobKind
from gis_core.members.rights import WRITERS
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.points import (
    BAR,
    DESKS,
    GUIDES,
    LISTINGS,
    MEMBER_WORK,
    STORED_KINDS,
    TABS,
    BarLink,
    Desk,
    DeskList,
    MemberWork,
    PageGuide,
    StoredKind,
    Tab,
)
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.parcels.points import APPLICATION_PARTS
from layers.parcels.sections import sheet_sections
from simulation import ownership
from simulation.sections import SECTION
from simulation.services.keeping import enters_rules

DOCUMENT_BYTES = """
    select project.owner_id, sum(document.size_bytes) from simulation_projectdocument document
    join simulation_project project on project.id = document.project_id group by 1
"""

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "simulation.api.urls"),
        Urls("regles/", "simulation.page_urls"),
        Urls("simulations/", "simulation.project_urls"),
    ),
    gives=(
        TOKEN_DESKS(
            TokenDesk(
                slug="simulations", label=_("Simulations"), prefixes=("simulations/", "regles/", "api/v1/simulations/")
            )
        ),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        MEMBER_WORK(
            MemberWork(
                name="simulations",
                label=_("Simulations of projects"),
                order=30,
                find=Later("simulation.services.leaving.find_projects"),
                why=_("They are the authority's: its people go on with them. Links that the person shared are closed."),
            )
        ),
        STORED_KINDS(StoredKind("project_documents", _("Documents of projects"), DOCUMENT_BYTES)),
        DESKS(Desk("simulations", _("Simulations"))),
        GUIDES(
            PageGuide(guide="how-to/regles-d-une-zone", under=("regles/",)),
            PageGuide(guide="how-to/simuler-un-projet", under=("simulations/",), panels=("simulate",)),
        ),
        TABS(
            Tab(desk="simulations", name="simulation_projects", label=_("Projects"), order=10),
            Tab(desk="simulations", name="zone_rules", label=_("Rules of zones"), order=50, open_to=enters_rules),
        ),
        LISTINGS(
            DeskList(
                name="simulation_projects",
                listing=Later("simulation.services.listing.PROJECTS"),
                path="simulations/",
                desk="simulations",
            )
        ),
        BAR(
            BarLink(
                section="simulations",
                url="simulation_projects",
                label=_("Simulations"),
                order=13,
                is_visible=to_signed_in,
            )
        ),
        *sheet_sections(SECTION),
        JOB_KINDS(
            JobKind(
                kind="simulation_insertion", work=Later("simulation.tasks.make_insertion"), roles=WRITERS, waited=True
            ),
        ),
        APPLICATION_PARTS(Later("simulation.application_part.application_part")),
    ),
)
