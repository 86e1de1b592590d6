"""/permis/."""

from django.urls import path

from permits.pages import importing, procedure

urlpatterns = [
    path("importer/", importing.importing, name="permit_import"),
    path("importer/fichier/", importing.columns, name="permit_import_columns"),
    path("importer/<int:register_id>/", importing.report, name="permit_import_report"),
    path("importer/<int:register_id>/lignes.csv", importing.report_csv, name="permit_import_csv"),
    path("<str:permit>/", procedure.procedure, name="permit"),
]
