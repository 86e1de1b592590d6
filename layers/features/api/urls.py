"""/api/v1/layers/{slug}/features/, /api/v1/here/, /api/v1/search/, /api/v1/measure/."""

from django.urls import path

from layers.features.api import views

urlpatterns = [
    path("layers/<slug:slug>/features/", views.FeaturesView.as_view(), name="features"),
    path("layers/<slug:slug>/features/<int:feature_id>/", views.FeatureView.as_view(), name="feature"),
    path("here/", views.HereView.as_view(), name="here"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("measure/", views.MeasureView.as_view(), name="measure"),
]
