"""/bornes/importer/: the pages of the files."""

from django.urls import reverse

from gis_core.desk.tabs import show_in
from layers.intake.feature_table.desk import feature_desk
from tests.example_desk.charging.sources import SOURCE, TABLES

DESK = feature_desk(
    SOURCE,
    TABLES,
    show=show_in("charging"),
    tab="charging_imports",
    urls=("charging_imports", "charging_import", "charging_rows"),
    labels=lambda: {
        "title": "Importer des bornes",
        "lead": "Un fichier au schéma national IRVE, ou tout autre tableau de bornes.",
        "trail": ("Bornes", reverse("charging_list")),
        "result": ("Voir les bornes", reverse("charging_list")),
    },
)
urlpatterns = DESK.patterns("importer/")
