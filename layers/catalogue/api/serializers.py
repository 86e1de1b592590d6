"""The shapes of the catalogue's answers, for the API's documentation."""

from rest_framework import serializers

from gis_core.api.places import bbox_field, lon_lat_field
from layers.catalogue.models import Background, Layer, Photo

COLUMN_TYPES = ("text", "integer", "number", "date", "datetime", "boolean", "area_m2", "length_m")
SYMBOL_KINDS = ("fill", "line", "circle")


class ThemeSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()
    order = serializers.IntegerField()


class GroupSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()


class OwnerSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    name = serializers.CharField()


class ColumnSerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=COLUMN_TYPES)
    unit = serializers.CharField(allow_null=True)
    in_tiles = serializers.BooleanField()


class HatchSerializer(serializers.Serializer[dict[str, object]]):
    colour = serializers.CharField()
    angle = serializers.FloatField(help_text="degrees, counter-clockwise from the horizontal")
    spacing = serializers.FloatField(help_text="from line to line, in pixels")
    width = serializers.FloatField(help_text="in pixels")
    cross = serializers.BooleanField(help_text="lines at right angles too; absent: false", required=False)


class SymbolSerializer(serializers.Serializer[dict[str, object]]):
    kind = serializers.ChoiceField(choices=SYMBOL_KINDS)
    fill = serializers.CharField(allow_null=True)
    hatch = HatchSerializer(allow_null=True, help_text="lines over the fill of an area")
    stroke = serializers.CharField(allow_null=True)
    stroke_width = serializers.FloatField()
    dash = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    radius = serializers.FloatField(help_text="of a circle or another shape, in pixels")
    shape = serializers.CharField(help_text="of kind circle: circle, square, triangle, diamond, cross or star")


class LabelPartSerializer(serializers.Serializer[dict[str, object]]):
    column = serializers.CharField()
    prefix = serializers.CharField(help_text="written before a value", allow_blank=True)
    short = serializers.DictField(child=serializers.CharField(), help_text="words written in place of codes")


class LabelsSerializer(serializers.Serializer[dict[str, object]]):
    column = serializers.CharField()
    also = serializers.ListField(child=serializers.CharField(), help_text="columns written after it, in one text")
    size = serializers.FloatField(help_text="in pixels")
    colour = serializers.CharField(allow_null=True)
    bold = serializers.BooleanField()
    from_scale = serializers.IntegerField(allow_null=True, help_text="written at 1:n and larger scales")
    priority = serializers.IntegerField(help_text="0 to 10: where there is no room for all, greater ones are written")
    parts = LabelPartSerializer(many=True, help_text="how each column is written; what has no value is left out")


class LegendSerializer(serializers.Serializer[dict[str, object]]):
    label = serializers.CharField()  # type: ignore[assignment]
    where = serializers.DictField(help_text="what a feature must fit: a value, `in`, or `from`/`above`, `to`/`below`")
    symbol = SymbolSerializer()


class AlternativeLegendSerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    title = serializers.CharField()
    page = serializers.CharField(help_text="where its figures stand; empty for nowhere")


class ToleranceSerializer(serializers.Serializer[dict[str, object]]):
    m2 = serializers.FloatField(allow_null=True, help_text="of surfaces, together with the percent")
    percent = serializers.FloatField(allow_null=True, help_text="of the ground, 0 to 100")
    m = serializers.FloatField(allow_null=True, help_text="along a line; from a point to the limit")


class LayerSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()
    abstract = serializers.CharField()
    theme = ThemeSerializer()
    group = GroupSerializer(allow_null=True, help_text="listed as one with the others of this group")
    order = serializers.IntegerField()
    attribution = serializers.CharField()
    licence = serializers.CharField()
    source_date = serializers.DateField(allow_null=True)
    lineage = serializers.CharField(help_text="how the data were made")
    contact = serializers.CharField()
    geometry_type = serializers.ChoiceField(choices=Layer.Geometry.values)
    visibility = serializers.ChoiceField(choices=Layer.Visibility.choices)
    owner = OwnerSerializer(allow_null=True)
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField()
    extent_4326 = bbox_field(allow_null=True)
    visible = serializers.BooleanField(help_text="shown when the map opens")
    opacity = serializers.FloatField()
    version = serializers.IntegerField()
    title_field = serializers.CharField()
    fields = ColumnSerializer(many=True)  # type: ignore[assignment]
    tiles = serializers.CharField()
    style = serializers.CharField()  # type: ignore[assignment]
    legend = LegendSerializer(many=True, help_text="a feature is drawn by the first line that it fits")
    legends = AlternativeLegendSerializer(many=True, help_text="others, asked for with `legend` at the layer's address")
    labels = LabelsSerializer(allow_null=True)
    scale_from = serializers.IntegerField(allow_null=True, help_text="not shown at scales smaller than 1:n")
    scale_to = serializers.IntegerField(allow_null=True, help_text="not shown at scales larger than 1:n")
    can_edit = serializers.BooleanField()
    settings = serializers.CharField(allow_null=True, help_text="the page of its settings, for whoever administers it")
    strict_locking = serializers.BooleanField(help_text="no edit without the version seen, with a token either")
    tolerance = ToleranceSerializer(
        allow_null=True, help_text="below it a crossing with a parcel is a limit to be checked; null: never measured"
    )


class FootprintSerializer(serializers.Serializer[dict[str, object]]):
    """A GeoJSON MultiPolygon: polygons of rings of positions (longitude, latitude)."""

    type = serializers.ChoiceField(choices=["MultiPolygon"])
    coordinates = serializers.ListField(child=serializers.ListField(child=serializers.ListField(child=lon_lat_field())))


class PhotoSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(choices=Photo.Kind.choices, help_text="a photo, or a model of heights")
    title = serializers.CharField()
    acquired = serializers.CharField(help_text="the year, the month (2024-06) or the day (2024-06-12) of the photos")
    resolution_m = serializers.FloatField()
    visibility = serializers.ChoiceField(choices=Layer.Visibility.choices)
    owner = OwnerSerializer(allow_null=True)
    attribution = serializers.CharField()
    licence = serializers.CharField()
    abstract = serializers.CharField()
    edition = serializers.IntegerField(help_text="the number of this publication; it stands in the tiles' address")
    extent_4326 = bbox_field()
    footprint_4326 = FootprintSerializer(help_text="where it has pixels, simplified")
    tiles = serializers.CharField(help_text="the address of its tiles in Web Mercator")
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField(help_text="the first zoom that shows every pixel")


class BackgroundSerializer(serializers.Serializer[dict[str, object]]):
    slug = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=("plain", *Background.Kind.values))
    url = serializers.CharField(allow_null=True)
    layer = serializers.CharField(allow_null=True)
    matrix_set = serializers.CharField(allow_null=True)
    format = serializers.CharField(allow_null=True)
    style = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    attribution = serializers.CharField()
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField()
    default = serializers.BooleanField()


class BackgroundsSerializer(serializers.Serializer[dict[str, object]]):
    results = BackgroundSerializer(many=True)
