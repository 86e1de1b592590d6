"""/api/v1/layers/{slug}/distribution/, …/rules/, …/tile-columns/ and …/style.qml."""

from django.urls import path

from layers.settings.api import views

urlpatterns = [
    path("layers/<slug:slug>/style.qml", views.QmlView.as_view(), name="layer_qml"),
    path("layers/<slug:slug>/tile-columns/", views.TileColumnsView.as_view(), name="layer_tile_columns"),
    path("layers/<slug:slug>/distribution/", views.DistributionView.as_view(), name="layer_distribution"),
    path("layers/<slug:slug>/rules/", views.RulesView.as_view()),
]
