"""What this app gives to the others."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.desk.navigation import page_address, to_signed_in, to_those_who
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.members.rights import Role
from gis_core.members.technicians import works_on_networks
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import (
    BAR,
    DESKS,
    FIRST_VIEWS,
    GUIDES,
    MAP_LINKS,
    START_STEPS,
    TABS,
    WORK,
    BarLink,
    Desk,
    FirstView,
    MapLink,
    PageGuide,
    Tab,
    Work,
)
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYERS
from layers.exports.makers import Maker
from layers.exports.points import EXPORTS
from layers.features.numbering import numbering_trigger
from layers.features.points import EDITING, FEATURE_SHEETS, REFUSALS, FeatureSheet
from layers.features.starting_place import nearest_of
from layers.intake.points import FILE_SOURCES
from layers.parcels.sections import sheet_sections
from networks.notifications.points import NOTICE_TEMPLATES, NoticeTemplate
from networks.water import editing, inspection_sheets, jobs, layers, ownership, personal_data, sections, sheets, sources
from networks.water.sections import sees_networks
from networks.water.start_steps import NETWORKS
from networks.water.triggers import REPAIRS, network_triggers

EXPORT = Later("networks.water.services.exporting.make")

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.water.api.urls"),
        Urls("reseaux/", "networks.water.page_urls"),
    ),
    gives=(
        TOKEN_DESKS(
            TokenDesk(
                slug="water",
                label=_("Water and sewer networks"),
                prefixes=("reseaux/", "api/v1/networks/water/", "api/v1/networks/sewer/"),
            )
        ),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        START_STEPS(NETWORKS),
        WORK(
            Work(
                name="outages",
                label=_("Outages under way"),
                order=20,
                find=Later("networks.water.services.leaving.find_outages"),
                why_not=Later("networks.water.services.leaving.why_no_outages"),
                give=Later("networks.water.services.leaving.give_outages"),
            )
        ),
        FEATURE_SHEETS(FeatureSheet("water-pipes", partial(sheets.describe_pipes, "water"))),
        FEATURE_SHEETS(FeatureSheet("water-nodes", partial(sheets.describe_nodes, "water"))),
        FEATURE_SHEETS(FeatureSheet("sewer-pipes", partial(sheets.describe_pipes, "sewer"))),
        FEATURE_SHEETS(FeatureSheet("sewer-nodes", partial(sheets.describe_nodes, "sewer"))),
        FEATURE_SHEETS(FeatureSheet("water-repairs", sheets.describe_repairs)),
        FEATURE_SHEETS(FeatureSheet("water-nodes", inspection_sheets.describe_hydrants)),
        FEATURE_SHEETS(FeatureSheet("sewer-nodes", inspection_sheets.describe_manholes)),
        FILE_SOURCES(sources.NETWORK),
        EXPORTS(Maker("raepa-shp", "zip", EXPORT)),
        EXPORTS(Maker("raepa-csv", "zip", EXPORT)),
        EXPORTS(Maker("stareau-gpkg", "gpkg", EXPORT)),
        EXPORTS(Maker("epanet-inp", "inp", EXPORT)),
        *sheet_sections(*sections.SECTIONS),
        LAYERS(*layers.declarations()),
        FIRST_VIEWS(
            FirstView(
                role=Role.NETWORK_TECHNICIAN,
                layers=layers.OPENED,
                photo=True,
                place=nearest_of("water_pipe", "sewer_pipe"),
                zoom=layers.SEEN_FROM,
            )
        ),
        EDITING(*editing.TABLES),
        REFUSALS(*editing.REFUSALS),
        DESKS(Desk("networks", _("Water and sewer networks"))),
        TABS(Tab(desk="networks", name="networks", label=_("Overview"), order=10)),
        TABS(Tab(desk="networks", name="outages", label=_("Outages"), order=10)),
        TABS(Tab(desk="networks", name="network_anomalies", label=_("Anomalies"), order=90)),
        TABS(Tab(desk="networks", name="network_repairs", label=_("Repairs"), order=90)),
        TABS(Tab(desk="networks", name="hydrants", label=_("Defence against fire"), order=90)),
        TABS(Tab(desk="networks", name="manholes", label=_("Manholes"), order=90)),
        TABS(Tab(desk="networks", name="network_profile", label=_("Longitudinal profile"), order=90)),
        TABS(
            Tab(
                desk="networks",
                name="network_import",
                label=pgettext_lazy("tab", "Import"),
                order=90,
                open_to=works_on_networks,
            )
        ),
        TABS(Tab(desk="networks", name="network_exchange", label=pgettext_lazy("tab", "Export"), order=90)),
        NOTICE_TEMPLATES(
            NoticeTemplate(
                "outage",
                Later("networks.water.services.outage_notices.beginning"),
                Later("networks.water.services.outage_notices.page_of"),
            )
        ),
        GUIDES(
            PageGuide(guide="how-to/l-eau-sur-la-carte", under=("reseaux/",), panels=("water",)),
            PageGuide(guide="how-to/isoler-une-casse", under=("reseaux/coupures/",)),
            PageGuide(guide="how-to/corriger-les-anomalies", under=("reseaux/anomalies/",)),
            PageGuide(
                guide="how-to/suivre-les-reparations",
                under=(
                    "reseaux/reparations/",
                    "reseaux/patrimoine/",
                ),
            ),
            PageGuide(guide="how-to/suivre-les-poteaux-incendie", under=("reseaux/hydrants/",)),
            PageGuide(guide="how-to/tracer-un-profil", under=("reseaux/profil/",)),
            PageGuide(guide="how-to/importer-un-reseau", under=("reseaux/importer/",)),
            PageGuide(guide="how-to/echanger-les-reseaux", under=("reseaux/echanges/",)),
        ),
        BAR(BarLink(section="networks", url="networks", label=_("Networks"), order=30, is_visible=to_signed_in)),
        MAP_LINKS(MapLink(name="networks", order=13, address=page_address("networks", to_those_who(sees_networks)))),
        JOB_KINDS(*jobs.KINDS),
        TASKS(*jobs.TASKS),
    ),
    triggers=(*network_triggers("water"), *network_triggers("sewer"), REPAIRS, numbering_trigger("water_repair")),
    settings=(
        Setting(
            "connecting",
            "The pipe that connect_pipe is laying, which is not there yet as it will be: a node that it makes must not"
            " split it (carry_pipes). Pipes are laid within pipes: the former value comes back.",
        ),
        Setting(
            "leaving",
            "The node that merge_pipes takes away: it does not cut the merged pipe (connect_pipe), nor is it deleted"
            " twice (leave_nodes); repairs go to the other piece (follow_pipe). The former value comes back.",
        ),
    ),
)
