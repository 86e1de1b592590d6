"""The two demo campaigns: names, georeferencing, the same pixels however they are cut, roofs where the cadastre is."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from shapely.geometry import LineString, box

from demo.photos import CAMPAIGNS, Campaign, Sheet, deliver, new_buildings_2024
from demo.photos import deliveries as renderer
from demo.photos.changes import buildings_of
from demo.photos.render import Renderer
from demo.photos.scene import compose
from demo.photos.sheets import write_sheet
from demo.photos.window import Window
from demo.territory import Building, Territory, generate
from tests.demo.kept_scene import copy_scene

pytestmark = pytest.mark.slow
NAME = re.compile(r"45-(?P<year>\d{4})-(?P<x>\d+)-(?P<y>\d+)-LA93-(?P<size>0M\d\d)-(?P<end>E080|RVB)\.(?P<ext>tif|jp2)")
OLD, NEW = CAMPAIGNS


@pytest.fixture(scope="module")
def land() -> Territory:
    return generate()


@pytest.fixture(scope="module")
def town(land: Territory) -> Renderer:
    """The 5 cm campaign of 2024."""
    return Renderer(compose(land, 2024, 0.05), 0.05)


@pytest.fixture(scope="module")
def country(land: Territory) -> Renderer:
    """The 20 cm campaign of 2020."""
    return Renderer(compose(land, 2020, 0.2), 0.2)


@pytest.fixture(scope="module")
def scene_file(town: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "2024.scene"
    path.write_bytes(pickle.dumps(town.scene))
    return path


def test_names_give_the_north_west_corner() -> None:
    for campaign in CAMPAIGNS:
        for sheet in campaign.sheets:
            found = NAME.fullmatch(sheet.name)
            assert found, sheet.name
            unit = {4: 1000, 5: 100}[len(found["y"])]
            assert (int(found["x"]) * unit, int(found["y"]) * unit) == (sheet.west, sheet.north)
            assert int(found["year"]) == campaign.year
            assert found["size"] == f"0M{round(campaign.size * 100):02d}"


def test_extents_and_formats_are_those_promised() -> None:
    assert sum(s.side_m**2 for s in OLD.sheets) >= 16e6
    assert {(s.window.width, s.window.height) for s in OLD.sheets} == {(5000, 5000)}
    assert len(NEW.sheets) >= 25
    assert {(s.window.width, s.window.height) for s in NEW.sheets} == {(4000, 4000)}
    assert len({s.name for c in CAMPAIGNS for s in c.sheets}) == len(OLD.sheets) + len(NEW.sheets)
    for campaign in CAMPAIGNS:
        kinds = [s.kind for s in campaign.sheets]
        assert 1 <= kinds.count("jp2") < kinds.count("jpeg")
    assert [s.kind for s in NEW.sheets].count("collar") == [s.kind for s in NEW.sheets].count("world") == 1


def test_sheets_cover_the_six_town_centres(land: Territory) -> None:
    for campaign in CAMPAIGNS:
        flown = shapely.union_all([box(*s.window.bounds) for s in campaign.sheets])
        assert all(flown.contains(commune.centre) for commune in land.communes)


def test_photographs_know_no_django() -> None:
    code = "import sys, demo.photos; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("kind", ["jpeg", "jp2"])
def test_sheet_reads_back_in_its_place(kind: str, scene_file: Path, town: Renderer, tmp_path: Path) -> None:
    sheet = Sheet(f"sheet.{kind}", 617_120.0, 6_717_740.0, 40.0, 0.05, kind)
    write_sheet(scene_file, sheet, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [sheet.name]
    with rasterio.open(tmp_path / sheet.name) as found:
        assert found.driver == {"jpeg": "GTiff", "jp2": "JP2OpenJPEG"}[kind]
        assert (found.count, found.dtypes[0], found.crs.to_epsg()) == (3, "uint8", 2154)
        assert tuple(found.bounds) == (617_120.0, 6_717_700.0, 617_160.0, 6_717_740.0)
        pixels = np.moveaxis(found.read(), 0, 2)
    drawn = town.draw(sheet.window)
    assert np.abs(pixels.astype(float) - drawn).mean() < 6


def test_world_file_sheet_has_no_crs_and_the_centre_of_its_first_pixel(scene_file: Path, tmp_path: Path) -> None:
    sheet = Sheet("sheet.tif", 617_120.0, 6_717_740.0, 40.0, 0.05, "world")
    write_sheet(scene_file, sheet, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"sheet.tif", "sheet.tfw"}
    numbers = [float(line) for line in (tmp_path / "sheet.tfw").read_text().split()]
    assert numbers == [0.05, 0, 0, -0.05, 617_120.025, 6_717_739.975]
    with rasterio.open(tmp_path / "sheet.tif") as found:
        assert found.crs is None
        assert found.bounds == pytest.approx((617_120.0, 6_717_700.0, 617_160.0, 6_717_740.0))
    (tmp_path / "sheet.tfw").unlink()
    with pytest.warns(NotGeoreferencedWarning), rasterio.open(tmp_path / "sheet.tif") as found:
        assert found.transform.is_identity


def test_collared_sheet_is_turned_and_black_around(scene_file: Path, tmp_path: Path) -> None:
    write_sheet(scene_file, Sheet("sheet.tif", 617_120.0, 6_717_740.0, 40.0, 0.05, "collar"), tmp_path)
    with rasterio.open(tmp_path / "sheet.tif") as found:
        assert found.crs.to_epsg() == 2154
        assert found.nodata is None
        light = found.read().max(axis=0)
    assert (light[:, 1:] > 12).mean() == pytest.approx(0.86 * 0.96, abs=0.08)
    tops = np.argmax(light[:, 50:500:50] > 30, axis=0)
    slope = np.polyfit(np.arange(len(tops)) * 50, tops, 1)[0]
    assert slope == pytest.approx(np.tan(np.radians(4.5)), abs=0.01)


def test_the_same_ground_has_the_same_pixels_in_every_window(town: Renderer, country: Renderer) -> None:
    for one, size in ((town, 0.05), (country, 0.2)):
        whole = Window.of((617_150.0, 6_717_680.0, 617_250.0, 6_717_740.0), size)
        halves = [Window.of((x, 6_717_680.0, x + 50.0, 6_717_740.0), size) for x in (617_150.0, 617_200.0)]
        together = np.concatenate([one.draw(w) for w in halves], axis=1)
        assert np.array_equal(one.draw(whole), together)


def test_composing_twice_gives_the_same_pixels(land: Territory, country: Renderer) -> None:
    window = Window.of((617_150.0, 6_717_680.0, 617_250.0, 6_717_740.0), 0.2)
    assert np.array_equal(Renderer(compose(land, 2020, 0.2), 0.2).draw(window), country.draw(window))


@pytest.mark.parametrize(("year", "size"), [(2020, 0.2), (2024, 0.05)])
def test_walls_stand_where_the_cadastre_has_them(year: int, size: float, request: pytest.FixtureRequest) -> None:
    one: Renderer = request.getfixturevalue("town" if year == 2024 else "country")
    land: Territory = request.getfixturevalue("land")
    bounds = (617_100.0, 6_717_600.0, 617_300.0, 6_717_800.0)
    window = Window.of(bounds, size)
    picture = one.draw(window).astype(float)
    shown = [b for b in buildings_of(land, year) if box(*bounds).buffer(-5).contains(b.geom)]
    offsets = [_best_offset(picture, window, side) for b in shown for side in _free_sides(b, shown)]
    found = np.array([o for o in offsets if o is not None])
    assert len(found) > 40
    assert abs(np.median(found)) < 0.3
    assert (np.abs(found) <= 1).mean() > 0.8


def _free_sides(building: Building, others: list[Building]) -> list[LineString]:
    """Long straight sides with no other building near, running clockwise or not: the building is on one side."""
    ring = shapely.geometry.polygon.orient(building.geom).exterior.coords
    sides = [LineString(ring[i : i + 2]) for i in range(len(ring) - 1)]
    crowd = shapely.union_all([o.geom for o in others if o is not building])
    return [s for s in sides if s.length > 8 and s.distance(crowd) > 2]


def _best_offset(picture: NDArray[np.float64], window: Window, side: LineString) -> float | None:
    """Where (pixels outwards) the picture changes most across a side; None where it hardly changes."""
    (x0, y0), (x1, y1) = side.coords
    along = np.array([x1 - x0, y1 - y0]) / side.length
    out = np.array([along[1], -along[0]])
    t = np.linspace(0.2, 0.8, 60)[:, None] * side.length
    steps = np.arange(-5, 5.01, 0.5)
    means = []
    for d in steps:
        xy = np.array([x0, y0]) + t * along + out * d * window.size
        west, _, _, north = window.bounds
        col, row = ((xy[:, 0] - west) / window.size).astype(int), ((north - xy[:, 1]) / window.size).astype(int)
        means.append(np.median(picture[row, col], axis=0))
    jumps = np.abs(np.array(means)[4:] - np.array(means)[:-4]).sum(axis=1)
    centres = (steps[4:] + steps[:-4]) / 2
    best = np.flatnonzero(jumps > 0.97 * jumps.max())
    return float(centres[best].mean()) if jumps.max() > 45 else None


def test_new_buildings_stand_in_gardens_and_no_cadastre_has_them(land: Territory) -> None:
    found = new_buildings_2024(land)
    assert len(found) == 8
    parcels = {p.idu: p for p in land.parcels}
    known = shapely.STRtree([b.geom for b in land.buildings])
    flown = shapely.union_all([box(*s.window.bounds) for s in NEW.sheets])
    for one in found:
        assert parcels[one.parcel_idu].geom.contains(one.geom)
        assert flown.contains(one.geom)
        assert len(known.query(one.geom, "dwithin", 2.5)) == 0
    assert found == new_buildings_2024(land)


def test_only_the_later_photograph_shows_them(land: Territory, town: Renderer, country: Renderer) -> None:
    new = {b.geom.wkb for b in new_buildings_2024(land)}
    assert new <= {r.geom.wkb for r in town.scene.roofs}
    assert not new & {r.geom.wkb for r in country.scene.roofs}


def test_the_earlier_photograph_lacks_houses_built_since(land: Territory, country: Renderer) -> None:
    missing = {b.geom.wkb for b in land.buildings} - {r.geom.wkb for r in country.scene.roofs}
    assert 10 < len(missing) < 200


@pytest.mark.slow
def test_delivery_draws_only_what_is_missing(
    land: Territory, scene_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = tuple(Sheet(f"{k}.tif", 617_120.0 + 10 * k, 6_717_740.0, 10.0, 0.05, "jpeg") for k in range(2))
    campaign = Campaign(2024, "2024-08-22", "small", "Small", 0.05, sheets)
    monkeypatch.setattr(renderer, "CAMPAIGNS", (campaign,))
    told: list[str] = []
    assert deliver(land, tmp_path, told.append)[0].folder == tmp_path / "small"
    first, second = (tmp_path / "small" / s.name for s in sheets)
    before = first.read_bytes()
    first.unlink()
    kept = second.stat().st_mtime_ns
    # What this process composed, where another one did so for the first delivery.
    monkeypatch.setattr(renderer, "write_scene", partial(copy_scene, scene_file))
    deliver(land, tmp_path, told.append)
    assert first.read_bytes() == before
    assert second.stat().st_mtime_ns == kept
    deliver(land, tmp_path, told.append)
    assert told[-1].endswith("déjà là.")
