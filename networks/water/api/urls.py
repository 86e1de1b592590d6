"""/api/v1/networks/."""

from django.urls import path

from networks.water.api import anomalies, views

urlpatterns = [
    path("networks/water/isolation", views.IsolationView.as_view(), name="api_water_isolation"),
    path("networks/water/trace", views.WaterTraceView.as_view(), name="api_water_trace"),
    path("networks/sewer/trace", views.SewerTraceView.as_view(), name="api_sewer_trace"),
    path("networks/<str:family>/anomalies/", anomalies.AnomaliesView.as_view(), name="api_network_anomalies"),
    path(
        "networks/<str:family>/anomalies/<int:anomaly_id>/",
        anomalies.AnomalyView.as_view(),
        name="api_network_anomaly",
    ),
]
