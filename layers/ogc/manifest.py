"""What this app gives to the others."""

from gis_core.points import GUIDES, PageGuide
from gis_core.wiring.manifests import Manifest, Urls

MANIFEST = Manifest(
    urls=(
        Urls("ogc", "layers.ogc.root_urls"),
        Urls("ogc/", "layers.ogc.urls"),
    ),
    gives=(GUIDES(PageGuide(guide="reference/ogc-api", under=("ogc",))),),
)
