"""Writing at /ogc/: who may, what is refused and how, what is kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from gis_core.members.rights import Role
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.asking import GEOJSON, ITEMS, ROOT, Asker, epsg, feature, methods

pytestmark = pytest.mark.usefixtures("layer")
X, Y = factories.ORIGIN
EVERY = ["post", "put", "patch", "delete"]

type Ids = Callable[..., list[int]]


def write(asker: Asker, method: str, pk: int, **headers: str) -> Any:
    """One valid write of each kind."""
    match method:
        case "post":
            return asker.post(feature(), **headers)
        case "put":
            return asker.put(pk, feature(), **headers)
        case "patch":
            return asker.patch(pk, {"properties": {"lamps": 9}}, **headers)
        case _:
            return asker.delete(pk, **headers)


def asker_of(person: Any) -> Asker:
    _token, secret = create_token(user=person, name="bureau")
    return Asker(Client(raise_request_exception=False), {"Authorization": f"Bearer {secret}"})


@pytest.fixture
def session(layer: Layer) -> Asker:
    """A technician in a browser that owes the token of forms."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(factories.user(layer.owner, Role.NETWORK_TECHNICIAN))
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    return Asker(client, {"X-CSRFToken": "a" * 32})


def before_and_after(ids: Ids, program: Asker) -> list[Any]:
    return [program.item(pk) for pk in ids()]


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", EVERY)
def test_nobody_is_asked_to_sign_in(anyone: Asker, ids: Ids, method: str) -> None:
    answer = write(anyone, method, ids()[0])
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="Arpent"')
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize("role", [Role.READER, Role.PERMIT_INSTRUCTOR])
def test_a_role_that_may_not_is_refused(layer: Layer, ids: Ids, method: str, role: str) -> None:
    assert write(asker_of(factories.user(layer.owner, role)), method, ids()[0]).status_code == 403


@pytest.mark.parametrize("method", EVERY)
def test_another_member_is_refused(ids: Ids, method: str) -> None:
    stranger = factories.user(factories.member(factories.commune()), Role.GIS_ADMINISTRATOR)
    assert write(asker_of(stranger), method, ids()[0]).status_code == 403


@pytest.mark.parametrize("method", EVERY)
def test_a_layer_that_nobody_edits_is_refused(program: Asker, method: str) -> None:
    path = f"{ROOT}/collections/communes/items"
    refused = program.send(method.upper(), path if method == "post" else f"{path}/1", feature(), "application/json")
    assert refused.status_code == 403


@pytest.mark.parametrize("method", EVERY)
def test_a_layer_that_one_may_not_see_is_not_there(program: Asker, method: str) -> None:
    factories.editable_layer(slug="secrete", visibility="private")
    path = f"{ROOT}/collections/secrete/items"
    assert program.send(method.upper(), path if method == "post" else f"{path}/1", feature()).status_code == 404


@pytest.mark.parametrize(("role", "may"), [(Role.READER, False), (Role.NETWORK_TECHNICIAN, True)])
def test_options_say_what_the_asker_may(layer: Layer, role: str, may: bool) -> None:
    asker = asker_of(factories.user(layer.owner, role))
    assert ("POST" in methods(asker.options(ITEMS))) is may
    for pk in ("1", "unknown_id", "999999"):
        assert ({"PUT", "PATCH", "DELETE"} <= methods(asker.options(f"{ITEMS}/{pk}"))) is may


def test_the_definition_says_what_the_asker_may(anyone: Asker, program: Asker) -> None:
    item = "/collections/lampes/items/{featureId}"
    may = program.json(f"{ROOT}/api", "application/vnd.oai.openapi+json")["paths"][item]
    assert {"put", "patch", "delete"} <= set(may)
    may_not = anyone.json(f"{ROOT}/api", "application/vnd.oai.openapi+json")["paths"][item]
    assert {"put", "patch", "delete"}.isdisjoint(may_not)


# -- sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_session_owes_the_version_that_it_saw(session: Asker, ids: Ids, method: str) -> None:
    pk = ids()[0]
    assert write(session, method, pk).status_code == 428
    assert write(session, method, pk, If_Match='"v7"').status_code == 412
    assert write(session, method, pk, If_Match='"v1"').status_code == 204


@pytest.mark.parametrize("method", EVERY)
def test_a_session_owes_the_token_of_forms(session: Asker, ids: Ids, method: str) -> None:
    session.headers = {}
    assert write(session, method, ids()[0], If_Match='"v1"').status_code == 403


def test_a_session_adds(session: Asker) -> None:
    assert session.post(feature()).status_code == 201


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "1",
        "{}",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "Feature", "properties": [], "geometry": null}',
        '{"type": "Feature", "properties": {"name": NaN}, "geometry": null}',
        '{"type": "Feature", "properties": {"name": "a\\u0000b"}, "geometry": null}',
        '{"type": "Feature", "properties": {"name": {"a": 1}}, "geometry": null}',
        '{"type": "Feature", "properties": {"lamps": 1e400, "name": "x"}, "geometry": null}',
        '{"type": "Feature", "properties": {"lamps": 99999999999999999999, "name": "x"}, "geometry": null}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
    ids=lambda body: str(body)[:40],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_is_no_feature(program: Asker, ids: Ids, method: str, body: str | bytes) -> None:
    pk = ids()[0]
    answer = program.send(method, ITEMS if method == "POST" else f"{ITEMS}/{pk}", body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert program.item(pk)["properties"]["name"] == "A"


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[1.9, 47.5], [1.91, 47.5]]},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": [1.9]},
        {"type": "Point", "coordinates": [1e300, 47.5]},
        {"type": "Point", "coordinates": [[1.9, 47.5]]},
        {"type": "Point"},
        {"type": "Cercle", "coordinates": [1, 2]},
        {"coordinates": [1, 2]},
        [1, 2],
        "POINT (1 2)",
        1,
    ],
    ids=str,
)
def test_a_geometry_that_cannot_be_kept(program: Asker, ids: Ids, geometry: Any) -> None:
    pk = ids()[0]
    for crs in ({}, {"Content_Crs": f"<{epsg(4326)}>"}):
        assert program.post(feature() | {"geometry": geometry}, **crs).status_code == 400
        assert program.patch(pk, {"geometry": geometry}, **crs).status_code == 400


