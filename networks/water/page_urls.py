"""/reseaux/."""

from django.urls import path

from networks.water.pages import anomalies, home, outages

urlpatterns = [
    path("", home.home, name="networks"),
    path("coupures/", outages.outage_list, name="outages"),
    path("coupures/<int:outage_id>/", outages.outage, name="outage"),
    path("coupures/<int:outage_id>/fiche.pdf", outages.outage_file, name="outage_file"),
    path("anomalies/", anomalies.anomalies, name="network_anomalies"),
]
