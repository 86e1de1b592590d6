"""Housekeeping of the tile caches."""

from django.conf import settings
from django.db import transaction

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer, Photo
from layers.heights.styles import slugs_of
from tiles import cache
from tiles.ortho.files import purge


def purge_tiles(timestamp: int) -> None:
    """Every ten minutes: tiles of former versions go, then the oldest ones beyond the cache's limit."""
    with acting_as(SYSTEM), transaction.atomic():
        current = {layer.pk: cache.edition(layer) for layer in Layer.objects.all()}
    cache.purge(current, settings.TILE_CACHE_BYTES)


def purge_photo_tiles(timestamp: int) -> None:
    """Every ten minutes: tiles of photos in former editions go, then the oldest ones beyond the cache's limit."""
    with acting_as(SYSTEM), transaction.atomic():
        photos = Photo.objects.values_list("slug", "kind", "pixels_edition")
        current = {one: edition for slug, kind, edition in photos for one in slugs_of(slug, kind)}
    purge(current, settings.PHOTO_CACHE_BYTES)
