"""Shapes of what goes in and out of /api/v1/prints/."""

from typing import Any

from rest_framework import serializers

from gis_core.api.serializers import ExactSerializer, JobFileSerializer
from layers.printing.order import MOST_SELECTED, MOST_SELECTED_LAYERS
from layers.printing.paper import ORIENTATIONS, PAPERS
from layers.printing.services.prints import FILES

type Json = dict[str, Any]


class PrintedLayerSerializer(serializers.Serializer[Json]):
    layer = serializers.CharField(max_length=100)
    opacity = serializers.FloatField(default=1.0, help_text="0 to 1")
    legend = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="another of its legends, by name"
    )


class PrintedSelectionSerializer(serializers.Serializer[Json]):
    layer = serializers.CharField(max_length=100)
    ids = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=MOST_SELECTED)


class PrintOrderSerializer(ExactSerializer):
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
    selected = serializers.ListField(
        child=PrintedSelectionSerializer(),
        required=False,
        default=list,
        max_length=MOST_SELECTED_LAYERS,
        help_text="objects to outline, as far as the asker sees them",
    )


class PrintSerializer(JobFileSerializer):
    """A print of the asker's: as its job, and where its file is once there is one."""

    files = FILES
    address = "/api/v1/prints/"


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
