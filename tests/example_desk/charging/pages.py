"""/bornes/importer/: the five steps of their files."""

from gis_core.desk import tabs
from layers.intake.feature_table.desk import feature_desk
from tests.example_desk.charging.sources import SOURCE, TABLES

urlpatterns = feature_desk(
    SOURCE,
    TABLES,
    show=tabs.show_in("charging"),
    tab="charging_imports",
    urls=("charging_imports", "charging_import", "charging_findings"),
    labels=lambda: {"title": "Importer des bornes de recharge", "lead": "Du schéma national, ou de tout tableau."},
).patterns("importer/")
