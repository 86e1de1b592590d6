"""/api/v1/networks/roads/."""

from django.urls import path

from networks.roads.api import views

urlpatterns = [
    path("networks/roads/locate", views.LocateView.as_view(), name="api_road_locate"),
    path("networks/roads/routes/<str:road>/", views.RoadView.as_view(), name="api_road"),
]
