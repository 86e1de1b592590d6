"""/proprietaires/."""

from django.urls import path

from layers.owners import pages

urlpatterns = [
    path("", pages.access_list, name="owner_access_list"),
    path("acces/<slug:slug>/", pages.access, name="owner_access"),
    path("journal/", pages.journal_page, name="owner_journal"),
    path("consulter/", pages.consultation, name="owner_consultation"),
    path("rechercher/", pages.search, name="owner_search"),
    path("tiers/", pages.third_party, name="owner_third_party"),
]
