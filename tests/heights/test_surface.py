"""Heights between pixels, figures of polygons, lengths along the ground: by figures worked by hand."""

import numpy as np
import pytest
from shapely.geometry import box

from layers.heights.surface import Surface, ground_length, statistics, subtract


def surface(rows: list[list[float]], pixel: float = 1.0) -> Surface:
    return Surface(heights=np.array(rows, np.float32), left=0.0, top=float(len(rows)) * pixel, pixel=pixel)


def at(there: Surface, x: float, y: float) -> float:
    return float(there.heights_at(np.array([[x, y]]))[0])


def test_a_height_between_four_pixels_is_their_mean() -> None:
    assert at(surface([[10, 20], [30, 40]]), 1, 1) == 25


def test_at_the_centre_of_a_pixel_its_height_is_found_beside_a_hole() -> None:
    holed = surface([[10, np.nan], [30, 40]])
    assert at(holed, 0.5, 1.5) == 10
    assert np.isnan(at(holed, 0.9, 1.5))


def test_outside_nothing_is_known() -> None:
    assert np.isnan(at(surface([[1, 2], [3, 4]]), -0.1, 1))


def test_at_the_border_the_outer_half_of_a_pixel_has_its_height() -> None:
    assert at(surface([[1, 2], [3, 4]]), 0, 2) == 1


def test_the_figures_of_a_polygon() -> None:
    figures = statistics(surface([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), box(0, 0, 3, 3), plane=5)
    assert figures is not None
    assert (figures.count, figures.least, figures.mean, figures.most) == (9, 1, 5, 9)
    assert (figures.percentiles[50], figures.percentiles[95]) == (5, pytest.approx(8.6))
    assert (figures.above_m3, figures.below_m3) == (1 + 2 + 3 + 4, 1 + 2 + 3 + 4)


def test_holes_count_neither_in_area_nor_in_volume() -> None:
    figures = statistics(surface([[6, np.nan], [6, 6]]), box(0, 0, 2, 2), plane=5)
    assert figures is not None
    assert (figures.known, figures.area_m2, figures.above_m3) == (0.75, 3, 3)


def test_a_polygon_smaller_than_a_pixel_has_the_height_there() -> None:
    figures = statistics(surface([[10, 20], [30, 40]]), box(0.45, 1.45, 0.55, 1.55), plane=9)
    assert figures is not None
    assert (figures.count, figures.mean) == (1, pytest.approx(10))
    assert figures.above_m3 == pytest.approx(0.01)


def test_a_polygon_over_holes_alone_has_no_figures() -> None:
    assert statistics(surface([[np.nan]]), box(0, 0, 1, 1)) is None


def test_a_slope_of_three_over_four_is_five_long() -> None:
    assert ground_length([0, 4], np.array([100.0, 103.0])) == 5


def test_a_hole_is_crossed_straight() -> None:
    assert ground_length([0, 2, 4], np.array([100.0, np.nan, 103.0])) == 5


def test_what_stands_on_the_ground_is_the_surface_less_the_ground() -> None:
    stands = subtract(surface([[12.5]]), surface([[10]]))
    assert stands.heights.tolist() == [[2.5]]
