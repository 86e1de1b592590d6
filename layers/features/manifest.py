"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from layers.features.coordinates import search_coordinates
from layers.features.points import SEARCHERS, Searcher

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.features.api.urls"),),
    gives=(SEARCHERS(Searcher(search_coordinates)),),
)
