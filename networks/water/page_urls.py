"""/reseaux/."""

from django.urls import path

from networks.water.pages import home, importing

urlpatterns = [
    path("", home.home, name="networks"),
    path("importer/", importing.imports, name="network_import"),
    path("importer/<int:brought_id>/", importing.network_import, name="network_import_page"),
    path("importer/<int:brought_id>/lignes.csv", importing.import_rows, name="network_import_rows"),
]
