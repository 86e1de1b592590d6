"""Programs of others at /ogc/: OWSLib, and GDAL's OAPIF driver in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from owslib.ogcapi.features import Features

from gis_core.members.rights import Role
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.asking import epsg
from tests.ogc.server import Served, served  # noqa: F401

pytestmark = pytest.mark.usefixtures("layer")
X, Y = factories.ORIGIN
READER = Path(__file__).with_name("read_oapif.py")


@pytest.fixture
def owslib(served: Served) -> Features:  # noqa: F811
    return Features(f"{served.url}/")


def with_gdal(served: Served, layer: str, **asked: Any) -> Any:  # noqa: F811
    """What GDAL finds in a layer: fields, CRS, geometry type, number of features, features."""
    environment = {"PATH": os.environ["PATH"], "no_proxy": "127.0.0.1", **asked.pop("environment", {})}
    told = json.dumps({"url": served.url, "layer": layer, **asked})
    ran = subprocess.run(
        [sys.executable, str(READER), told], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


# -- OWSLib -----------------------------------------------------------------------------------------------------------


def test_owslib_lists_the_layers(owslib: Features) -> None:
    assert "lampes" in owslib.feature_collections()


def test_owslib_reads_the_definition_and_the_conformance(owslib: Features) -> None:
    assert owslib.api()["openapi"] == "3.0.3"
    assert any(one.endswith("features-1/1.0/conf/core") for one in owslib.conformance()["conformsTo"])


def test_owslib_reads_queryables_and_schema(owslib: Features) -> None:
    assert {"name", "geometry"} <= set(owslib.collection_queryables("lampes")["properties"])
    assert "name" in owslib.collection_schema("lampes")["properties"]


def test_owslib_filters_features(owslib: Features) -> None:
    assert owslib.collection_items("lampes", filter="lamps = 2")["numberMatched"] == 1
    assert len(owslib.collection_items("lampes", limit=2)["features"]) == 2


def test_owslib_filters_with_json(owslib: Features) -> None:
    tree = {"op": "=", "args": [{"property": "lamps"}, 2]}
    found = owslib.collection_items("lampes", filter=json.dumps(tree), **{"filter-lang": "cql2-json"})
    assert [one["properties"]["name"] for one in found["features"]] == ["B"]


def test_owslib_writes(layer: Layer, served: Served) -> None:  # noqa: F811
    _token, secret = create_token(user=factories.user(layer.owner, Role.NETWORK_TECHNICIAN), name="owslib")
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/geo+json"}
    owslib = Features(f"{served.url}/", headers=headers)
    place = {"type": "Point", "coordinates": [1.9, 47.55]}
    body = json.dumps({"type": "Feature", "geometry": place, "properties": {"name": "Neuf"}})
    assert owslib.collection_item_create("lampes", body)
    (made,) = owslib.collection_items("lampes", name="Neuf")["features"]
    assert owslib.collection_item_update("lampes", str(made["id"]), body.replace("Neuf", "Vieux"))
    assert owslib.collection_item("lampes", str(made["id"]))["properties"]["name"] == "Vieux"
    assert owslib.collection_item_delete("lampes", str(made["id"]))
    assert owslib.collection_items("lampes")["numberMatched"] == 3


# -- GDAL -------------------------------------------------------------------------------------------------------------


def test_gdal_reads_fields_with_their_types(served: Served) -> None:  # noqa: F811
    found = with_gdal(served, "lampes")
    # Whole numbers as floats: GDAL keeps what a schema calls integers in 32 bits.
    types = {"name": "str", "kind": "str", "height_m": "float64", "lamps": "float64", "lit": "bool"}
    assert found["fields"] == types | {"installed_date": "date", "seen_at": "datetime64[ms]"}


def test_gdal_reads_large_numbers(layer: Layer, served: Served) -> None:  # noqa: F811
    factories.feature(layer, lamps=12_345_678_901_234)
    assert 12_345_678_901_234 in with_gdal(served, "lampes", column="lamps")["values"]


def test_gdal_reads_the_storage_crs_to_the_last_bit(layer: Layer, served: Served) -> None:  # noqa: F811
    exact = Point(X + 1 / 3, Y + 0.123456789, srid=2154)
    factories.feature(layer, exact, name="D")
    found = with_gdal(served, "lampes", crs="EPSG:2154")
    assert found["crs"] == "EPSG:2154"
    assert [exact.x, exact.y] in found["points"]


def test_gdal_reads_an_empty_layer(layer: Layer, served: Served) -> None:  # noqa: F811
    empty = factories.editable_layer(layer.owner, "polygon", slug="vide")
    found = with_gdal(served, empty.slug)
    assert (found["count"], found["crs"], found["fields"]["lamps"]) == (0, "EPSG:2154", "float64")


def test_gdal_counts_and_follows_pages(layer: Layer, served: Served) -> None:  # noqa: F811
    for _number in range(250):
        factories.feature(layer)
    found = with_gdal(served, "lampes", page=100)
    assert (found["count"], len(found["points"])) == (253, 253)
    assert served.asked_for("GET", "cursor=")


@pytest.mark.parametrize(
    "where",
    [
        "lamps >= 2",
        "name = 'B' AND lamps = 2",
        "height_m = 7.5",
        "installed_date = '2021-01-01'",
        "lit IS NULL AND lamps > 1",
    ],
)
def test_gdal_filters(served: Served, where: str) -> None:  # noqa: F811
    assert with_gdal(served, "lampes", where=where)["points"] == [[X + 100, Y]]


def test_gdal_filters_by_a_boolean(served: Served) -> None:  # noqa: F811
    assert with_gdal(served, "lampes", where="lit = 1")["points"] == [[X, Y]]


def test_gdal_pushes_equalities_down(served: Served) -> None:  # noqa: F811
    found = with_gdal(served, "lampes", where="name = 'B'")
    assert len(found["points"]) == 1
    assert served.asked_for("GET", "name=B")


def test_gdal_asks_for_its_box(served: Served) -> None:  # noqa: F811
    found = with_gdal(served, "lampes", crs="EPSG:2154", bbox=[X + 90, Y - 10, X + 110, Y + 10])
    assert found["points"] == [[X + 100, Y]]
    assert any("bbox=" in one and "bbox-crs=" in one for one in served.asked_for("GET", epsg(2154)[7:20]))


def test_gdal_signs_in_with_a_token(layer: Layer, served: Served) -> None:  # noqa: F811
    private = factories.editable_layer(layer.owner, slug="secrete", visibility="private")
    factories.feature(private)
    person = factories.user(layer.owner)
    _token, secret = create_token(user=person, name="gdal")
    environment = {"GDAL_HTTP_USERPWD": f"{person.username}:{secret}", "GDAL_HTTP_AUTH": "BASIC"}
    assert with_gdal(served, "secrete", environment=environment)["count"] == 1
