"""Photos over HTTP: what the map needs of them, and only those that the asker sees."""

from datetime import date

import pytest
from django.test import Client

from layers.catalogue.footprint import footprint_4326
from tests import factories
from tests.photos import photo

pytestmark = pytest.mark.django_db


def test_a_photo_says_what_the_map_needs(client: Client) -> None:
    owner = factories.member()
    ville = photo("ville", owner=owner, attribution="Essai", licence="Libre", abstract="Le centre")
    assert client.get("/api/v1/photos/ville/").json() == {
        "slug": "ville",
        "kind": "photo",
        "title": ville.title,
        "acquired": "2024-06",
        "resolution_m": 0.05,
        "visibility": "public",
        "owner": {"slug": owner.slug, "name": owner.name},
        "attribution": "Essai",
        "licence": "Libre",
        "abstract": "Le centre",
        "edition": ville.edition,
        "extent_4326": [round(value, 7) for value in ville.extent_4326],
        "footprint_4326": footprint_4326(ville.geom),
        "tiles": f"/ortho/v{ville.edition}/wmts/ville/PM/{{z}}/{{x}}/{{y}}.png",
        "min_zoom": 0,
        "max_zoom": 21,
    }


@pytest.mark.parametrize(
    ("resolution", "zoom"), [(0.05, 21), (0.04, 22), (0.1, 20), (0.2, 19), (0.25, 19), (0.5, 18), (0.001, 22), (1e9, 0)]
)
def test_the_largest_zoom_shows_every_pixel(client: Client, resolution: float, zoom: int) -> None:
    photo("ville", resolution_m=resolution)
    assert client.get("/api/v1/photos/ville/").json()["max_zoom"] == zoom


@pytest.mark.parametrize(("precision", "said"), [("year", "2024"), ("month", "2024-06"), ("day", "2024-06-12")])
def test_the_date_is_as_precise_as_it_is_known(client: Client, precision: str, said: str) -> None:
    photo("ville", acquired_precision=precision)
    assert client.get("/api/v1/photos/ville/").json()["acquired"] == said


def test_the_newest_comes_first_and_pages_follow_each_other(client: Client) -> None:
    for year in (2018, 2024, 2020):
        photo(f"p{year}", acquired_date=date(year, 5, 1))
    first = client.get("/api/v1/photos/?limit=2").json()
    assert (first["count"], [each["slug"] for each in first["results"]]) == (3, ["p2024", "p2020"])
    second = client.get(first["next"]).json()
    assert ([each["slug"] for each in second["results"]], second["next"]) == (["p2018"], None)


def test_only_photos_that_the_asker_sees_are_listed(client: Client) -> None:
    owner = factories.member()
    photo("secrete", visibility="owner", owner=owner)
    assert client.get("/api/v1/photos/").json()["count"] == 0
    hidden, missing = client.get("/api/v1/photos/secrete/"), client.get("/api/v1/photos/absente/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()
    client.force_login(factories.user(owner))
    assert client.get("/api/v1/photos/").json()["count"] == 1
