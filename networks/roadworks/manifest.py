"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.points import LETTER_KINDS, TABS, Tab
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.points import LAYERS
from layers.features.points import EDITING
from networks.roadworks import detour_layer, editing, layers
from networks.roadworks.kinds import KINDS

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roadworks.api.urls"),
        Urls("travaux/", "networks.roadworks.public_urls"),
        Urls("voirie/", "networks.roadworks.page_urls"),
    ),
    gives=(
        LETTER_KINDS(*KINDS),
        LAYERS(layers.declaration()),
        LAYERS(detour_layer.declaration()),
        EDITING(*editing.TABLES),
        TABS(Tab(desk="roads", name="works", label=_("Works"), order=20)),
        TABS(Tab(desk="roads", name="road_requests", label=_("Requests and orders"), order=30)),
    ),
)
