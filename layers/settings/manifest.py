"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import to_administrators
from gis_core.jobs.points import JOB_KINDS, JobKind
from gis_core.points import BAR, GUIDES, BarLink, PageGuide
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import STYLE_READER

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.settings.api.urls"),
        Urls("couches/", "layers.settings.urls"),
    ),
    gives=(
        GUIDES(
            PageGuide(guide="how-to/regler-une-couche", under=("couches/",)),
            PageGuide(guide="reference/legende", panels=("layers",)),
        ),
        BAR(BarLink(section="layers", url="layer_list", label=_("Layers"), order=70, is_visible=to_administrators)),
        STYLE_READER(Later("layers.settings.qml.reading.read_qml")),
        JOB_KINDS(
            JobKind(kind="layer_key", work=Later("layers.settings.tasks.put_key_in_place")),
            JobKind(kind="delete_layer", work=Later("layers.settings.tasks.delete_with_objects")),
        ),
    ),
)
