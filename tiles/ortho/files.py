"""Where tiles of photos are kept: `<data>/cache/ortho/{slug}/{pixels_edition}/…`, MapProxy's and those cut for some."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from tiles.cache import children, shrink


def root() -> Path:
    return Path(settings.CACHE_DIR, "ortho")


def purge(current: Mapping[str, int], limit_bytes: int) -> int:
    """Remove what is not of a photo's present pixels (`current`: their edition, by slug), then the oldest tiles until
    the rest fits; bytes left."""
    for photo in children(root()):
        for edition in children(photo):
            if edition.name != str(current.get(photo.name)):
                shutil.rmtree(edition, ignore_errors=True)
        if photo.name not in current:
            shutil.rmtree(photo, ignore_errors=True)
    return shrink(root(), limit_bytes)
