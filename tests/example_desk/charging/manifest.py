"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS
from gis_core.points import DESKS, LISTINGS, TABS, Desk, DeskList, Tab
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYERS
from layers.intake.points import FILE_SOURCES
from layers.parcels.sections import sheet_sections
from tests.example_desk.charging import layers, sources

MANIFEST = Manifest(
    urls=(Urls("bornes/", "tests.example_desk.charging.pages"),),
    gives=(
        FILE_SOURCES(sources.SOURCE),
        JOB_KINDS(*sources.SOURCE.job_kinds()),
        LAYERS(layers.CHARGING_POINTS),
        *sheet_sections(layers.SECTION),
        DESKS(Desk("charging", "Bornes de recharge")),
        LISTINGS(
            DeskList(
                name="charging_points",
                listing=Later("tests.example_desk.charging.listing.LISTING"),
                path="bornes/",
                desk="charging",
                api="charging-points",
            )
        ),
        TABS(
            Tab(desk="charging", name="charging_points", label="Bornes", order=5),
            Tab(desk="charging", name="charging_imports", label="Importer", order=10),
        ),
    ),
)
