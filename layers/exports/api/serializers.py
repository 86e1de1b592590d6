"""Shapes of what goes in and out of the exports' addresses."""

from typing import Any

from rest_framework import serializers

type Json = dict[str, Any]


class ExportCountSerializer(serializers.Serializer[Json]):
    count = serializers.IntegerField()
