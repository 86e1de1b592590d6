"""Campaigns of heights: read, refused in words, built as float COGs, published; what their sheets hold is kept."""

import math
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.core.management import CommandError, call_command

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.operations.environment import ROOT
from layers.catalogue.models import Layer, Photo
from layers.heights.reading import Mosaic
from layers.heights.services import mosaic_of
from orthophoto.models import Campaign, Sheet
from orthophoto.raster.naming import model_in_names
from orthophoto.services import making
from tests import factories
from tests.orthophoto.heights import NORTH, PIXEL, SIDE, WEST, campaign_of, plane, published, write_sheet

LIDAR = ROOT / "tests/data/lidar_hd"


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path, db: None) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    with factories.as_worker(), acting_as(SYSTEM):
        yield
    making.close_readers()


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "livraison"
    folder.mkdir()
    write_sheet(folder / "LHD_FXX_0660_6760_MNT_O_0M50_LAMB93_IGN69.tif")
    write_sheet(folder / "east.tif", column=1)
    return folder


def only_sheet(campaign: Campaign) -> Sheet:
    (sheet,) = campaign.sheets.all()
    return sheet


def refusal(folder: Path, **changes: Any) -> str:
    """Why the only sheet is refused, in words."""
    sheet = only_sheet(campaign_of(folder, **changes))
    assert sheet.state == Sheet.State.REFUSED
    return sheet.message


def alone(tmp_path: Path, **changes: Any) -> Path:
    folder = tmp_path / "seul"
    folder.mkdir(parents=True)
    write_sheet(folder / "dalle.tif", **changes)
    return folder


def mosaic(photo: Photo) -> Mosaic:
    return mosaic_of(photo.pk, photo.pixels_edition, photo.folder, photo.resolution_m)


def test_sheets_become_float_cogs_with_every_height(delivery: Path, settings: Any) -> None:
    photo = published(delivery)
    assert (photo.kind, photo.resolution_m) == ("ground", 0.5)
    with rasterio.open(Path(settings.FILES_DIR, photo.folder, "east.tif")) as image:
        assert (image.dtypes, image.nodata, image.compression.value) == (("float32",), -9999, "DEFLATE")
        assert image.overviews(1)
        x = WEST + (SIDE + 0.5) * PIXEL
        assert image.read(1)[0, 0] == pytest.approx(plane(x, NORTH - PIXEL / 2), abs=1e-4)


def test_the_overview_is_the_mean_of_eight_by_eight(delivery: Path, settings: Any) -> None:
    photo = published(delivery)
    with rasterio.open(Path(settings.FILES_DIR, photo.folder, photo.overview)) as image:
        assert (image.width, image.height, image.res) == (150, 75, (4, 4))
        assert image.read(1)[10, 100] == pytest.approx(plane(WEST + 402, NORTH - 42), abs=1e-3)


def test_lerc_moves_no_height_by_more_than_a_millimetre(tmp_path: Path) -> None:
    rough = np.random.default_rng(1).uniform(90, 130, (SIDE, SIDE))
    photo = published(alone(tmp_path, heights=rough), codec="lerc")
    surface = mosaic(photo).window((WEST, NORTH - 300, WEST + 300, NORTH))
    assert np.abs(surface.heights - rough).max() <= 0.0011


def test_holes_stay_holes(tmp_path: Path) -> None:
    heights = np.full((SIDE, SIDE), 100.0)
    heights[100:200, 100:200], heights[300, 300] = -9999, np.nan
    photo = published(alone(tmp_path, heights=heights))
    surface = mosaic(photo).window((WEST, NORTH - 300, WEST + 300, NORTH))
    assert np.isnan(surface.heights).sum() == 10_001
    assert photo.geom.area == pytest.approx(90_000 - 2_500, rel=0.02)


@pytest.mark.parametrize(("dtype", "unit", "factor"), [("int16", "dm", 10), ("int32", "cm", 100)])
def test_whole_numbers_are_brought_to_metres(tmp_path: Path, dtype: str, unit: str, factor: int) -> None:
    photo = published(alone(tmp_path, heights=np.full((SIDE, SIDE), 123 * factor), dtype=dtype), unit=unit)
    assert mosaic(photo).heights_at(np.array([[WEST + 50, NORTH - 50]])) == pytest.approx([123])


