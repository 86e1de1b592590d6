"""Deliveries of heights for tests, and campaigns made of them."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import from_origin

from gis_core.members.rights import SYSTEM
from layers.catalogue.models import Layer, Photo
from orthophoto.models import Campaign
from orthophoto.services import building
from orthophoto.services.campaigns import CampaignOrder, register
from orthophoto.services.inspection import inspect
from orthophoto.services.publication import publish

WEST, NORTH, PIXEL, SIDE = 660_000.0, 6_760_000.0, 0.5, 600


def plane(x: Any, y: Any) -> Any:
    """Ground that falls by 2 cm a metre to the east and by 1 cm to the north, 100 m high in the north-west corner."""
    return 100 - 0.02 * (x - WEST) + 0.01 * (NORTH - y)


def write_sheet(path: Path, *, column: int = 0, heights: Any = None, **changes: Any) -> Path:
    """A sheet of 300 m; `heights` of its pixels, else those of `plane`."""
    left = WEST + column * SIDE * PIXEL
    x, y = left + (np.arange(SIDE) + 0.5) * PIXEL, NORTH - (np.arange(SIDE) + 0.5) * PIXEL
    values = plane(x[None, :], y[:, None]) if heights is None else heights
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": SIDE, "height": SIDE, "count": 1, "dtype": "float32", "nodata": -9999,
        "crs": "EPSG:2154", "transform": from_origin(left, NORTH, PIXEL, PIXEL),
    }  # fmt: skip
    profile |= changes
    with rasterio.open(path, "w", **profile) as image:
        image.write(np.asarray(values).astype(profile["dtype"]), 1)
    return path


def campaign_of(delivery: Path, **changes: Any) -> Campaign:
    """Registered and inspected."""
    values: dict[str, Any] = {
        "slug": "mnt", "title": "MNT 2025", "acquired_date": date(2025, 3, 1), "kind": Photo.Kind.GROUND,
        "acquired_precision": Photo.Precision.MONTH, "delivery": str(delivery), "owner": None,
        "visibility": Layer.Visibility.PUBLIC, "codec": Campaign.Codec.DEFLATE,
    }  # fmt: skip
    made = register(CampaignOrder(**values | changes), rights=SYSTEM, started_by=None)
    inspect(made.pk, progress=lambda _share, _message: None)
    made.refresh_from_db()
    return made


def published(delivery: Path, **changes: Any) -> Photo:
    """Built by this process, then shown."""
    from tests.orthophoto.test_pipeline import work_off

    made = campaign_of(delivery, **changes)
    building.start_build(made, SYSTEM)
    work_off()
    made.refresh_from_db()
    assert made.state == Campaign.State.BUILT, made.message
    return publish(made, SYSTEM)
