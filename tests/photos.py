"""Published photos for tests, without sheets."""

import itertools
from datetime import date
from typing import Any

from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import PhotoDeclaration, publish_photo
from tests import factories

_numbers = itertools.count(1)


def photo(slug: str | None = None, **fields: Any) -> Photo:
    """A photo that everybody sees, unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Photo {number}",
        "acquired_date": date(2024, 6, 12),
        "acquired_precision": Photo.Precision.MONTH,
        "resolution_m": 0.05,
        "owner": None,
        "visibility": Layer.Visibility.PUBLIC,
        "shared_with": [],
        "within_communes": False,
        "folder": f"orthophoto/photo-{number}/1",
        "overview": "overview.tif",
        "geom": factories.square(),
        "sheets": [],
    }
    with factories.as_owner():
        return publish_photo(PhotoDeclaration(slug=slug or f"photo-{number}", **defaults | fields))
