"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.points import LAYERS
from layers.intake.sources import import_sources
from layers.parcels.sections import sheet_sections
from layers.planning import layers, sections, sources

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.planning.api.urls"),),
    gives=(
        *import_sources(sources.PLU, sources.SUP, sources.RISKS),
        *sheet_sections(*sections.SECTIONS),
        LAYERS(*layers.declarations()),
    ),
)
