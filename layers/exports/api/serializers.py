"""Shapes of what goes in and out of the exports' addresses."""

from typing import Any

from rest_framework import serializers

from gis_core.jobs.services import describe_job
from gis_core.models import Job
from layers.exports.services.files import is_there
from layers.exports.services.ordering import FORMATS, MOST_LAYERS
from layers.exports.services.selection import MOST_IDS

type Json = dict[str, Any]


class ExportCountSerializer(serializers.Serializer[Json]):
    count = serializers.IntegerField()


class Exact(serializers.Serializer[Json]):
    """A misspelt name is refused, for nobody would notice what it was meant to choose."""

    def to_internal_value(self, data: Any) -> Json:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            known = ", ".join(self.fields)
            raise serializers.ValidationError({str(name): [f"{known}"] for name in unknown})
        values: Json = super().to_internal_value(data)
        return values


class ExportedLayerSerializer(Exact):
    layer = serializers.CharField(max_length=50)
    bbox = serializers.ListField(
        child=serializers.FloatField(), min_length=4, max_length=4, required=False, allow_null=True,
        help_text="west, south, east, north (EPSG:4326)",
    )  # fmt: skip
    filter = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, help_text="CQL2")
    filter_lang = serializers.CharField(required=False, allow_blank=True, help_text="cql2-text, cql2-json")
    filter_crs = serializers.CharField(required=False, allow_blank=True, help_text="by its URI")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0), max_length=MOST_IDS, required=False, allow_null=True
    )


class ExportOrderSerializer(Exact):
    format = serializers.ChoiceField(choices=list(FORMATS))
    layers = serializers.ListField(child=ExportedLayerSerializer(), min_length=1, max_length=MOST_LAYERS)
    crs = serializers.CharField(required=False, allow_blank=True, help_text="EPSG:2154 by default")
    labels = serializers.BooleanField(required=False, default=False, help_text="codes in words")
    points = serializers.BooleanField(required=False, default=False, help_text="x and y in a workbook")


class ExportStartedSerializer(serializers.Serializer[Json]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()


class ExportSerializer(serializers.ModelSerializer[Job]):
    """An export of the asker's: as its job, and where its file is once there is one."""

    state = serializers.ChoiceField(choices=Job.State.choices)
    file = serializers.SerializerMethodField()
    report = serializers.JSONField(read_only=True)

    class Meta:
        model = Job
        fields = ("id", "title", "state", "progress", "message", "created_at", "ended_at", "file", "report")
        read_only_fields = fields

    def get_file(self, job: Job) -> str | None:
        """Where to fetch the file; null before there is one, and when its days are over."""
        return f"/api/v1/exports/{job.pk}/file/" if is_there(job) else None

    def to_representation(self, job: Job) -> Json:
        _label, message = describe_job(job)
        return {**super().to_representation(job), "message": message}
