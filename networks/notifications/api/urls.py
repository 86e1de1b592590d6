"""/api/v1/warning/."""

from django.urls import path

from networks.notifications.api import views

urlpatterns = [path("warning/reports/<str:secret>", views.ReportsView.as_view(), name="api_warning_reports")]
