"""What this app gives to the others."""

from gis_core.ownership.declarations import DECLARED
from gis_core.points import MAP_HOSTS
from gis_core.wiring.database import Reported, Setting
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue import ownership
from layers.catalogue.services import background_addresses
from layers.catalogue.tables import SECURED_AGAIN

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.catalogue.api.urls"),),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        MAP_HOSTS(background_addresses),
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
