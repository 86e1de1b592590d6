"""/api/v1/prints/."""

from django.urls import path

from layers.printing.api import views

urlpatterns = [
    path("prints/", views.PrintsView.as_view(), name="api_prints"),
    path("prints/options/", views.PrintOptionsView.as_view(), name="api_print_options"),
    path("prints/<int:job_id>/file/", views.PrintFileView.as_view(), name="api_print_file"),
]
