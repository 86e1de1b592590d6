"""Pages of features at /ogc/: forms, pages that follow each other, headers, who sees what."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import Role
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from layers.features.services.query import Cursor
from layers.ogc import kept
from tests import factories
from tests.ogc.asking import GEOJSON, ITEMS, REL, ROOT, Asker, links

pytestmark = pytest.mark.usefixtures("layer")
X, Y = factories.ORIGIN
JSON, HTML = "application/json", "text/html"

type Ids = Callable[..., list[int]]


def token_of(person: Any) -> str:
    _token, secret = create_token(user=person, name="bureau")
    return f"Bearer {secret}"


# -- pages ------------------------------------------------------------------------------------------------------------


def every_page(anyone: Asker, **asked: Any) -> list[Any]:
    pages = [anyone.items(**asked)]
    while following := links(pages[-1], "next"):
        pages.append(anyone.json(following[0]["href"], GEOJSON))
    return pages


def test_pages_hold_every_feature_once_in_order(layer: Layer, anyone: Asker) -> None:
    made = [factories.feature(layer) for _number in range(7)]
    pages = every_page(anyone, limit=3)
    found = [one["id"] for page in pages for one in page["features"]]
    assert (found[3:], found == sorted(found)) == (made, True)
    assert [page["numberReturned"] for page in pages] == [3, 3, 3, 1]
    assert [page["numberMatched"] for page in pages] == [10, 10, 10, 10]


def test_the_last_page_has_no_next(anyone: Asker) -> None:
    assert links(anyone.items(limit=3), "next") == []


def test_a_feature_deleted_meanwhile_does_not_make_another_be_skipped(anyone: Asker, program: Asker) -> None:
    first = anyone.items(limit=2)
    program.delete(first["features"][0]["id"])
    (following,) = links(first, "next")
    assert [one["properties"]["name"] for one in anyone.json(following["href"], GEOJSON)["features"]] == ["C"]


def test_a_page_asked_twice_is_the_same_text(anyone: Asker) -> None:
    first, second = (anyone.get(ITEMS, GEOJSON).content for _number in range(2))
    assert first.partition(b'"features"')[2] == second.partition(b'"features"')[2]


def test_nothing_is_counted_again_on_following_pages(anyone: Asker) -> None:
    (following,) = links(anyone.items(limit=1), "next")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        anyone.json(following["href"], GEOJSON)
    assert not [one for one in queries.captured_queries if "counted" in one["sql"] and "lampes" in one["sql"]]


@pytest.mark.parametrize("after", [-1, 2**63])
def test_a_cursor_of_ones_own_making_is_refused(anyone: Asker, after: int) -> None:
    assert anyone.status(ITEMS, cursor=Cursor(after, 3).text) == 400


@pytest.mark.parametrize("text", ["MS4z=", "MS4z==", " MS4z", "MS4zé", "MDEuMw", "1.3", "MS4zOyBzZWxlY3Q"])
def test_a_cursor_that_was_touched_is_refused(anyone: Asker, text: str) -> None:
    assert anyone.status(ITEMS, cursor=text) == 400


def test_more_than_ten_thousand_are_not_counted(layer: Layer, anyone: Asker) -> None:
    fill(layer, 10_000)
    page = anyone.items(limit=10)
    assert "numberMatched" not in page
    (following,) = links(page, "next")
    assert anyone.json(following["href"], GEOJSON)["numberReturned"] == 10


def test_exactly_ten_thousand_are_counted(layer: Layer, anyone: Asker) -> None:
    fill(layer, 9_997)
    assert anyone.items(limit=10)["numberMatched"] == 10_000
    assert anyone.items(limit=10, filter="lamps is null or lamps > 0")["numberMatched"] == 10_000


def test_pages_of_a_filter_that_too_many_pass_hold_every_feature(layer: Layer, anyone: Asker) -> None:
    fill(layer, 20_000)
    pages = every_page(anyone, limit=10_000, filter="name = 'N'")
    assert [page["numberReturned"] for page in pages] == [10_000, 10_000]
    assert "numberMatched" not in pages[0]


def fill(layer: Layer, number: int) -> None:
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(
            f"insert into {layer.table} (owner_id, name, geom)"
            " select %s, 'N', st_setsrid(st_makepoint(%s, %s), 2154) from generate_series(1, %s)",
            [layer.owner_id, X, Y, number],
        )


def test_a_column_of_any_name_is_read_and_filtered(anyone: Asker) -> None:
    names = ["place", "page", "found", "rank", "feature", "_row", "walk"]
    columns = [{"name": name, "label": name, "type": "text"} for name in names if name[0] != "_"]
    odd = factories.editable_layer(slug="noms", columns=columns, title_field="place")
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(f"insert into {odd.table} (owner_id, place, page) values (%s, 'ici', 'deux')", [odd.owner_id])
    path = f"{ROOT}/collections/noms/items"
    for asked in ({}, {"place": "ici"}, {"filter": "page = 'deux'"}, {"filter": "page = 'deux'", "cursor": "MC4"}):
        (found,) = anyone.json(path, GEOJSON, **asked)["features"]
        assert (found["properties"]["place"], found["properties"]["page"]) == ("ici", "deux")


# -- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (GEOJSON, GEOJSON),
        (JSON, GEOJSON),
        ("application/vnd.geo+json", GEOJSON),
        ("*/*", GEOJSON),
        ("", GEOJSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/geo+json;q=0.2, text/html", "text/html; charset=utf-8"),
        ("application/geo+json, application/json;q=0.9, */*;q=0.8", GEOJSON),
    ],
)
def test_the_form_that_is_accepted(anyone: Asker, accept: str, expected: str) -> None:
    assert anyone.get(ITEMS, accept)["Content-Type"] == expected


def test_f_wins_over_accept(anyone: Asker) -> None:
    assert anyone.get(ITEMS, HTML, f="json")["Content-Type"] == GEOJSON
    assert anyone.get(ITEMS, GEOJSON, f="html")["Content-Type"].startswith(HTML)


@pytest.mark.parametrize(
    "path", ["", "/api", "/collections", "/collections/lampes/items", "/collections/lampes/schema"]
)
def test_a_form_that_there_is_not(anyone: Asker, path: str) -> None:
    answer = anyone.get(f"{ROOT}{path}", "text/csv")
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")


def test_the_page_for_people_shows_the_features(anyone: Asker) -> None:
    text = anyone.get(ITEMS, HTML, limit=2).content.decode()
    assert text.count("<tr") == 3
    assert "Hauteur" in text
    assert "cursor=" in text


def test_the_page_of_one_feature_shows_its_values(anyone: Asker, ids: Ids) -> None:
    text = anyone.get(f"{ITEMS}/{ids()[1]}", HTML).content.decode()
    assert "Lampes" in text
    assert "7,5" in text


def test_values_are_no_markup(layer: Layer, anyone: Asker) -> None:
    pk = factories.feature(layer, name="<script>alert(1)</script>")
    for path in (ITEMS, f"{ITEMS}/{pk}"):
        assert b"<script>alert" not in anyone.get(path, HTML).content


def test_values_keep_every_character(layer: Layer, anyone: Asker) -> None:
    name = 'é "x" \\ \n\t 日本 😀 </script>'
    pk = factories.feature(layer, name=name)
    assert anyone.item(pk)["properties"]["name"] == name


# -- headers ----------------------------------------------------------------------------------------------------------


def test_head_is_get_without_its_body(anyone: Asker, ids: Ids) -> None:
    for path in (ROOT, f"{ROOT}/collections/lampes/schema", ITEMS, f"{ITEMS}/{ids()[0]}"):
        answer = anyone.client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_large_answers_are_zipped_for_who_takes_it(layer: Layer, anyone: Asker) -> None:
    for _number in range(30):
        factories.feature(layer)
    plain = anyone.get(ITEMS, GEOJSON)
    anyone.headers = {"Accept-Encoding": "gzip, br"}
    zipped = anyone.get(ITEMS, GEOJSON)
    assert "Content-Encoding" not in plain
    assert zipped["Content-Encoding"] == "gzip"
    found = json.loads(gzip.decompress(zipped.content))["features"]
    assert found == json.loads(plain.content)["features"]


def test_small_answers_are_not_zipped(anyone: Asker, ids: Ids) -> None:
    anyone.headers = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in anyone.get(f"{ITEMS}/{ids()[0]}", GEOJSON)


def test_answers_stay_with_who_asked(anyone: Asker) -> None:
    answer = anyone.get(ITEMS)
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_a_feature_that_did_not_change_is_not_sent_again(anyone: Asker, ids: Ids) -> None:
    anyone.headers = {"If-None-Match": '"v1"'}
    answer = anyone.get(f"{ITEMS}/{ids()[0]}")
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"v1"')


def test_a_slash_at_the_end_is_too_much(anyone: Asker) -> None:
    answer = anyone.get(f"{ITEMS}/", limit=1)
    assert (answer.status_code, answer["Location"]) == (302, f"http://testserver{ITEMS}?limit=1")


def test_an_address_that_leads_nowhere_is_not_sent_back_and_forth(anyone: Asker) -> None:
    assert anyone.get("/ogc/features/collections/").status_code == 404


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_a_private_layer_is_nowhere_for_others(anyone: Asker, program: Asker) -> None:
    factories.editable_layer(slug="secrete", visibility="private")
    for asker in (anyone, program):
        assert asker.status(f"{ROOT}/collections/secrete/items") == 404
        assert "secrete" not in json.dumps(asker.json(f"{ROOT}/collections"))
        assert "secrete" not in json.dumps(asker.json(f"{ROOT}/api", "application/vnd.oai.openapi+json"))


def test_a_private_layer_is_there_for_its_owner() -> None:
    private = factories.editable_layer(slug="secrete", visibility="private")
    factories.feature(private, name="Caché")
    person = factories.user(private.owner)
    owner = Asker(Client(), {"Authorization": token_of(person)})
    (found,) = owner.json(f"{ROOT}/collections/secrete/items", GEOJSON)["features"]
    assert found["properties"]["name"] == "Caché"


def test_basic_authentication_takes_a_token_as_the_password(layer: Layer) -> None:
    import base64

    person = factories.user(layer.owner, Role.GIS_ADMINISTRATOR)
    secret = token_of(person).removeprefix("Bearer ")
    basic = base64.b64encode(f"{person.username}:{secret}".encode()).decode()
    asker = Asker(Client(), {"Authorization": f"Basic {basic}"})
    assert "price" in asker.items()["features"][0]["properties"]


def test_an_unknown_token_is_refused_also_for_public_layers(anyone: Asker) -> None:
    anyone.headers = {"Authorization": "Bearer arpent_unknown"}
    answer = anyone.get(ITEMS)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="Arpent"')


def test_a_layer_that_lost_a_column_meanwhile_is_there_again_at_the_next_request(layer: Layer, anyone: Asker) -> None:
    anyone.items()
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"alter table {layer.table} drop column kind")
        Layer.objects.filter(pk=layer.pk).update(columns=[one for one in layer.columns if one["name"] != "kind"])
    assert anyone.status(ITEMS) == 503
    assert "kind" not in anyone.items()["features"][0]["properties"]


def test_a_layer_that_was_made_private_is_gone_two_seconds_later(
    layer: Layer, anyone: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    anyone.items()
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(visibility=Layer.Visibility.OWNER)
    monkeypatch.setattr(kept, "KEPT_SECONDS", 0.0)
    assert anyone.status(ITEMS) == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e3", "999999999999999999999", "²", "1.0"])
def test_a_feature_that_there_is_not(anyone: Asker, number: str) -> None:
    assert anyone.status(f"{ITEMS}/{number}") == 404


def test_a_layer_without_geometry_for_a_row_is_read(layer: Layer, anyone: Asker) -> None:
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(f"insert into {layer.table} (owner_id, name) values (%s, 'Sans lieu')", [layer.owner_id])
    (found,) = anyone.items(name="Sans lieu")["features"]
    assert found["geometry"] is None


# -- QGIS -------------------------------------------------------------------------------------------------------------


QGIS_340, QGIS_344 = "Mozilla/5.0 QGIS/34006/Linux", "Mozilla/5.0 QGIS/34400/Linux"


def test_an_older_qgis_is_told_fields_by_an_example(layer: Layer, anyone: Asker) -> None:
    anyone.headers = {"User-Agent": QGIS_340}
    page = anyone.items(limit=10)
    example = page["features"][-1]
    assert (len(page["features"]), page["numberMatched"], example["id"]) == (4, 3, 0)
    assert example["geometry"]["type"] == "Point"
    assert set(example["properties"]) == set(page["features"][0]["properties"])
    assert None not in example["properties"].values()


@pytest.mark.parametrize(("agent", "limit"), [(QGIS_344, 10), (QGIS_340, 11), ("curl/8 (QGIS)", 10)])
def test_the_example_comes_only_where_it_is_needed(anyone: Asker, agent: str, limit: int) -> None:
    anyone.headers = {"User-Agent": agent}
    assert len(anyone.items(limit=limit)["features"]) == 3


def test_an_older_qgis_gets_the_extent_in_the_layers_own_system(anyone: Asker) -> None:
    anyone.headers = {"User-Agent": QGIS_340}
    spatial = anyone.json(f"{ROOT}/collections/lampes")["extent"]["spatial"]
    west, south, east, north = spatial["bbox"][0]
    assert spatial["crs"].endswith("/2154")
    assert (west < X < east, south < Y < north) == (True, True)


@pytest.mark.parametrize("agent", [QGIS_340, QGIS_344])
def test_qgis_reads_why_it_is_refused(anyone: Asker, agent: str) -> None:
    anyone.headers = {"User-Agent": agent}
    answer = anyone.get(ITEMS, filter="name = '<&\u0001'' OR")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/xml")
    report = answer.content.decode()
    assert "<ExceptionText>" in report
    assert "\u0001" not in report


def test_qgis_knows_the_geometry_of_filters_by_a_reference(anyone: Asker) -> None:
    anyone.headers = {"User-Agent": QGIS_344}
    found = anyone.json(f"{ROOT}/collections/lampes/queryables")["properties"]
    assert [name for name, one in found.items() if "$ref" in one] == ["geometry"]
    assert links(anyone.json(f"{ROOT}/collections/lampes"), f"{REL}/queryables")


def test_points_far_from_the_territory_have_degrees(layer: Layer, anyone: Asker) -> None:
    pk = factories.feature(layer, Point(100_000, 7_100_000, srid=2154), name="Loin")
    x, y = anyone.item(pk)["geometry"]["coordinates"]
    assert (x, y) == pytest.approx((-5.36, 50.7), abs=0.5)
