"""What this app gives to the others."""

from gis_core.wiring.database import Reported
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.tables import SECURED_AGAIN

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.catalogue.api.urls"),),
    reported=(Reported(table="catalogue_photoedition", watched=False),),
    run_time_tables=(SECURED_AGAIN,),
)
