"""The abstract tests of OGC API Features, Part 1: core, oas30, geojson, html. Each test bears the name of its own."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest

from tests.ogc.asking import CRS84, GEOJSON, ITEMS, ROOT, Asker, feature, links

pytestmark = pytest.mark.usefixtures("layer")
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
JSON, HTML = "application/json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
PAGES = ["", "/api", "/conformance", "/collections", "/collections/lampes", "/collections/lampes/items"]

type Ids = Callable[..., list[int]]


@pytest.fixture
def api(anyone: Asker) -> Any:
    return anyone.json(f"{ROOT}/api", OPENAPI)


def parameter(api: Any, name: str) -> Any:
    """A parameter of the items, as the definition says it."""
    told = api["paths"]["/collections/lampes/items"]["get"]["parameters"]
    (found,) = [one for one in (resolved(api, one) for one in told) if one["name"] == name]
    return found


def resolved(api: Any, one: Any) -> Any:
    if "$ref" not in one:
        return one
    kind, name = one["$ref"].removeprefix("#/components/").split("/")
    return api["components"][kind][name]


# -- core: the pages of the API ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_http(anyone: Asker, path: str) -> None:
    answer = anyone.get(f"{ROOT}{path}")
    assert (answer.status_code, answer["Content-Type"].split("/")[0]) == (200, "application")


@pytest.mark.parametrize("path", [ROOT, f"{ROOT}/"])
def test_root_op(anyone: Asker, path: str) -> None:
    assert anyone.status(path) == 200


@pytest.mark.parametrize("rel", ["service-desc", "service-doc", "conformance", "data"])
def test_root_success(anyone: Asker, rel: str) -> None:
    (link,) = links(anyone.json(ROOT), rel)
    assert anyone.status(link["href"], accept="*/*") == 200


@pytest.mark.parametrize("rel", ["service-desc", "service-doc"])
def test_api_definition_op(anyone: Asker, rel: str) -> None:
    (link,) = links(anyone.json(ROOT), rel)
    assert anyone.get(link["href"], accept=link["type"])["Content-Type"].startswith(link["type"])


def test_api_definition_success(api: Any) -> None:
    assert (api["openapi"], api["servers"]) == ("3.0.3", [{"url": "http://testserver/ogc"}])


def test_conformance_op(anyone: Asker) -> None:
    assert anyone.status(f"{ROOT}/conformance") == 200


@pytest.mark.parametrize("name", ["core", "oas30", "html", "geojson"])
def test_conformance_success(anyone: Asker, name: str) -> None:
    assert f"{CORE}/{name}" in anyone.json(f"{ROOT}/conformance")["conformsTo"]


def test_crs84(anyone: Asker) -> None:
    x, y = anyone.items()["features"][0]["geometry"]["coordinates"]
    assert (1 < x < 3, 47 < y < 49) == (True, True)


# -- core: collections ------------------------------------------------------------------------------------------------


def test_fc_md_op(anyone: Asker) -> None:
    assert anyone.status(f"{ROOT}/collections") == 200


def test_fc_md_success(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        assert anyone.status(f"{ROOT}/collections/{one['id']}") == 200


def test_fc_md_links(anyone: Asker) -> None:
    document = anyone.json(f"{ROOT}/collections")
    (self,), (alternate,) = links(document, "self"), links(document, "alternate")
    assert (self["type"], alternate["type"]) == (JSON, HTML)


def test_fc_md_items(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        assert one["id"]
        assert one["links"]


def test_fc_md_items_links(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        found = links(one, "items")
        assert {link["type"] for link in found} == {GEOJSON, HTML}
        assert all(anyone.status(link["href"], accept=link["type"]) == 200 for link in found)


def test_fc_md_extent(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        spatial = one["extent"]["spatial"]
        west, south, east, north = spatial["bbox"][0]
        assert spatial["crs"] == CRS84
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


def test_sfc_md_op(anyone: Asker) -> None:
    assert anyone.status(f"{ROOT}/collections/lampes") == 200


@pytest.mark.parametrize("member", ["id", "title", "description", "extent", "crs", "links", "storageCrs"])
def test_sfc_md_success(anyone: Asker, member: str) -> None:
    listed = {one["id"]: one for one in anyone.json(f"{ROOT}/collections")["collections"]}
    assert anyone.json(f"{ROOT}/collections/lampes")[member] == listed["lampes"][member]


# -- core: features ---------------------------------------------------------------------------------------------------


def test_fc_op(anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        assert anyone.status(f"{ROOT}/collections/{one['id']}/items") == 200


def test_fc_bbox_definition(api: Any) -> None:
    bbox = parameter(api, "bbox")
    assert (bbox["in"], bbox["required"], bbox["style"], bbox["explode"]) == ("query", False, "form", False)
    assert bbox["schema"]["type"] == "array"
    assert bbox["schema"]["items"] == {"type": "number"}


def test_fc_bbox_response(anyone: Asker) -> None:
    whole = anyone.items()["features"]
    x, y = whole[1]["geometry"]["coordinates"]
    found = anyone.items(bbox=f"{x - 1e-4},{y - 1e-4},{x + 1e-4},{y + 1e-4}")
    assert [one["properties"]["name"] for one in found["features"]] == ["B"]
    assert anyone.items(bbox=f"{x - 1e-4},{y - 1e-4},-10,{x + 1e-4},{y + 1e-4},10")["numberMatched"] == 1


def test_fc_limit_definition(api: Any) -> None:
    told = api["components"]["parameters"]["limit"]
    assert told["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}
    assert (told["style"], told["explode"], told["required"]) == ("form", False, False)


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (2, 2), (3, 3), (10_000, 3), (10_001, 3)])
def test_fc_limit_response(ids: Ids, limit: int, expected: int) -> None:
    assert len(ids(limit=limit)) == expected


def test_fc_time_definition(api: Any) -> None:
    told = parameter(api, "datetime")
    assert (told["in"], told["required"], told["schema"]) == ("query", False, {"type": "string"})


@pytest.mark.parametrize(
    ("datetime", "names"),
    [
        ("2020-05-06", "A"),
        ("2020-05-06T12:00:00Z", "A"),
        ("2020-05-07", ""),
        ("2020-01-01/2020-12-31", "A"),
        ("2020-05-06/..", "AB"),
        ("2020-05-06/", "AB"),
        ("../2020-05-06", "A"),
        ("/2020-05-06", "A"),
        ("2020-01-01T00:00:00Z/2021-06-01T00:00:00Z", "AB"),
        # What QGIS takes for no end, and for no beginning.
        ("2020-05-07/9999-12-31T00:00:00Z", "B"),
        ("0000-01-01T00:00:00Z/2020-12-31T00:00:00Z", "A"),
    ],
)
def test_fc_time_response(anyone: Asker, datetime: str, names: str) -> None:
    found = anyone.items(datetime=datetime)["features"]
    assert "".join(one["properties"]["name"] for one in found) == names


def test_query_param_unknown(anyone: Asker) -> None:
    assert anyone.status(ITEMS, inconnu="1") == 400


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "x"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "1.5"},
        {"limit": "٣"},
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,x"},
        {"bbox": "1,2,3,nan"},
        {"bbox": "1,3,2,2"},
        {"bbox": "1,2,3,4,5"},
        {"bbox": "200000,200000,300000,300000"},
        {"datetime": "hier"},
        {"datetime": "2020-13-01"},
        {"datetime": "2021-01-01/2020-01-01"},
        {"datetime": "../.."},
        {"datetime": "2020-01-01/2020-01-02/2020-01-03"},
        {"lamps": "beaucoup"},
        {"lit": "peut-être"},
        {"f": "xml"},
        {"cursor": "abc"},
        {"crs": "EPSG:2154"},
    ],
)
def test_query_param_invalid(anyone: Asker, asked: dict[str, str]) -> None:
    answer = anyone.get(ITEMS, **asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(answer.content)["parameter"] == next(iter(asked))


def test_fc_response(anyone: Asker) -> None:
    assert anyone.items()["type"] == "FeatureCollection"


def test_fc_links(anyone: Asker) -> None:
    document = anyone.items(limit=2)
    (self,), (alternate,), (following,) = (links(document, rel) for rel in ("self", "alternate", "next"))
    assert anyone.json(self["href"], self["type"])["features"] == document["features"]
    assert anyone.status(alternate["href"], accept=HTML) == 200
    assert [one["properties"]["name"] for one in anyone.json(following["href"], GEOJSON)["features"]] == ["C"]


def test_fc_rel_type(anyone: Asker) -> None:
    for link in anyone.items(limit=2)["links"]:
        assert {"rel", "type", "href"} <= set(link)


def test_fc_timeStamp(anyone: Asker) -> None:  # noqa: N802
    told = datetime.fromisoformat(anyone.items()["timeStamp"])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


def test_fc_numberMatched(anyone: Asker) -> None:  # noqa: N802
    assert anyone.items(limit=1)["numberMatched"] == 3


def test_fc_numberReturned(anyone: Asker) -> None:  # noqa: N802
    document = anyone.items(limit=2)
    assert document["numberReturned"] == len(document["features"]) == 2


# -- core: one feature ------------------------------------------------------------------------------------------------


def test_f_op(anyone: Asker, ids: Ids) -> None:
    assert [anyone.status(f"{ITEMS}/{pk}") for pk in ids()] == [200, 200, 200]


def test_f_success(anyone: Asker, ids: Ids) -> None:
    first = ids()[0]
    (listed,) = anyone.items(limit=1)["features"]
    found = anyone.item(first)
    assert {name: found[name] for name in listed} == listed


def test_f_links(anyone: Asker, ids: Ids) -> None:
    document = anyone.item(ids()[0])
    (self,), (alternate,), (collection,) = (links(document, rel) for rel in ("self", "alternate", "collection"))
    assert (self["type"], alternate["type"]) == (GEOJSON, HTML)
    assert all(anyone.status(link["href"], accept="*/*") == 200 for link in (self, alternate, collection))


# -- oas30, geojson, html ---------------------------------------------------------------------------------------------


def test_oas30_completeness(api: Any, anyone: Asker) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        here = f"/collections/{one['id']}"
        assert {here, f"{here}/schema", f"{here}/queryables", f"{here}/items"} <= set(api["paths"])
        assert f"{here}/items/{{featureId}}" in api["paths"]
    assert {"/", "/api", "/conformance", "/collections"} <= set(api["paths"])


def test_oas30_exceptions_codes(api: Any) -> None:
    for path, operations in api["paths"].items():
        told = set(operations["get"]["responses"])
        assert {"200", "400", "406", "default"} <= told
        assert ("404" in told) == path.startswith("/collections/")


def test_oas30_definition_1(anyone: Asker) -> None:
    assert anyone.get(f"{ROOT}/api", OPENAPI)["Content-Type"] == OPENAPI


def test_oas30_oas_impl(api: Any) -> None:
    names = [
        one["operationId"] for methods in api["paths"].values() for one in methods.values() if "operationId" in one
    ]
    assert len(names) == len(set(names))
    for methods in api["paths"].values():
        for one in methods["get"]["parameters"]:
            assert resolved(api, one)["in"] in ("query", "path")


def test_oas30_security(api: Any) -> None:
    assert api["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert {} in api["security"]


def test_geojson_definition(anyone: Asker, ids: Ids) -> None:
    assert anyone.get(ITEMS, GEOJSON)["Content-Type"] == GEOJSON
    assert anyone.get(f"{ITEMS}/{ids()[0]}", GEOJSON)["Content-Type"] == GEOJSON


def test_geojson_content(anyone: Asker) -> None:
    for one in anyone.items()["features"]:
        assert one["type"] == "Feature"
        assert one["geometry"]["type"] == "Point"
        assert set(one["properties"]) >= {"name", "lamps"}


@pytest.mark.parametrize("path", PAGES)
def test_html_definition(anyone: Asker, path: str) -> None:
    assert anyone.get(f"{ROOT}{path}", HTML)["Content-Type"].startswith(HTML)


@pytest.mark.parametrize("path", [*PAGES, "/collections/lampes/schema", "/collections/lampes/queryables"])
def test_html_content(anyone: Asker, path: str) -> None:
    text = anyone.get(f"{ROOT}{path}", HTML).content.decode()
    assert "<main" in text
    assert "f=json" in text


def test_the_schemas_of_the_definition_are_schemas(api: Any) -> None:
    for schema in api["components"]["schemas"].values():
        assert jsonschema_rs.meta.is_valid({**schema, "$schema": "http://json-schema.org/draft-04/schema#"}), schema


def test_a_feature_that_is_sent_is_what_the_definition_says(api: Any) -> None:
    schema = {"$ref": "#/components/schemas/Feature", "components": api["components"]}
    assert jsonschema_rs.Draft4Validator(schema).is_valid(feature())
