"""POST /api/v1/simulations/scene: volumes as solids on the ground, buildings around them, and what is left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.cadastre.models import Building
from layers.catalogue.models import Layer
from layers.heights.services import mosaic_of
from orthophoto.services import making
from tests import factories
from tests.simulation.conftest import Town, X, Y, building, multi, volume
from tests.simulation.test_shadow_api import show_heights

URL = "/api/v1/simulations/scene"
HOUSE = shapely.box(5, 18, 15, 28)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    mosaic_of.cache_clear()
    yield tmp_path
    mosaic_of.cache_clear()
    making.close_readers()


def scene(town: Town, *volumes: Any, **more: Any) -> dict[str, Any]:
    answer = town.post({"volumes": list(volumes), **more}, URL)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_gable_has_two_roofs_and_walls_up_to_them(town: Town) -> None:
    house = volume(HOUSE, 3, ridge=6, roof="gable", ridge_azimuth=90)
    (solid,) = scene(town, house)["volumes"]
    roofs = [face["rings"][0] for face in solid["faces"] if face["kind"] == "roof"]
    assert (len(roofs), solid["height_m"], solid["foot_m"]) == (2, 6, None)
    assert {corner[2] for ring in roofs for corner in ring} == {3, 6}


def test_a_volume_stands_on_the_lowest_ground_along_its_footprint(town: Town, files: Path) -> None:
    rows = np.arange(200)[::-1, None] * 0.5
    show_heights(files, "ground", np.broadcast_to(100 + 0.1 * rows, (200, 200)))
    answer = scene(town, volume(HOUSE), volume(shapely.box(17, 18, 19, 20), base=120.5))
    assert answer["ground"] == "MNT 2025"
    # The model begins 20 m south of the street, the house 38 m north of that.
    assert answer["volumes"][0]["foot_m"] == pytest.approx(100 + 0.1 * 38, abs=0.06)
    assert answer["volumes"][1]["foot_m"] == 120.5


def test_buildings_around_come_nearest_first_with_a_height_that_is_said(town: Town) -> None:
    far, near = building(shapely.box(200, 18, 210, 28)), building(shapely.box(18, 18, 20, 28))
    with factories.as_owner():
        light = Building.objects.create(insee="45901", kind="02", geom=multi(shapely.box(30, 18, 33, 21)))
    answer = scene(town, volume(HOUSE))
    features = answer["buildings"]["features"]
    assert [one["id"] for one in features] == [near.pk, light.pk, far.pk]
    assert [one["properties"]["distance_m"] for one in features] == [3, 15, 185]
    assert [one["properties"]["height_m"] for one in features] == [6, 3, 6]
    assert "ne sont pas connues" in answer["notes"][0]


def test_the_square_reaches_as_far_as_asked(town: Town) -> None:
    building(shapely.box(200, 18, 210, 28))
    answer = scene(town, volume(HOUSE), reach_m=100)
    assert answer["bbox"] == [X + 10 - 100, Y + 23 - 100, X + 10 + 100, Y + 23 + 100]
    assert answer["buildings"]["features"] == []


def test_a_building_in_the_place_of_the_project_is_left_out_and_said(town: Town) -> None:
    building(shapely.box(6, 19, 14, 27))
    touched = building(shapely.box(14, 18, 24, 28))
    answer = scene(town, volume(HOUSE))
    assert [one["id"] for one in answer["buildings"]["features"]] == [touched.pk]
    assert "la place du projet" in " ".join(answer["notes"])


def test_buildings_that_the_project_demolishes_are_not_drawn(town: Town) -> None:
    gone, stays = building(shapely.box(18, 18, 20, 28)), building(shapely.box(30, 18, 33, 28))
    answer = scene(town, volume(HOUSE), demolished=[gone.pk])
    assert [one["id"] for one in answer["buildings"]["features"]] == [stays.pk]
    assert "démolit" in " ".join(answer["notes"])


def test_a_courtyard_counts_for_the_foot_as_the_rules_have_it(town: Town, files: Path) -> None:
    """The lowest ground of all is along the courtyard's edge."""
    heights = np.full((200, 200), 100.0)
    heights[120:122, 88:112] = 95.0
    show_heights(files, "ground", heights)
    yard = shapely.Polygon(HOUSE.exterior.coords, [shapely.box(8, 20, 12, 24).exterior.coords[::-1]])
    assert scene(town, volume(yard))["volumes"][0]["foot_m"] < 99


def test_buildings_that_are_not_shown_to_somebody_are_not_there(town: Town) -> None:
    building(shapely.box(18, 18, 20, 28))
    with factories.as_owner():
        Layer.objects.filter(slug="buildings").update(visibility=Layer.Visibility.OWNER, owner=factories.member())
    answer = scene(town, volume(HOUSE))
    assert (answer["buildings"]["features"], answer["notes"]) == ([], ["Les bâtiments ne vous sont pas montrés."])


def test_volumes_that_are_wrong_are_refused_in_words(town: Town) -> None:
    answer = town.post({"volumes": [volume(HOUSE), volume(shapely.box(5000, 0, 5010, 10))]}, URL)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert town.post({"volumes": []}, URL).status_code == 400
    assert town.post({"volumes": [volume(HOUSE)], "reach_m": 5000}, URL).status_code == 400
