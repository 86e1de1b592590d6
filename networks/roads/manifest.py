"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.desk.navigation import to_signed_in
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.members.technicians import works_on_networks
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import BAR, DESKS, GUIDES, TABS, BarLink, Desk, PageGuide, Tab
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.points import LAYERS
from layers.features.points import EDITING, FEATURE_SHEETS, REFUSALS, SEARCHERS, FeatureSheet, Searcher
from layers.intake.points import FILE_SOURCES, SOURCE_REVERTS
from layers.parcels.sections import sheet_sections
from layers.printing.points import MARKS, Marks
from networks.roads import (
    asset_sheets,
    editing,
    jobs,
    layers,
    ownership,
    personal_data,
    road_sheets,
    searching,
    section_sheets,
    sections,
    sources,
)
from networks.roads.pictograms import pictogram_on_paper
from networks.roads.services.reverting import ROADS_REVERT
from networks.roads.triggers import TRIGGERS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roads.api.urls"),
        Urls("voirie/", "networks.roads.page_urls"),
    ),
    gives=(
        TOKEN_DESKS(
            TokenDesk(
                slug="roads",
                label=_("Roads and works"),
                prefixes=("voirie/", "travaux/", "api/v1/networks/roads/", "api/v1/networks/works/"),
            )
        ),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        SEARCHERS(Searcher(searching.search_references, searching.LAYER)),
        SEARCHERS(Searcher(searching.search_roads, searching.LAYER)),
        FEATURE_SHEETS(FeatureSheet("road-assets", asset_sheets.points)),
        FEATURE_SHEETS(FeatureSheet("road-stretches", asset_sheets.stretches)),
        FEATURE_SHEETS(FeatureSheet("road-sections", section_sheets.sections)),
        FEATURE_SHEETS(FeatureSheet("road-sections", road_sheets.sections)),
        FEATURE_SHEETS(FeatureSheet("road-markers", road_sheets.markers)),
        *sheet_sections(sections.SECTION),
        FILE_SOURCES(*sources.FILE_SOURCES),
        SOURCE_REVERTS(ROADS_REVERT),
        MARKS(Marks("road-assets", frozenset({"kind", "code", "inscription"}), pictogram_on_paper)),
        LAYERS(*layers.declarations()),
        EDITING(*editing.TABLES),
        REFUSALS(*editing.REFUSALS),
        DESKS(Desk("roads", pgettext_lazy("desk", "Roads"))),
        TABS(Tab(desk="roads", name="roads", label=_("Overview"), order=10)),
        TABS(Tab(desk="roads", name="road_routes", label=_("Numbered roads"), order=10)),
        TABS(Tab(desk="roads", name="road_assets", label=_("Assets"), order=10)),
        TABS(Tab(desk="roads", name="coverage_studies", label=_("Coverage studies"), order=80)),
        TABS(Tab(desk="roads", name="road_import", label=_("Import roads"), order=80, open_to=works_on_networks)),
        GUIDES(
            PageGuide(guide="how-to/referentiel-routier", under=("voirie/",), panels=("roads",)),
            PageGuide(guide="how-to/patrimoine-routier", under=("voirie/patrimoine/",)),
            PageGuide(guide="how-to/etudier-une-couverture", under=("voirie/couverture/",)),
        ),
        BAR(BarLink(section="roads", url="roads", label=_("Roads"), order=40, is_visible=to_signed_in)),
        JOB_KINDS(*jobs.KINDS),
        TASKS(*jobs.TASKS),
    ),
    triggers=TRIGGERS,
    settings=(
        Setting(
            "following",
            "On while follow_sections moves assets along: bind_asset takes the binding that it writes. The depth of the"
            " triggers would not tell: another trigger that moves an asset must have it bound.",
        ),
    ),
)
