"""Every night: what must not be kept."""

from django.db import transaction

from gis_core.ownership.stock import note_gone
from layers.owners.services.requests import forget


def forget_owner_requests(timestamp: int) -> None:
    """Who asked for owners at the counter goes once it counts towards no limit."""
    with transaction.atomic():
        note_gone("owner_requests", forget())
