"""/reseaux/."""

from django.urls import path

from networks.water.pages import exchange, home

urlpatterns = [
    path("", home.home, name="networks"),
    path("echanges/", exchange.exchange, name="network_exchange"),
]
