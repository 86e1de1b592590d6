"""What /api/v1/heights/ answers, for the OpenAPI document."""

from rest_framework import serializers

from layers.catalogue.models import Photo


class HeightModelSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()
    acquired = serializers.CharField(help_text="the year, the month or the day")
    resolution_m = serializers.FloatField()
    vertical_crs = serializers.IntegerField(allow_null=True, help_text="EPSG code; 5720 is NGF-IGN69")
    attribution = serializers.CharField()


class HeightsSerializer(serializers.Serializer[dict[str, object]]):
    """Of a point, a line or a polygon: the fields of the others are absent. Metres, m², m³."""

    model = serializers.ChoiceField(choices=[kind for kind in Photo.Kind.values if kind != Photo.Kind.PHOTO])
    campaign = HeightModelSerializer()
    height = serializers.FloatField(required=False, allow_null=True, help_text="of a point; null in a hole")
    above_ground = serializers.FloatField(required=False, allow_null=True, help_text="what stands at the point")
    length_m = serializers.FloatField(required=False, help_text="of the line on the map")
    ground_length_m = serializers.FloatField(required=False, help_text="of the line along the ground")
    step_m = serializers.FloatField(required=False)
    profile = serializers.ListField(
        required=False,
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text="distance, height, x and y (in the CRS asked in) of each point of the line",
    )
    count = serializers.IntegerField(required=False, help_text="pixels with a height in the polygon")
    known = serializers.FloatField(required=False, help_text="the share of the polygon that has heights")
    min = serializers.FloatField(required=False)
    mean = serializers.FloatField(required=False)
    max = serializers.FloatField(required=False)
    percentiles = serializers.DictField(required=False, child=serializers.FloatField())
    area_m2 = serializers.FloatField(required=False)
    volume = serializers.DictField(
        required=False,
        child=serializers.FloatField(),
        help_text="against `plane`: `above_m3` (to cut), `below_m3` (to fill)",
    )


class GroundProfileSerializer(serializers.Serializer[dict[str, object]]):
    length_m = serializers.FloatField(help_text="of the line on the map")
    ground_length_m = serializers.FloatField(allow_null=True, help_text="of the line along the ground")
    slope = serializers.FloatField(allow_null=True, help_text="of the ground from one end to the other, m for a metre")
    models = serializers.DictField(child=HeightModelSerializer(), help_text="`ground` and `surface`, where published")
    profile = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text="distance, ground, surface, x and y (in the CRS asked in) of each point of the line",
    )


class HeightLegendLineSerializer(serializers.Serializer[dict[str, object]]):
    label = serializers.CharField()  # type: ignore[assignment]
    colour = serializers.CharField()


class HeightLegendSerializer(serializers.Serializer[dict[str, object]]):
    style = serializers.CharField()  # type: ignore[assignment]
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField(help_text="of the figures in the labels; empty for shaded relief, which has no lines")
    lines = HeightLegendLineSerializer(many=True)


class HeightGridSerializer(serializers.Serializer[dict[str, object]]):
    """Square pixels, north up; metres, EPSG:2154."""

    model = serializers.ChoiceField(choices=[kind for kind in Photo.Kind.values if kind != Photo.Kind.PHOTO])
    campaign = HeightModelSerializer()
    left = serializers.FloatField(help_text="of the outer corner in the north-west")
    top = serializers.FloatField()
    pixel_m = serializers.FloatField()
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    known = serializers.FloatField(help_text="the share of the pixels that have a height")
    heights = serializers.CharField(help_text="base64 of little-endian float32, row by row from the north; NaN: a hole")
