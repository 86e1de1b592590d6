"""/api/v1/heights/."""

from django.urls import path

from layers.heights.api import views

urlpatterns = [
    path("heights/", views.HeightsView.as_view(), name="heights"),
    path("heights/legend/", views.LegendView.as_view(), name="heights_legend"),
    path("heights/profile/", views.ProfileView.as_view(), name="heights_profile"),
    path("heights/grid", views.HeightGridView.as_view(), name="height_grid"),
]
