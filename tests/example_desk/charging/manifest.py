"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS
from gis_core.points import DESKS, TABS, Desk, Tab
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.points import LAYERS
from layers.intake.points import FILE_SOURCES
from tests.example_desk.charging import layers, sources

MANIFEST = Manifest(
    urls=(Urls("bornes/", "tests.example_desk.charging.pages"),),
    gives=(
        FILE_SOURCES(sources.SOURCE),
        JOB_KINDS(*sources.SOURCE.job_kinds()),
        LAYERS(layers.CHARGING_POINTS),
        DESKS(Desk("charging", "Bornes de recharge")),
        TABS(Tab(desk="charging", name="charging_imports", label="Importer", order=10)),
    ),
)
