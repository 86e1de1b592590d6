"""POST /api/v1/simulations/shadow: the sun, the shadow on flat ground and on models of heights, whom it reaches."""

import json
from collections.abc import Iterator
from datetime import date
from math import radians, tan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from django.test import Client
from rasterio.transform import from_origin

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from orthophoto.services import making
from simulation.engine.sun import convergence
from tests import factories
from tests.orthophoto.heights import published, write_sheet
from tests.simulation.conftest import Town, X, Y, building, volume

URL = "/api/v1/simulations/shadow"
NOON = "2026-03-21T12:50:00+01:00"
HOUSE = shapely.box(5, 18, 15, 28)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    yield tmp_path
    making.close_readers()


def cast(town: Town, *volumes: Any, at: str = NOON, **more: Any) -> dict[str, Any]:
    answer = town.post({"volumes": list(volumes), "at": at, **more}, URL)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def refusal(town: Town, *volumes: Any, at: Any = NOON, **more: Any) -> str:
    answer = town.post({"volumes": list(volumes), "at": at, **more}, URL)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    return json.dumps(answer.json(), ensure_ascii=False)


def shape(answer: dict[str, Any]) -> Any:
    return shapely.from_geojson(json.dumps(answer["shadow"]))


def show_heights(folder: Path, kind: str, heights: np.ndarray) -> None:
    """A model of 100 m around the plot."""
    delivery = folder / kind
    delivery.mkdir()
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": 200, "height": 200, "count": 1, "dtype": "float32", "nodata": -9999,
        "crs": "EPSG:2154", "transform": from_origin(X - 40, Y + 80, 0.5, 0.5),
    }  # fmt: skip
    with rasterio.open(delivery / f"{kind}.tif", "w", **profile) as image:
        image.write(heights.astype("float32"), 1)
    with factories.as_worker(), acting_as(SYSTEM):
        published(delivery, slug=kind, kind=kind)


def test_the_shadow_of_a_flat_roof_is_its_height_over_the_tangent(town: Town) -> None:
    answer = cast(town, volume(HOUSE, 6))
    sun, shadow = answer["sun"], shape(answer)
    assert sun["elevation"] == pytest.approx(90 - 47.5, abs=0.6)
    length = 6 / tan(radians(sun["elevation"]))
    assert shadow.bounds[3] - (Y + 28) == pytest.approx(length, abs=0.1)
    assert answer["area_m2"] == pytest.approx(shadow.area, abs=0.1)


def test_the_azimuth_on_the_grid_differs_by_the_convergence(town: Town) -> None:
    sun = cast(town, volume(HOUSE, 6))["sun"]
    assert sun["azimuth"] - sun["grid_azimuth"] == pytest.approx(convergence(1.87), abs=0.05)


def test_neighbours_say_what_of_them_and_of_their_buildings_is_shaded(town: Town) -> None:
    building(shapely.box(8, 31, 12, 35))
    answer = cast(town, volume(HOUSE, 6))
    (neighbour,) = [one for one in answer["neighbours"] if one["parcel"].endswith("4")]
    assert neighbour["shaded_m2"] == pytest.approx(shape(answer).intersection(
        shapely.box(X - 20, Y + 30, X + 40, Y + 60)).area, abs=0.05)  # fmt: skip
    assert 0 < neighbour["buildings_m2"] < neighbour["shaded_m2"]
    assert town.plot.idu not in [one["parcel"] for one in answer["neighbours"]]


def test_a_neighbour_on_whose_limit_one_builds_is_a_neighbour(town: Town) -> None:
    answer = cast(town, volume(shapely.box(5, 20, 15, 30), 6))
    assert any(one["parcel"].endswith("4") for one in answer["neighbours"])


def test_a_list_that_is_cut_short_keeps_the_most_shaded_and_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    corner = volume(shapely.box(12, 22, 20, 30), 6)
    every = cast(town, corner, at="2026-03-21T14:30:00+01:00")
    monkeypatch.setattr("simulation.services.shadows.MOST_NEIGHBOURS", 1)
    (first,) = cast(town, corner, at="2026-03-21T14:30:00+01:00")["neighbours"]
    areas = [one["shaded_m2"] for one in every["neighbours"]]
    assert (len(areas) > 1, areas, first) == (True, sorted(areas, reverse=True), every["neighbours"][0])
    assert "1 parcelles les plus ombrées" in cast(town, corner, at="2026-03-21T14:30:00+01:00")["notes"][-1]


@pytest.mark.parametrize(
    ("layer", "says"), [("parcels", "Les parcelles ne vous"), ("buildings", "Les bâtiments ne vous")]
)
def test_what_is_not_shown_to_somebody_is_said(town: Town, layer: str, says: str) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug=layer).update(visibility=Layer.Visibility.OWNER, owner=factories.member())
    assert says in cast(town, volume(HOUSE, 6))["notes"][-1]


def test_who_sees_neither_is_told_of_both(town: Town) -> None:
    with factories.as_owner():
        layers = Layer.objects.filter(slug__in=("parcels", "buildings"))
        layers.update(visibility=Layer.Visibility.OWNER, owner=factories.member())
    notes = cast(town, volume(HOUSE, 6))["notes"]
    assert [note.split(" ne vous")[0] for note in notes[-2:]] == ["Les parcelles", "Les bâtiments"]


def test_at_night_all_is_in_the_shade(town: Town) -> None:
    answer = cast(town, volume(HOUSE, 6), at="2026-12-21T02:00:00+01:00")
    assert (answer["shadow"], answer["area_m2"], answer["neighbours"]) == (None, 0, [])
    assert "Le soleil est couché" in answer["notes"][0]


