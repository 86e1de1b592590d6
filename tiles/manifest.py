"""What this app gives to the others."""

from gis_core.desk.navigation import fixed_address
from gis_core.points import MAP_LINKS, MapLink
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import PHOTO_OPENER
from layers.ogc.points import EXTENSIONS
from tiles.ogc import EXTENSION

MANIFEST = Manifest(
    urls=(
        Urls("ogc/", "tiles.ogc_urls", order=400),
        Urls("tiles/", "tiles.urls"),
    ),
    gives=(
        PHOTO_OPENER(Later("tiles.ortho.pixels.PhotoPixels")),
        EXTENSIONS(EXTENSION),
        MAP_LINKS(MapLink(name="tiles", order=5, address=fixed_address("/tiles/"))),
    ),
)
