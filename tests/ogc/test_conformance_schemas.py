"""The abstract tests of OGC API Features, Part 5: schemas, returnables-and-receivables, queryables."""

from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest

from gis_core.members.rights import Role
from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.asking import GEOJSON, ITEMS, REL, ROOT, Asker, feature, links

pytestmark = pytest.mark.usefixtures("layer")
PART_5 = "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf"
DRAFT = "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf"
SCHEMA = "application/schema+json"
KEYWORDS = {"$schema", "$id", "type", "title", "description", "required", "properties", "additionalProperties"}
KEYWORDS |= {"format", "enum", "readOnly", "maxLength", "minimum", "maximum", "default"}
UCUM = {"m", "m2", "km/h", "t", "%", "deg"}

type Schema = dict[str, Any]


@pytest.fixture(params=["schema", "queryables"])
def schemas(request: pytest.FixtureRequest, anyone: Asker) -> list[Schema]:
    """One kind of schema of every collection."""
    slugs = [one["id"] for one in anyone.json(f"{ROOT}/collections")["collections"]]
    return [anyone.json(f"{ROOT}/collections/{slug}/{request.param}", SCHEMA) for slug in slugs]


def with_role(schema: Schema, role: str) -> list[Schema]:
    return [one for one in schema["properties"].values() if one.get("x-ogc-role") == role]


def properties(schemas: list[Schema]) -> list[Schema]:
    return [one for schema in schemas for one in schema["properties"].values()]


# -- schemas ----------------------------------------------------------------------------------------------------------


def test_basic_schema_inspection(schemas: list[Schema], anyone: Asker) -> None:
    for schema in schemas:
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert urlsplit(schema["$id"])._replace(path="").geturl() == "http://testserver"
        assert anyone.get(schema["$id"], SCHEMA)["Content-Type"] == SCHEMA
        assert schema["type"] == "object"
        jsonschema_rs.meta.validate(schema)
        for one in [schema, *schema["properties"].values()]:
            assert all(name in KEYWORDS or name.startswith("x-") for name in one)


def test_basic_schema_inspection_types(schemas: list[Schema]) -> None:
    for one in properties(schemas):
        assert "type" in one or ("$ref" not in one and one["format"].startswith("geometry-"))


def test_role(schemas: list[Schema]) -> None:
    assert all(isinstance(one.get("x-ogc-role", ""), str) for one in properties(schemas))


def test_role_id(schemas: list[Schema]) -> None:
    for schema in schemas:
        (identifier,) = with_role(schema, "id")
        assert identifier["type"] == "integer"


def test_property_seq(schemas: list[Schema]) -> None:
    assert all(isinstance(one.get("x-ogc-propertySeq", 0), int) for one in properties(schemas))


def test_unit(schemas: list[Schema]) -> None:
    for one in properties(schemas):
        unit = one.get("x-ogc-unit")
        assert unit is None or (one["type"] in ("number", "integer") and (unit in UCUM or unit[0] == "{"))


def test_role_primary_geometry(schemas: list[Schema]) -> None:
    for schema in schemas:
        (geometry,) = with_role(schema, "primary-geometry")
        assert geometry["format"].startswith("geometry-")
        assert {"type", "$ref"}.isdisjoint(geometry)


def test_role_primary_temporal(schemas: list[Schema]) -> None:
    for schema in schemas:
        found = with_role(schema, "primary-instant")
        assert len(found) <= 1
        assert all(one["type"] == "string" and one["format"] in ("date", "date-time") for one in found)


def test_a_unit_that_ucum_does_not_know_is_an_annotation(anyone: Asker) -> None:
    columns = [{"name": "debit", "label": "Débit", "type": "number", "unit": "équiv. hab."}]
    factories.editable_layer(slug="debits", columns=columns, title_field="debit")
    schema = anyone.json(f"{ROOT}/collections/debits/schema", SCHEMA)
    assert schema["properties"]["debit"]["x-ogc-unit"] == "{equiv.hab.}"


