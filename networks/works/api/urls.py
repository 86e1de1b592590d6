"""/api/v1/networks/works/."""

from django.urls import path

from networks.works.api.views import WorkCheckView

urlpatterns = [
    path("networks/works/check", WorkCheckView.as_view(), name="work_check"),
]
