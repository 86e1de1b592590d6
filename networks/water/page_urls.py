"""/reseaux/."""

from django.urls import path

from networks.water.pages import home

urlpatterns = [
    path("", home.home, name="networks"),
]
