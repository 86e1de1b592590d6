"""/bornes/importer/: the five steps of their files."""

from django.urls import path

from layers.intake.feature_table.desk import feature_desk
from networks.roads.pages.assets_importing import show
from tests.example_desk.charging.sources import SOURCE, TABLES

DESK = feature_desk(
    SOURCE,
    TABLES,
    show=show,
    tab="road_assets",
    urls=("charging_imports", "charging_import", "charging_findings"),
    frame="desk/tabs.html",
    words=lambda: {"title": "Importer des bornes de recharge", "lead": "Du schéma national, ou de tout tableau."},
)
urlpatterns = [
    path("importer/", DESK.imports(), name="charging_imports"),
    path("importer/<int:import_id>/", DESK.one(), name="charging_import"),
    path("importer/<int:import_id>/remarques.csv", DESK.findings(), name="charging_findings"),
]
