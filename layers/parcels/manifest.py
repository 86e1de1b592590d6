"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from layers.parcels import own_sections
from layers.parcels.sections import sheet_sections

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.parcels.api.urls"),
        Urls("fiches/", "layers.parcels.page_urls"),
    ),
    gives=(*sheet_sections(*own_sections.SECTIONS),),
)
