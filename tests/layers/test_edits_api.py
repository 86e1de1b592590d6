"""Editing over HTTP: what goes in, what comes back, what is refused and how."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from gis_core.models import User
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
PLACE = {"type": "Point", "coordinates": [X + 0.123456789, Y + 1 / 3]}
JSON = "application/json"
type Sent = Any


@pytest.fixture
def layer() -> Layer:
    return factories.editable_layer(slug="lampes")


@pytest.fixture
def technician(layer: Layer) -> User:
    return factories.user(layer.owner, "network_technician", first_name="Ada", last_name="Perrin")


@pytest.fixture
def session(client: Client, technician: User) -> Client:
    client.force_login(technician)
    return client


def sent(client: Client, body: Any, route: str = "edits/", **headers: str) -> Sent:
    return client.post(f"/api/v1/layers/lampes/{route}", body, content_type=JSON, headers=headers)


def edits(*given: dict[str, Any], crs: str | None = "EPSG:2154") -> dict[str, Any]:
    return {"crs": crs, "edits": list(given)}


def create(**more: Any) -> dict[str, Any]:
    return {"action": "create", "properties": {"name": "Lampe"}, "geometry": PLACE} | more


def token(person: User) -> dict[str, str]:
    _token, secret = create_token(user=person, name="bureau")
    return {"authorization": f"Bearer {secret}"}


def test_a_new_object_comes_back_with_its_exact_coordinates(session: Client) -> None:
    answer = sent(session, edits(create()))
    (result,) = answer.json()["results"]
    assert answer.status_code == 200
    assert (result["version"], result["action"], result["feature"]["id"]) == (1, "create", result["id"])
    assert result["feature"]["geometry"] == PLACE
    assert result["feature"]["properties"]["name"] == "Lampe"
    assert isinstance(answer.json()["event"], int)


def test_degrees_are_placed_in_lambert_93(session: Client) -> None:
    answer = sent(session, edits(create(geometry={"type": "Point", "coordinates": [1.9, 47.55]}), crs=None))
    (result,) = answer.json()["results"]
    assert result["feature"]["geometry"]["coordinates"] == pytest.approx([1.9, 47.55], abs=1e-8)


def test_a_deleted_object_comes_back_as_nothing(session: Client, layer: Layer) -> None:
    pk = factories.feature(layer)
    (result,) = sent(session, edits({"action": "delete", "id": pk, "version": 1})).json()["results"]
    assert result["feature"] is None


def test_a_conflict_answers_412_with_the_object_as_it_is_now(session: Client, layer: Layer) -> None:
    pk = factories.feature(layer)
    change = {"action": "update", "id": pk, "version": 1, "properties": {"lamps": 2}}
    sent(session, edits(change))
    answer = sent(session, edits(create(), change))
    (conflict,) = answer.json()["conflicts"]
    assert (answer.status_code, answer["Content-Type"]) == (412, "application/problem+json")
    assert (conflict["index"], conflict["id"], conflict["version"]) == (1, pk, 2)
    assert conflict["current"]["properties"]["lamps"] == 2


def test_a_session_without_a_version_answers_428(session: Client, layer: Layer) -> None:
    change = {"action": "update", "id": factories.feature(layer), "properties": {"lamps": 2}}
    assert sent(session, edits(change)).status_code == 428


def test_a_token_needs_no_version_and_the_history_says_its_name(
    client: Client, layer: Layer, technician: User, session: Client
) -> None:
    pk = factories.feature(layer)
    change = {"action": "update", "id": pk, "properties": {"lamps": 2}}
    headers = token(technician) | {"user-agent": "Mozilla/5.0 QGIS/34000"}
    assert sent(Client(), edits(change), **headers).status_code == 200
    entry = session.get(f"/api/v1/layers/lampes/features/{pk}/history/").json()["results"][0]
    assert (entry["by"], entry["from"], entry["action"]) == ("Ada Perrin", "QGIS · bureau", "update")


def test_a_write_sent_twice_is_applied_once(session: Client) -> None:
    body = edits(create(client_id=str(uuid4())))
    first, second = (sent(session, body).json()["results"] for _ in range(2))
    assert first == second


def test_all_that_is_wrong_is_told_at_once(session: Client) -> None:
    bad = [create(properties={"name": "", "lamps": "x"}), create(geometry={"type": "Point", "coordinates": [0, 0]})]
    answer = sent(session, edits(*bad))
    found = {(one["index"], one["field"]) for one in answer.json()["errors"]}
    assert (answer.status_code, found) == (400, {(0, "name"), (0, "lamps"), (1, "geometry")})


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        "x",
        {},
        {"edits": {}},
        {"edits": []},
        {"edits": [1]},
        {"edits": [{}]},
        {"edits": [create(action="drop")]},
        {"edits": [create(action=["create"])]},
        {"edits": [create(id=4)]},
        {"edits": [create(properties=[])]},
        {"edits": [create(client_id="x")]},
        {"edits": [create(client_id=7)]},
        {"edits": [{"action": "update", "version": 1}]},
        {"edits": [{"action": "update", "id": True, "version": 1}]},
        {"edits": [{"action": "update", "id": 1, "version": "1"}]},
        {"edits": [{"action": "update", "id": 2**70, "version": 1}]},
        {"edits": [create()], "crs": "EPSG:3857"},
        {"edits": [create()], "crs": ["EPSG:2154"]},
        {"edits": [create()] * 1001},
    ],
)
def test_an_absurd_body_is_refused(session: Client, body: Any) -> None:
    assert sent(session, body).status_code == 400


@pytest.mark.parametrize(
    "geometry",
    [
        7,
        [],
        {"type": "Point"},
        {"type": "Point", "coordinates": "x"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": [X]},
        {"type": "Point", "coordinates": [X, Y, 3]},
        {"type": "Point", "coordinates": ["1", "2"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point", "coordinates": [10**400, Y]},
        {"type": "Point", "coordinates": [1e308, Y]},
        {"type": "Point", "coordinates": [[X, Y]]},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "LineString", "coordinates": [[X, Y]]},
        {"type": "Polygon", "coordinates": [[[X, Y], [X + 1, Y], [X, Y]]]},
        {"type": "Polygon", "coordinates": [[[X, Y], [X + 1, Y], [X, Y + 1], [X + 1, Y + 1]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "GeometryCollection", "geometries": []},
        {"type": ["Point"], "coordinates": [X, Y]},
    ],
)
def test_an_absurd_geometry_is_refused(session: Client, geometry: Any) -> None:
    answer = sent(session, edits(create(geometry=geometry)))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "geometry"


@pytest.mark.parametrize("place", [[200.0, 47.0], [1.9, 95.0], [-180.0, -90.0], [0.0, 0.0]])
def test_absurd_degrees_are_refused(session: Client, place: list[float]) -> None:
    answer = sent(session, edits(create(geometry={"type": "Point", "coordinates": place}), crs="CRS84"))
    assert answer.status_code == 400


def test_a_hundred_thousand_brackets_are_bad_input(session: Client) -> None:
    body = '{"edits": ' + "[" * 100_000
    assert session.post("/api/v1/layers/lampes/edits/", body, content_type=JSON).status_code == 400


def test_an_endless_body_is_refused_before_it_is_read(session: Client) -> None:
    url = "/api/v1/layers/lampes/edits/"
    answer = session.generic("POST", url, b"{}", content_type=JSON, CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413


def test_a_session_without_its_form_token_does_not_write(technician: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(technician)
    assert sent(strict, edits(create())).status_code == 403


# -- splitting and merging --------------------------------------------------------------------------------------------


@pytest.fixture
def areas(technician: User, layer: Layer) -> Layer:
    return factories.editable_layer(layer.owner, "polygon", slug="espaces")


CUT = {"type": "LineString", "coordinates": [[X + 30, Y - 10], [X + 30, Y + 110]]}


def test_a_feature_is_split_along_a_line(session: Client, areas: Layer) -> None:
    pk = factories.feature(areas, name="Parc")
    body = {"crs": "EPSG:2154", "version": 1, "line": CUT}
    kept, new = session.post(f"/api/v1/layers/espaces/features/{pk}/split/", body, content_type=JSON).json()["results"]
    assert (kept["id"], kept["version"], new["version"]) == (pk, 2, 1)
    assert new["feature"]["properties"]["name"] == "Parc"
    assert [X + 30, Y] in new["feature"]["geometry"]["coordinates"][0]


def test_features_are_merged_into_the_first(session: Client, areas: Layer) -> None:
    first = factories.feature(areas, name="Ouest")
    second = factories.feature(areas, factories.square(X + 100)[0], name="Est")
    body = {
        "features": [{"id": first, "version": 1}, {"id": second, "version": 1}],
        "properties": {"name": "Ensemble"},
    }
    kept, gone = session.post("/api/v1/layers/espaces/merge/", body, content_type=JSON).json()["results"]
    assert (kept["id"], kept["feature"]["properties"]["name"]) == (first, "Ensemble")
    assert (gone["id"], gone["feature"]) == (second, None)


# -- what forms and drawings need -------------------------------------------------------------------------------------


def test_the_schema_of_an_empty_layer_says_what_a_form_needs(session: Client) -> None:
    answer = session.get("/api/v1/layers/lampes/schema/")
    found = answer.json()["properties"]
    assert answer["Content-Type"].startswith("application/schema+json")
    assert answer.json()["required"] == ["name"]
    assert found["name"] == {"title": "Nom", "type": "string", "x-ogc-propertySeq": 1, "maxLength": 80}
    assert found["kind"]["enum"] == ["a", "b", "c"]
    assert found["height_m"]["x-ogc-unit"] == "m"
    assert (found["installed_date"]["format"], found["seen_at"]["readOnly"]) == ("date", True)
    assert (found["geometry"]["x-ogc-role"], found["geometry"]["format"]) == ("primary-geometry", "geometry-point")
    assert found["id"]["x-ogc-role"] == "id"
    assert "price" not in found


def test_a_drawing_snaps_to_the_very_coordinates(session: Client, layer: Layer) -> None:
    (result,) = sent(session, edits(create())).json()["results"]
    query = {"bbox": f"{X - 1},{Y - 1},{X + 2},{Y + 2}", "layers": "lampes,parcels,nulle-part"}
    factories.parcel()
    answer = session.get("/api/v1/snap/", query).json()
    lamp, parcel = answer["features"]
    assert (lamp["id"], lamp["layer"], lamp["geometry"]) == (result["id"], "lampes", PLACE)
    assert (parcel["layer"], answer["truncated"]) == ("parcels", False)


def test_snapping_stops_at_two_thousand(session: Client, layer: Layer) -> None:
    with factories.as_worker():
        from django.db import connection

        connection.cursor().execute(
            f"insert into {layer.table} (name, geom) select n, st_point({X} + n / 100.0, {Y}, 2154)"
            " from generate_series(1, 2100) n"
        )
    answer = session.get("/api/v1/snap/", {"bbox": f"{X},{Y - 1},{X + 99},{Y + 1}", "layers": "lampes"}).json()
    assert (len(answer["features"]), answer["truncated"]) == (2000, True)


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "3,0,1,1", "nan,0,1,1", "0,0,1,1,2"])
def test_an_absurd_box_to_snap_in_is_refused(client: Client, bbox: str) -> None:
    assert client.get("/api/v1/snap/", {"bbox": bbox, "layers": "parcels"}).status_code == 400


def test_a_private_layer_is_not_snapped_to(client: Client, layer: Layer) -> None:
    factories.editable_layer(layer.owner, slug="secret", visibility="owner")
    factories.feature(Layer(table=layer.table, geometry_type="point", owner=layer.owner))
    answer = client.get("/api/v1/snap/", {"bbox": f"{X - 1},{Y - 1},{X + 2},{Y + 2}", "layers": "secret"})
    assert answer.json()["features"] == []


# -- notices ----------------------------------------------------------------------------------------------------------


def test_whoever_was_overwritten_reads_a_notice_and_dismisses_it(
    session: Client, layer: Layer, technician: User
) -> None:
    pk = factories.feature(layer)
    sent(session, edits({"action": "update", "id": pk, "version": 1, "properties": {"lamps": 2}}))
    other = factories.user(layer.owner, "network_technician", first_name="Bob", last_name="Lenoir")
    sent(Client(), edits({"action": "update", "id": pk, "properties": {"lamps": 3}}), **token(other))
    page = session.get("/api/v1/notices/").json()
    (notice,) = page["results"]
    assert (page["count"], notice["layer"], notice["feature"], notice["by"]) == (1, "lampes", pk, "Bob Lenoir")
    assert notice["fields"] == [{"name": "lamps", "label": "Lampes"}]
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(visibility="owner", owner=factories.member())
    assert session.get("/api/v1/notices/").json()["count"] == 0
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(visibility="public")
    assert session.delete(f"/api/v1/notices/{notice['id']}/").status_code == 204
    assert session.get("/api/v1/notices/").json()["results"] == []
