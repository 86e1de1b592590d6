"""/regles/."""

from django.urls import path

from simulation.pages import rules

urlpatterns = [
    path("", rules.rule_list, name="zone_rules"),
    path("<slug:slug>/<str:idurba>/", rules.document_page, name="zone_rules_document"),
    path("<slug:slug>/<str:idurba>/regles.json", rules.export, name="zone_rules_export"),
    path("<slug:slug>/<str:idurba>/zones/<path:zone>/", rules.zone_page, name="zone_rules_zone"),
]
