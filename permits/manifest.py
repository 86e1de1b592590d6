"""What this app gives to the others."""

from gis_core.points import LETTER_KINDS
from gis_core.wiring.manifests import Manifest, Urls
from layers.catalogue.points import LAYERS
from layers.features.points import FEATURE_SHEETS, FeatureSheet
from layers.parcels.sections import sheet_sections
from permits.layers import SLUG, declaration
from permits.letters import KINDS
from permits.sections import SECTION
from permits.sheet import describe

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "permits.api.urls"),
        Urls("permis/", "permits.page_urls"),
        Urls("openads/", "permits.openads_urls"),
    ),
    gives=(
        LETTER_KINDS(*KINDS),
        FEATURE_SHEETS(FeatureSheet(SLUG, describe)),
        *sheet_sections(SECTION),
        LAYERS(declaration()),
    ),
)
