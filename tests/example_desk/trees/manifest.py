"""What this app gives to the others: a source, a list with its tab, a layer."""

from gis_core.points import DESKS, LISTINGS, TABS, Desk, Tab
from gis_core.wiring.manifests import Manifest
from layers.catalogue.points import LAYERS
from layers.intake.points import SOURCES
from tests.example_desk.trees import layers, listing, sources

MANIFEST = Manifest(
    gives=(
        SOURCES(sources.STREET_TREES),
        LISTINGS(listing.TREES.at("arbres/")),
        LAYERS(layers.STREET_TREES),
        DESKS(Desk("trees", "Arbres")),
        TABS(Tab(desk="trees", name="street_trees", label="Arbres", order=10)),
    ),
)
