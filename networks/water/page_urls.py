"""/reseaux/."""

from django.urls import path

from networks.water.pages import anomalies, coverage, home, hydrants, outages

urlpatterns = [
    path("", home.home, name="networks"),
    path("coupures/", outages.outage_list, name="outages"),
    path("coupures/<int:outage_id>/", outages.outage, name="outage"),
    path("coupures/<int:outage_id>/fiche.pdf", outages.outage_file, name="outage_file"),
    path("anomalies/", anomalies.anomalies, name="network_anomalies"),
    path("hydrants/", hydrants.hydrant_list, name="hydrants"),
    path("hydrants/<int:hydrant>/", hydrants.hydrant, name="hydrant"),
    path("hydrants/couverture/", coverage.cover_list, name="fire_covers"),
    path("hydrants/couverture/<int:cover>/", coverage.cover, name="fire_cover"),
    path("hydrants/reglages/<slug:slug>/", hydrants.settings_page, name="fire_settings"),
]
