"""The shapes of the answers, for the API's documentation."""

from rest_framework import serializers

from gis_core.api.places import bbox_field
from layers.catalogue.api.serializers import OwnerSerializer, ThemeSerializer
from layers.catalogue.models import Layer
from layers.external.models import ExternalLayer


class ExternalLayerSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()
    abstract = serializers.CharField()
    theme = ThemeSerializer()
    order = serializers.IntegerField()
    attribution = serializers.CharField()
    licence = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Layer.Visibility.choices)
    owner = OwnerSerializer(allow_null=True)
    kind = serializers.ChoiceField(choices=ExternalLayer.Kind.values)
    tiles = serializers.CharField(help_text="the address of its images in Web Mercator, at this server")
    tile_size = serializers.IntegerField(help_text="the side of an image in pixels; one holds the world at zoom 0")
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField()
    extent_4326 = bbox_field(allow_null=True)
    legend = serializers.CharField(allow_null=True, help_text="the address of an image of its legend")
    version = serializers.IntegerField()
