"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import page_address, to_administrators
from gis_core.jobs.points import JOB_KINDS, JobKind
from gis_core.points import BAR, MAP_LINKS, BarLink, MapLink
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.settings.api.urls"),
        Urls("couches/", "layers.settings.urls"),
    ),
    gives=(
        BAR(BarLink(section="layers", url="layer_list", label=_("Layers"), order=70, is_visible=to_administrators)),
        MAP_LINKS(MapLink(name="layers", order=9, address=page_address("layer_list", to_administrators))),
        JOB_KINDS(
            JobKind(kind="layer_key", work=Later("layers.settings.tasks.put_key_in_place")),
            JobKind(kind="delete_layer", work=Later("layers.settings.tasks.delete_with_objects")),
        ),
    ),
)
