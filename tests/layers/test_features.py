"""Lists of features, one feature, what is here, measuring."""

import json
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.db import connection
from django.test import Client

from gis_core.members.rights import Role
from layers.cadastre.models import Address, Building, Road
from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/layers/parcels/features/"
X, Y = factories.ORIGIN
AROUND = "1.85,47.50,1.95,47.60"


def centre(x: float = X + 50, y: float = Y + 50) -> tuple[float, float]:
    point = Point(x, y, srid=2154)
    point.transform(4326)
    return point.x, point.y


def here(client: Client, **more: Any) -> Any:
    lon, lat = centre()
    return client.get("/api/v1/here/", {"lon": lon, "lat": lat, "zoom": 18, **more})


def value(feature: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in feature["properties"] if one["name"] == name]
    return found


def test_a_list_gives_titles_values_and_bboxes(client: Client) -> None:
    parcel = factories.parcel(number="0121", area_m2=10_016)
    answer = client.get(LIST, {"bbox": AROUND}).json()
    (row,) = answer["results"]
    assert answer["number_matched"] == 1
    assert (row["id"], row["title"], row["properties"]["area_m2"]) == (parcel.pk, "AB 121", 10_016)
    assert row["bbox_4326"][0] < row["bbox_4326"][2]


def test_a_list_gives_coded_values_in_words(client: Client) -> None:
    with factories.as_owner():
        Building.objects.create(insee="45901", kind="01", geom=factories.square())
    (row,) = client.get("/api/v1/layers/buildings/features/", {"bbox": AROUND}).json()["results"]
    assert (row["title"], row["properties"]["kind"]) == ("Bâti dur", "Bâti dur")


def test_features_outside_the_bbox_stay_out(client: Client) -> None:
    factories.parcel()
    answer = client.get(LIST, {"bbox": "2.5,47.5,2.6,47.6"}).json()
    assert (answer["number_matched"], answer["results"]) == (0, [])


def test_pages_follow_each_other_without_gap_or_repeat(client: Client) -> None:
    made = {factories.parcel(geom=factories.square(X + 100 * n)).pk for n in range(7)}
    seen, address = [], f"{LIST}?bbox={AROUND}&limit=3"
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == 7
    assert set(seen) == made


def test_a_list_of_many_features_needs_no_more_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(20):
        factories.parcel(geom=factories.square(X + 100 * n))
    with django_assert_max_num_queries(6):
        client.get(LIST, {"bbox": AROUND})


