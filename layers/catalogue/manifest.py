"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.points import MAP_HOSTS
from gis_core.tokens.points import TOKEN_DESKS, TOKEN_LAYERS, TokenDesk
from gis_core.wiring.database import Reported, Setting
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue import ownership
from layers.catalogue.services import background_addresses, layers_for_tokens
from layers.catalogue.tables import SECURED_AGAIN

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.catalogue.api.urls"),),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        MAP_HOSTS(background_addresses),
        TOKEN_DESKS(
            TokenDesk(
                slug="layers",
                label=_("Layers: tiles, OGC services, features, exports"),
                prefixes=("ogc", "tiles/", "api/v1/layers/", "api/v1/exports/"),
                by_layer=True,
            ),
            TokenDesk(
                slug="map",
                label=_("Map: photos, relief, search, measures, prints"),
                prefixes=(
                    *("ortho/", "externe/", "api/v1/photos/", "api/v1/backgrounds/", "api/v1/external-layers/"),
                    *("api/v1/heights/", "api/v1/search/", "api/v1/here/", "api/v1/snap/", "api/v1/measure/"),
                    "api/v1/prints/",
                ),
            ),
        ),
        TOKEN_LAYERS(layers_for_tokens),
    ),
    settings=(
        Setting(
            "bulk",
            "On while the worker fills a run-time table: record_rows does not keep its rows, which name their import.",
        ),
    ),
    reported=(Reported(table="catalogue_photoedition", watched=False),),
    run_time_tables=(SECURED_AGAIN,),
)
