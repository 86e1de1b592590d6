"""/couches/ and the pages of each layer."""

from django.urls import path

from layers.settings import field_pages, numbering_pages, pages, retiring_pages

urlpatterns = [
    path("", pages.layers, name="layer_list"),
    path("numerotation/", numbering_pages.numbering, name="layer_numbering"),
    path("numerotation/<slug:slug>/", numbering_pages.numbering_of_missing, name="layer_number_missing"),
    path("<slug:slug>/", pages.description, name="layer_settings"),
    path("<slug:slug>/archiver/", retiring_pages.archive, name="layer_archive"),
    path("<slug:slug>/supprimer/", retiring_pages.delete, name="layer_delete"),
    path("<slug:slug>/champs/", field_pages.fields, name="layer_fields"),
    path("<slug:slug>/regles/", field_pages.rules, name="layer_rules_page"),
    path("<slug:slug>/style/", pages.style, name="layer_style"),
]
