"""/api/v1/external-layers/."""

from django.urls import path

from layers.external.api import views

urlpatterns = [path("external-layers/", views.ExternalLayersView.as_view(), name="external_layers")]
