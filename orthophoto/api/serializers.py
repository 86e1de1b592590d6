"""Shapes of what goes in and out of /api/v1/campaigns/."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from layers.catalogue.models import Layer, Photo
from orthophoto.models import Campaign, Sheet


class CampaignOrderSerializer(serializers.Serializer[dict[str, object]]):
    """A delivery to inspect. Its folder is one of the inbox on the server, `member/folder`."""

    delivery = serializers.CharField(max_length=300)
    title = serializers.CharField(max_length=120)
    title_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    abstract = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    slug = serializers.CharField(max_length=50, required=False, help_text="else made from the title")
    acquired = serializers.CharField(max_length=10, help_text="YYYY, YYYY-MM or YYYY-MM-DD")
    member = serializers.CharField(
        max_length=50, required=False, help_text="short name; needed where one administers several"
    )
    visibility = serializers.ChoiceField(choices=Layer.Visibility.choices, required=False)
    shared_with = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=1000, help_text="short names of members"
    )
    within_communes = serializers.BooleanField(required=False)
    attribution = serializers.CharField(max_length=200, required=False, allow_blank=True)
    licence = serializers.CharField(max_length=120, required=False, allow_blank=True)
    crs = serializers.IntegerField(
        min_value=1024, max_value=999_999, required=False, help_text="EPSG code for the sheets that name none"
    )
    codec = serializers.ChoiceField(
        choices=Campaign.Codec.choices, required=False, help_text="jpeg for photos, deflate for heights by default"
    )
    display = serializers.ChoiceField(choices=Campaign.Display.choices, required=False)
    kind = serializers.ChoiceField(choices=Photo.Kind.choices, required=False, help_text="photos, or which heights")
    unit = serializers.ChoiceField(
        choices=Campaign.Unit.choices, required=False, help_text="what the values of heights count; metres by default"
    )
    vertical_crs = serializers.IntegerField(
        min_value=1024, max_value=999_999, required=False, allow_null=True,
        help_text="EPSG code of the vertical datum, where the files say none",
    )  # fmt: skip


class CampaignDescriptionSerializer(serializers.Serializer[dict[str, object]]):
    """What may change of a campaign, and of its published photo at once; what is not given stays."""

    title = serializers.CharField(max_length=120, required=False)
    title_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    abstract = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    acquired = serializers.CharField(max_length=10, required=False, help_text="YYYY, YYYY-MM or YYYY-MM-DD")
    visibility = serializers.ChoiceField(choices=Layer.Visibility.choices, required=False)
    shared_with = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=1000, help_text="short names of members"
    )
    within_communes = serializers.BooleanField(required=False)
    attribution = serializers.CharField(max_length=200, required=False, allow_blank=True)
    licence = serializers.CharField(max_length=120, required=False, allow_blank=True)


def counts_field() -> serializers.Serializer[Any]:
    fields = {name: serializers.IntegerField() for name in ("refused", "found", "built", "failed", "total", "bytes")}
    return inline_serializer("Counts", {**fields, "mean_seconds": serializers.FloatField(allow_null=True)})


def findings_field() -> serializers.Serializer[Any]:
    fields: dict[str, Any] = {
        "code": serializers.CharField(),
        "words": serializers.CharField(),
        "files": serializers.ListField(child=serializers.CharField()),
        "params": serializers.DictField(),
    }
    return inline_serializer("Finding", fields, many=True)


class InventorySerializer(serializers.Serializer[dict[str, object]]):
    """The inventory's job while it is open; without a living worker its message says so."""

    job = serializers.IntegerField()
    state_label = serializers.CharField()
    message = serializers.CharField()
    progress = serializers.FloatField(allow_null=True)


class CampaignSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()
    member = serializers.CharField(allow_null=True, help_text="null for the whole platform's")
    acquired = serializers.CharField()
    state = serializers.ChoiceField(choices=Campaign.State.choices)
    state_label = serializers.CharField()
    message = serializers.CharField()
    resolution_m = serializers.FloatField(allow_null=True)
    build = serializers.IntegerField()
    published = serializers.BooleanField()
    published_build = serializers.IntegerField(allow_null=True)
    counts = counts_field()
    progress = serializers.FloatField(allow_null=True, help_text="0 to 1 of what is going on")
    seconds_left = serializers.FloatField(allow_null=True)
    findings = findings_field()
    size_bytes = serializers.IntegerField()
    attribution = serializers.CharField()
    licence = serializers.CharField()
    visibility = serializers.CharField()
    within_communes = serializers.BooleanField()
    crs = serializers.IntegerField()
    codec = serializers.CharField()
    display = serializers.CharField()
    created_at = serializers.DateTimeField()
    state_description = serializers.CharField(help_text="what is to be said of the state, in one sentence")
    goes_on = serializers.BooleanField(help_text="whether it will change by itself")
    inventory = InventorySerializer(allow_null=True)
    actions = serializers.ListField(child=serializers.CharField(), help_text="what may be asked of it now")

    def get_fields(self) -> dict[str, Any]:
        """The fields by their names in the API, where `told` describes the state."""
        names = {"state_description": "told"}
        return {names.get(name, name): field for name, field in super().get_fields().items()}


class CampaignDetailSerializer(CampaignSerializer):
    sheet_states = serializers.CharField(
        help_text="one letter per sheet in the order of the list: (r)efused, (f)ound, (b)uilt, failed (x)"
    )


class SheetSerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    file = serializers.CharField()
    state = serializers.ChoiceField(choices=Sheet.State.choices)
    state_label = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    outline = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), allow_null=True, help_text="EPSG:2154"
    )


class ReportSerializer(CampaignSerializer):
    sheets = SheetSerializer(many=True)
