"""Places on numbered roads in JSON."""

from rest_framework import serializers

from gis_core.api.places import bbox_field
from networks.roads.code_lists import CARRIAGEWAYS

SIDES = [(code, label[0]) for code, label in CARRIAGEWAYS.items()]


class RoadLinkSerializer(serializers.Serializer[None]):
    """A page of the platform."""

    title = serializers.CharField()
    url = serializers.CharField()


class RoadPlaceSerializer(serializers.Serializer[None]):
    """A place on a numbered road, both ways of saying it."""

    reference = serializers.CharField(help_text="As people read it: D 2020 PR 12+350.")
    route = serializers.CharField()
    department = serializers.CharField(help_text="Code of the Département of the road; empty where not known.")
    marker = serializers.IntegerField()
    metres = serializers.FloatField(help_text="After the marker.")
    side = serializers.ChoiceField(choices=SIDES)
    section = serializers.IntegerField()
    x = serializers.FloatField(help_text="EPSG:2154.")
    y = serializers.FloatField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    distance_m = serializers.FloatField(help_text="From the place that was asked.")
    lies = serializers.CharField(help_text="Which side of the road that place lies on, as markers grow: left, right.")
    links = RoadLinkSerializer(many=True, help_text="Pages that go on from there, for whom they open.")


class RoadLineSerializer(serializers.Serializer[None]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the name of the answer's field
    value = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    display = serializers.CharField()


class RoadSerializer(serializers.Serializer[None]):
    """A numbered road as the map shows it."""

    slug = serializers.CharField(help_text="As addresses have it: D2020-45.")
    title = serializers.CharField()
    subtitle = serializers.CharField()
    properties = RoadLineSerializer(many=True)
    links = RoadLinkSerializer(many=True)
    geometry = serializers.JSONField(help_text="GeoJSON, EPSG:4326: its sections to half a metre, its markers.")
    bbox_4326 = bbox_field()
