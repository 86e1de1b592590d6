"""What a provider of text messages tells of them."""

from typing import Any

from rest_framework import serializers

from networks.notifications.services.reporting import MOST_AT_ONCE


class DeliverySerializer(serializers.Serializer[Any]):
    """What became of a message: `reference` is the one that it was sent with, `id` the provider's own."""

    reference = serializers.CharField(required=False, allow_blank=True, max_length=60)
    id = serializers.CharField(required=False, allow_blank=True, max_length=120)
    status = serializers.CharField(max_length=40)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ReplySerializer(serializers.Serializer[Any]):
    """An answer to a message."""

    locals()["from"] = serializers.CharField(max_length=30)
    text = serializers.CharField(allow_blank=True, max_length=2_000)


class ReportsSerializer(serializers.Serializer[Any]):
    """Delivery reports and answers, in any order and as often as the provider likes."""

    reports = serializers.ListField(child=DeliverySerializer(), required=False, max_length=MOST_AT_ONCE)
    replies = serializers.ListField(child=ReplySerializer(), required=False, max_length=MOST_AT_ONCE)


class TakenSerializer(serializers.Serializer[Any]):
    """How many reports were of messages of ours, how many answers stopped somebody."""

    known = serializers.IntegerField()
    stopped = serializers.IntegerField()
