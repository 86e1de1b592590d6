"""The abstract tests of OGC API Features, Part 2 (crs). Each test bears the name of its own."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from pyproj import Transformer

from tests import factories
from tests.ogc.asking import CRS84, GEOJSON, ITEMS, ROOT, Asker, epsg

pytestmark = pytest.mark.usefixtures("layer")
X, Y = factories.ORIGIN
ZONES = list(range(3942, 3951))
CODES = [2154, 4326, 4258, 3857, *ZONES]
Y_FIRST = {4326, 4258}
ALL = [CRS84, *map(epsg, CODES)]

type Ids = Callable[..., list[int]]


def written(x: float, y: float, uri: str) -> tuple[float, float]:
    """A position of EPSG:2154 as a system writes it."""
    code = 4326 if uri == CRS84 else int(uri.rsplit("/", 1)[1])
    first, second = Transformer.from_crs(2154, code, always_xy=True).transform(x, y)
    return (second, first) if uri != CRS84 and code in Y_FIRST else (first, second)


def box_around(x: float, y: float, uri: str) -> str:
    """A box of twenty metres, and a bit, around a position."""
    corners = [written(x + a, y + b, uri) for a, b in ((-10, -10), (10, 10), (-10, 10), (10, -10))]
    firsts, seconds = zip(*corners, strict=True)
    return f"{min(firsts)},{min(seconds)},{max(firsts)},{max(seconds)}"


def test_crs_uri(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        assert one["crs"] == ALL


def test_default_crs(anyone: Asker) -> None:
    assert anyone.json(f"{ROOT}/collections/lampes")["crs"][0] == CRS84


def test_storage_crs(anyone: Asker) -> None:
    assert anyone.json(f"{ROOT}/collections/lampes")["storageCrs"] == epsg(2154)


@pytest.mark.parametrize("uri", ALL)
def test_crs_parameter(anyone: Asker, uri: str) -> None:
    answer = anyone.get(ITEMS, GEOJSON, crs=uri)
    assert (answer.status_code, answer["Content-Crs"]) == (200, f"<{uri}>")


@pytest.mark.parametrize("uri", ALL)
def test_crs_parameter_transform(anyone: Asker, ids: Ids, uri: str) -> None:
    tolerance = 1e-7 if abs(written(X, Y, uri)[0]) < 90 else 1e-3
    for found in (anyone.items(crs=uri)["features"][0], anyone.item(ids()[0], crs=uri)):
        assert found["geometry"]["coordinates"] == pytest.approx(written(X, Y, uri), abs=tolerance)


def test_crs_parameter_default(anyone: Asker) -> None:
    answer = anyone.get(ITEMS, GEOJSON)
    assert answer["Content-Crs"] == f"<{CRS84}>"
    assert anyone.items()["features"] == anyone.items(crs=CRS84)["features"]


@pytest.mark.parametrize("uri", ["EPSG:2154", epsg(2153), "http://www.opengis.net/def/crs/EPSG/9/2154", "é", "<>"])
@pytest.mark.parametrize("name", ["crs", "bbox-crs", "filter-crs"])
def test_crs_parameter_invalid(anyone: Asker, uri: str, name: str) -> None:
    assert anyone.get(ITEMS, **{name.replace("-", "__"): uri}).status_code == 400


@pytest.mark.parametrize("uri", ALL)
def test_bbox_crs_parameter(anyone: Asker, uri: str) -> None:
    found = anyone.items(bbox=box_around(X + 100, Y, uri), bbox__crs=uri)["features"]
    assert [one["properties"]["name"] for one in found] == ["B"]


def test_bbox_crs_parameter_default(anyone: Asker) -> None:
    found = anyone.items(bbox=box_around(X + 200, Y, CRS84))["features"]
    assert [one["properties"]["name"] for one in found] == ["C"]


def test_bbox_crs_parameter_invalid(anyone: Asker) -> None:
    assert anyone.get(ITEMS, bbox="1,47,2,48", bbox__crs="urn:ogc:def:crs:EPSG::2154").status_code == 400


def test_storage_coordinates_come_as_they_are_kept(anyone: Asker, layer: object) -> None:
    exact = Point(X + 1 / 3, Y + 0.123456789, srid=2154)
    pk = factories.feature(layer, exact, name="D")  # type: ignore[arg-type]
    assert anyone.item(pk, crs=epsg(2154))["geometry"]["coordinates"] == [exact.x, exact.y]


def test_angle_brackets_around_a_system_are_taken(anyone: Asker) -> None:
    assert anyone.status(ITEMS, crs=f"<{epsg(2154)}>") == 200
