"""Addresses, errors, caching headers and documents."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from layers.catalogue.models import Layer
from tests import factories
from tests.tiles.conftest import ThinLayer, address_of, kept_files, url_of

X, Y = 617_010.0, 6_717_010.0
BAD_ADDRESSES = [
    "a/1/1", "1/a/1", "1/1/a", "-1/0/0", "1/2/0", "1/0/2", "23/0/0", "99/0/0", "15/99999999999999999999/1", "1.5/1/1",
    "１/0/0", "15/1e3/1", "0x1/0/0", " 1/0/0", "15/1/" + "9" * 1000,
]  # fmt: skip


@pytest.fixture
def layer(db: None) -> Layer:
    return factories.layer(slug="essai")


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_outside_the_pyramid_is_refused(
    client: Client, layer: Layer, statements: list[str], address: str
) -> None:
    response = client.get(f"/tiles/essai/{address}.mvt")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert not [sent for sent in statements if "cadastre_parcel" in sent]
    assert kept_files() == []


@pytest.mark.parametrize("address", ["essai/15/1/%00.mvt", "essai/15/1/1.mvt?v=%00", "%00/15/1/1.mvt"])
def test_a_nul_character_is_refused(client: Client, layer: Layer, address: str) -> None:
    response = client.get(f"/tiles/{address}")
    assert 400 <= response.status_code < 500
    assert response["Content-Type"] == "application/problem+json"
    assert kept_files() == []


def test_an_endless_parameter_is_refused(client: Client, layer: Layer) -> None:
    response = client.get(url_of("essai", address_of(X, Y, 15)), {"v": "9" * 1_000_000})
    assert response.status_code == 414
    assert response["Content-Type"] == "application/problem+json"
    assert kept_files() == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("address", ["essai/15/1/1.mvt", "essai.json", "essai/style.json"])
def test_tiles_are_only_read(client: Client, layer: Layer, method: str, address: str) -> None:
    response = getattr(client, method)(f"/tiles/{address}")
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
    assert response["Allow"] == "GET, HEAD"


def test_head_answers_without_a_body(client: Client, layer: Layer) -> None:
    factories.parcel()
    response = client.head(url_of("essai", address_of(X, Y, 15)))
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("address", ["{}/15/16597/11372.mvt", "{}.json", "{}/style.json"])
def test_a_layer_not_seen_answers_as_one_that_does_not_exist(client: Client, db: None, address: str) -> None:
    factories.layer(slug="cachee", visibility=Layer.Visibility.OWNER, owner=factories.member())
    hidden, unknown = (client.get("/tiles/" + address.format(slug)) for slug in ("cachee", "inconnue"))
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    said = [
        sorted((*one,) for one in answer.headers.items() if one[0] != "X-Request-ID") for answer in (hidden, unknown)
    ]
    assert said[0] == said[1]


def test_an_unchanged_tile_is_not_sent_again(client: Client, layer: Layer) -> None:
    address = url_of("essai", address_of(X, Y, 15))
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304


def test_a_public_tile_may_be_kept_under_its_version(client: Client, layer: Layer) -> None:
    address = url_of("essai", address_of(X, Y, 15))
    assert client.get(address, {"v": layer.version})["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert client.get(address, {"v": layer.version + 1})["Cache-Control"] == "public, no-cache"


def test_a_private_tile_is_kept_by_nobody_else(signed_in, db: None) -> None:  # type: ignore[no-untyped-def]
    layer = factories.layer(slug="essai", visibility=Layer.Visibility.SIGNED_IN)
    response = signed_in(factories.user()).get(url_of("essai", address_of(X, Y, 15)), {"v": layer.version})
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Authorization"} <= set(response["Vary"].split(", "))


def test_the_tilejson_gives_the_extent_that_the_catalogue_knows(client: Client, layer: Layer) -> None:
    factories.layer("ailleurs", extent_4326=[1.9, 47.5, 2.000000049, 47.6])
    assert client.get("/tiles/ailleurs.json").json()["bounds"] == [1.9, 47.5, 2.0, 47.6]
    assert "bounds" not in client.get("/tiles/essai.json").json()


def test_the_tilejson_names_the_tiles_their_zooms_and_their_fields(client: Client, layer: Layer) -> None:
    found = client.get("/tiles/essai.json").json()
    assert found["tilejson"] == "3.0.0"
    assert found["tiles"] == [f"http://testserver/tiles/essai/{{z}}/{{x}}/{{y}}.mvt?v={layer.version}"]
    assert (found["minzoom"], found["maxzoom"]) == (layer.min_zoom, layer.max_zoom)
    assert found["vector_layers"][0]["fields"] == {"idu": "String", "label": "String"}


def test_the_style_draws_the_legend(client: Client, db: None) -> None:
    symbol = {"kind": "fill", "fill": "#d9a78b", "stroke": "#a4674a", "stroke_width": 1, "dash": [4, 3]}
    factories.layer(slug="essai", legend=[{"label": "Dur", "where": {"kind": "01"}, "symbol": symbol}])
    style = client.get("/tiles/essai/style.json").json()
    assert style["version"] == 8
    assert style["sources"] == {"essai": {"type": "vector", "url": "http://testserver/tiles/essai.json"}}
    fill, line = style["layers"]
    assert fill["source-layer"] == line["source-layer"] == "essai"
    assert fill["filter"] == ["all", ["==", ["get", "kind"], "01"]]
    assert line["paint"] == {"line-color": "#a4674a", "line-width": 1, "line-dasharray": [4, 3]}


def test_the_documents_speak_the_asked_language(client: Client, db: None) -> None:
    factories.layer(slug="essai", title="Parcelles", title_en="Parcels")
    names = [client.get("/tiles/essai.json", headers={"accept-language": code}).json()["name"] for code in ("fr", "en")]
    assert names == ["Parcelles", "Parcels"]


def test_a_problem_is_told_in_words(client: Client, layer: Layer) -> None:
    body = json.loads(client.get("/tiles/essai/99/0/0.mvt").content)
    assert set(body) == {"type", "title", "status", "detail"}


def test_a_database_that_does_not_answer_is_told_by_django(
    thin: ThinLayer, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> bytes:
        raise OperationalError("no connection")

    monkeypatch.setattr("tiles.services.serving.tile", fail)
    thin.get(url_of("essai", address_of(X, Y, 15)))
    assert thin.passed_on == 1
