"""POST /api/v1/simulations/sun: hours of sun that a project takes from gardens and buildings, and where."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from layers.cadastre.models import Building
from layers.catalogue.models import Layer
from layers.heights.services import mosaic_of
from orthophoto.services import making
from tests import factories
from tests.simulation.conftest import Town, X, Y, building, volume
from tests.simulation.test_shadow_api import cast, show_heights

URL = "/api/v1/simulations/sun"
WINTER, SUMMER = "2026-12-21", "2026-06-21"
HOUSE = shapely.box(5, 18, 15, 28)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    mosaic_of.cache_clear()
    yield tmp_path
    mosaic_of.cache_clear()
    making.close_readers()


def lost(town: Town, *volumes: Any, day: str = WINTER, **more: Any) -> dict[str, Any]:
    answer = town.post({"volumes": list(volumes), "day": day, **more}, URL)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def north(answer: dict[str, Any]) -> dict[str, Any]:
    """The neighbour in the north of the plot."""
    (one,) = [one for one in answer["neighbours"] if one["parcel"].endswith("4")]
    return dict(one)


def shapes(answer: dict[str, Any]) -> list[Any]:
    """Of the classes that are somewhere."""
    return [shapely.from_geojson(json.dumps(one["shape"])) for one in answer["classes"] if one["shape"]]


def test_a_garden_in_the_north_loses_more_in_winter_than_in_summer(town: Town) -> None:
    winter, summer = (lost(town, volume(HOUSE, 6), day=day) for day in (WINTER, SUMMER))
    assert north(winter)["garden"]["most_h"] >= 3
    assert north(winter)["garden"]["mean_h"] > 5 * north(summer)["garden"]["mean_h"]
    assert (north(winter)["buildings"], winter["obstacles"], winter["terrain"]) == (None, "none", [])


def test_what_is_lost_at_noon_is_the_shadow_of_that_instant(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.services.sun_hours.FIRST_HOUR", 12)
    monkeypatch.setattr("simulation.services.sun_hours.LAST_HOUR", 13)
    monkeypatch.setattr("simulation.services.sun_hours.STEP_MINUTES", 60)
    areas = shapely.union_all(shapes(lost(town, volume(HOUSE, 6))))
    exact = cast(town, volume(HOUSE, 6), at="2026-12-21T12:30:00+01:00")
    assert areas.area == pytest.approx(exact["area_m2"], rel=0.04)


def test_classes_share_nothing_and_lie_outside_the_project(town: Town) -> None:
    first, *others = shapes(lost(town, volume(HOUSE, 6)))
    for one in others:
        assert first.intersection(one).area == pytest.approx(0, abs=1e-6)
    house = translate(HOUSE, X, Y)
    assert shapely.union_all([first, *others]).intersection(house.buffer(-0.8)).area == 0


def test_a_building_loses_on_its_roof_and_its_garden_apart(town: Town) -> None:
    building(shapely.box(6, 31, 14, 37))
    one = north(lost(town, volume(HOUSE, 12)))
    assert one["buildings"]["area_m2"] == pytest.approx(48, abs=0.1)
    assert 0 < one["buildings"]["mean_h"] <= one["buildings"]["most_h"] <= 10
    assert one["garden"]["area_m2"] == pytest.approx(60 * 30 - 48, abs=0.5)


def test_what_is_in_the_shade_of_another_building_loses_nothing_more(town: Town) -> None:
    alone = north(lost(town, volume(HOUSE, 6)))["garden"]
    with factories.as_owner():
        tower = building(shapely.box(0, 10, 20, 17))
        Building.objects.filter(pk=tower.pk).update(ridge_m=40, eaves_m=40, ground_m=100)
    answer = lost(town, volume(HOUSE, 6))
    behind = [one for one in answer["neighbours"] if one["parcel"].endswith("4")]
    assert answer["obstacles"] == "buildings"
    assert sum(one["garden"]["lost_m2"] for one in behind) < alone["lost_m2"] / 2


def test_sun_that_a_demolished_building_gives_back_is_not_lost(town: Town) -> None:
    old = building(HOUSE)
    answer = lost(town, volume(HOUSE, 6), demolished=[old.pk])
    assert all(one["area_m2"] == 0 for one in answer["classes"])
    assert answer["neighbours"] == []


def test_on_a_surface_model_trees_count_and_its_name_is_said(town: Town, files: Path) -> None:
    level = np.full((200, 200), 100.0)
    show_heights(files, "ground", level)
    free = north(lost(town, volume(HOUSE, 6)))["garden"]["lost_m2"]
    level[134:138, 60:120] = 130
    show_heights(files, "surface", level)
    answer = lost(town, volume(HOUSE, 6))
    assert (answer["obstacles"], answer["terrain"]) == ("surface_model", ["ground", "surface"])
    behind = [one["garden"]["lost_m2"] for one in answer["neighbours"] if one["parcel"].endswith("4")]
    assert sum(behind) < free / 2


def test_who_does_not_see_parcels_reads_no_neighbour(town: Town) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug="parcels").update(visibility=Layer.Visibility.OWNER, owner=factories.member())
    answer = lost(town, volume(HOUSE, 6))
    assert (answer["neighbours"], "Les parcelles ne vous" in answer["notes"][-1]) == ([], True)


def test_fifty_volumes_are_answered_at_once(town: Town, django_assert_max_num_queries: Any) -> None:
    many = [volume(shapely.box(x * 12, y * 12, x * 12 + 8, y * 12 + 7), 7) for x in range(10) for y in range(5)]
    began = process_time()
    with django_assert_max_num_queries(14):
        lost(town, *many)
    # About 0.7 s of a processor, whatever others leave of it.
    assert process_time() - began < 5


def test_without_volumes_there_is_no_answer(town: Town) -> None:
    assert town.post({"volumes": []}, URL).status_code == 400
    assert town.post({"volumes": [volume(HOUSE)], "day": "demain"}, URL).status_code == 400


# -- shadows where no surface is published ----------------------------------------------------------------------------


def test_without_a_surface_a_shadow_climbs_the_buildings_of_the_plan(town: Town, files: Path) -> None:
    show_heights(files, "ground", np.full((200, 200), 100.0))
    free = cast(town, volume(HOUSE, 6), terrain=True)
    with factories.as_owner():
        high = building(shapely.box(0, 29, 20, 33))
        Building.objects.filter(pk=high.pk).update(ridge_m=30, eaves_m=30, ground_m=100)
    answer = cast(town, volume(HOUSE, 6), terrain=True)
    assert (free["obstacles"], answer["obstacles"], answer["terrain"]) == ("none", "buildings", ["ground"])
    assert answer["area_m2"] < free["area_m2"]
    # Its roof is above the shadow.
    assert all(one["buildings_m2"] == 0 for one in answer["neighbours"])


def test_among_buildings_a_shadow_needs_no_model(town: Town) -> None:
    building(shapely.box(8, 31, 12, 35))
    answer = cast(town, volume(HOUSE, 6), terrain=True)
    assert (answer["terrain"], answer["obstacles"]) == ([], "buildings")
    assert "Aucun modèle de surface" in answer["notes"][0]
    assert "6 m" in answer["notes"][1]


def test_a_building_that_goes_casts_and_receives_nothing(town: Town) -> None:
    old = building(shapely.box(8, 31, 12, 35))
    gone = cast(town, volume(HOUSE, 6), terrain=True, demolished=[old.pk])
    stays = cast(town, volume(HOUSE, 6), terrain=True)
    assert gone["area_m2"] > stays["area_m2"]


def test_a_hole_under_a_volume_is_said_for_the_hours_of_sun_too(town: Town, files: Path) -> None:
    heights = np.full((200, 200), 100.0)
    heights[100:125, 85:115] = -9999
    show_heights(files, "ground", heights)
    answer = town.post({"volumes": [volume(HOUSE, 6)], "day": WINTER}, URL)
    assert (answer.status_code, "trou sous un volume" in answer.json()["detail"]) == (400, True)
    assert lost(town, volume(HOUSE, 6, base=100.0))["neighbours"]


def hide_buildings() -> None:
    with factories.as_owner():
        Layer.objects.filter(slug="buildings").update(visibility=Layer.Visibility.OWNER, owner=factories.member())


def test_who_does_not_see_buildings_is_told_that_none_counts(town: Town) -> None:
    old = building(HOUSE)
    hide_buildings()
    answer = lost(town, volume(HOUSE, 6), demolished=[old.pk])
    notes = " ".join(answer["notes"])
    assert (answer["obstacles"], "prismes" in notes) == ("none", False)
    assert notes.count("Les bâtiments ne vous sont pas montrés : ils ne sont pas comptés.") == 1


def test_on_a_surface_model_too_demolished_buildings_that_are_not_visible_are_said(town: Town, files: Path) -> None:
    old = building(HOUSE)
    hide_buildings()
    with factories.as_owner():
        Layer.objects.filter(slug="parcels").update(visibility=Layer.Visibility.OWNER, owner=factories.member())
    show_heights(files, "surface", np.full((200, 200), 100.0))
    answer = lost(town, volume(HOUSE, 6), demolished=[old.pk])
    assert answer["obstacles"] == "surface_model"
    assert any("Les bâtiments ne vous sont pas montrés" in note for note in answer["notes"])
