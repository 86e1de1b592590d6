"""/couches/ and the pages of each layer."""

from django.urls import path

from layers.settings import pages

urlpatterns = [
    path("", pages.layers, name="layer_list"),
    path("<slug:slug>/", pages.description, name="layer_settings"),
    path("<slug:slug>/style/", pages.style, name="layer_style"),
]
