"""The abstract tests of OGC API Features, Part 3: queryables, filter, features-filter. Each bears the name of one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import factories
from tests.ogc.asking import CRS84, GEOJSON, ITEMS, REL, ROOT, Asker, epsg, links
from tests.ogc.test_conformance_crs import ALL, X, Y, box_around, written

pytestmark = pytest.mark.usefixtures("layer")
PART_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"

type Ids = Callable[..., list[int]]


def names(document: Any) -> str:
    return "".join(one["properties"]["name"] for one in document["features"])


def collections(anyone: Asker) -> list[str]:
    return [one["id"] for one in anyone.json(f"{ROOT}/collections")["collections"]]


# -- filter -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["queryables", "queryables-query-parameters", "filter", "features-filter"])
def test_get_conformance(anyone: Asker, name: str) -> None:
    assert f"{PART_3}/{name}" in anyone.json(f"{ROOT}/conformance")["conformsTo"]


@pytest.mark.parametrize("name", ["cql2-text", "cql2-json", "basic-cql2", "basic-spatial-operators"])
def test_get_conformance_cql2(anyone: Asker, name: str) -> None:
    assert f"{CQL2}/{name}" in anyone.json(f"{ROOT}/conformance")["conformsTo"]


def test_get_collections(anyone: Asker) -> None:
    assert "lampes" in collections(anyone)


def test_get_queryables(anyone: Asker) -> None:
    for slug in collections(anyone):
        path = f"{ROOT}/collections/{slug}/queryables"
        document = anyone.json(path, "application/schema+json")
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert (document["$id"], document["type"]) == (f"http://testserver{path}", "object")
        assert document["properties"]["geometry"]["format"].startswith("geometry-")


def test_get_collection(anyone: Asker) -> None:
    for slug in collections(anyone):
        (link,) = links(anyone.json(f"{ROOT}/collections/{slug}"), f"{REL}/queryables")
        assert link["href"].endswith(f"/collections/{slug}/queryables")


@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_filter_param(anyone: Asker, language: str) -> None:
    valid = {"cql2-text": "lamps IS NULL", "cql2-json": '{"op": "isNull", "args": [{"property": "lamps"}]}'}
    assert names(anyone.items(filter=valid[language], filter__lang=language)) == "C"
    assert anyone.status(ITEMS, filter="THIS IS NOT A FILTER", filter__lang=language) == 400


def test_filter_param_on_every_collection(anyone: Asker) -> None:
    for slug in collections(anyone):
        queryables = anyone.json(f"{ROOT}/collections/{slug}/queryables")["properties"]
        for name in queryables:
            assert anyone.status(f"{ROOT}/collections/{slug}/items", filter=f"{name} IS NULL") == 200


def test_filter_lang_default(anyone: Asker) -> None:
    assert names(anyone.items(filter="lamps IS NULL")) == "C"
    assert anyone.status(ITEMS, filter="THIS IS NOT A FILTER") == 400


def test_filter_lang_unknown(anyone: Asker) -> None:
    assert anyone.status(ITEMS, filter="lamps = 1", filter__lang="ecql") == 400


def test_expression_construction(anyone: Asker) -> None:
    assert anyone.status(ITEMS, filter="this_is_not_a_queryable IS NULL") == 400


def test_filter_crs_wgs84(anyone: Asker) -> None:
    box = box_around(X + 100, Y, CRS84)
    assert names(anyone.items(filter=f"S_INTERSECTS(geometry,BBOX({box}))")) == "B"
    assert anyone.status(ITEMS, filter="S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))") == 400


@pytest.mark.parametrize("uri", ALL)
def test_filter_crs_param(anyone: Asker, uri: str) -> None:
    box = f"S_INTERSECTS(geometry,BBOX({box_around(X, Y, uri)}))"
    assert names(anyone.items(filter=box, filter__crs=uri)) == "A"
    first, second = written(X + 200, Y, uri)
    near = f"S_INTERSECTS(geometry,POLYGON(({ring(first, second, uri)})))"
    assert names(anyone.items(filter=near, filter__crs=uri)) == "C"


def ring(first: float, second: float, uri: str) -> str:
    step = 1e-4 if abs(first) < 90 else 10
    corners = ((-step, -step), (step, -step), (step, step), (-step, step), (-step, -step))
    return ",".join(f"{first + a} {second + b}" for a, b in corners)


def test_mixing_expression(anyone: Asker) -> None:
    near = f"S_INTERSECTS(geometry,BBOX({box_around(X, Y, CRS84)}))"
    assert names(anyone.items(filter=near, bbox=box_around(X, Y, CRS84))) == "A"
    assert names(anyone.items(filter=near, bbox=box_around(X + 100, Y, CRS84))) == ""
    assert names(anyone.items(filter="lamps > 1", datetime="2020-01-01/..", lamps="2")) == "B"
    assert names(anyone.items(filter="lamps > 1", lamps="1")) == ""


# -- queryables as query parameters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("name", "B", "B"),
        ("name", "b", ""),
        ("name", "", ""),
        ("lamps", "2", "B"),
        ("lamps", "2.0", "B"),
        ("height_m", "7.5", "B"),
        ("lit", "true", "A"),
        ("lit", "1", "A"),
        ("lit", "false", ""),
        ("installed_date", "2020-05-06", "A"),
    ],
)
def test_query_param(anyone: Asker, name: str, value: str, expected: str) -> None:
    assert names(anyone.items(**{name: value})) == expected


def test_query_param_by_id(anyone: Asker, ids: Ids) -> None:
    assert ids(id=ids()[1]) == [ids()[1]]


# -- what a filter may not --------------------------------------------------------------------------------------------


def test_a_column_of_others_is_no_queryable(anyone: Asker) -> None:
    assert "price" not in anyone.json(f"{ROOT}/collections/lampes/queryables")["properties"]
    for asked in ({"filter": "price IS NULL"}, {"price": "1"}):
        answer = anyone.get(ITEMS, **asked)
        assert answer.status_code == 400
        unknown = anyone.get(ITEMS, **{name: value.replace("price", "prize") for name, value in asked.items()})
        assert unknown.status_code == 400


def test_rows_of_others_do_not_answer_filters(anyone: Asker) -> None:
    private = factories.editable_layer(slug="secrete", visibility="private")
    factories.feature(private, name="Caché")
    assert anyone.status(f"{ROOT}/collections/secrete/items", filter="name = 'Caché'") == 404


@pytest.mark.parametrize(
    "text",
    [
        "version = 1",
        "owner_id = 1",
        "geom_3857 IS NULL",
        '"name; drop table gis_core_user" = 1',
        "name = 'x' OR 1",
        "pg_sleep(5) = 1",
        "NOT",
        "(" * 90 + "lamps = 1" + ")" * 89,
        "lamps = 1e400",
        "name LIKE '\\'",
    ],
)
def test_a_bad_filter_is_refused_in_words(anyone: Asker, text: str) -> None:
    answer = anyone.get(ITEMS, filter=text)
    told = json.loads(answer.content)
    assert (answer.status_code, told["parameter"]) == (400, "filter")
    assert told["detail"].endswith(".")


def test_an_endless_filter_is_refused(anyone: Asker) -> None:
    assert anyone.status(ITEMS, filter="lamps = 1 OR " * 10_000 + "lamps = 1") == 414


def test_a_nul_in_a_filter_is_refused(anyone: Asker) -> None:
    assert anyone.status(ITEMS, filter="name = '\0'") == 400


def test_a_value_is_never_sql(anyone: Asker) -> None:
    assert names(anyone.items(filter="name = 'A'' or true --'")) == ""


def test_a_division_by_zero_compares_with_nothing(anyone: Asker) -> None:
    assert names(anyone.items(filter="1 / (lamps - 1) > 0")) == "B"


def test_a_number_out_of_range_is_told(anyone: Asker) -> None:
    answer = anyone.get(ITEMS, filter="lamps * 1e300 * 1e300 > 0")
    assert (answer.status_code, json.loads(answer.content)["parameter"]) == (400, "filter")


def test_filtered_pages_follow_each_other(anyone: Asker) -> None:
    first = anyone.items(filter="lamps >= 1", limit=1, crs=epsg(2154))
    (following,) = links(first, "next")
    second = anyone.json(following["href"], GEOJSON)
    assert (names(first), names(second), first["numberMatched"], second["numberMatched"]) == ("A", "B", 2, 2)
    assert second["features"][0]["geometry"]["coordinates"] == [X + 100, Y]
