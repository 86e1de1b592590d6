"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from layers.intake.sources import import_sources
from layers.planning import sources

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.planning.api.urls"),),
    gives=(*import_sources(sources.PLU, sources.SUP, sources.RISKS),),
)
