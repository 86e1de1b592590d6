"""Choosing parcels by a shape, a distance, a list of references."""

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers.parcels.services import selecting
from tests import factories
from tests.parcels.conftest import Place, X, Y, drawn

pytestmark = pytest.mark.django_db
SELECT = "/api/v1/parcels/select/"


def ask(client: Client, body: Any, address: str = SELECT) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def chosen(client: Client, **body: Any) -> list[str]:
    answer = ask(client, body)
    assert answer.status_code == 200, answer.content
    return [parcel["label"] for parcel in answer.json()["results"]]


def at(east: float, north: float) -> list[float]:
    return list(Point(X + east, Y + north, srid=2154).transform(4326, clone=True).coords)


def test_a_point_chooses_the_parcel_it_lies_in(client: Client, place: Place) -> None:
    assert chosen(client, shape={"type": "Point", "coordinates": at(10, 10)}) == ["A 1"]


def test_a_line_chooses_the_parcels_it_crosses(client: Client, place: Place) -> None:
    assert chosen(client, shape={"type": "LineString", "coordinates": [at(10, 10), at(70, 40)]}) == ["A 1", "A 2"]


def test_a_polygon_does_not_choose_the_neighbour_that_it_only_touches(client: Client, place: Place) -> None:
    assert chosen(client, shape=drawn(5, 5, 34.9, 20)) == ["A 1"]


def test_a_distance_chooses_what_lies_around(client: Client, place: Place) -> None:
    here = {"type": "Point", "coordinates": at(30, 10)}
    assert chosen(client, shape=here, distance_m=9) == ["A 1"]
    assert chosen(client, shape=here, distance_m=11) == ["A 1", "A 2"]


@pytest.mark.parametrize("text", ["450010000A0002", "4500010000A0002", "45001 A 2", "Bray A 2", "45001 000 A 2"])
def test_a_reference_is_understood_however_it_is_written(client: Client, place: Place, text: str) -> None:
    assert chosen(client, references=[text]) == ["A 2"]


def test_references_without_a_commune_lie_in_the_one_that_is_given(client: Client, place: Place) -> None:
    assert chosen(client, references=["A 1", "A 2"], insee="45001") == ["A 1", "A 2"]


def test_a_commune_that_many_references_name_is_looked_up_once(client: Client, place: Place) -> None:
    with CaptureQueriesContext(connection) as caught:
        ask(client, {"references": [f"Bray A {number}" for number in range(1, 30)]})
    assert len([one for one in caught if "search_text like" in one["sql"]]) == 1


def test_no_reference_is_called_unknown_where_the_list_is_cut(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "MOST_SELECTED", 1)
    answer = ask(client, {"references": ["A 1", "A 2"], "insee": "45001"}).json()
    assert (answer["count"], answer["truncated"], answer["unknown"]) == (1, True, [])


def test_references_that_no_parcel_has_are_named(client: Client, place: Place) -> None:
    answer = ask(client, {"references": ["A 1", "A 99", "what?"], "insee": "45001"}).json()
    assert answer["unknown"] == ["A 99", "what?"]
    assert answer["count"] == 1


def test_identifiers_choose_more_parcels_than_references_may(client: Client, place: Place) -> None:
    every = [f"450010000A{number:04d}" for number in range(1, 1001)]
    answer = ask(client, {"parcels": every}).json()
    assert (answer["count"], len(answer["unknown"])) == (2, 998)


def test_no_cache_keeps_what_was_chosen(client: Client, place: Place) -> None:
    assert ask(client, {"references": ["45001 A 1"]})["Cache-Control"] == "private, no-store"


def test_a_chosen_parcel_tells_where_it_is(client: Client, place: Place) -> None:
    (parcel,) = ask(client, {"parcels": ["4500010000A0001"]}).json()["results"]
    west, south, east, north = parcel["bbox_4326"]
    lon, lat = at(20, 25)
    assert west < lon < east < west + 0.001
    assert south < lat < north < south + 0.001


def test_areas_are_summed(client: Client, place: Place) -> None:
    answer = ask(client, {"references": ["45001 A 1", "45001 A 2"]}).json()
    assert answer["measured_m2"] == pytest.approx(4000, rel=4e-3)


def test_too_many_are_told(client: Client, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.parcels.services.selecting.MOST_SELECTED", 1)
    answer = ask(client, {"shape": drawn(0, 0, 80, 50)}).json()
    assert (answer["count"], answer["truncated"]) == (1, True)


def test_the_table_opens_in_a_spreadsheet(client: Client, place: Place) -> None:
    answer = ask(client, {"references": ["45001 A 1"]}, "/api/v1/parcels/select.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][:3] == ["Identifiant", "Référence", "INSEE"]
    assert rows[1][:4] == ["450010000A0001", "A 1", "45001", "Bray"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"shape": {"type": "Point", "coordinates": [2, 47]}, "references": ["A 1"]},
        {"shape": {"type": "Point", "coordinates": [2, 47]}, "distance_m": -1},
        {"shape": {"type": "Point", "coordinates": [2, 47]}, "distance_m": 1e9},
        {"shape": {"type": "Point", "coordinates": [200, 47]}},
        {"shape": {"type": "GeometryCollection", "geometries": []}},
        {"shape": "here"},
        {"references": []},
        {"references": ["A 1"] * 501},
        {"parcels": []},
        {"parcels": ["A 1"]},
        {"parcels": ["450010000A0001"] * 2001},
        {"parcels": ["450010000A0001"], "references": ["A 1"]},
    ],
)
def test_what_chooses_nothing_is_refused_in_words(client: Client, place: Place, body: Any) -> None:
    assert ask(client, body).status_code == 400


@pytest.mark.parametrize("text", ["Bray A 1, A 2", "45001 A 1 et 2", "A 1 à 2 Bray", "450010000A0001 450010000A0002"])
def test_a_list_may_stand_in_one_text(client: Client, place: Place, text: str) -> None:
    assert chosen(client, references=[text]) == ["A 1", "A 2"]


def test_what_no_parcel_has_in_one_text_is_named(client: Client, place: Place) -> None:
    answer = ask(client, {"references": ["A 1, A 99\nwhat?"], "insee": "45001"}).json()
    assert (answer["count"], answer["unknown"]) == (1, ["A 99", "what?"])


@pytest.mark.parametrize(("text", "labels"), [("901 A 2", ["0A 2"]), ("A 2", ["A 2", "0A 2"]), ("000 A 2", ["A 2"])])
def test_a_prefix_chooses_the_parcel_of_a_former_commune(
    client: Client, place: Place, text: str, labels: list[str]
) -> None:
    factories.parcel("45001", section="0A", number="0002", prefix="901")
    assert chosen(client, references=[text], insee="45001") == labels
