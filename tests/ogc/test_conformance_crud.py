"""The abstract tests of OGC API Features, Part 4: create-replace-delete, update, optimistic-locking-etags, features."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pyproj import Transformer

from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.asking import CRS84, GEOJSON, ITEMS, PATCH, ROOT, Asker, epsg, feature, methods

pytestmark = pytest.mark.usefixtures("layer")
X, Y = factories.ORIGIN
PART_4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf"
CLASSES = ["create-replace-delete", "update", "optimistic-locking-etags", "features"]
UNKNOWN = 999_999

type Ids = Callable[..., list[int]]


@pytest.mark.parametrize("name", CLASSES)
def test_conformance(anyone: Asker, name: str) -> None:
    assert f"{PART_4}/{name}" in anyone.json(f"{ROOT}/conformance")["conformsTo"]


# -- create, replace, delete ------------------------------------------------------------------------------------------


def test_options(program: Asker, ids: Ids) -> None:
    answer = program.options(ITEMS)
    assert (answer.status_code, methods(answer)) == (200, {"GET", "HEAD", "POST", "OPTIONS"})
    assert GEOJSON in answer["Accept-Post"]
    answer = program.options(f"{ITEMS}/{ids()[0]}")
    assert methods(answer) == {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_create(program: Asker, ids: Ids) -> None:
    before = ids()
    for body in (feature(lamps=3), feature(lamps=3) | {"id": UNKNOWN}):
        answer = program.post(body)
        assert answer.status_code == 201
        made = program.json(answer["Location"], GEOJSON)
        assert made["id"] not in before
        assert answer["Location"] == f"http://testserver{ITEMS}/{made['id']}"
        assert (made["properties"]["name"], made["properties"]["lamps"]) == ("Neuf", 3)
        assert made["geometry"]["coordinates"] == pytest.approx([1.9, 47.55], abs=1e-8)


def test_create_content_type(program: Asker) -> None:
    assert program.post(feature(), "").status_code == 400


def test_replace(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    assert program.put(pk, feature("Autre", height_m=3.5)).status_code == 204
    found = program.item(pk)
    assert found["geometry"]["coordinates"] == pytest.approx([1.9, 47.55], abs=1e-8)
    values = found["properties"]
    assert (values["name"], values["height_m"], values["lamps"], values["lit"]) == ("Autre", 3.5, None, None)


def test_replace_content_type(program: Asker, ids: Ids) -> None:
    assert program.put(ids()[0], feature(), "").status_code == 400


def test_replace_rid(program: Asker, ids: Ids) -> None:
    first, second, _third = ids()
    before = program.item(second)
    assert program.put(first, feature("Autre") | {"id": second}).status_code == 204
    assert program.item(first)["properties"]["name"] == "Autre"
    assert program.item(second) == before


def test_replace_exceptions(program: Asker) -> None:
    assert program.put(UNKNOWN, feature()).status_code == 404
    assert program.put(UNKNOWN + 1, feature(), If_Match='"xyz"').status_code == 404
    assert program.status(f"{ITEMS}/{UNKNOWN + 1}") == 404


def test_delete(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    assert program.delete(pk).status_code == 204
    assert program.status(f"{ITEMS}/{pk}") == 404
    assert pk not in ids()


# -- update -----------------------------------------------------------------------------------------------------------


def test_update_options(program: Asker, ids: Ids) -> None:
    answer = program.options(f"{ITEMS}/{ids()[0]}")
    assert "PATCH" in methods(answer)
    assert PATCH in answer["Accept-Patch"]


def test_update(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    before = program.item(pk)
    assert program.patch(pk, {"properties": {"lamps": 8}}).status_code == 204
    after = program.item(pk)
    assert after["properties"] == before["properties"] | {"lamps": 8}
    assert after["geometry"] == before["geometry"]


def test_update_content_type(program: Asker, ids: Ids) -> None:
    assert program.patch(ids()[0], {"properties": {"lamps": 8}}, "").status_code == 400


def test_update_rid(program: Asker, ids: Ids) -> None:
    first, second, _third = ids()
    assert program.patch(first, {"id": second, "properties": {"lamps": 8}}).status_code == 400
    assert program.item(first)["properties"]["lamps"] == 1


# -- optimistic locking -----------------------------------------------------------------------------------------------


def test_get_etag(anyone: Asker, ids: Ids) -> None:
    assert [anyone.get(f"{ITEMS}/{pk}")["ETag"] for pk in ids()] == ['"v1"'] * 3


def replace(program: Asker, pk: int, **headers: str) -> Any:
    return program.put(pk, feature("Autre"), **headers)


def update(program: Asker, pk: int, **headers: str) -> Any:
    return program.patch(pk, {"properties": {"name": "Autre"}}, **headers)


@pytest.mark.parametrize("write", [replace, update])
def test_locking_replace_and_update(program: Asker, ids: Ids, write: Any) -> None:
    pk = ids()[0]
    refused = write(program, pk, If_Match='"0"')
    assert refused.status_code == 412
    assert program.item(pk)["properties"]["name"] == "A"
    written = write(program, pk, If_Match='"v1"')
    assert (written.status_code, written["ETag"]) == (204, '"v2"')
    assert write(program, pk).status_code == 204


def test_locking_delete(program: Asker, ids: Ids) -> None:
    first, second, _third = ids()
    assert program.delete(first, If_Match='"0"').status_code == 412
    assert program.status(f"{ITEMS}/{first}") == 200
    assert program.delete(first, If_Match='"v1"').status_code == 204
    assert program.status(f"{ITEMS}/{first}") == 404
    assert program.delete(second).status_code == 204


NETWORKS = {f"{family}-{what}" for family in ("water", "sewer") for what in ("nodes", "pipes", "connections")}
NETWORKS |= {"water-repairs"}
NETWORKS |= {"road-sections", "road-markers", "road-assets", "road-stretches", "works", "works-detours"}
"""Layers that every installation has and that a member's people edit."""


