import numpy as np
import pytest
import shapely

from benchmarks import campaigns, photos, sheets, titiler
from benchmarks.campaigns import Ingestion, Watched
from benchmarks.rows import exit_code
from tiles.services.address import Address

SQUARE = shapely.box(200_000, 6_000_000, 201_000, 6_001_000)


def test_titiler_is_skipped_by_name_at_every_zoom():
    assert [row.as_json()["holds"] for row in titiler.empty_rows(skipped=True)] == ["skipped"] * 4
    assert exit_code(titiler.empty_rows(skipped=True)) == 0


def test_titiler_that_was_asked_for_and_not_measured_fails_the_command():
    assert exit_code(titiler.empty_rows()) == 1


def test_every_zoom_promises_the_same_against_titiler():
    assert [row.promise for row in titiler.empty_rows()] == ["≥ 1.5 x"] * 4


def test_kept_photos_promise_their_rates():
    assert [row.promise for row in photos.warm_empty_rows()] == ["≥ 6000 tuiles/s", "≥ 2000 tuiles/s", "≥ 300 tuiles/s"]


def test_cold_photos_promise_a_median_and_a_slow_end():
    assert [row.promise for row in photos.cold_empty_rows()] == ["≤ 40 ms", "≤ 150 ms"]


def test_a_build_promises_its_rate_memory_and_processor_time():
    promises = [row.promise for row in campaigns.empty_rows()]
    assert promises == ["≥ 0.7 x", "≤ 1024 Mio", "≤ 1024 Mio", "≤ 1.2 x"]
    assert campaigns.INVENTORY.promise == "≥ 50 dalles/s"


def test_drawn_tiles_show_the_photo():
    tiles = photos.PhotoGrid(SQUARE).fresh(20, 50)
    assert len(set(tiles)) == 50
    assert all(SQUARE.intersects(shapely.box(*tile.bbox_3857())) for tile in tiles)


def test_all_tiles_of_a_zoom_cover_the_photo():
    boxes = [shapely.box(*tile.bbox_3857()) for tile in photos.PhotoGrid(SQUARE).all(18)]
    assert shapely.union_all(boxes).area >= SQUARE.area * 0.95


def test_the_tile_of_a_point_holds_it():
    tile = photos.at(20, 200_500.0, 6_000_500.0)
    west, south, east, north = Address(20, tile.x, tile.y).bbox_3857()
    assert west <= 200_500 < east
    assert south < 6_000_500 <= north


def test_processor_time_leaves_out_the_first_sheet_and_what_comes_after_the_last():
    watched = Watched(times=[0.0, 10.0, 20.0, 30.0], memory=[0.0] * 4, processor=[0.0, 8.0, 12.0, 20.0])
    assert Ingestion(watched, [(1.0, 10.0), (10.0, 15.0), (15.0, 20.0)]).processor_per_sheet == pytest.approx(2.0)


def test_the_time_of_a_build_is_from_its_first_sheet_to_its_last():
    assert Ingestion(Watched(), [(2.0, 10.0), (1.0, 15.0)]).seconds == 14.0


def test_the_ground_goes_on_from_its_beginning():
    land = np.arange(sheets.PERIOD, dtype=np.uint16).reshape(-1, 1)
    rows = sheets.wrap_ground(land, 0, sheets.PERIOD - 2, 4)
    assert rows[:, 0].tolist() == [sheets.PERIOD - 2, sheets.PERIOD - 1, 0, 1]


def test_sheets_are_named_by_the_convention():
    assert sheets.name_of(628_300, 6_737_700) == "45-2024-0628300-6737700-LA93-0M05-RVB.tif"
