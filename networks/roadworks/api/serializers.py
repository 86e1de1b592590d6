"""Works in JSON."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from networks.roadworks.models import Work
from networks.roadworks.services.conflicts import Severity
from networks.roadworks.services.stretches import LONGEST_TEXT

SEVERITIES = [(one.name.lower(), one.name.lower()) for one in Severity]


class WorkCheckSerializer(serializers.Serializer[None]):
    """Where works are to be, one way of saying it, and when."""

    start = serializers.CharField(required=False, max_length=80, help_text="D 2020 PR 12+350, with `end`.")
    end = serializers.CharField(required=False, max_length=80)
    street = serializers.CharField(required=False, max_length=300, help_text="With `commune`; several by semicolons.")
    commune = serializers.CharField(required=False, max_length=5)
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        required=False, min_length=2, max_length=2, help_text="Two places on roads, longitude and latitude.",
    )  # fmt: skip
    geom = serializers.CharField(required=False, max_length=LONGEST_TEXT, help_text="GeoJSON of a line, in degrees.")
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    kind = serializers.ChoiceField(choices=Work.Kind.choices, default=Work.Kind.ROAD)
    measure = serializers.ChoiceField(choices=Work.Measure.choices, default=Work.Measure.NONE)
    new_surface = serializers.BooleanField(default=False)
    hours = serializers.CharField(default="", allow_blank=True, max_length=60)
    work = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Those works themselves."
    )


class WorkCheckedSerializer(serializers.Serializer[None]):
    """The stretch, and what it meets; without days nothing is met."""

    stretch = serializers.DictField(child=serializers.JSONField(), help_text="GeoJSON in degrees.")
    length_m = serializers.FloatField()
    place = serializers.CharField()
    # The severity of a conflict is its gravity here.
    conflicts = inline_serializer(
        "WorkConflict",
        {
            "id": serializers.IntegerField(),
            "reference": serializers.CharField(),
            "title": serializers.CharField(),
            "member": serializers.CharField(),
            "days": serializers.CharField(),
            "gravity": serializers.ChoiceField(choices=SEVERITIES),
            "gravity_label": serializers.CharField(),
            "why": serializers.CharField(),
            "metres": serializers.FloatField(),
            "url": serializers.CharField(),
        },
        many=True,
    )
