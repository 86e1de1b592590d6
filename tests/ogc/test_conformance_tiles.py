"""The abstract tests of OGC API Tiles, Part 1: core, tileset, tilesets-list, geodata-tilesets, mvt, oas30."""

from typing import Any

import mapbox_vector_tile
import pytest

from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.asking import REL, ROOT, Asker, links
from tests.tiles.conftest import address_of, empty_cache  # noqa: F401

pytestmark = pytest.mark.usefixtures("layer", "empty_cache")
TILES = f"{ROOT}/collections/lampes/tiles"
URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CLASSES = ["core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"]
MVT = "application/vnd.mapbox-vector-tile"


def url_of(z: int, row: int, column: int) -> str:
    return f"{TILES}/WebMercatorQuad/{z}/{row}/{column}"


TILE = address_of(*factories.ORIGIN, 15)
HERE = url_of(TILE.z, TILE.y, TILE.x)


@pytest.fixture
def tileset(anyone: Asker) -> Any:
    return anyone.json(f"{TILES}/WebMercatorQuad")


@pytest.mark.parametrize("name", CLASSES)
def test_conformance_success(anyone: Asker, name: str) -> None:
    declared = anyone.json(f"{ROOT}/conformance")["conformsTo"]
    assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}" in declared


def test_tc_op(anyone: Asker, tileset: Any) -> None:
    (item,) = links(tileset, "item")
    told = item["href"].replace("{tileMatrix}", str(TILE.z)).replace("{tileRow}", str(TILE.y))
    assert anyone.get(told.replace("{tileCol}", str(TILE.x)), MVT).status_code == 200


def test_tc_success(anyone: Asker) -> None:
    answer = anyone.get(HERE, "*/*")
    assert (answer.status_code, answer["Content-Type"]) == (200, MVT)


@pytest.mark.parametrize("place", ["15/0/40000", "15/40000/0", "15/x/0", "15/-1/0", "15/0/1.5", "23/0/0", "x/0/0"])
def test_tc_error(anyone: Asker, place: str) -> None:
    assert anyone.status(f"{TILES}/WebMercatorQuad/{place}", accept=MVT) in (400, 404)


def test_tc_error_outside_the_limits(layer: Layer, anyone: Asker) -> None:
    assert anyone.status(f"{TILES}/WebMercatorQuad/{layer.min_zoom - 1}/0/0", accept=MVT) == 404


def test_tc_error_empty(anyone: Asker) -> None:
    assert anyone.status(f"{TILES}/WebMercatorQuad/15/0/0", accept=MVT) == 204


@pytest.mark.parametrize("name", ["tileMatrix", "tileRow", "tileCol"])
def test_tc_definition(anyone: Asker, name: str) -> None:
    api = anyone.json(f"{ROOT}/api", "application/vnd.oai.openapi+json")
    path = "/collections/lampes/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"
    told = {one["name"]: one for one in api["paths"][path]["get"]["parameters"]}
    assert (told[name]["in"], told[name]["required"]) == ("path", True)


def test_tileset_description(anyone: Asker, tileset: Any) -> None:
    assert (tileset["tileMatrixSetURI"], tileset["dataType"]) == (URI, "vector")
    (scheme,) = links(tileset, f"{REL}/tiling-scheme")
    assert anyone.json(scheme["href"])["uri"] == URI
    (item,) = links(tileset, "item")
    assert (item["templated"], item["type"]) == (True, MVT)
    assert tileset["layers"][0]["id"] == "lampes"
    assert tileset["layers"][0]["propertiesSchema"]["properties"] == {"name": {"type": "string"}}


def test_tileset_limits(layer: Layer, tileset: Any) -> None:
    told = [int(one["tileMatrix"]) for one in tileset["tileMatrixSetLimits"]]
    assert told == list(range(layer.min_zoom, layer.max_zoom + 1))


def test_tilesets_list_tileset_links(anyone: Asker) -> None:
    (one,) = anyone.json(TILES)["tilesets"]
    assert {"dataType", "crs", "tileMatrixSetURI"} <= set(one)
    (self,) = links(one, "self")
    assert self["href"].endswith("/collections/lampes/tiles/WebMercatorQuad")
    assert links(anyone.json(self["href"]), "item") == links(one, "item")


def test_geodata_tilesets_desc_links(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        (link,) = links(one, f"{REL}/tilesets-vector")
        assert anyone.status(link["href"]) == 200


def test_mvt_content(anyone: Asker) -> None:
    content = anyone.get(HERE, MVT).content
    decoded = mapbox_vector_tile.decode(content)
    assert {one["properties"]["name"] for one in decoded["lampes"]["features"]} == {"A", "B", "C"}


@pytest.mark.parametrize(
    "suffix",
    [
        ".collection.vector.getTileSetsList",
        ".collection.vector.getTileSet",
        ".collection.vector.getTile",
        ".getTileMatrixSetsList",
        ".getTileMatrixSet",
    ],
)
def test_oas30_operationids(anyone: Asker, suffix: str) -> None:
    api = anyone.json(f"{ROOT}/api", "application/vnd.oai.openapi+json")
    assert any(one["get"]["operationId"].endswith(suffix) for one in api["paths"].values())


def test_the_pyramid_is_the_registered_one(anyone: Asker) -> None:
    (listed,) = anyone.json(f"{ROOT}/tileMatrixSets")["tileMatrixSets"]
    pyramid = anyone.json(links(listed, "self")[0]["href"])
    first, last = pyramid["tileMatrices"][0], pyramid["tileMatrices"][-1]
    assert (first["scaleDenominator"], first["cellSize"]) == pytest.approx((559082264.0287178, 156543.03392804097))
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    assert (last["id"], last["matrixWidth"]) == ("22", 1 << 22)


def test_the_same_tile_as_under_tiles(anyone: Asker) -> None:
    there = anyone.get(f"/tiles/lampes/{TILE.z}/{TILE.x}/{TILE.y}.mvt", MVT)
    here = anyone.get(HERE, MVT)
    assert (here.content, here["ETag"]) == (there.content, there["ETag"])


def test_a_tile_that_did_not_change_is_not_sent_again(anyone: Asker) -> None:
    anyone.headers = {"If-None-Match": anyone.get(HERE, MVT)["ETag"]}
    assert anyone.get(HERE, MVT).status_code == 304


@pytest.mark.parametrize("pyramid", ["WorldCRS84Quad", "webmercatorquad", "x"])
def test_another_pyramid_is_not_there(anyone: Asker, pyramid: str) -> None:
    paths = (f"{TILES}/{pyramid}", f"{TILES}/{pyramid}/15/0/0", f"{ROOT}/tileMatrixSets/{pyramid}")
    assert {anyone.status(path, accept="*/*") for path in paths} == {404}


def test_tiles_of_a_private_layer_are_nowhere_for_others(anyone: Asker) -> None:
    factories.editable_layer(slug="secrete", visibility="private")
    here = f"{ROOT}/collections/secrete/tiles"
    assert {
        anyone.status(f"{here}{rest}", accept="*/*") for rest in ("", "/WebMercatorQuad", "/WebMercatorQuad/15/0/0")
    } == {404}


@pytest.mark.parametrize("path", ["/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", "/collections/lampes/tiles"])
def test_documents_of_tiles_are_read_only(program: Asker, path: str) -> None:
    assert program.send("POST", f"{ROOT}{path}", {}).status_code == 405


def test_an_unknown_form_is_refused(anyone: Asker) -> None:
    assert anyone.status(TILES, f="html") == 400
    assert anyone.status(HERE, f="png") == 400
    assert anyone.status(HERE, f="mvt") == 200
