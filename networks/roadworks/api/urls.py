"""/api/v1/networks/works/."""

from django.urls import path

from networks.roadworks.api.detours import DetourView
from networks.roadworks.api.views import WorkCheckView

urlpatterns = [
    path("networks/works/check", WorkCheckView.as_view(), name="work_check"),
    path("networks/works/detour", DetourView.as_view(), name="api_works_detour"),
]
