"""GDAL and OWSLib, through a real socket, read the same ground as the sheets hold."""

from io import BytesIO
from urllib.request import urlopen

import numpy as np
import pytest
import rasterio
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
from PIL import Image
from pyproj import Transformer
from rasterio.windows import Window

from tests.tiles.ortho import campaign
from tests.tiles.ortho.conftest import lambert_tile

GRIDS = {"PM": (3857, 20), "LAMB93": (2154, 20)}
POINTS = [(campaign.WEST + 30.3, campaign.NORTH - 41.7), (campaign.WEST + 171.1, campaign.NORTH - 62.5)]
TOLERANCE = 0.5 * campaign.STEP * 50 + 5  # half a pixel of the steep bands, and what JPEG loses


def held(x: float, y: float) -> np.ndarray:
    """The colours that the sheet under a point holds, where the point lies between its pixels' centres."""
    return campaign.colours(np.float64(x), np.float64(y))


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("point", POINTS)
def test_gdal_reads_the_ground_of_the_sheets(address: str, grid: str, point: tuple[float, float]) -> None:
    epsg, level = GRIDS[grid]
    source = f"WMTS:{address}/wmts/1.0.0/WMTSCapabilities.xml,layer=essai,tilematrixset={grid},zoom_level={level}"
    with rasterio.Env(GDAL_HTTP_PROXY="", GDAL_ENABLE_WMS_CACHE="NO"), rasterio.open(source) as dataset:
        assert dataset.crs.to_epsg() == epsg
        x, y = Transformer.from_crs(2154, epsg, always_xy=True).transform(*point)
        row, column = dataset.index(x, y)
        found = dataset.read((1, 2, 3), window=Window(column, row, 1, 1))[:, 0, 0].astype(float)
        centre = Transformer.from_crs(epsg, 2154, always_xy=True).transform(*dataset.xy(row, column))
    assert np.abs(found - held(*centre)).max() <= TOLERANCE


@pytest.mark.parametrize("grid", GRIDS)
def test_owslib_reads_the_ground_of_the_sheets(address: str, grid: str) -> None:
    epsg, level = GRIDS[grid]
    service = WebMapTileService(f"{address}/service")
    matrices = service.tilematrixsets[grid]
    matrix = matrices.tilematrix[str(level)]
    pixel = matrix.scaledenominator * 0.00028
    x, y = Transformer.from_crs(2154, epsg, always_xy=True).transform(*POINTS[0])
    across, down = (x - matrix.topleftcorner[0]) / pixel, (matrix.topleftcorner[1] - y) / pixel
    tile = service.gettile(
        layer="essai", tilematrixset=grid, tilematrix=str(level), format="image/png",
        row=int(down // matrix.tileheight), column=int(across // matrix.tilewidth),
    )  # fmt: skip
    picture = np.asarray(Image.open(BytesIO(tile.read())).convert("RGB")).astype(float)
    found = picture[int(down) % matrix.tileheight, int(across) % matrix.tilewidth]
    centre = (
        (int(across) + 0.5) * pixel + matrix.topleftcorner[0],
        matrix.topleftcorner[1] - (int(down) + 0.5) * pixel,
    )
    assert np.abs(found - held(*Transformer.from_crs(epsg, 2154, always_xy=True).transform(*centre))).max() <= TOLERANCE


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_owslib_reads_maps(address: str, version: str) -> None:
    service = WebMapService(f"{address}/service", version=version)
    assert list(service.contents) == ["essai"]
    x, y = POINTS[0]
    box = (x - 10, y - 10, x + 10, y + 10)
    answer = service.getmap(
        layers=["essai"], srs="EPSG:2154", bbox=box, size=(100, 100), format="image/png", styles=[""]
    )
    picture = np.asarray(Image.open(BytesIO(answer.read())).convert("RGB")).astype(float)
    assert np.abs(picture[50, 50] - held(x + 0.1, y - 0.1)).max() <= TOLERANCE


def test_the_capabilities_name_addresses_that_answer(address: str) -> None:
    service = WebMapTileService(f"{address}/wmts/1.0.0/WMTSCapabilities.xml")
    (template,) = {resource["template"] for resource in service.contents["essai"].resourceURLs}
    grid, level, column, row = lambert_tile(*POINTS[0], 20).removesuffix(".png").split("/")
    for name, value in {"TileMatrixSet": grid, "TileMatrix": level, "TileCol": column, "TileRow": row}.items():
        template = template.replace(f"{{{name}}}", value)
    with urlopen(template) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