def test_a_refused_value_says_its_field(program: Asker) -> None:
    told = json.loads(program.post(feature(kind="z")).content)
    assert [one["field"] for one in told["errors"]] == ["kind"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_another_type_is_not_taken(program: Asker, ids: Ids, kind: str) -> None:
    assert program.post(feature(), kind).status_code == 415
    assert program.put(ids()[0], feature(), kind).status_code == 415
    assert program.patch(ids()[0], {"properties": {}}, kind).status_code == 415


@pytest.mark.parametrize("kind", [GEOJSON, "application/json", "application/geo+json; charset=utf-8"])
def test_the_types_that_are_taken(program: Asker, kind: str) -> None:
    assert program.post(feature(), kind).status_code == 201


def test_a_patch_with_an_unknown_member_is_refused(program: Asker, ids: Ids) -> None:
    assert program.patch(ids()[0], {"links": []}).status_code == 400


def test_an_endless_body_is_refused(program: Asker) -> None:
    assert program.post(feature(name="x" * 30_000_000)).status_code == 413


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "/api", "/conformance", "/collections", "/collections/lampes"])
def test_only_features_are_written(program: Asker, path: str, method: str) -> None:
    answer = program.send(method, f"{ROOT}{path}", feature())
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in methods(answer)


def test_the_right_method_at_the_wrong_address(program: Asker, ids: Ids) -> None:
    assert program.send("POST", f"{ITEMS}/{ids()[0]}", feature()).status_code == 405
    assert program.send("DELETE", ITEMS, "", "").status_code == 405


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_coordinates_of_the_storage_crs_are_kept_to_the_last_bit(program: Asker) -> None:
    exact = (X + 1 / 3, Y + 0.123456789)
    made = program.post(feature(coordinates=exact), Content_Crs=f"<{epsg(2154)}>")
    assert program.json(made["Location"], GEOJSON, crs=epsg(2154))["geometry"]["coordinates"] == list(exact)


def test_latitude_comes_first_where_the_system_says_so(program: Asker) -> None:
    made = program.post(feature(coordinates=(47.55, 1.9)), Content_Crs=f"<{epsg(4326)}>")
    assert program.json(made["Location"], GEOJSON)["geometry"]["coordinates"] == pytest.approx([1.9, 47.55])


def test_lines_and_polygons_in_latitude_and_longitude(layer: Layer) -> None:
    for number, (kind, shape) in enumerate(SHAPES.items()):
        made = factories.editable_layer(layer.owner, kind, slug=f"formes-{number}")
        asker = asker_of(factories.user(layer.owner, Role.GIS_ADMINISTRATOR))
        path = f"{ROOT}/collections/{made.slug}/items"
        answer = asker.post(feature() | {"geometry": shape}, path=path, Content_Crs=f"<{epsg(4326)}>")
        assert answer.status_code == 201, answer.content
        found = asker.json(answer["Location"], GEOJSON, crs=epsg(4326))["geometry"]
        assert json.dumps(found).count("47.5") == json.dumps(shape).count("47.5")


LINE = [[47.55, 1.9], [47.551, 1.901]]
SHAPES = {
    "line": {"type": "LineString", "coordinates": LINE},
    "polygon": {"type": "Polygon", "coordinates": [[*LINE, [47.55, 1.901], LINE[0]]]},
}


def test_a_patch_without_a_geometry_leaves_it(program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    program.patch(pk, {"properties": {"lamps": 5}})
    assert program.item(pk, crs=epsg(2154))["geometry"]["coordinates"] == [X, Y]


def test_a_replacement_leaves_what_the_writer_may_not_write(layer: Layer, program: Asker, ids: Ids) -> None:
    pk = ids()[0]
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(f"update {layer.table} set price = 12, seen_at = now() where id = %s", [pk])
    assert program.put(pk, feature("Autre")).status_code == 204
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(f"select name, price, seen_at is null from {layer.table} where id = %s", [pk])
        assert cursor.fetchone() == ("Autre", 12, False)


def test_a_column_of_others_is_not_written(program: Asker, ids: Ids) -> None:
    assert program.patch(ids()[0], {"properties": {"price": 1}}).status_code == 400


def test_a_feature_of_nowhere_is_not_written(program: Asker) -> None:
    for method in ("put", "patch", "delete"):
        assert write(program, method, 999_999).status_code == 404


def test_one_write_is_one_event_of_who_wrote(layer: Layer, program: Asker, ids: Ids) -> None:
    program.headers["User-Agent"] = "Mozilla/5.0 QGIS/34006/Linux"
    program.patch(ids()[0], {"properties": {"lamps": 5, "name": "Autre"}})
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select kind, detail ->> 'from', detail ->> 'label' from gis_core_historyevent"
            ' where "table" = %s order by id desc limit 2',
            [layer.table],
        )
        assert cursor.fetchone()[1:] == ("qgis", "bureau")
