"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import page_address, to_signed_in
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.points import BAR, GUIDES, MAP_LINKS, BarLink, MapLink, PageGuide
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.database import Trigger
from gis_core.wiring.manifests import Manifest, Urls
from layers.parcels import own_sections, ownership
from layers.parcels.sections import sheet_sections

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "layers.parcels.api.urls"),
        Urls("fiches/", "layers.parcels.page_urls"),
    ),
    gives=(
        TOKEN_DESKS(
            TokenDesk(
                slug="parcels",
                label=_("Parcels and planning documents"),
                prefixes=("fiches/", "api/v1/parcels/", "api/v1/planning/"),
            )
        ),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        *sheet_sections(*own_sections.SECTIONS),
        GUIDES(
            PageGuide(
                guide="reference/fiches-de-parcelle",
                under=("fiches/",),
                panels=(
                    "list",
                    "choose",
                ),
            ),
        ),
        BAR(
            BarLink(
                section="sheets", url="frozen_sheet_list", label=_("Frozen sheets"), order=50, is_visible=to_signed_in
            )
        ),
        MAP_LINKS(MapLink(name="sheets", order=11, address=page_address("frozen_sheet_list", to_signed_in))),
    ),
    triggers=(
        Trigger(
            table="parcels_frozensheet",
            order=20,
            name="frozen",
            fires="before update or delete",
            call="refuse_change()",
        ),
    ),
)
