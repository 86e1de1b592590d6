"""/imports/ and the reports below it."""

from django.urls import path

from layers.imports import pages

urlpatterns = [
    path("", pages.imports, name="imports"),
    path("<int:job_id>/", pages.report, name="import_report"),
]
