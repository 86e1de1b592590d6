"""/api/v1/imports/."""

from django.urls import path

from layers.intake.api import views

urlpatterns = [path("imports/", views.ImportsView.as_view(), name="api_imports")]
