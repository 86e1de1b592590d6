"""Campaigns in the administration, to look at: they are worked on in /campagnes/."""

from django.contrib import admin

from gis_core.admin import ReadOnly
from orthophoto.models import Campaign


@admin.register(Campaign)
class CampaignAdmin(ReadOnly):
    list_display = ("title", "acquired_date", "owner", "state", "visibility", "started_by", "created_at")
    list_filter = ("state", "visibility", "owner")
    search_fields = ("slug", "title")
    fields = (
        "title",
        "slug",
        "acquired_date",
        "owner",
        "visibility",
        "attribution",
        "licence",
        "delivery",
        "crs",
        "codec",
        "display",
        "state",
        "message",
        "started_by",
        "created_at",
    )
