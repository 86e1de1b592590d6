"""/api/v1/parcels/."""

from django.urls import path

from layers.parcels.api import views

urlpatterns = [
    path("parcels/sections/", views.SectionsView.as_view(), name="parcel_sections"),
    path("parcels/select/", views.SelectView.as_view(), name="parcel_select"),
    path("parcels/select.csv", views.SelectTableView.as_view(), name="parcel_select_table"),
    path("parcels/sheet/", views.GroundView.as_view(), name="ground_sheet"),
    path("parcels/sheet.pdf", views.GroundFileView.as_view(), name="ground_sheet_file"),
    path("parcels/sheets/", views.FrozenSheetsView.as_view(), name="frozen_sheets"),
    path("parcels/sheets/<slug:sheet>/", views.FrozenSheetView.as_view(), name="frozen_sheet"),
    path("parcels/sheets/<slug:sheet>.pdf", views.FrozenFileView.as_view(), name="frozen_sheet_file"),
    path("parcels/<slug:idu>/sheet/", views.ParcelView.as_view(), name="parcel_sheet"),
    path("parcels/<slug:idu>/sheet.pdf", views.ParcelFileView.as_view(), name="parcel_sheet_file"),
]
