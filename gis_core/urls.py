"""Every address of the platform."""

from django.urls import URLPattern, URLResolver, include, path

from gis_core import pages
from gis_core.accounts import pages as account_pages
from gis_core.administration import site as administration
from gis_core.letters import pages as letter_pages
from gis_core.members import pages as member_pages
from gis_core.operations import health, metrics

ROOMS = {
    "api/v1/": [
        "gis_core.api.urls",
        "layers.catalogue.api.urls",
        "layers.features.api.urls",
        "layers.exports.api.urls",
        "layers.intake.api.urls",
        "layers.printing.api.urls",
        "layers.external.api.urls",
        "layers.settings.api.urls",
        "layers.planning.api.urls",
        "layers.parcels.api.urls",
        "layers.owners.api.urls",
        "orthophoto.api.urls",
        "permits.api.urls",
        "networks.water.api.urls",
        "networks.notifications.api.urls",
        "networks.roads.api.urls",
        "networks.roadworks.api.urls",
    ],
    "avis/": ["networks.notifications.public_urls"],
    "campagnes/": ["orthophoto.urls"],
    "couches/": ["layers.settings.urls"],
    "couches-externes/": ["layers.external.page_urls"],
    "externe/": ["layers.external.urls"],
    "fiches/": ["layers.parcels.page_urls"],
    "imports/": ["layers.intake.urls"],
    "permis/": ["permits.page_urls"],
    "reseaux/avis/": ["networks.notifications.page_urls"],
    "reseaux/": ["networks.water.page_urls"],
    "proprietaires/": ["layers.owners.page_urls"],
    "openads/": ["permits.openads_urls"],
    "ogc": ["layers.ogc.root_urls"],
    "ogc/": ["tiles.ogc_urls", "layers.ogc.urls"],
    "tiles/": ["tiles.urls"],
    "travaux/": ["networks.roadworks.public_urls"],
    "voirie/": ["networks.roads.page_urls", "networks.roadworks.page_urls"],
}


def rooms() -> list[URLResolver]:
    """The addresses that each app answers, in the order above."""
    return [path(prefix, include(module)) for prefix, modules in ROOMS.items() for module in modules]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.map_page, name="map"),
    path("langue/", pages.set_language, name="set_language"),
    path("taches/<int:job_id>/arreter/", pages.stop_job, name="job_stop"),
    path("compte/", include(account_pages.urlpatterns)),
    path("membres/", include(member_pages.urlpatterns)),
    path("courriers/", include(letter_pages.urlpatterns)),
    path("administration/", administration.site.urls),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.page, name="metrics"),
    path("api/schema/", include("gis_core.api.schema_urls")),
    *rooms(),
]

handler400 = "gis_core.pages.bad_request"
handler403 = "gis_core.pages.not_allowed"
handler404 = "gis_core.pages.not_found"
handler500 = "gis_core.pages.unexpected_error"
