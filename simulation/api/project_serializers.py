"""Shapes of projects, their variants and versions, in and out of /api/v1/simulations/."""

from typing import Any

from rest_framework import serializers

from simulation.api.serializers import FiniteField, SimulationVolumeSerializer
from simulation.services.content import (
    LETTERS,
    LINE_KINDS,
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_NOTES,
    MOST_DEMOLISHED,
    MOST_LINES,
    MOST_PARCELS,
)
from simulation.services.drawing import MOST_VOLUMES

type Json = dict[str, Any]


class ProjectVolumeSerializer(SimulationVolumeSerializer):
    name = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=LONGEST_LABEL)


class ProjectLineSerializer(serializers.Serializer[Json]):
    """A road, a wall, a hedge or a trench: a line with a width."""

    kind = serializers.ChoiceField(choices=[(one, one) for one in LINE_KINDS])
    name = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_LABEL)
    line = serializers.JSONField(help_text="GeoJSON LineString in EPSG:2154")
    width = FiniteField(help_text="m")
    height = FiniteField(required=False, help_text="m; of a trench its depth")


class ProjectVariantFieldsSerializer(serializers.Serializer[Json]):
    """What a variant holds, beside its letter."""

    title = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_LABEL)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTES)
    volumes = serializers.ListField(child=ProjectVolumeSerializer(), max_length=MOST_VOLUMES)
    lines = serializers.ListField(child=ProjectLineSerializer(), required=False, max_length=MOST_LINES)
    demolished = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), required=False, max_length=MOST_DEMOLISHED,
        help_text="ids of buildings of the plan",
    )  # fmt: skip


class ProjectVariantSerializer(ProjectVariantFieldsSerializer):
    letter = serializers.ChoiceField(choices=[(one, one) for one in LETTERS])


class ProjectContentSerializer(serializers.Serializer[Json]):
    """What a project holds."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    parcels = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=MOST_PARCELS,
        help_text="14 or 15 characters",
    )  # fmt: skip
    permit = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text="a permit’s number")
    variants = serializers.ListField(child=ProjectVariantSerializer(), min_length=1, max_length=len(LETTERS))


class ProjectCreationSerializer(ProjectContentSerializer):
    member = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="short name of who keeps it; the only one by default"
    )


class VariantFiguresSerializer(serializers.Serializer[Json]):
    volumes = serializers.IntegerField()
    emprise_m2 = serializers.FloatField()
    floor_m2 = serializers.FloatField(allow_null=True, help_text="null: a volume does not say its levels")
    height_m = serializers.FloatField()
    lines_m2 = serializers.FloatField()
    trench_m3 = serializers.FloatField()
    demolished = serializers.IntegerField()


class VariantAnswerSerializer(ProjectVariantSerializer):
    figures = VariantFiguresSerializer()


class ProjectSerializer(ProjectContentSerializer):
    id = serializers.IntegerField()
    variants = serializers.ListField(child=VariantAnswerSerializer())
    member = serializers.CharField()
    author = serializers.CharField()
    made_at = serializers.DateTimeField()
    changed_by = serializers.CharField()
    changed_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    writable = serializers.BooleanField()
    shared_with = serializers.ListField(child=serializers.CharField(), help_text="short names of members that read it")
    gone = serializers.ListField(child=serializers.CharField(), help_text="its parcels that the plan has no more")
    successors = serializers.ListField(child=serializers.CharField(), help_text="the parcels that lie there now")
    notes = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField()


class ProjectVersionSerializer(serializers.Serializer[Json]):
    number = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    content = ProjectContentSerializer()
