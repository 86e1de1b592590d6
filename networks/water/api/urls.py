"""/api/v1/networks/."""

from django.urls import path

from networks.water.api import anomalies

urlpatterns = [
    path("networks/<str:family>/anomalies/", anomalies.AnomaliesView.as_view(), name="api_network_anomalies"),
    path(
        "networks/<str:family>/anomalies/<int:anomaly_id>/",
        anomalies.AnomalyView.as_view(),
        name="api_network_anomaly",
    ),
]
