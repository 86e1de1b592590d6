"""/api/v1/layers/ and /api/v1/backgrounds/."""

from django.urls import path

from layers.catalogue.api import views

urlpatterns = [
    path("layers/", views.LayersView.as_view(), name="layers"),
    path("layers/<slug:slug>/", views.LayerView.as_view(), name="layer"),
    path("backgrounds/", views.BackgroundsView.as_view(), name="backgrounds"),
]
