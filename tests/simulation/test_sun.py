"""The sun's place, against pvlib 0.16 (NREL's algorithm), and Lambert-93's meridians, against PROJ.

`tests/data/sun_spa.csv` holds what `pvlib.solarposition.spa_python` answers for 500 instants and places of France drawn
at random between 2015 and 2035: instant, longitude, latitude, azimuth, elevation, apparent_elevation.
"""

import csv
from datetime import UTC, date, datetime
from math import isclose

import pyproj
import pytest

from gis_core.operations.environment import ROOT
from simulation.engine.sun import PARIS, Sun, convergence, daylight_of, strip_of, sun_at

ORLEANS = (1.909, 47.902)


def turn(first: float, second: float) -> float:
    return abs((first - second + 180) % 360 - 180)


@pytest.fixture(scope="module")
def reference() -> list[dict[str, str]]:
    with (ROOT / "tests/data/sun_spa.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_azimuth_and_elevation_are_those_of_pvlib(reference: list[dict[str, str]]) -> None:
    worst = [0.0, 0.0]
    for row in reference:
        sun = sun_at(datetime.fromisoformat(row["instant"]), float(row["longitude"]), float(row["latitude"]))
        worst[0] = max(worst[0], turn(sun.azimuth, float(row["azimuth"])))
        worst[1] = max(worst[1], abs(sun.elevation - float(row["elevation"])))
    assert len(reference) == 500
    assert worst[0] < 0.1
    assert worst[1] < 0.1


def test_refraction_lifts_the_sun_as_pvlib_says(reference: list[dict[str, str]]) -> None:
    for row in reference:
        if float(row["elevation"]) > 0:
            sun = sun_at(datetime.fromisoformat(row["instant"]), float(row["longitude"]), float(row["latitude"]))
            assert abs(sun.apparent_elevation - float(row["apparent_elevation"])) < 0.1


@pytest.mark.parametrize("longitude", [-4.8, 0.0, 1.909, 3.0, 7.75])
def test_meridians_converge_as_proj_says(longitude: float) -> None:
    factors = pyproj.Proj("EPSG:2154").get_factors(longitude, 47.0)
    assert isclose(convergence(longitude), factors.meridian_convergence, abs_tol=1e-6)


def test_the_azimuth_on_the_grid_is_larger_west_of_three_degrees() -> None:
    sun = sun_at(datetime(2026, 6, 21, 12, tzinfo=PARIS), *ORLEANS)
    assert sun.grid_azimuth - sun.azimuth == pytest.approx(0.7256 * (3 - ORLEANS[0]), abs=0.001)


def test_legal_time_is_that_of_paris() -> None:
    summer, winter = datetime(2026, 6, 21, 14, tzinfo=PARIS), datetime(2026, 12, 21, 14, tzinfo=PARIS)
    assert sun_at(summer, *ORLEANS) == sun_at(datetime(2026, 6, 21, 12, tzinfo=UTC), *ORLEANS)
    assert sun_at(winter, *ORLEANS) == sun_at(datetime(2026, 12, 21, 13, tzinfo=UTC), *ORLEANS)


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sun_at(datetime(2026, 6, 21, 12), *ORLEANS)


def test_the_strip_has_three_days_of_three_hours() -> None:
    said = [f"{one:%d/%m %H:%M}" for one in strip_of(2026)]
    assert said == [
        "21/06 09:00", "21/06 12:00", "21/06 15:00",
        "21/03 09:00", "21/03 12:00", "21/03 15:00",
        "21/12 09:00", "21/12 12:00", "21/12 15:00",
    ]  # fmt: skip


def test_a_shadow_at_forty_five_degrees_is_as_long_as_the_height() -> None:
    dx, dy = Sun(azimuth=180, elevation=45, grid_azimuth=180).shadow_of(10)
    assert (round(dx, 6), round(dy, 6)) == (0, 10)


def test_a_sun_that_is_down_casts_no_shadow() -> None:
    with pytest.raises(ValueError, match="down"):
        Sun(azimuth=0, elevation=-3, grid_azimuth=0).shadow_of(10)


def test_the_longest_day_has_sixteen_hours_of_sun_and_the_shortest_eight() -> None:
    longest, shortest = (len(daylight_of(date(2026, month, 21), *ORLEANS)) / 4 for month in (6, 12))
    assert longest == pytest.approx(16, abs=0.5)
    assert shortest == pytest.approx(8.2, abs=0.5)


def test_the_day_that_clocks_change_is_as_long_as_its_neighbours() -> None:
    day, eve = (len(daylight_of(date(2026, 3, number), *ORLEANS)) for number in (29, 28))
    assert 0 <= day - eve <= 1
