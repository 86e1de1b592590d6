"""Addresses under /tiles/. Any text is taken for z, x and y, so that a wrong one gets a reasoned answer."""

from django.urls import path

from tiles import views

app_name = "tiles"
urlpatterns = [
    path("<slug:slug>.json", views.tilejson, name="tilejson"),
    path("<slug:slug>/style.json", views.style, name="style"),
    path("<slug:slug>/<str:z>/<str:x>/<str:y>.mvt", views.tile, name="tile"),
]
