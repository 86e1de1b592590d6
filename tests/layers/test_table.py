"""The table of a layer: filtered, sorted, page after page, for those who see it."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN


@pytest.fixture
def lamps() -> Layer:
    """Five objects; the names sort differently by people and by machines, one has no height."""
    layer = factories.editable_layer(slug="lamps")
    rows: list[dict[str, Any]] = [
        {"name": "Étang", "height_m": 4.5, "lit": True},
        {"name": "eau", "height_m": 4.5, "lit": False},
        {"name": "Zone", "height_m": 12.25, "installed_date": date(2020, 5, 1)},
        {"name": "abri", "height_m": None},
        {"name": "Fosse", "height_m": -1.0, "price": 3.0},
    ]
    for number, row in enumerate(rows):
        factories.feature(layer, Point(X + number * 1000, Y, srid=2154), **row)
    return layer


def names(client: Client, **parameters: Any) -> list[str]:
    answer = client.get("/api/v1/layers/lamps/features/", parameters)
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def degrees(x: float, y: float) -> tuple[float, float]:
    place = Point(x, y, srid=2154)
    place.transform(4326)
    return place.x, place.y


def walked(client: Client, address: str) -> list[str]:
    """The titles of all pages."""
    found: list[str] = []
    while address:
        page = client.get(address).json()
        found += [row["title"] for row in page["results"]]
        address = page["next"] or ""
    return found


def test_text_sorts_as_people_sort_it(client: Client, lamps: Layer) -> None:
    assert names(client, sort="name") == ["abri", "eau", "Étang", "Fosse", "Zone"]
    assert names(client, sort="-name") == ["Zone", "Fosse", "Étang", "eau", "abri"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("height_m", ["Fosse", "Étang", "eau", "Zone", "abri"]),
        ("-height_m", ["Zone", "Étang", "eau", "Fosse", "abri"]),
        ("lit", ["eau", "Étang", "Zone", "abri", "Fosse"]),
        ("installed_date", ["Zone", "Étang", "eau", "abri", "Fosse"]),
        ("-name", ["Zone", "Fosse", "Étang", "eau", "abri"]),
        ("-id", ["Fosse", "abri", "Zone", "eau", "Étang"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_keep_the_order_without_gap_or_repeat(
    client: Client, lamps: Layer, sort: str, order: list[str], limit: int
) -> None:
    assert walked(client, f"/api/v1/layers/lamps/features/?sort={sort}&limit={limit}") == order


def test_a_filter_selects_rows_and_is_kept_from_page_to_page(client: Client, lamps: Layer) -> None:
    assert names(client, filter="height_m > 4") == ["Étang", "eau", "Zone"]
    contains = "CASEI(ACCENTI(name)) LIKE CASEI(ACCENTI('%e%'))"
    first = client.get("/api/v1/layers/lamps/features/", {"filter": contains, "sort": "name", "limit": "2"}).json()
    assert first["number_matched"] == 4
    assert walked(client, first["next"]) == ["Fosse", "Zone"]


def test_a_bbox_and_a_filter_both_count(client: Client, lamps: Layer) -> None:
    bbox = ",".join(str(part) for place in ((X - 500, Y - 500), (X + 1500, Y + 500)) for part in degrees(*place))
    assert names(client, bbox=bbox, filter="lit = false") == ["eau"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"sort": "nothing"},
        {"sort": "geometry"},
        {"sort": "price"},
        {"filter": "price > 1"},
        {"filter": "name LIKE"},
        {"filter": "height_m / 0 > 1 and secret = 2"},
        {"sort": "name", "cursor": "abc"},
        {"sort": "height_m", "cursor": "WyJhYmMiLCAxXQ"},
        {"sort": "name", "limit": "0"},
    ],
)
def test_what_makes_no_sense_or_is_not_theirs_to_see_is_refused(
    client: Client, lamps: Layer, parameters: dict[str, str]
) -> None:
    assert client.get("/api/v1/layers/lamps/features/", parameters).status_code == 400


def test_a_layer_that_one_may_not_see_has_no_table(client: Client) -> None:
    factories.editable_layer(slug="secret", visibility=Layer.Visibility.OWNER)
    assert client.get("/api/v1/layers/secret/features/?sort=name").status_code == 404
