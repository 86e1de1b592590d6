"""Shapes of what goes in and out of the exports' addresses."""

from typing import Any

from rest_framework import serializers

from gis_core.api.serializers import ExactSerializer, JobFileSerializer
from layers.exports.services.files import FILES
from layers.exports.services.ordering import FORMATS, MOST_LAYERS
from layers.exports.services.selection import MOST_IDS

type Json = dict[str, Any]


class ExportCountSerializer(serializers.Serializer[Json]):
    count = serializers.IntegerField()


class ExportedLayerSerializer(ExactSerializer):
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


class ExportOrderSerializer(ExactSerializer):
    format = serializers.ChoiceField(choices=list(FORMATS))
    layers = serializers.ListField(child=ExportedLayerSerializer(), min_length=1, max_length=MOST_LAYERS)
    crs = serializers.CharField(required=False, allow_blank=True, help_text="EPSG:2154 by default")
    labels = serializers.BooleanField(required=False, default=False, help_text="codes in words")
    points = serializers.BooleanField(required=False, default=False, help_text="x and y in a workbook")


class ExportSerializer(JobFileSerializer):
    """An export of the asker's: as its job, and where its file is once there is one."""

    files = FILES
    address = "/api/v1/exports/"
