"""Places on numbered roads in JSON."""

from rest_framework import serializers

from networks.roads.lists import CARRIAGEWAYS

SIDES = [(code, words[0]) for code, words in CARRIAGEWAYS.items()]


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
