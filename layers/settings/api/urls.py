"""/api/v1/layers/{slug}/distribution/."""

from django.urls import path

from layers.settings.api import views

urlpatterns = [
    path("layers/<slug:slug>/distribution/", views.DistributionView.as_view(), name="layer_distribution"),
]
