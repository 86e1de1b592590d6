"""Shapes of what goes in and out of the questions about networks. Geometries are GeoJSON in EPSG:4326."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gis_core.api.places import bbox_field
from networks.water.services.isolation import MOST_BREAKS, MOST_UNUSABLE, STATUSES, Request
from networks.water.services.starting import Start
from networks.water.services.trace import DIRECTIONS

type Json = dict[str, Any]

LARGEST_ID = 2**63 - 1
SYSTEMS = ((2154, "Lambert-93"), (4326, "WGS 84"), (3857, "Web Mercator"))
WAYS = ("pipe", "node", "point")


class PointField(serializers.ListField):
    """Two numbers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.FloatField(), min_length=2, max_length=2, **options)


@extend_schema_field({"type": "object", "nullable": True, "description": "GeoJSON MultiLineString, EPSG:4326"})
class LinesField(serializers.JSONField):
    """The shape of pipes."""


class BreakSerializer(serializers.Serializer[Any]):
    """A pipe by its id, or a point: the nearest pipe in service within 25 m is meant."""

    ways: tuple[str, ...] = ("pipe", "point")
    pipe = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    point = PointField(required=False)
    crs = serializers.ChoiceField(choices=SYSTEMS, required=False, default=4326, help_text="of the point")

    def validate(self, given: Json) -> Json:
        if sum(name in given for name in self.ways) != 1:
            names = ", ".join(self.ways)
            raise serializers.ValidationError(_("Give one of these, and only one: %(names)s.") % {"names": names})
        return given


class StartSerializer(BreakSerializer):
    """A pipe or a node by its id, or a point."""

    ways = WAYS
    node = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class IsolationRequestSerializer(serializers.Serializer[Any]):
    """One break as it is, or several in `breaks`; the valves that cannot be turned in `unusable`."""

    pipe = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    point = PointField(required=False)
    crs = serializers.ChoiceField(choices=SYSTEMS, required=False, default=4326, help_text="of the point")
    breaks = serializers.ListField(child=BreakSerializer(), required=False, min_length=1, max_length=MOST_BREAKS)
    unusable = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        default=list,
        max_length=MOST_UNUSABLE,
    )

    def validate(self, given: Json) -> Json:
        if sum(name in given for name in ("pipe", "point", "breaks")) != 1:
            names = "pipe, point, breaks"
            raise serializers.ValidationError(_("Give one of these, and only one: %(names)s.") % {"names": names})
        return given


def request_of(given: Json) -> Request:
    """What a checked body asks."""
    breaks = given.get("breaks", [given])
    return Request(breaks=[start_of(one) for one in breaks], unusable=given["unusable"])


def start_of(given: Json) -> Start:
    point = given.get("point")
    return Start(
        pipe=given.get("pipe"),
        node=given.get("node"),
        point=(point[0], point[1]) if point else None,
        crs=given.get("crs", 4326),
    )


class TraceRequestSerializer(StartSerializer):
    direction = serializers.ChoiceField(choices=DIRECTIONS)
    to = StartSerializer(required=False, help_text="for between")


# -- answers ----------------------------------------------------------------------------------------------------------


class BreakAnswerSerializer(serializers.Serializer[Any]):
    pipe = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    point = PointField()
    distance_m = serializers.FloatField()


class ValveSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    why = serializers.ChoiceField(choices=("broken", "buried", "unusable"), allow_null=True)
    diameter_mm = serializers.IntegerField(allow_null=True)
    point = PointField()
    address = serializers.CharField(allow_null=True)


class PlaceSerializer(serializers.Serializer[Any]):
    """A node."""

    id = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    point = PointField()


class NetworkEndSerializer(PlaceSerializer):
    """A source, a sink or a hydrant."""

    kind = serializers.CharField()
    kind_label = serializers.CharField()


class DryTankSerializer(PlaceSerializer):
    capacity_m3 = serializers.FloatField(allow_null=True)


class StretchSerializer(serializers.Serializer[Any]):
    pipes = serializers.IntegerField()
    length_m = serializers.FloatField()
    volume_m3 = serializers.FloatField(help_text="of the pipes whose diameter is known")
    without_diameter = serializers.IntegerField()
    geometry = LinesField(allow_null=True)


class AlternativeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    point = PointField()
    connections = serializers.IntegerField()
    length_m = serializers.FloatField()


class ServedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    sensitive = serializers.CharField(allow_null=True)
    sensitive_label = serializers.CharField(allow_null=True)
    sensitive_name = serializers.CharField(allow_null=True)
    dwellings = serializers.IntegerField(allow_null=True)
    point = PointField()


class AllServedSerializer(serializers.Serializer[Any]):
    """Sensitive users first; at most 5,000."""

    count = serializers.IntegerField()
    dwellings = serializers.IntegerField()
    truncated = serializers.BooleanField()
    results = ServedSerializer(many=True)


class IsolationSerializer(serializers.Serializer[Any]):
    """What to shut, and who loses water."""

    family = serializers.CharField()
    breaks = BreakAnswerSerializer(many=True)
    source_known = serializers.BooleanField()
    message = serializers.CharField(allow_null=True)
    valves = ValveSerializer(many=True)
    sources_to_stop = NetworkEndSerializer(many=True)
    zone = StretchSerializer()
    cut_off = StretchSerializer()
    tanks = DryTankSerializer(many=True)
    alternatives = AlternativeSerializer(many=True)
    connections = AllServedSerializer()
    addresses = serializers.ListField(child=serializers.CharField())
    hydrants = PlaceSerializer(many=True)
    outlets = NetworkEndSerializer(many=True, required=False, help_text="drains and hydrants that flush what is lost")
    air_valves = NetworkEndSerializer(many=True, required=False)
    bbox_4326 = bbox_field(allow_null=True)


class TraceSerializer(serializers.Serializer[Any]):
    """What is reached; `pipe_ids` are in order along a way."""

    family = serializers.CharField()
    direction = serializers.ChoiceField(choices=DIRECTIONS)
    message = serializers.CharField(allow_null=True)
    pipes = serializers.IntegerField()
    nodes = serializers.IntegerField()
    length_m = serializers.FloatField()
    volume_m3 = serializers.FloatField()
    connections = serializers.IntegerField()
    dwellings = serializers.IntegerField()
    ends = NetworkEndSerializer(many=True)
    pipe_ids = serializers.ListField(child=serializers.IntegerField())
    truncated = serializers.BooleanField()
    geometry = LinesField(allow_null=True)
    bbox_4326 = bbox_field(allow_null=True)
