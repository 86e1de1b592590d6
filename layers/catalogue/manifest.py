"""What this app gives to the others."""

from gis_core.points import MAP_HOSTS
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.services import background_addresses

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.catalogue.api.urls"),),
    gives=(MAP_HOSTS(background_addresses),),
)
