"""/reseaux/."""

from django.urls import path

from networks.water.pages import coverage, home, hydrants

urlpatterns = [
    path("", home.home, name="networks"),
    path("hydrants/", hydrants.hydrant_list, name="hydrants"),
    path("hydrants/<int:hydrant>/", hydrants.hydrant, name="hydrant"),
    path("hydrants/couverture/", coverage.cover_list, name="fire_covers"),
    path("hydrants/couverture/<int:cover>/", coverage.cover, name="fire_cover"),
    path("hydrants/reglages/<slug:slug>/", hydrants.settings_page, name="fire_settings"),
]
