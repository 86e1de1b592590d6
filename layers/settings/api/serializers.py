"""The shapes of the answers, for the API's documentation."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers


class CountedValueSerializer(serializers.Serializer[dict[str, object]]):
    value = serializers.JSONField()
    count = serializers.IntegerField()


class DistributionSerializer(serializers.Serializer[dict[str, object]]):
    values = CountedValueSerializer(many=True, help_text="the most frequent ones, at most 100")
    more = serializers.BooleanField(help_text="there are others")
    total = serializers.IntegerField(help_text="features")
    empty = serializers.IntegerField(help_text="features without a value")
    quantiles = serializers.ListField(child=serializers.FloatField(), help_text="of a number: 201, least to greatest")
    natural = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="of a number: inner breaks of 2 to 9 classes of least variance",
    )


class QmlFileSerializer(serializers.Serializer[dict[str, object]]):
    file = serializers.FileField()


QML_READING = inline_serializer(
    "QmlReading",
    {
        "style": serializers.DictField(
            help_text="legend, labels, scale_from and scale_to, as the catalogue keeps them"
        ),
        "told": serializers.ListField(child=serializers.CharField(), help_text="what could not be taken, in words"),
    },
)


class TileColumnSerializer(serializers.Serializer[dict[str, object]]):
    column = serializers.CharField()


class TileColumnsSerializer(serializers.Serializer[dict[str, object]]):
    version = serializers.IntegerField(help_text="of the layer: its tiles have a new address")
    columns = serializers.ListField(child=serializers.CharField())
