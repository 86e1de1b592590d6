"""Housekeeping of the tile cache."""

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from gis_core.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from tiles import cache


@app.periodic(cron="*/10 * * * *")
@app.task(name="purge_tiles", queueing_lock="purge_tiles")
def purge_tiles(timestamp: int) -> None:
    """Every ten minutes: tiles of former versions go, then the oldest ones beyond the cache's limit."""
    with acting_as(SYSTEM), transaction.atomic():
        current = {layer.pk: cache.edition(layer) for layer in Layer.objects.all()}
    cache.purge(current, settings.TILE_CACHE_BYTES)
