"""The demo's heights: the relief that its sewers have too, and buildings that are measured as they were drawn."""

import numpy as np
import pytest
import rasterio
import shapely

from demo import heights
from demo.photos.scene import compose_upright
from demo.territory import generate
from demo.territory.relief import altitude, rivers_of
from layers.heights.buildings import measure
from layers.heights.surface import Surface
from orthophoto.raster.naming import model_in_names

CORNER = heights.SHEETS[0]


@pytest.fixture(scope="module")
def surfaces() -> tuple[Surface, Surface]:
    """The ground of a sheet, and what stands on it."""
    territory, window = generate(), heights.window_of(CORNER)
    west, _south, _east, north = window.bounds
    place = {"left": west, "top": north, "pixel": heights.PIXEL}
    scene = compose_upright(territory, 2024, shapely.box(*heights.extent()))
    ground = heights.ground_of(CORNER, territory)
    return Surface(heights=ground, **place), Surface(heights=heights.upright(scene, window), **place)


def test_the_ground_is_that_of_the_sewers_beside_the_rivers(surfaces: tuple[Surface, Surface]) -> None:
    ground, _upright = surfaces
    rivers = rivers_of(generate())
    places = np.array([[ground.left + x, ground.top - y] for x in range(50, 1000, 90) for y in range(50, 1000, 90)])
    dry = places[shapely.distance(shapely.points(places), rivers) > 10]
    assert np.abs(ground.heights_at(dry) - altitude(*dry.T, rivers)).max() < 0.1


def test_buildings_are_measured_as_they_were_drawn(surfaces: tuple[Surface, Surface]) -> None:
    """`height_m` of the demo is that of the eaves; garden sheds under trees are measured too high."""
    ground, upright = surfaces
    inside = shapely.box(ground.left + 5, ground.top - 995, ground.left + 995, ground.top - 5)
    houses = [one for one in generate().buildings if one.use == "house" and inside.contains(one.geom)]
    values = measure([one.geom for one in houses], ground, upright)
    off = values[:, 1] - np.array([one.height_m for one in houses])
    assert len(houses) > 50
    assert np.mean(np.abs(off) < 1) > 0.9
    assert np.isnan(values[:, 2]).sum() == 0


def test_sheets_are_named_as_lidar_hd_names_them(tmp_path: object) -> None:
    names = [heights.sheet_name(CORNER, kind) for kind in heights.MODELS]
    assert [model_in_names([name]) for name in names] == ["ground", "surface"]


def test_a_sheet_is_written_to_the_centimetre_where_it_lies(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("demo") / "dalle.tif"
    window = heights.window_of(CORNER)
    heights.write(path, CORNER, np.full((window.height, window.width), 100.123, np.float32))
    with rasterio.open(path) as image:
        assert (image.crs.to_epsg(), image.nodata, image.res) == (2154, -9999, (0.5, 0.5))
        assert image.read(1, window=((0, 1), (0, 1)))[0, 0] == pytest.approx(100.12)
