"""/campagnes/ and what can be done with a campaign below it."""

from django.urls import path

from orthophoto import pages

urlpatterns = [
    path("", pages.campaigns, name="campaigns"),
    path("nouvelle/", pages.new_campaign, name="campaign_new"),
    path("<slug:slug>/", pages.campaign, name="campaign"),
    path("<slug:slug>/recommencer/", pages.restart_campaign, name="campaign_restart"),
    path("<slug:slug>/modifier/", pages.describe_campaign, name="campaign_describe"),
    path("<slug:slug>/construire/", pages.build, name="campaign_build"),
    path("<slug:slug>/arreter/", pages.stop, name="campaign_stop"),
    path("<slug:slug>/publier/", pages.publish, name="campaign_publish"),
    path("<slug:slug>/retirer/", pages.unpublish, name="campaign_take_back"),
    path("<slug:slug>/batiments/", pages.measure, name="campaign_measure"),
    path("<slug:slug>/supprimer/", pages.delete, name="campaign_delete"),
]
