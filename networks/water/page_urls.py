"""/reseaux/."""

from django.urls import path

from networks.water.pages import (
    anomalies,
    coverage,
    exchange,
    home,
    hydrants,
    importing,
    lengths,
    manholes,
    outage_plans,
    outages,
    profile,
    repairs,
)

urlpatterns = [
    path("", home.home, name="networks"),
    path("coupures/", outages.outage_list, name="outages"),
    path("coupures/<int:outage_id>/", outages.outage, name="outage"),
    path("coupures/<int:outage_id>/fiche.pdf", outages.outage_file, name="outage_file"),
    path("coupures/<int:outage_id>/plans/", outage_plans.outage_plans, name="outage_plans"),
    path("coupures/<int:outage_id>/rapport.pdf", outages.outage_report, name="outage_report"),
    path("coupures/<int:outage_id>/photos/<int:photo_id>/", outages.outage_photo, name="outage_photo"),
    path("anomalies/", anomalies.anomalies, name="network_anomalies"),
    path("hydrants/", hydrants.hydrant_list, name="hydrants"),
    path("hydrants/<int:hydrant>/", hydrants.hydrant, name="hydrant"),
    path("hydrants/couverture/", coverage.cover_list, name="fire_covers"),
    path("hydrants/couverture/<int:cover>/", coverage.cover, name="fire_cover"),
    path("hydrants/reglages/<slug:slug>/", hydrants.settings_page, name="fire_settings"),
    path("regards/", manholes.manhole_list, name="manholes"),
    path("regards/<int:manhole>/", manholes.manhole, name="manhole"),
    path("regards/reglages/<slug:slug>/", manholes.settings_page, name="manhole_settings"),
    path("profil/", profile.profile, name="network_profile"),
    path("profil/pdf", profile.paper, name="network_profile_pdf"),
    path("reparations/", repairs.repairs, name="network_repairs"),
    path("reparations/nouvelle/", repairs.new_repair, name="network_repair_new"),
    path("reparations/statistiques/", repairs.statistics_page, name="network_repair_statistics"),
    path("patrimoine/", lengths.lengths, name="network_lengths"),
    path("echanges/", exchange.exchange, name="network_exchange"),
    *importing.DESK.patterns("importer/"),
]
