from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from django.conf import settings

from orthophoto.services.inspection import inspect_image
from orthophoto.services.making import warm_reader

GIBIBYTE = 1 << 30


@pytest.fixture
def large_sheet() -> Iterator[Path]:
    """More than a gibibyte, of which the disk holds a few blocks; beside the quarantine, where a link is enough."""
    folder = Path(settings.DATA_DIR, "large")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "45-2024-0628300-6737700-LA93-0M05-RVB.tif"
    place = {"crs": "EPSG:2154", "transform": Affine(0.05, 0, 628_300, 0, -0.05, 6_737_700)}
    with rasterio.open(path, "w", driver="GTiff", width=64, height=64, count=3, dtype="uint8", **place) as image:
        image.write(np.full((3, 64, 64), 90, np.uint8))
    with path.open("r+b") as file:
        file.truncate(GIBIBYTE + 1)
    path.chmod(0o644)
    yield path
    path.unlink()


def test_a_sheet_of_more_than_a_gibibyte_is_read(large_sheet: Path):
    with warm_reader() as reader:
        assert inspect_image(reader, large_sheet.parent, large_sheet).refused is None
