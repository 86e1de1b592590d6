"""The shapes of the features' answers, for the API's documentation; and the one body that is sent."""

from rest_framework import serializers


class PropertySerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    display = serializers.CharField()


class FeatureSerializer(serializers.Serializer[dict[str, object]]):
    layer = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    subtitle = serializers.CharField(allow_null=True)
    properties = PropertySerializer(many=True)
    geometry = serializers.DictField(allow_null=True, help_text="GeoJSON, EPSG:4326")
    bbox_4326 = serializers.ListField(child=serializers.FloatField())
    version = serializers.IntegerField()


class ListedFeatureSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    properties = serializers.DictField()
    bbox_4326 = serializers.ListField(child=serializers.FloatField())


class FeaturePageSerializer(serializers.Serializer[dict[str, object]]):
    number_matched = serializers.IntegerField(allow_null=True, help_text="null above 10,000")
    next = serializers.CharField(allow_null=True)
    results = ListedFeatureSerializer(many=True)


class HereLayerSerializer(serializers.Serializer[dict[str, object]]):
    layer = serializers.CharField()
    title = serializers.CharField()
    features = FeatureSerializer(many=True)


class HereSerializer(serializers.Serializer[dict[str, object]]):
    results = HereLayerSerializer(many=True)


class SuggestionSerializer(serializers.Serializer[dict[str, object]]):
    kind = serializers.CharField(help_text="commune, parcel, address, road or coordinates")
    label = serializers.CharField()  # type: ignore[assignment]
    detail = serializers.CharField()
    layer = serializers.CharField(allow_null=True)
    id = serializers.IntegerField(allow_null=True)
    center_4326 = serializers.ListField(child=serializers.FloatField())
    bbox_4326 = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class SuggestionsSerializer(serializers.Serializer[dict[str, object]]):
    results = SuggestionSerializer(many=True)


class GeometrySerializer(serializers.Serializer[dict[str, object]]):
    geometry = serializers.JSONField(help_text="GeoJSON geometry, EPSG:4326")


class MeasureSerializer(serializers.Serializer[dict[str, object]]):
    length_m = serializers.FloatField()
    area_m2 = serializers.FloatField()
