"""/bornes/importer/: the five steps of their files."""

from django.urls import path

from gis_core.desk import tabs
from layers.intake.feature_table.desk import feature_desk
from tests.example_desk.charging.sources import SOURCE, TABLES

DESK = feature_desk(
    SOURCE,
    TABLES,
    show=lambda request, template, tab, context, status: tabs.show(request, template, "charging", tab, context, status),
    tab="charging_imports",
    urls=("charging_imports", "charging_import", "charging_findings"),
    frame="desk/tabs.html",
    labels=lambda: {"title": "Importer des bornes de recharge", "lead": "Du schéma national, ou de tout tableau."},
)
urlpatterns = [
    path("importer/", DESK.imports(), name="charging_imports"),
    path("importer/<int:import_id>/", DESK.one(), name="charging_import"),
    path("importer/<int:import_id>/remarques.csv", DESK.findings(), name="charging_findings"),
]
