"""Shapes of what goes in and out of /api/v1/parcels/."""

import re
from datetime import date
from typing import Any

from rest_framework import serializers

from gis_core.api.places import bbox_field
from layers.parcels.models import FrozenSheet
from layers.parcels.services.selecting import MOST_SELECTED

type Json = dict[str, Any]

LONGEST_LIST = 50_000


DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def day_in(text: str) -> date | None:
    """A day written YYYY-MM-DD, and in no other way of ISO 8601."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


class DayField(serializers.DateField):
    def to_internal_value(self, value: Any) -> date:
        day = day_in(value) if isinstance(value, str) else None
        if day is None:
            self.fail("invalid", format="YYYY-MM-DD")
        return day


class GroundSerializer(serializers.Serializer[Json]):
    """Parcels, or a shape."""

    parcels = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=1000,
        help_text="14 or 15 characters each",
    )
    shape = serializers.JSONField(required=False, help_text="GeoJSON polygon, EPSG:4326")
    day = DayField(required=False, help_text="the rules of this day; today by default")
    sections = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=50)
    title = serializers.CharField(required=False, max_length=200)

    def validate(self, attrs: Json) -> Json:
        if ("parcels" in attrs) == ("shape" in attrs):
            raise serializers.ValidationError({"parcels": ["parcels | shape"]})
        return attrs


class SelectSerializer(serializers.Serializer[Json]):
    """A shape, with a distance around it or not; or references; or identifiers."""

    shape = serializers.JSONField(required=False, help_text="GeoJSON point, line or polygon, EPSG:4326")
    distance_m = serializers.FloatField(required=False, help_text="0 to 1000, 0 by default")
    references = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_LIST, trim_whitespace=False),
        required=False,
        max_length=1000,
        help_text="45001 AB 12, AB 12, … as people write them, one or a list in each",
    )
    insee = serializers.CharField(required=False, max_length=5, help_text="of references that name no commune")
    parcels = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=MOST_SELECTED,
        help_text="14 or 15 characters each",
    )

    def validate(self, attrs: Json) -> Json:
        if sum(way in attrs for way in ("shape", "references", "parcels")) != 1:
            raise serializers.ValidationError({"shape": ["shape | references | parcels"]})
        return attrs


class SelectedSerializer(serializers.Serializer[Json]):
    id = serializers.IntegerField()
    idu = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    insee = serializers.CharField()
    commune = serializers.CharField(allow_null=True)
    area_m2 = serializers.IntegerField(allow_null=True)
    measured_m2 = serializers.FloatField()
    bbox_4326 = bbox_field()


class SelectionSerializer(serializers.Serializer[Json]):
    count = serializers.IntegerField()
    truncated = serializers.BooleanField(help_text="there are more")
    unknown = serializers.ListField(child=serializers.CharField(), help_text="references that no parcel has")
    measured_m2 = serializers.FloatField(help_text="of all of them")
    results = SelectedSerializer(many=True)


class FactSerializer(serializers.Serializer[Json]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    display = serializers.CharField()


class LinkSerializer(serializers.Serializer[Json]):
    title = serializers.CharField()
    url = serializers.CharField()


class LineSerializer(serializers.Serializer[Json]):
    key = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    area_m2 = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(allow_null=True, help_text="0 to 1, of the ground")
    length_m = serializers.FloatField(allow_null=True)
    uncertain = serializers.BooleanField()
    layer = serializers.CharField(allow_null=True)
    feature = serializers.IntegerField(allow_null=True)
    facts = FactSerializer(many=True)
    links = LinkSerializer(many=True)


class SheetToleranceSerializer(serializers.Serializer[Json]):
    layer = serializers.CharField(allow_null=True)
    m2 = serializers.FloatField(allow_null=True)
    percent = serializers.FloatField(allow_null=True, help_text="0 to 100, of the ground; both count for surfaces")
    m = serializers.FloatField(allow_null=True, help_text="along a line; from a point to the limit")
    display = serializers.CharField()


class VintageSerializer(serializers.Serializer[Json]):
    title = serializers.CharField()
    date = serializers.DateField(allow_null=True)


class SectionSerializer(serializers.Serializer[Json]):
    section = serializers.CharField()
    title = serializers.CharField()
    facts = FactSerializer(many=True)
    lines = LineSerializer(many=True)
    uncertain = LineSerializer(many=True)
    tolerances = SheetToleranceSerializer(many=True, help_text="what the uncertain lines are below")
    notes = serializers.ListField(child=serializers.CharField())
    vintages = VintageSerializer(many=True)
    failed = serializers.CharField(allow_null=True)


class GroundAnswerSerializer(serializers.Serializer[Json]):
    parcels = serializers.ListField(child=serializers.CharField())
    insee = serializers.ListField(child=serializers.CharField())
    day = serializers.DateField()
    measured_m2 = serializers.FloatField()
    bbox_2154 = serializers.ListField(child=serializers.FloatField())
    geometry = serializers.JSONField()


class ParcelSheetSerializer(serializers.Serializer[Json]):
    ground = GroundAnswerSerializer()
    made_at = serializers.DateTimeField()
    sections = SectionSerializer(many=True)


class SectionNameSerializer(serializers.Serializer[Json]):
    section = serializers.CharField()
    title = serializers.CharField()


class SectionNamesSerializer(serializers.Serializer[Json]):
    results = SectionNameSerializer(many=True)


class FrozenSheetSerializer(serializers.ModelSerializer[FrozenSheet]):
    """A frozen sheet: what it said then, and where its file is."""

    url = serializers.SerializerMethodField()
    pdf = serializers.SerializerMethodField()

    class Meta:
        model = FrozenSheet
        fields = ("number", "title", "made_at", "day", "content_sha256", "content", "url", "pdf")

    def get_url(self, sheet: FrozenSheet) -> str:
        return f"/api/v1/parcels/sheets/{sheet.number}/"

    def get_pdf(self, sheet: FrozenSheet) -> str:
        return f"/api/v1/parcels/sheets/{sheet.number}.pdf"


class FrozenSheetLineSerializer(FrozenSheetSerializer):
    class Meta:
        model = FrozenSheet
        fields = ("number", "title", "made_at", "day", "url", "pdf")
