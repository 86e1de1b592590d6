"""Shadows of volumes on flat ground, by figures worked by hand, and against points that look at the sun."""

from math import radians, sqrt, tan

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon, box

from simulation.engine.shadow import shadow_of
from simulation.engine.sun import Sun
from simulation.engine.volumes import Roof, Volume

SOUTH = Sun(azimuth=180, elevation=45, grid_azimuth=180)
L_SHAPE = Polygon([(0, 0), (20, 0), (20, 8), (8, 8), (8, 20), (0, 20)])


def test_a_flat_roof_casts_a_rectangle_at_forty_five_degrees() -> None:
    shadow = shadow_of([Volume(footprint=box(0, 0, 12, 8), eaves=3, ridge=3)], SOUTH)
    assert shadow.equals(box(0, 8, 12, 11))


def test_a_gable_along_the_sun_casts_the_outline_of_its_gable() -> None:
    """A ridge that runs north at 7 m over eaves at 3 m: the shadow of the gable is a pentagon of 12 m by 3 to 7 m."""
    volume = Volume(footprint=box(0, 0, 12, 20), eaves=3, ridge=7, roof=Roof.GABLE)
    shadow = shadow_of([volume], SOUTH)
    assert shadow.area == pytest.approx(12 * 3 + 12 * 4 / 2)
    assert shadow.bounds == pytest.approx((0, 20, 12, 27))


def test_a_ridge_across_the_sun_hides_its_own_north_side() -> None:
    """A ridge at 7 m, 4 m from the eaves at 3 m: its shadow ends 7 m north of it, 3 m from the wall."""
    shadow = shadow_of([Volume(footprint=box(0, 0, 12, 8), eaves=3, ridge=7, roof=Roof.GABLE)], SOUTH)
    assert shadow.bounds == pytest.approx((0, 8, 12, 11))


def test_a_mono_pitch_rises_to_the_right_of_its_azimuth() -> None:
    volume = Volume(footprint=box(0, 0, 12, 8), eaves=3, ridge=5, roof=Roof.MONO, ridge_azimuth=90)
    low, high = volume.heights_at(np.array([[6.0, 8.0], [6.0, 0.0]]))
    assert (low, high) == (3, 5)


def test_a_hip_reaches_its_ridge_on_any_footprint() -> None:
    volume = Volume(footprint=box(0, 0, 8, 8), eaves=3, ridge=6, roof=Roof.HIP)
    assert volume.heights_at(np.array([[4.0, 4.0]])) == pytest.approx([6])


@pytest.mark.parametrize("roof", list(Roof))
@pytest.mark.parametrize("azimuth", [None, 30.0, 120.0])
def test_faces_cover_the_footprint(roof: Roof, azimuth: float | None) -> None:
    volume = Volume(footprint=L_SHAPE, eaves=3, ridge=7, roof=roof, ridge_azimuth=azimuth)
    assert sum(face.area for face, _plane in volume.faces) == pytest.approx(L_SHAPE.area)


@pytest.mark.parametrize("roof", list(Roof))
@pytest.mark.parametrize("grid_azimuth", [70.0, 205.0, 310.0])
def test_a_point_is_in_the_shadow_when_the_volume_hides_the_sun_from_it(roof: Roof, grid_azimuth: float) -> None:
    sun = Sun(azimuth=grid_azimuth, elevation=35, grid_azimuth=grid_azimuth)
    volume = Volume(footprint=L_SHAPE, eaves=3, ridge=7, roof=roof, ridge_azimuth=30)
    shadow = shadow_of([volume], sun)
    points = np.random.default_rng(21).uniform(-15, 35, (4000, 2))
    hidden = np.zeros(len(points), bool)
    towards = -np.array(sun.shadow_of(1.0)) * tan(radians(35))
    for away in np.arange(0, 12, 0.05):
        seen = points + towards * away
        over = shapely.contains_xy(L_SHAPE, *seen.T)
        hidden |= over & (volume.heights_at(seen) >= away * tan(radians(35)))
    hidden &= ~shapely.contains_xy(L_SHAPE, *points.T)
    unlike = hidden != shapely.contains_xy(shadow, *points.T)
    # What looks at steps of 5 cm is wrong that near the edge.
    near = shapely.distance(shadow.boundary, shapely.points(points)) < 0.1
    assert not (unlike & ~near).any()


def test_a_court_stays_open_to_a_high_sun() -> None:
    ring = Polygon(box(0, 0, 30, 30).exterior, [box(5, 5, 25, 25).exterior])
    shadow = shadow_of([Volume(footprint=ring, eaves=4, ridge=4)], SOUTH)
    assert shadow.intersection(box(5, 5, 25, 25)).area == pytest.approx(20 * 4)


def test_the_night_has_no_shadow() -> None:
    night = Sun(azimuth=0, elevation=-5, grid_azimuth=0)
    assert shadow_of([Volume(footprint=box(0, 0, 1, 1), eaves=3, ridge=3)], night).is_empty


def test_a_sun_that_is_nearly_down_casts_two_kilometres_at_most() -> None:
    low = Sun(azimuth=180, elevation=0.01, grid_azimuth=180)
    shadow = shadow_of([Volume(footprint=box(0, 0, 1, 1), eaves=3, ridge=3)], low)
    assert shadow.bounds[3] == pytest.approx(2001)


def test_a_ridge_below_its_eaves_is_no_volume() -> None:
    with pytest.raises(ValueError, match="ridge"):
        Volume(footprint=box(0, 0, 1, 1), eaves=5, ridge=3)


def test_the_ridge_runs_along_the_longest_side() -> None:
    turned = Polygon([(0, 0), (10, 10), (10 - 3, 10 + 3), (-3, 3)])
    volume = Volume(footprint=turned, eaves=3, ridge=5, roof=Roof.GABLE)
    assert volume.azimuth == pytest.approx(45)
    assert volume.along == pytest.approx((sqrt(0.5), sqrt(0.5)))