@pytest.mark.parametrize(
    "bbox",
    [
        "1.95,47.5,1.85,47.6",
        "1.85,47.6,1.95,47.5",
        "1.85,47.5,1.85,47.6",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "nan,0,1,1",
        "-inf,0,1,1",
        "-181,0,1,1",
        "617000,6717000,618000,6718000",
        "1_0,47.5,1_1,47.6",
        "1," * 1000,
    ],
)
def test_an_absurd_bbox_is_refused(client: Client, bbox: str) -> None:
    answer = client.get(LIST, {"bbox": bbox})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["limit=1001", "limit=0", "limit=x", "after=-1", "after=x", "after=99999999999999999999"]
)
def test_an_impossible_page_is_refused(client: Client, query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 400


def test_a_nul_character_is_refused(client: Client) -> None:
    assert client.get(f"{LIST}?bbox=%00").status_code == 400


def test_the_whole_world_is_a_bbox(client: Client) -> None:
    factories.parcel()
    assert client.get(LIST, {"bbox": "-180,-90,180,90"}).json()["number_matched"] == 1


def test_an_ocean_away_there_is_nothing(client: Client) -> None:
    factories.parcel()
    assert client.get(LIST, {"bbox": "-150,-80,-140,-70"}).json()["number_matched"] == 0


@pytest.mark.parametrize("address", ["", "1/"])
def test_features_of_an_unknown_or_hidden_layer_are_not_found(client: Client, address: str) -> None:
    factories.layer("prive", visibility="owner", owner=factories.member())
    hidden = client.get(f"/api/v1/layers/prive/features/{address}")
    missing = client.get(f"/api/v1/layers/absent/features/{address}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()


@pytest.mark.parametrize("feature", ["0", "999999999", "99999999999999999999999999"])
def test_a_feature_that_does_not_exist_is_not_found(client: Client, feature: str) -> None:
    assert client.get(f"{LIST}{feature}/").status_code == 404


def test_only_declared_columns_leave(client: Client) -> None:
    layer = factories.layer(columns=[{"name": "label", "label": "Référence", "type": "text"}])
    parcel = factories.parcel()
    listed = client.get(f"/api/v1/layers/{layer.slug}/features/").json()["results"][0]
    read = client.get(f"/api/v1/layers/{layer.slug}/features/{parcel.pk}/").json()
    assert list(listed["properties"]) == ["label"]
    assert [one["name"] for one in read["properties"]] == ["label"]


def test_rows_of_members_are_hidden_by_the_database_alone(client: Client) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "alter table gis_core_job add geom geometry(Point, 2154) default st_point(617050, 6717050, 2154)"
        )
    ours, theirs = factories.member(), factories.member()
    factories.job(theirs, title="à eux")
    mine = factories.job(ours, title="à nous")
    column = {"name": "title", "label": "Titre", "type": "text"}
    factories.layer(
        "travaux", table="gis_core_job", rows="owner", geometry_type="point", title_field="title", columns=[column]
    )
    client.force_login(factories.user(ours))
    rows = client.get("/api/v1/layers/travaux/features/").json()
    assert ([row["id"] for row in rows["results"]], rows["number_matched"]) == ([mine.pk], 1)


def test_a_parcel_says_where_it_is_and_how_large(client: Client) -> None:
    factories.commune("45901", name="Saint-Aubin-du-Lys")
    parcel = factories.parcel(number="0121", area_m2=10_000)
    with factories.as_owner():
        Address.objects.create(
            insee="45901", number=12, road_name="rue des Tanneurs", postcode="45998", commune_name="Saint-Aubin-du-Lys",
            label="12 rue des Tanneurs", search_text="", parcel_idu=parcel.idu, geom=Point(X + 5, Y + 5, srid=2154),
        )  # fmt: skip
        Building.objects.create(insee="45901", kind="01", geom=factories.square(X + 10, Y + 10, 50))
    feature = client.get(f"{LIST}{parcel.pk}/").json()
    assert (feature["title"], feature["subtitle"]) == ("AB 121", "Saint-Aubin-du-Lys · 12 rue des Tanneurs")
    assert value(feature, "area_m2")["display"] == "10\u202f000\u00a0m² (1\u00a0ha)"
    assert value(feature, "built_share")["display"] == "25\u00a0%"
    # Lambert-93 makes areas of the Loiret about 0.1 % too small.
    assert 10_005 < value(feature, "measured_area_m2")["value"] < 10_020
    assert value(feature, "area_difference")["display"].startswith("+0,")
    assert feature["geometry"]["type"] == "MultiPolygon"


def test_what_is_here_goes_through_the_layers(client: Client) -> None:
    factories.commune("45901", name="Saint-Aubin-du-Lys")
    factories.parcel(number="0121")
    results = here(client).json()["results"]
    assert [(one["layer"], one["features"][0]["title"]) for one in results] == [
        ("communes", "Saint-Aubin-du-Lys"),
        ("parcels", "AB 121"),
    ]


def test_only_the_layers_asked_for_answer(client: Client) -> None:
    factories.commune()
    factories.parcel()
    assert [one["layer"] for one in here(client, layers="parcels").json()["results"]] == ["parcels"]


def test_a_hidden_layer_says_nothing_here(client: Client) -> None:
    factories.parcel()
    layer = factories.layer(visibility="owner", owner=factories.member())
    assert here(client, layers=layer.slug).json() == {"results": []}


@pytest.mark.parametrize(("zoom", "found"), [(18, False), (15, True)])
def test_a_line_is_found_within_some_pixels(client: Client, zoom: int, found: bool) -> None:
    line = MultiLineString(LineString((X, Y + 70), (X + 100, Y + 70)), srid=2154)
    with factories.as_owner():
        Road.objects.create(insee="45901", name="Rue du Gué", search_text="", kind="communale", geom=line)
    results = here(client, layers="roads", zoom=zoom).json()["results"]
    assert bool(results) is found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "lon=1",
        "lat=1",
        "lon=a&lat=1",
        "lon=181&lat=1",
        "lon=1&lat=91",
        "lon=nan&lat=1",
        "lon=1&lat=1&zoom=99",
        "lon=1&lat=1&layers=a;drop",
        "lon=1&lat=1&layers=" + ",".join(f"l{n}" for n in range(60)),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/here/?{query}").status_code == 400


def test_at_the_pole_there_is_nothing(client: Client) -> None:
    assert client.get("/api/v1/here/?lon=0&lat=-90").json() == {"results": []}


def test_what_is_here_takes_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    factories.commune("45901")
    for _number in range(8):
        factories.parcel()
    # One for all layers, and those of the layers that have something here, whatever the number of features.
    with django_assert_max_num_queries(10):
        here(client)


def measured(client: Client, geometry: Any) -> Any:
    return client.post("/api/v1/measure/", json.dumps({"geometry": geometry}), content_type="application/json")


def test_lengths_are_geodesic(client: Client) -> None:
    # A degree of latitude at 47.5° is 111.18 km.
    answer = measured(client, {"type": "LineString", "coordinates": [[2, 47], [2, 48]]}).json()
    assert answer["length_m"] == pytest.approx(111_183, abs=30)
    assert answer["area_m2"] == 0


def test_areas_are_geodesic(client: Client) -> None:
    ring = [[2, 47], [2.01, 47], [2.01, 47.01], [2, 47.01], [2, 47]]
    answer = measured(client, {"type": "Polygon", "coordinates": [ring]}).json()
    assert answer["area_m2"] == pytest.approx(845_100, rel=0.002)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        [],
        "x",
        {},
        {"type": "Circle", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2]]},
        {"type": "LineString", "coordinates": [[1, "2"], [1, 3]]},
        {"type": "LineString", "coordinates": [[1, 200], [1, 3]]},
        {"type": "LineString", "coordinates": [[True, 2], [1, 3]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [2, 3], [3, 4], [5, 6]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "Point", "coordinates": [[[[[[1]]]]]]},
        {"type": ["Point"], "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2]] * 20_001},
        {"type": "Point", "coordinates": [10**400, 2]},
        {"type": "Point", "coordinates": [float("nan"), 2]},
    ],
)
def test_what_cannot_be_measured_is_refused(client: Client, geometry: Any) -> None:
    assert measured(client, geometry).status_code == 400


