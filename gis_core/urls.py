"""Every address of the platform."""

from django.urls import URLPattern, URLResolver, include, path

from gis_core import pages
from gis_core.accounts import access_rules
from gis_core.accounts import pages as account_pages
from gis_core.accounts.directory import pages as directory_pages
from gis_core.accounts.directory.sign_in_page import sign_in_page
from gis_core.accounts.factor import rule_pages
from gis_core.accounts.providers import method_pages
from gis_core.administration import site as administration
from gis_core.desk import pages as desk_pages
from gis_core.desk.list_urls import list_patterns
from gis_core.help import pages as help_pages
from gis_core.journal import pages as journal_pages
from gis_core.letters import pages as letter_pages
from gis_core.members import pages as member_pages
from gis_core.operations import health, metrics, overview_page, start_page
from gis_core.ownership import pages as departure_pages
from gis_core.ownership import person_pages, retention_pages
from gis_core.tokens import pages as program_pages
from gis_core.wiring.manifests import url_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.map_page, name="map"),
    path("favicon.ico", pages.icon, name="icon"),
    path("langue/", pages.set_language, name="set_language"),
    path("taches/<int:job_id>/arreter/", pages.stop_job, name="job_stop"),
    path("aide/", include(help_pages.urlpatterns)),
    path("compte/carte/", pages.keep_map_view, name="map_view"),
    path("compte/filtres/", desk_pages.change_filters, name="saved_filters"),
    path("compte/connexion/annuaire/<int:number>/", sign_in_page, name="directory_sign_in"),
    path("compte/mes-donnees/", include(person_pages.my_urlpatterns)),
    path("donnees-personnelles/", include([*retention_pages.urlpatterns, *person_pages.urlpatterns])),
    path("compte/", include(account_pages.urlpatterns)),
    path("depart/", include(departure_pages.urlpatterns)),
    path("membres/<slug:slug>/programmes/", include(program_pages.urlpatterns)),
    path("membres/", include(rule_pages.member_patterns)),
    path("membres/", include(member_pages.urlpatterns)),
    path("membres/<slug:slug>/connexion/", include([*method_pages.member_patterns, *access_rules.member_patterns])),
    path("membres/<slug:slug>/connexion/annuaire/", include(directory_pages.member_patterns)),
    path("plateforme/connexion/", include([*method_pages.platform_patterns, *access_rules.platform_patterns])),
    path("plateforme/connexion/annuaire/", include(directory_pages.platform_patterns)),
    path("courriers/", include(letter_pages.urlpatterns)),
    path("journal/", include(journal_pages.urlpatterns)),
    path("exploitation/", overview_page.overview_page, name="overview"),
    path("mise-en-route/", start_page.start_page, name="getting_started"),
    path("mise-en-route/second-facteur/", rule_pages.by_role, name="second_factor_by_role"),
    path("mise-en-route/essai/", start_page.send_trial, name="getting_started_mail"),
    path("mise-en-route/montrer/", start_page.change_display, name="getting_started_display"),
    path("administration/", administration.site.urls),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.page, name="metrics"),
    path("api/schema/", include("gis_core.api.schema_urls")),
    *list_patterns(),
    *url_patterns(),
]

handler400 = "gis_core.pages.bad_request"
handler403 = "gis_core.pages.not_allowed"
handler404 = "gis_core.pages.missing_page"
handler500 = "gis_core.pages.server_error_page"
