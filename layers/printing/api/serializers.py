"""Shapes of what goes in and out of /api/v1/prints/."""

from typing import Any

from rest_framework import serializers

from gis_core.jobs.services import describe_job
from gis_core.models import Job
from layers.printing.paper import ORIENTATIONS, PAPERS
from layers.printing.services.prints import file_of

type Json = dict[str, Any]


class PrintedLayerSerializer(serializers.Serializer[Json]):
    layer = serializers.CharField(max_length=100)
    opacity = serializers.FloatField(default=1.0, help_text="0 to 1")


class PrintOrderSerializer(serializers.Serializer[Json]):
    title = serializers.CharField(help_text="at most 120 characters")
    scale = serializers.IntegerField(help_text="1:n, n from 100 to 100,000")
    paper = serializers.CharField(help_text=", ".join(PAPERS))
    orientation = serializers.CharField(help_text=", ".join(ORIENTATIONS))
    center = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, help_text="EPSG:2154")
    layers = serializers.ListField(
        child=PrintedLayerSerializer(), required=False, default=list, max_length=100, help_text="the first one on top"
    )
    photo = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=100)
    dpi = serializers.IntegerField(required=False, help_text="of the photo, 72 to 300; 150 by default")
    note = serializers.CharField(required=False, allow_blank=True, help_text="at most 600 characters")
    author = serializers.CharField(required=False, allow_blank=True, help_text="the asker's name by default")
    grid = serializers.BooleanField(required=False, default=False, help_text="Lambert-93 coordinates")

    def to_internal_value(self, data: Any) -> Json:
        """A misspelt name is refused, for nobody would notice what it was meant to change."""
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            known = ", ".join(self.fields)
            raise serializers.ValidationError({str(name): [f"{known}"] for name in unknown})
        values: Json = super().to_internal_value(data)
        return values


class PrintStartedSerializer(serializers.Serializer[Json]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()


class PrintSerializer(serializers.ModelSerializer[Job]):
    """A print of the asker's: as its job, and where its file is once there is one."""

    state = serializers.ChoiceField(choices=Job.State.choices)
    file = serializers.SerializerMethodField()
    report = serializers.JSONField(read_only=True)

    class Meta:
        model = Job
        fields = ("id", "title", "state", "progress", "message", "created_at", "ended_at", "file", "report")
        read_only_fields = fields

    def get_file(self, job: Job) -> str | None:
        """Where to fetch the PDF file; null before there is one, and when its days are over."""
        there = job.state == Job.State.DONE and file_of(job).is_file()
        return f"/api/v1/prints/{job.pk}/file/" if there else None

    def to_representation(self, job: Job) -> Json:
        _label, message = describe_job(job)
        return {**super().to_representation(job), "message": message}


class PaperSheetSerializer(serializers.Serializer[Json]):
    paper = serializers.CharField()
    orientation = serializers.ChoiceField(choices=ORIENTATIONS)
    sheet_mm = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    map_mm = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


class PrintOptionsSerializer(serializers.Serializer[Json]):
    sheets = PaperSheetSerializer(many=True)
    scales = serializers.ListField(
        child=serializers.IntegerField(), min_length=2, max_length=2, help_text="the least and the greatest"
    )
    dpi = serializers.ListField(
        child=serializers.IntegerField(), min_length=2, max_length=2, help_text="the least and the greatest"
    )
    usual_dpi = serializers.IntegerField()
    most_pixels = serializers.IntegerField(help_text="of a photo")
    bytes_per_pixel = serializers.FloatField(help_text="of a photo, about")
    most_layers = serializers.IntegerField()
    longest = serializers.DictField(child=serializers.IntegerField())
    author = serializers.CharField()
    kept_days = serializers.IntegerField()
