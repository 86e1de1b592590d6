"""Ground, eaves and ridge of buildings out of grids whose figures are known."""

import numpy as np
import pytest
from shapely import affinity
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from layers.heights.buildings import measure, percentiles, upright_on
from layers.heights.surface import Surface

SIDE, PIXEL = 120, 0.5
HOUSE = box(20, 20, 32, 28)


def grid(heights: object) -> Surface:
    return Surface(heights=np.broadcast_to(heights, (SIDE, SIDE)).astype(np.float32), left=0, top=60, pixel=PIXEL)


def centres() -> tuple[np.ndarray, np.ndarray]:
    steps = (np.arange(SIDE) + 0.5) * PIXEL
    x, y = np.meshgrid(steps, 60 - steps)
    return x, y


def gable(eaves: float, ridge: float) -> np.ndarray:
    """Over `HOUSE`, its ridge along x; nothing beside it."""
    x, y = centres()
    inside = (x > 20) & (x < 32) & (y > 20) & (y < 28)
    return np.where(inside, ridge - (ridge - eaves) * np.abs(y - 24) / 4, 0.0)


def only(footprint: BaseGeometry, ground: Surface, upright: Surface) -> tuple[float, float, float]:
    ((foot, eaves, ridge),) = measure([footprint], ground, upright)
    return float(foot), float(eaves), float(ridge)


def test_a_gable_has_its_ground_eaves_and_ridge() -> None:
    foot, eaves, ridge = only(HOUSE, grid(100), grid(gable(4, 7)))
    assert foot == pytest.approx(100)
    assert eaves == pytest.approx(4, abs=0.75)
    assert ridge == pytest.approx(7, abs=0.3)


def test_a_flat_roof_has_one_height() -> None:
    _foot, eaves, ridge = only(HOUSE, grid(100), grid(gable(6, 6)))
    assert (eaves, ridge) == (pytest.approx(6), pytest.approx(6))


def test_on_a_slope_the_ground_is_that_of_the_middle() -> None:
    x, _y = centres()
    foot, _eaves, _ridge = only(HOUSE, grid(100 + 0.1 * x), grid(gable(4, 7)))
    assert foot == pytest.approx(102.6, abs=0.15)


def test_a_tree_over_the_wall_does_not_raise_the_ridge() -> None:
    x, y = centres()
    tree = np.where((x > 28) & (y > 27.5), 15.0, 0.0)
    assert only(HOUSE, grid(100), grid(np.maximum(gable(4, 7), tree)))[2] == pytest.approx(7, abs=0.3)


def test_a_chimney_is_no_ridge() -> None:
    x, y = centres()
    roof = gable(4, 7)
    roof[(np.abs(x - 26) < 0.5) & (np.abs(y - 24) < 0.5)] = 9
    assert only(HOUSE, grid(100), grid(roof))[2] < 7.5


def test_a_roof_mostly_in_a_hole_is_not_known() -> None:
    x, _y = centres()
    roof = np.where(x < 27, np.nan, gable(4, 7))
    foot, eaves, ridge = only(HOUSE, grid(100), grid(roof))
    assert foot == pytest.approx(100)
    assert np.isnan([eaves, ridge]).all()


def test_without_ground_nothing_is_known() -> None:
    assert np.isnan(only(HOUSE, grid(np.nan), grid(gable(4, 7)))).all()


def test_where_nothing_stands_there_is_no_height() -> None:
    assert np.isnan(only(HOUSE, grid(100), grid(0.2))[1:]).all()


def test_a_house_in_a_row_reads_the_ground_of_its_streets_alone() -> None:
    """The model of the ground is guessed under buildings: the neighbours' ground does not count."""
    x, y = centres()
    left, right = affinity.translate(HOUSE, -12), affinity.translate(HOUSE, 12)
    under = (x > 8) & (x < 44) & (y > 20) & (y < 28)
    values = measure([left, HOUSE, right], grid(np.where(under, 110, 100)), grid(np.where(under, 8.0, 0)))
    assert values[1, 0] == pytest.approx(100)


def test_a_shed_smaller_than_its_edges_is_measured_whole() -> None:
    assert only(box(20, 20, 21, 21), grid(100), grid(gable(4, 7)))[2] > 4


def test_a_building_outside_the_models_has_nothing() -> None:
    assert np.isnan(only(box(200, 200, 210, 210), grid(100), grid(5))).all()


def test_what_stands_is_computed_between_models_of_other_pixels() -> None:
    coarse = Surface(heights=np.full((14, 14), 100, np.float32), left=-5, top=65, pixel=5)
    assert upright_on(coarse, grid(106)).heights == pytest.approx(np.full((SIDE, SIDE), 6))


def test_percentiles_are_those_of_each_group() -> None:
    groups, values = np.array([2, 0, 2, 0, 2]), np.array([30.0, 1, 10, 3, 20])
    low, high = percentiles(groups, values, 3, (0.5, 1.0))
    assert low[[0, 2]] == pytest.approx([2, 20])
    assert high[[0, 2]] == pytest.approx([3, 30])
    assert np.isnan(low[1])
