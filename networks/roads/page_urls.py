"""/voirie/."""

from django.urls import path

from networks.roads.pages import home

urlpatterns = [
    path("", home.home, name="roads"),
]
