"""The addresses of the catalogue of the kit's parts."""

from django.urls import path

from demo.catalogue import pages

urlpatterns = [
    path("", pages.index, name="catalogue"),
    path("<slug:part>/<slug:state>/", pages.state_page, name="catalogue_state"),
]
