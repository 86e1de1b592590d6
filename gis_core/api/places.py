"""Places in JSON: fields of serializers."""

from typing import Any

from rest_framework import serializers


def lon_lat_field(**options: Any) -> serializers.ListField:
    """Longitude and latitude in degrees, EPSG:4326."""
    return serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, **options)


def bbox_field(**options: Any) -> serializers.ListField:
    """West, south, east and north in degrees, EPSG:4326."""
    return serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4, **options)
