"""/api/v1/layers/{slug}/export.csv, .geojson and .fgb; /api/v1/exports/."""

from django.db.transaction import non_atomic_requests
from django.urls import path

from layers.exports.api import views

STREAMS = {"csv": views.CsvView, "geojson": views.GeoJsonView, "fgb": views.FlatGeobufView}

urlpatterns = [
    path("exports/", views.ExportsView.as_view(), name="api_exports"),
    path("exports/<int:job_id>/", views.ExportView.as_view(), name="api_export"),
    path("exports/<int:job_id>/file/", views.ExportFileView.as_view(), name="api_export_file"),
    path("layers/<slug:slug>/export/", views.ExportCountView.as_view(), name="api_export_count"),
    *(
        path(f"layers/<slug:slug>/export.{suffix}", non_atomic_requests(view.as_view()), name=f"api_export_{suffix}")
        for suffix, view in STREAMS.items()
    ),
]