def test_whole_decimetres_taken_for_metres_are_told(tmp_path: Path) -> None:
    folder = alone(tmp_path, heights=np.full((SIDE, SIDE), 6_000), dtype="int16")
    assert "de 6000.0 à 6000.0 m" in refusal(folder)
    assert "unité" in only_sheet(Campaign.objects.get()).message


def test_feet_are_told_and_read_when_they_are_said(tmp_path: Path) -> None:
    folder = alone(tmp_path, heights=np.full((SIDE, SIDE), 328.084))
    with rasterio.open(folder / "dalle.tif", "r+") as image:
        image.units = ("ft",)
    assert "« ft »" in refusal(folder)
    photo = published(folder, unit="ft")
    assert mosaic(photo).heights_at(np.array([[WEST + 50, NORTH - 50]])) == pytest.approx([100], abs=1e-3)


def test_a_sheet_upside_down_is_turned(tmp_path: Path) -> None:
    x, y = WEST + (np.arange(SIDE) + 0.5) * PIXEL, NORTH - 300 + (np.arange(SIDE) + 0.5) * PIXEL
    upside_down = rasterio.Affine(PIXEL, 0, WEST, 0, PIXEL, NORTH - 300)
    photo = published(alone(tmp_path, heights=plane(x[None, :], y[:, None]), transform=upside_down))
    point = np.array([[WEST + 100, NORTH - 40]])
    assert mosaic(photo).heights_at(point) == pytest.approx(plane(*point[0]), abs=0.01)


def test_the_vertical_datum_of_the_files_is_kept(tmp_path: Path) -> None:
    photo = published(alone(tmp_path, crs="EPSG:5698"))
    assert photo.vertical_crs == 5720


def test_a_delivery_without_vertical_datum_is_told(delivery: Path) -> None:
    made = campaign_of(delivery)
    assert made.vertical_crs is None
    assert "vertical_unknown" in [one["code"] for one in made.findings]


def test_files_of_another_datum_than_the_order_says_are_told(tmp_path: Path) -> None:
    made = campaign_of(alone(tmp_path, crs="EPSG:5698"), vertical_crs=5721)
    (finding,) = [one for one in made.findings if one["code"] == "vertical_contradicted"]
    assert "5720" in finding["words"]


@pytest.mark.parametrize(
    ("changes", "off"),
    [
        ({"heights": np.full((SIDE, SIDE), 328.084)}, "+228"),
        ({"heights": np.full((SIDE, SIDE), 1_000), "dtype": "int16"}, "+900"),
        ({"heights": np.full((SIDE, SIDE), 145.0)}, "+45"),
    ],
    ids=["feet", "whole decimetres", "above the ellipsoid"],
)
def test_heights_far_from_the_published_ones_are_said(tmp_path: Path, changes: dict[str, Any], off: str) -> None:
    published(alone(tmp_path, heights=np.full((SIDE, SIDE), 100.0)), title="MNT 2020")
    made = campaign_of(alone(tmp_path / "autre", **changes), slug="mnt-neuf")
    (finding,) = [one for one in made.findings if one["code"] == "unlike_published"]
    assert f"{off} m" in finding["words"]
    assert "« MNT 2020 »" in finding["words"].replace("\u00a0", " ")


def test_heights_like_the_published_ones_say_nothing(tmp_path: Path) -> None:
    published(alone(tmp_path, heights=np.full((SIDE, SIDE), 100.0)))
    made = campaign_of(alone(tmp_path / "autre", heights=np.full((SIDE, SIDE), 104.0)), slug="mnt-neuf")
    assert "unlike_published" not in [one["code"] for one in made.findings]


def test_a_model_that_the_owner_may_not_read_is_not_compared_with(tmp_path: Path) -> None:
    other = factories.member(factories.commune("45999"))
    shown = {"owner": other, "visibility": Layer.Visibility.OWNER}
    published(alone(tmp_path, heights=np.full((SIDE, SIDE), 100.0)), **shown)
    made = campaign_of(alone(tmp_path / "autre", heights=np.full((SIDE, SIDE), 500.0)), slug="mnt-neuf")
    assert "unlike_published" not in [one["code"] for one in made.findings]


