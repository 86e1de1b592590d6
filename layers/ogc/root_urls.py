"""The landing page's address without its slash: QGIS takes an address as it is typed, and follows nothing there."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from layers.ogc import views

urlpatterns = [path("", csrf_exempt(views.LandingView.as_view()), name="ogc_landing")]
