"""/reseaux/."""

from django.urls import path

from networks.water.pages import anomalies, home

urlpatterns = [
    path("", home.home, name="networks"),
    path("anomalies/", anomalies.anomalies, name="network_anomalies"),
]