def test_a_picture_is_no_model_of_heights(tmp_path: Path) -> None:
    assert "uint8" in refusal(alone(tmp_path, heights=np.zeros((SIDE, SIDE)), dtype="uint8", nodata=None))


def test_heights_are_no_photo(tmp_path: Path) -> None:
    message = refusal(alone(tmp_path), kind="photo", codec="jpeg")
    assert "modèle d’altitude" in message or "élévation" in message


def test_several_bands_are_no_model_of_heights(tmp_path: Path) -> None:
    folder = tmp_path / "bandes"
    folder.mkdir()
    with rasterio.open(
        folder / "deux.tif", "w", driver="GTiff", width=10, height=10, count=2, dtype="float32", crs="EPSG:2154",
        transform=rasterio.Affine(1, 0, WEST, 0, -1, NORTH),
    ) as image:  # fmt: skip
        image.write(np.ones((2, 10, 10), "float32"))
    assert "2 bandes" in refusal(folder)


def test_an_ascii_grid_of_rge_alti_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "alti"
    folder.mkdir()
    rows = "\n".join(" ".join(f"{120 + 0.5 * column + row:.2f}" for column in range(20)) for row in range(20))
    header = "ncols 20\nnrows 20\nxllcorner 660000.0\nyllcorner 6759900.0\ncellsize 5.0\nNODATA_value -99999.0\n"
    (folder / "RGEALTI_FXX_0660_6760_MNT_LAMB93_IGN69.asc").write_text(header + rows + "\n")
    photo = published(folder)
    assert mosaic(photo).heights_at(np.array([[WEST + 12.5, 6_759_987.5]])) == pytest.approx([123])


@pytest.mark.parametrize(
    ("columns", "rows"), [(200_000, 200_000), (20, 400_000_000), (3_000, 3_000), (2_000_000_000, 2_000_000_000)]
)
def test_an_ascii_grid_that_says_more_than_it_holds_is_refused(tmp_path: Path, columns: int, rows: int) -> None:
    folder = tmp_path / "bombe"
    folder.mkdir()
    place = "xllcorner 660000.0\nyllcorner 6759900.0\ncellsize 0.5\nNODATA_value -99999.0\n"
    (folder / "dalle.asc").write_text(f"ncols {columns}\nnrows {rows}\n{place}1.0 2.0 3.0\n")
    assert "endommagé" in refusal(folder)


@pytest.mark.parametrize(("model", "kind"), [("dtm", "ground"), ("dsm", "surface"), ("dhm", "height")])
def test_real_lidar_sheets_keep_every_height(tmp_path: Path, model: str, kind: str) -> None:
    folder = tmp_path / model
    folder.mkdir()
    file = Path(shutil.copy(LIDAR / f"{model}_77055_627760_50cm.tif", folder))
    photo = published(folder, kind=model_in_names([file.name]), vertical_crs=5720)
    assert (photo.kind, photo.vertical_crs) == (kind, 5720)
    with rasterio.open(file) as source:
        wanted, bounds = source.read(1, masked=True).filled(math.nan), tuple(source.bounds)
    assert np.array_equal(mosaic(photo).window(bounds).heights, wanted, equal_nan=True)


def test_the_command_asks_which_heights_they_are(delivery: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = {"slug": "x", "title": "X", "acquired": "2025", "stdout": StringIO()}
    with pytest.raises(CommandError, match="--model"):
        call_command("ingest_campaign", alone(tmp_path), kind="heights", **given)
    with pytest.raises(CommandError, match="--kind heights"):
        call_command("ingest_campaign", delivery, model="ground", **given)


def test_a_compression_of_pictures_is_refused_for_heights(delivery: Path) -> None:
    from orthophoto.errors import BadOrder

    with pytest.raises(BadOrder, match="deflate"):
        campaign_of(delivery, codec="jpeg")
