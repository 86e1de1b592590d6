"""What this app gives to the others."""

from gis_core.desk.navigation import address_for_all
from gis_core.jobs.points import TASKS, Task
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
        MAP_LINKS(MapLink(name="tiles", order=5, address=address_for_all("/tiles/"))),
        TASKS(
            Task(name="purge_tiles", run=Later("tiles.tasks.purge_tiles"), cron="*/10 * * * *"),
            Task(name="purge_photo_tiles", run=Later("tiles.tasks.purge_photo_tiles"), cron="*/10 * * * *"),
        ),
    ),
)
