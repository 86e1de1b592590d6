"""/couches/<layer>/actualisation/: where a layer is refreshed from by itself."""

from django.urls import path

from layers.intake import refresh_pages

urlpatterns = [path("<slug:slug>/actualisation/", refresh_pages.refresh, name="layer_refresh")]
