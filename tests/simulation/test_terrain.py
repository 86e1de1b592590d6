"""Shadows over a surface model: reliefs whose shadows are known, volumes on slopes, holes, hours of sun lost."""

from dataclasses import replace
from datetime import date
from math import radians, tan
from typing import Any

import numpy as np
import pytest
from shapely.geometry import box

from layers.heights.surface import Surface
from simulation.engine.shadow import shadow_of
from simulation.engine.sun import Sun, daylight_of, sun_at
from simulation.engine.terrain import build, clear, hours_lost, outline, shade
from simulation.engine.volumes import Roof, Volume

LEFT, TOP = 660_000.0, 6_760_000.0


def flat(size: int, pixel: float = 0.5, height: float = 100.0) -> Surface:
    return Surface(heights=np.full((size, size), height, np.float32), left=LEFT, top=TOP, pixel=pixel)


def sun_of(azimuth: float, elevation: float) -> Sun:
    return Sun(azimuth=azimuth, elevation=elevation, grid_azimuth=azimuth)


@pytest.mark.parametrize(("azimuth", "elevation"), [(180, 26.565), (90, 45.0), (270, 30.0), (0, 60.0)])
def test_a_cliff_of_two_kilometres_casts_its_height_over_the_tangent(azimuth: int, elevation: float) -> None:
    """A plain at 100 m along a plateau at 140 m: the shadow is 40 m / tan(elevation) deep, to a pixel of a metre."""
    surface = flat(2000, pixel=1.0)
    high = {180: np.s_[1000:, :], 0: np.s_[:1000, :], 90: np.s_[:, 1000:], 270: np.s_[:, :1000]}[azimuth]
    surface.heights[high] = 140
    depth = shade(surface, sun_of(azimuth, elevation)).sum() / 2000
    assert depth == pytest.approx(40 / tan(radians(elevation)), abs=1.001)


@pytest.mark.parametrize("azimuth", [33.0, 147.0, 211.0, 300.0])
def test_a_cone_steeper_than_the_sun_casts_the_shadow_of_its_tip(azimuth: float) -> None:
    """A cone 30 m high, 20 m in radius: the tip's shadow falls 30 / tan(30 degrees) from its axis."""
    surface, sun = flat(600), sun_of(azimuth, 30)
    rows, columns = np.mgrid[0:600, 0:600]
    surface.heights[:] += np.maximum(0, 30 - 1.5 * np.hypot(rows - 299.5, columns - 299.5) * 0.5)
    shaded = outline(shade(surface, sun), surface)
    tip = np.array([LEFT + 150, TOP - 150]) + sun.shadow_of(30.0)
    furthest = max(np.hypot(x - LEFT - 150, y - TOP + 150) for x, y in shaded.convex_hull.exterior.coords)
    assert furthest == pytest.approx(30 / tan(radians(30)), abs=1)
    assert shaded.distance(box(*tip, *tip)) < 1


def test_a_slope_gentler_than_the_sun_is_lit_and_a_steeper_one_is_not() -> None:
    for slope, lit in ((0.4, True), (0.8, False)):
        surface = flat(200)
        # It falls to the north, away from a sun at 30 degrees (0.577).
        surface.heights[:] += (np.arange(200) * 0.5 * slope)[:, None]
        assert bool(shade(surface, sun_of(180, 30))[:100].any()) is not lit


@pytest.mark.parametrize("roof", list(Roof))
def test_on_flat_ground_the_raster_is_the_exact_shadow_to_a_pixel(roof: Roof) -> None:
    ground, sun = flat(300), sun_of(217, 33)
    footprint = box(LEFT + 60, TOP - 90, LEFT + 75, TOP - 80)
    volume = Volume(footprint=footprint, eaves=4, ridge=4 if roof == Roof.FLAT else 8, roof=roof)
    built, where = build(ground, ground, [volume])
    seen, exact = outline(shade(built, sun) & ~where, ground), shadow_of([volume], sun)
    assert seen.difference(exact.buffer(0.75)).is_empty
    assert exact.difference(seen.buffer(0.75).union(footprint.buffer(0.75))).is_empty