# -- features ---------------------------------------------------------------------------------------------------------


def test_endpoints(program: Asker, ids: Ids) -> None:
    listed = [one["id"] for one in program.json(f"{ROOT}/collections")["collections"] if one["itemType"] == "feature"]
    mutable = [slug for slug in listed if "POST" in methods(program.options(f"{ROOT}/collections/{slug}/items"))]
    assert set(mutable) == {"lampes", *NETWORKS}
    assert all("PUT" in methods(program.options(f"{ITEMS}/{pk}")) for pk in ids())


@pytest.mark.parametrize("uri", [epsg(2154), epsg(4326), epsg(3857), epsg(3947)])
def test_crs(program: Asker, uri: str) -> None:
    code = int(uri.rsplit("/", 1)[1])
    x, y = Transformer.from_crs(4326, code, always_xy=True).transform(1.9, 47.55)
    written = (y, x) if code == 4326 else (x, y)
    places = []
    for coordinates, headers in (((1.9, 47.55), {}), (written, {"Content_Crs": f"<{uri}>"})):
        answer = program.post(feature(coordinates=coordinates), **headers)
        assert answer.status_code == 201
        places.append(program.json(answer["Location"], GEOJSON, crs=uri)["geometry"]["coordinates"])
    assert places[1] == pytest.approx(places[0], abs=1e-6 if code == 4326 else 1e-2)


def test_crs_unknown(program: Asker, ids: Ids) -> None:
    before = ids()
    assert program.post(feature(), Content_Crs=f"<{epsg(27572)}>").status_code == 400
    assert ids() == before


def test_crs_named(program: Asker) -> None:
    assert program.post(feature(), Content_Crs=f"<{CRS84}>").status_code == 201


def test_schema(program: Asker) -> None:
    assert program.json(f"{ROOT}/collections/lampes/schema")["additionalProperties"] is False
    assert program.post(feature()).status_code == 201
    assert program.post(feature(autre="x")).status_code == 400
    assert program.post(feature(seen_at="2024-01-01T00:00:00Z")).status_code == 400


def test_geojson(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    assert program.put(pk, feature("Autre", (1.901, 47.551)) | {"id": pk + 1}).status_code == 204
    found = program.item(pk)
    assert (found["id"], found["properties"]["name"]) == (pk, "Autre")
    assert found["geometry"]["coordinates"] == pytest.approx([1.901, 47.551], abs=1e-8)


def test_json_merge_patch(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    place = {"type": "Point", "coordinates": [1.901, 47.551]}
    change = {"properties": {"lamps": 8, "height_m": 2.5, "lit": None}, "geometry": place}
    assert program.patch(pk, change).status_code == 204
    found = program.item(pk)
    values = found["properties"]
    assert (values["lamps"], values["height_m"], values["lit"], values["name"]) == (8, 2.5, None, "A")
    assert found["geometry"]["coordinates"] == pytest.approx([1.901, 47.551], abs=1e-8)
    assert program.patch(pk, {"id": UNKNOWN}).status_code == 400


# -- of the platform --------------------------------------------------------------------------------------------------


def test_a_conflict_says_the_feature_as_it_is_now(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    program.patch(pk, {"properties": {"lamps": 8}})
    refused = program.patch(pk, {"properties": {"lamps": 9}}, If_Match='"v1"')
    told = json.loads(refused.content)
    assert (refused.status_code, refused["Content-Type"]) == (412, "application/problem+json")
    assert told["conflicts"][0]["current"]["properties"]["lamps"] == 8


def test_one_of_several_versions_may_be_the_one_seen(program: Asker, ids: Ids) -> None:
    assert program.delete(ids()[0], If_Match='"v7", "v1"').status_code == 204
    assert program.delete(ids()[0], If_Match='"v7", "v8"').status_code == 412
    assert program.delete(ids()[0], If_Match="*").status_code == 204


def test_a_layer_that_locks_strictly_offers_programs_no_writing(layer: Layer, program: Asker, ids: Ids) -> None:
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(strict_locking=True)
    assert methods(program.options(ITEMS)) == {"GET", "HEAD", "OPTIONS"}
    assert program.patch(ids()[0], {"properties": {"lamps": 8}}).status_code == 428
