"""/couches-externes/."""

from django.urls import path

from layers.external import pages

urlpatterns = [
    path("", pages.externals, name="externals"),
    path("nouvelle/", pages.new_external, name="external_new"),
    path("ajouter/", pages.declare, name="external_declare"),
    path("serveurs/", pages.allow, name="external_host_allow"),
    path("serveurs/<int:host_id>/retirer/", pages.forbid, name="external_host_forbid"),
    path("<slug:slug>/", pages.external, name="external"),
    path("<slug:slug>/retirer/", pages.remove, name="external_remove"),
]
