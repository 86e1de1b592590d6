"""/api/v1/imports/."""

from django.urls import path

from layers.imports.api import views

urlpatterns = [path("imports/", views.ImportsView.as_view(), name="api_imports")]
