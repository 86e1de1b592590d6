"""What this app gives to the others."""

from gis_core.desk.navigation import to_signed_in
from gis_core.jobs.points import JOB_KINDS
from gis_core.members.technicians import works_on_networks
from gis_core.points import BAR, DESKS, LISTINGS, TABS, BarLink, Desk, DeskList, Tab
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYERS
from layers.intake.points import FILE_SOURCES
from layers.parcels.sections import sheet_sections
from tests.example_desk.charging.layers import LAYER, SECTION
from tests.example_desk.charging.sources import SOURCE

LIST = Later("tests.example_desk.charging.listing.POINTS")
MANIFEST = Manifest(
    urls=(Urls("bornes/", "tests.example_desk.charging.urls"),),
    gives=(
        FILE_SOURCES(SOURCE),
        JOB_KINDS(*SOURCE.job_kinds()),
        LAYERS(LAYER),
        *sheet_sections(SECTION),
        DESKS(Desk("charging", "Bornes de recharge")),
        LISTINGS(DeskList(name="charging_list", listing=LIST, path="bornes/", desk="charging", api="charging-points")),
        TABS(Tab(desk="charging", name="charging_list", label="Bornes", order=10)),
        TABS(Tab(desk="charging", name="charging_imports", label="Importer", order=20, open_to=works_on_networks)),
        BAR(BarLink(section="charging", url="charging_list", label="Bornes", order=45, is_visible=to_signed_in)),
    ),
)