# -- returnables and receivables, queryables --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        f"{PART_5}/schemas",
        f"{PART_5}/advanced-property-roles",
        f"{PART_5}/returnables-and-receivables",
        f"{PART_5}/queryables",
        f"{DRAFT}/schemas",
        f"{DRAFT}/returnables-and-receivables",
        f"{DRAFT}/queryables",
    ],
)
def test_get_conformance(anyone: Asker, name: str) -> None:
    assert name in anyone.json(f"{ROOT}/conformance")["conformsTo"]


@pytest.mark.parametrize("kind", ["schema", "queryables"])
def test_link(anyone: Asker, kind: str) -> None:
    for one in anyone.json(f"{ROOT}/collections")["collections"]:
        (link,) = links(one, f"{REL}/{kind}")
        assert link["href"] == f"http://testserver/ogc/collections/{one['id']}/{kind}"


@pytest.mark.parametrize("kind", ["schema", "queryables"])
def test_op_and_response(anyone: Asker, kind: str) -> None:
    answer = anyone.get(f"{ROOT}/collections/lampes/{kind}", SCHEMA)
    assert (answer.status_code, answer["Content-Type"]) == (200, SCHEMA)


def test_response_1(anyone: Asker) -> None:
    schema = anyone.json(f"{ROOT}/collections/lampes/schema", SCHEMA)
    for listed in anyone.items()["features"]:
        for one in (listed, anyone.item(listed["id"])):
            # A value that is not there is written null.
            there = {name: value for name, value in one["properties"].items() if value is not None}
            jsonschema_rs.validate(schema, {"id": one["id"], **there})
            assert {"id", "geometry", *one["properties"]} == set(schema["properties"])


VALUES = {"name": "Neuf", "kind": "b", "height_m": 4.5, "lamps": 2, "lit": False, "installed_date": "2024-02-29"}


def test_response_2_valid(program: Asker) -> None:
    assert program.post(feature(**VALUES)).status_code == 201


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", "x" * 81),
        ("kind", "d"),
        ("height_m", "haut"),
        ("lamps", 1.5),
        ("lit", "oui"),
        ("installed_date", "2023-02-29"),
        ("seen_at", "2024-01-01T00:00:00Z"),
        ("unknown", 1),
    ],
)
def test_response_2_invalid(program: Asker, name: str, value: Any) -> None:
    schema = program.json(f"{ROOT}/collections/lampes/schema", SCHEMA)
    values = VALUES | {name: value}
    assert program.post(feature(**values)).status_code == 400
    assert program.put(program.items()["features"][0]["id"], feature(**values)).status_code == 400
    refused = not jsonschema_rs.is_valid(schema, values, validate_formats=True)
    assert refused or schema["properties"][name].get("readOnly")


def test_described_by_the_schema_of_geojson_features(anyone: Asker) -> None:
    (link,) = links(anyone.json(f"{ROOT}/collections/lampes"), "describedby")
    schema = anyone.json(link["href"], link["type"])
    jsonschema_rs.meta.validate(schema)
    for one in anyone.items()["features"]:
        there = {name: value for name, value in one["properties"].items() if value is not None}
        jsonschema_rs.validate(schema, one | {"properties": there})
    assert not jsonschema_rs.is_valid(schema, feature(lamps=1.5))


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_a_column_of_some_roles_is_in_the_schema_of_these_roles(layer: Layer, anyone: Asker) -> None:
    person = factories.user(layer.owner, Role.GIS_ADMINISTRATOR)
    path = f"{ROOT}/collections/lampes/schema"
    assert "price" not in anyone.json(path, SCHEMA)["properties"]
    anyone.client.force_login(person)
    assert "price" in anyone.json(path, SCHEMA)["properties"]
    assert "price" in anyone.json(ITEMS, GEOJSON)["features"][0]["properties"]


def test_the_schema_speaks_the_language_that_is_asked(anyone: Asker) -> None:
    anyone.headers = {"Accept-Language": "en"}
    assert anyone.json(f"{ROOT}/collections/lampes/queryables", SCHEMA)["properties"]["geometry"]["title"] == "Geometry"