def test_a_volume_stands_on_the_lowest_natural_ground_under_it() -> None:
    ground = flat(100)
    ground.heights[:] += np.linspace(0, 10, 100, dtype=np.float32)[None, :]
    volume = Volume(footprint=box(LEFT + 10, TOP - 30, LEFT + 20, TOP - 20), eaves=3, ridge=3)
    built, where = build(ground, ground, [volume])
    assert np.unique(built.heights[where]) == pytest.approx([ground.heights[50, 20] + 3])


def test_a_volume_with_a_base_stands_on_it() -> None:
    ground = flat(100)
    volume = Volume(footprint=box(LEFT + 10, TOP - 30, LEFT + 20, TOP - 20), eaves=3, ridge=3, base=104)
    built, where = build(ground, ground, [volume])
    assert np.unique(built.heights[where]) == pytest.approx([107])


def test_what_stood_in_the_place_of_a_volume_is_gone() -> None:
    ground = flat(100)
    surface = replace(ground, heights=ground.heights.copy())
    surface.heights[40:60, 20:40] = 120
    volume = Volume(footprint=box(LEFT + 10, TOP - 30, LEFT + 20, TOP - 20), eaves=3, ridge=3)
    built, _where = build(surface, ground, [volume])
    assert built.heights.max() == pytest.approx(103)


def test_nothing_is_known_of_the_ground_under_a_volume() -> None:
    ground = flat(100, height=np.nan)
    volume = Volume(footprint=box(LEFT + 10, TOP - 30, LEFT + 20, TOP - 20), eaves=3, ridge=3)
    with pytest.raises(ValueError, match="no height"):
        build(ground, ground, [volume])


def test_a_building_that_is_pulled_down_leaves_the_ground_or_the_lowest_around_it() -> None:
    surface, ground = flat(100), flat(100, height=98.0)
    surface.heights[20:40, 20:40] = 110
    house = box(LEFT + 10, TOP - 20, LEFT + 20, TOP - 10)
    ground.heights[20:30, :] = np.nan
    cleared = clear(surface, ground, [house]).heights
    assert (set(cleared[20:30, 20:40].flat), set(cleared[30:40, 20:40].flat)) == ({100.0}, {98.0})
    cleared[20:40, 20:40] = 100
    assert (cleared == 100).all()


def test_pulling_down_looks_at_no_pixel_far_from_the_building(monkeypatch: pytest.MonkeyPatch) -> None:
    within, sizes = Surface.within, []

    def note(self: Surface, shape: Any) -> Any:
        sizes.append(self.heights.size)
        return within(self, shape)

    monkeypatch.setattr(Surface, "within", note)
    clear(flat(1000), flat(1000), [box(LEFT + 10, TOP - 20, LEFT + 20, TOP - 10)])
    assert 400 <= max(sizes) < 1000


def test_holes_cast_nothing_and_are_not_shaded() -> None:
    surface = flat(100)
    surface.heights[50, 40:60] = 120
    surface.heights[20:40, 50] = np.nan
    shaded = shade(surface, sun_of(180, 30))
    assert shaded[45, 50]
    assert not shaded[20:40, 50].any()


def test_at_night_all_is_shade() -> None:
    assert shade(flat(10), sun_of(0, -1)).all()


def test_a_garden_north_of_a_wall_loses_hours_of_a_winter_day() -> None:
    ground = flat(200)
    volume = Volume(footprint=box(LEFT + 20, TOP - 60, LEFT + 80, TOP - 59), eaves=3, ridge=3)
    built, where = build(ground, ground, [volume])
    suns = [sun_at(one, 1.909, 47.902) for one in daylight_of(date(2026, 12, 21), 1.909, 47.902)]
    lost = hours_lost(ground, built, suns, step_hours=0.25)
    assert 6 < lost[115, 100] <= 8.5
    assert lost[150, 100] == 0
    assert lost[where].max() == 0


def test_the_shadow_of_a_volume_alone_is_told_from_that_of_the_hill_before_it() -> None:
    surface = flat(200)
    surface.heights[150:, :] = 130
    volume = Volume(footprint=box(LEFT + 45, TOP - 60, LEFT + 55, TOP - 50), eaves=5, ridge=5)
    built, where = build(surface, surface, [volume])
    alone = shade(built, sun_of(180, 45), casting=where) & ~where
    assert alone.sum() == pytest.approx(20 * 10, abs=25)
    assert shade(built, sun_of(180, 45)).sum() > 5_000
