"""What this app gives to the others."""

from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.points import GUIDES, PageGuide
from gis_core.wiring.manifests import Manifest, Urls
from layers.external import ownership

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.external.api.urls"),
        Urls("couches-externes/", "layers.external.page_urls"),
        Urls("externe/", "layers.external.urls"),
    ),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        GUIDES(PageGuide(guide="how-to/couches-externes", under=("couches-externes/",))),
    ),
)