@pytest.mark.parametrize("body", ['{"geometry": {"type":', "", "[]", "\0"])
def test_a_broken_body_is_refused(client: Client, body: str) -> None:
    assert client.post("/api/v1/measure/", body, content_type="application/json").status_code == 400


def test_another_content_type_is_refused(client: Client) -> None:
    assert client.post("/api/v1/measure/", "<x/>", content_type="application/xml").status_code == 415


@pytest.mark.parametrize("address", [LIST, f"{LIST}1/", "/api/v1/here/", "/api/v1/search/"])
def test_these_routes_are_only_read(client: Client, address: str) -> None:
    client.force_login(factories.user(factories.member()))
    assert client.delete(address).status_code == 405


@pytest.mark.parametrize("role", [Role.READER, Role.TOWN_HALL])
def test_the_objects_of_a_layer_are_seen_by_the_members_that_it_is_shared_with_and_their_town_halls(role: str) -> None:
    commune = factories.commune()
    ours = factories.member(commune)
    shared = factories.editable_layer(visibility=Layer.Visibility.MEMBERS, shared_with=[ours.pk])
    pk = factories.feature(shared)
    people = [factories.user(ours, role, communes=(commune,)), factories.user(factories.member(), Role.READER)]
    answers = []
    for person in people:
        client = Client()
        client.force_login(person)
        answers.append(client.get(f"/api/v1/layers/{shared.slug}/features/{pk}/").status_code)
    assert answers == [200, 404]
