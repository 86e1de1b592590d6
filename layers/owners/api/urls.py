"""/api/v1/owners/."""

from django.urls import path

from layers.owners.api import views

urlpatterns = [
    path("owners/consultations/", views.ConsultationsView.as_view(), name="api_owners_consult"),
    path("owners/consultations/export/", views.ConsultationExportView.as_view(), name="api_owners_export"),
    path("owners/search/", views.SearchView.as_view(), name="api_owners_search"),
    path("owners/units/", views.UnitsView.as_view(), name="api_owners_unit"),
    path("owners/requests/", views.RequestsView.as_view(), name="api_owners_request"),
    path("owners/journal/", views.JournalView.as_view(), name="api_owners_journal"),
]
