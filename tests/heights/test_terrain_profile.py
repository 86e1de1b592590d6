"""GET /api/v1/heights/profile/: ground and surface along a line, as figures, SVG, CSV and PDF."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pyproj import Transformer

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer, Photo
from orthophoto.services import making
from tests import factories
from tests.orthophoto.heights import NORTH, SIDE, WEST, plane, published, write_sheet

pytestmark = pytest.mark.django_db
URL = "/api/v1/heights/profile/"
LINE = f"LINESTRING({WEST + 20} {NORTH - 50}, {WEST + 120} {NORTH - 50})"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    yield
    making.close_readers()


def show(tmp_path: Path, name: str, heights: Any = None, **changes: Any) -> None:
    folder = tmp_path / name
    folder.mkdir()
    write_sheet(folder / f"{name}.tif", heights=heights)
    with factories.as_worker(), acting_as(SYSTEM):
        published(folder, slug=name, title=name, **changes)


@pytest.fixture
def ground(tmp_path: Path) -> None:
    show(tmp_path, "sol")


def ask(**given: Any) -> Any:
    return Client(raise_request_exception=False).get(URL, {"line": LINE} | given)


def test_ground_and_surface_are_at_the_same_points(ground: None, tmp_path: Path) -> None:
    show(tmp_path, "dessus", np.full((SIDE, SIDE), 120.0), kind=Photo.Kind.SURFACE)
    body = ask().json()
    assert (body["length_m"], body["profile"][0][0], body["profile"][-1][0]) == (100, 0, 100)
    distance, low, high, x, y = body["profile"][40]
    assert low == pytest.approx(plane(x, y), abs=0.01)
    assert high == 120
    assert x == pytest.approx(WEST + 20 + distance)
    assert {name: model["slug"] for name, model in body["models"].items()} == {"ground": "sol", "surface": "dessus"}
    assert body["slope"] == pytest.approx(-0.02, abs=1e-4)


def test_without_a_surface_the_ground_alone_is_told(ground: None) -> None:
    body = ask().json()
    assert list(body["models"]) == ["ground"]
    assert body["profile"][0][2] is None


def test_a_hole_is_not_known(tmp_path: Path) -> None:
    heights = np.where((np.arange(SIDE) > 100) & (np.arange(SIDE) < 140), -9999.0, 100.0)
    show(tmp_path, "troue", np.broadcast_to(heights, (SIDE, SIDE)))
    values = [row[1] for row in ask().json()["profile"]]
    assert None in values
    assert values[0] == 100
    assert len(list(ElementTree.fromstring(ask(file="svg").content).iter(f"{SVG}polyline"))) == 2


def test_a_long_line_has_a_thousand_points(ground: None) -> None:
    west, east, south, north = WEST + 1, WEST + 299, NORTH - 299, NORTH - 1
    line = f"LINESTRING({west} {north}, {east} {south}, {west} {south}, {east} {north})"
    assert 900 < len(ask(line=line).json()["profile"]) < 1_010


def test_the_line_is_given_in_degrees_too(ground: None) -> None:
    move = Transformer.from_crs(2154, 4326, always_xy=True)
    first, last = (move.transform(WEST + x, NORTH - 50) for x in (20, 120))
    body = ask(line=f"LINESTRING({first[0]} {first[1]}, {last[0]} {last[1]})", crs=4326).json()
    assert body["profile"][0][3:] == [pytest.approx(first[0]), pytest.approx(first[1])]
    assert body["length_m"] == pytest.approx(100, abs=0.01)


def test_the_drawing_names_its_models_and_says_its_figures(ground: None) -> None:
    answer = ask(file="svg")
    assert answer["Content-Type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(answer.content)
    texts = ["".join(one.itertext()) for one in drawing.iter(f"{SVG}text")]
    assert any("sol" in text for text in texts)
    assert "100" in (drawing.findtext(f"{SVG}desc") or "")


def test_the_table_has_distances_heights_and_places(ground: None) -> None:
    rows = list(csv.reader(io.StringIO(ask(file="csv").content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Distance (m)", "Sol (MNT) (m)", "X (Lambert-93)", "Y (Lambert-93)"]
    assert float(rows[1][1].replace(",", ".")) == pytest.approx(plane(WEST + 20, NORTH - 50), abs=0.02)


def test_the_paper_is_a_pdf(ground: None) -> None:
    answer = ask(file="pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_member_s_model_is_not_for_others(tmp_path: Path) -> None:
    show(tmp_path, "prive", owner=factories.member(), visibility=Layer.Visibility.OWNER)
    assert ask().status_code == 404


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"line": ""}, "line"),
        ({"line": "POINT(1 1)"}, "line"),
        ({"line": f"LINESTRING({WEST} {NORTH}, {WEST} {NORTH})"}, "line"),
        ({"file": "doc"}, "file"),
        ({"crs": "27572"}, "crs"),
    ],
)
def test_what_makes_no_profile_is_refused_at_its_parameter(given: dict[str, str], parameter: str) -> None:
    answer = ask(**given)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
