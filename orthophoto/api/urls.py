"""/api/v1/campaigns/."""

from django.urls import path

from orthophoto.api import views

urlpatterns = [
    path("campaigns/", views.CampaignsView.as_view(), name="api_campaigns"),
    path("campaigns/<slug:slug>/", views.CampaignView.as_view(), name="api_campaign"),
    path("campaigns/<slug:slug>/build/", views.BuildView.as_view(), name="api_campaign_build"),
    path("campaigns/<slug:slug>/stop/", views.StopView.as_view(), name="api_campaign_stop"),
    path("campaigns/<slug:slug>/publish/", views.PublishView.as_view(), name="api_campaign_publish"),
    path("campaigns/<slug:slug>/take-back/", views.TakeBackView.as_view(), name="api_campaign_take_back"),
    path("campaigns/<slug:slug>/sheets/", views.SheetsView.as_view(), name="api_campaign_sheets"),
    path("campaigns/<slug:slug>/report/", views.ReportView.as_view(), name="api_campaign_report"),
]
