"""/api/v1/networks/."""

from django.urls import path

from networks.water.api import views

urlpatterns = [
    path("networks/water/isolation", views.IsolationView.as_view(), name="api_water_isolation"),
    path("networks/water/trace", views.WaterTraceView.as_view(), name="api_water_trace"),
    path("networks/sewer/trace", views.SewerTraceView.as_view(), name="api_sewer_trace"),
]
