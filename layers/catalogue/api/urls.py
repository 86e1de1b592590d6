"""/api/v1/layers/, /api/v1/photos/ and /api/v1/backgrounds/."""

from django.urls import path

from layers.catalogue.api import views

urlpatterns = [
    path("layers/", views.LayersView.as_view(), name="layers"),
    path("layers/<slug:slug>/", views.LayerView.as_view(), name="layer"),
    path("photos/", views.PhotosView.as_view(), name="photos"),
    path("photos/<slug:slug>/", views.PhotoView.as_view(), name="photo"),
    path("backgrounds/", views.BackgroundsView.as_view(), name="backgrounds"),
]
