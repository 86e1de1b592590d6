"""/permis/."""

from django.urls import path

from permits.pages import procedure

urlpatterns = [
    path("<str:permit>/", procedure.procedure, name="permit"),
]
