"""GET /api/v1/heights/grid: a rectangle of a model as pixels; whose heights are in it, and what is refused."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.heights.services import mosaic_of
from orthophoto.services import making
from tests import factories
from tests.orthophoto.heights import NORTH, SIDE, WEST, plane, published, write_sheet

URL = "/api/v1/heights/grid"
HERE = (WEST + 20, NORTH - 120, WEST + 120, NORTH - 20)


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path, db: None) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    mosaic_of.cache_clear()
    yield
    mosaic_of.cache_clear()
    making.close_readers()


def publish_ground(tmp_path: Path, heights: Any = None, **changes: Any) -> None:
    folder = tmp_path / "livraison"
    folder.mkdir()
    write_sheet(folder / "a_MNT.tif", heights=heights)
    with factories.as_worker(), acting_as(SYSTEM):
        published(folder, **changes)


def ask(**given: Any) -> Any:
    bbox = ",".join(str(one) for one in given.pop("bounds", HERE))
    return Client().get(URL, {"bbox": bbox, **given})


def pixels(answer: Any) -> tuple[dict[str, Any], np.ndarray]:
    assert answer.status_code == 200, answer.content
    grid: dict[str, Any] = answer.json()
    heights = np.frombuffer(base64.b64decode(grid["heights"]), "<f4")
    return grid, heights.reshape(grid["rows"], grid["columns"])


def test_a_rectangle_has_the_heights_of_its_pixels(tmp_path: Path) -> None:
    publish_ground(tmp_path)
    grid, heights = pixels(ask(size=50))
    assert (grid["pixel_m"], heights.shape, grid["known"], grid["model"]) == (2, (50, 50), 1, "ground")
    x, y = grid["left"] + (np.arange(50) + 0.5) * 2, grid["top"] - (np.arange(50) + 0.5) * 2
    assert heights == pytest.approx(plane(x[None, :], y[:, None]), abs=0.002)


def test_a_grid_is_zipped_for_who_takes_that(tmp_path: Path) -> None:
    publish_ground(tmp_path)
    bbox = ",".join(map(str, HERE))
    zipped = Client().get(URL, {"bbox": bbox, "size": 50}, headers={"Accept-Encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(zipped.content)) == ask(size=50).json()


def test_a_pixel_is_the_models_own_doubled_and_never_finer(tmp_path: Path) -> None:
    publish_ground(tmp_path)
    assert pixels(ask(size=40))[0]["pixel_m"] == 4
    assert pixels(ask(size=512))[0]["pixel_m"] == 0.5


def test_holes_are_no_numbers_and_their_share_is_said(tmp_path: Path) -> None:
    heights = np.full((SIDE, SIDE), 50.0)
    heights[:, : SIDE // 2] = -9999
    publish_ground(tmp_path, heights)
    grid, read = pixels(ask(bounds=(WEST, NORTH - 300, WEST + 300, NORTH), size=150))
    columns = grid["left"] + (np.arange(grid["columns"]) + 0.5) * grid["pixel_m"] - WEST
    assert grid["known"] == pytest.approx(0.5, abs=0.01)
    assert np.isnan(read[:150, columns < 149]).all()
    assert read[1:149, (columns > 151) & (columns < 299)] == pytest.approx(50)


def test_a_model_that_one_may_not_read_is_not_there(tmp_path: Path) -> None:
    publish_ground(tmp_path, visibility=Layer.Visibility.OWNER, owner=factories.member())
    assert ask().status_code == 404


@pytest.mark.parametrize(
    ("given", "parameter", "says"),
    [
        ({"bounds": (1, 2, 3)}, "bbox", "quatre nombres"),
        ({"bounds": (WEST, NORTH, WEST, NORTH + 1)}, "bbox", "mètres"),
        ({"bounds": (1.9, 47.5, 2.0, 47.6)}, "crs", "France"),
        ({"bounds": (WEST, NORTH - 6000, WEST + 10, NORTH)}, "bbox", "6000 m"),
        ({"size": "2000"}, "size", "512"),
    ],
)
def test_what_is_wrong_is_refused_and_said(given: dict[str, Any], parameter: str, says: str) -> None:
    answer = ask(**given)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert says in answer.json()["detail"]
