"""/voirie/."""

from django.urls import path

from networks.roads.pages import home, importing

urlpatterns = [
    path("", home.home, name="roads"),
    path("routes/", home.numbered, name="road_routes"),
    path("importer/", importing.imports, name="road_import"),
    path("importer/<int:road_job>/", importing.road_import, name="road_import_page"),
]
