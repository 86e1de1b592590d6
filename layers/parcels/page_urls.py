"""/fiches/."""

from django.urls import path

from layers.parcels import pages

urlpatterns = [path("", pages.list_frozen_sheets, name="frozen_sheet_list")]
