"""/externe/: images of other servers' layers. Any text is taken for z, x and y, so that a wrong one gets a reason."""

from django.urls import path

from layers.external import views

urlpatterns = [
    path("<slug:slug>/legende", views.legend, name="external_legend"),
    path("<slug:slug>/<str:z>/<str:x>/<str:y>", views.tile, name="external_tile"),
]
