"""/api/v1/networks/works/."""

from django.urls import path

from networks.works.api import detours

urlpatterns = [path("networks/works/detour", detours.DetourView.as_view(), name="api_works_detour")]
