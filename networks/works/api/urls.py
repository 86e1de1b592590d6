"""/api/v1/networks/works/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