def test_on_level_models_the_shadow_is_that_of_flat_ground_to_a_pixel(town: Town, files: Path) -> None:
    level = np.full((200, 200), 100.0)
    show_heights(files, "ground", level)
    show_heights(files, "surface", level)
    flat, marched = cast(town, volume(HOUSE, 6)), cast(town, volume(HOUSE, 6), terrain=True)
    assert (marched["terrain"], marched["pixel_m"], marched["notes"]) == (["ground", "surface"], 0.5, [])
    assert shape(marched).difference(shape(flat).buffer(0.75)).is_empty
    beside = shapely.box(X + 5, Y + 18, X + 15, Y + 28).buffer(0.5)
    assert shape(flat).difference(shape(marched).buffer(0.75)).difference(beside).is_empty


def test_on_ground_that_falls_to_the_north_the_shadow_is_longer(town: Town, files: Path) -> None:
    rows = np.arange(200)[::-1, None] * 0.5
    falling = np.broadcast_to(100 - 0.2 * rows, (200, 200))
    show_heights(files, "ground", falling)
    flat, marched = cast(town, volume(HOUSE, 6)), cast(town, volume(HOUSE, 6), terrain=True)
    assert marched["area_m2"] > flat["area_m2"] * 1.1
    assert "Aucun modèle de surface" in marched["notes"][0]


def test_without_heights_the_terrain_is_refused_in_words(town: Town) -> None:
    assert "Aucune altitude" in refusal(town, volume(HOUSE, 6), terrain=True)


def test_a_hole_under_a_volume_is_said(town: Town, files: Path) -> None:
    heights = np.full((200, 200), 100.0)
    heights[100:125, 85:115] = -9999
    show_heights(files, "ground", heights)
    assert "trou" in refusal(town, volume(HOUSE, 6), terrain=True)
    assert cast(town, volume(HOUSE, 6, base=100.0), terrain=True)["area_m2"] > 0


@pytest.mark.parametrize("at", ["2026-06-21T12:00:00", "demain", "", None, 3, "1900-01-01T12:00:00+01:00"])
def test_an_instant_without_its_offset_is_refused(town: Town, at: Any) -> None:
    assert '"at"' in refusal(town, volume(HOUSE, 6), at=at)


def test_volumes_far_apart_are_no_project(town: Town) -> None:
    assert "1000 m" in refusal(town, volume(HOUSE, 6), volume(shapely.box(2000, 0, 2010, 10), 6)).replace("\u202f", "")


def test_a_crossing_footprint_is_refused_where_it_crosses(town: Town) -> None:
    bow = {"type": "Polygon", "coordinates": [[[X, Y], [X + 10, Y + 10], [X + 10, Y], [X, Y + 10], [X, Y]]]}
    assert "se croise" in refusal(town, {"footprint": bow, "eaves": 3})


def test_who_has_not_signed_in_is_refused(town: Town) -> None:
    answer = Client().post(URL, json.dumps({"volumes": [volume(HOUSE)], "at": NOON}), content_type="application/json")
    assert answer.status_code == 401


def test_only_posting_is_offered(town: Town) -> None:
    assert town.client.get(URL).status_code == 405


def test_fifty_volumes_ask_as_many_statements_as_one(town: Town, django_assert_max_num_queries: Any) -> None:
    many = [volume(shapely.box(x, y, x + 1, y + 1), 3) for x in range(10) for y in range(5)]
    with django_assert_max_num_queries(12):
        cast(town, *many)


# -- the natural ground of a project --------------------------------------------------------------------------------


def height_of(town: Town, low_point: str, **more: Any) -> dict[str, Any]:
    rules = [{"catContrainte": "Hauteur", "hauteurMaxAcrotereBatiment": 7, "pointBas": low_point}]
    (verdict,) = town.check(volume(HOUSE, 6, **more), rules=rules)["results"]
    return dict(verdict)


def test_a_height_is_measured_from_the_natural_ground_that_is_published(town: Town, files: Path) -> None:
    """Ground that falls by 1 m in 10 to the east: the foot at its lowest is 1 m below the highest under the house."""
    columns = np.arange(200)[None, :] * 0.5
    show_heights(files, "ground", np.broadcast_to(100 - 0.1 * columns, (200, 200)))
    level = height_of(town, "pointPlusBasBatiment")
    assert (level["value"], level["status"]) == (6, "respected")
    # The east side of the house lies 55 m from the model's corner: 94.5 m.
    raised = height_of(town, "pointPlusBasBatiment", base=97.0)
    assert raised["value"] == pytest.approx(6 + 97.0 - 94.5, abs=0.06)
    assert raised["status"] == "broken"


def test_without_a_model_a_base_is_to_be_judged(town: Town) -> None:
    assert height_of(town, "pointPlusBasBatiment", base=97.0)["status"] == "to_judge"


def test_a_newer_model_of_a_part_of_the_terrain_leaves_it_to_one_of_the_whole(town: Town, files: Path) -> None:
    columns = np.arange(200)[None, :] * 0.5
    show_heights(files, "ground", np.broadcast_to(100 - 0.1 * columns, (200, 200)))
    (files / "coin").mkdir()
    write_sheet(
        files / "coin" / "coin.tif", heights=np.full((600, 600), 50), transform=from_origin(X - 299, Y + 301, 0.5, 0.5)
    )
    with factories.as_worker(), acting_as(SYSTEM):
        published(files / "coin", slug="coin", acquired_date=date(2026, 3, 1))
    assert height_of(town, "pointPlusBasBatiment", base=97.0)["status"] == "broken"
