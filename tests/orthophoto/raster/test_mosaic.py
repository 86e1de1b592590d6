"""The overview of a mosaic: one image in its place, without seams, whatever its sheets are like."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely

from orthophoto.raster import cog, mosaic
from orthophoto.raster.cog import CogOptions
from orthophoto.raster.collar import Rule
from orthophoto.raster.errors import SheetCorrupt
from orthophoto.raster.grid import Grid
from tests.orthophoto.raster.images import GRID, RESOLUTION, X, Y, displacement, encoded, levels, photo, planned, strips

LOSSLESS = CogOptions("deflate")
MASKED = Rule(mask=True, value=None, lossy=False)


def sheet(folder: Path, name: str, pixels: Any, column: int, row: int, valid: Any = None, **changes: Any) -> Path:
    """A COG whose corner is that many base pixels east and south of X, Y."""
    rule = {} if valid is None else {"rule": MASKED}
    plan = planned(pixels, X + column * RESOLUTION, Y - row * RESOLUTION, **rule, **changes)
    return cog.build(strips(pixels, valid), plan, folder / f"{name}.tif", LOSSLESS).path


def encoded_sheet(folder: Path, column: int, row: int, height: int, width: int, valid: Any = None) -> Path:
    pixels = encoded(X + column * RESOLUTION, Y - row * RESOLUTION, height, width)
    return sheet(folder, f"{column}-{row}", pixels, column, row, valid)


def overview(folder: Path, sheets: list[Path], **options: Any) -> Path:
    return mosaic.build_overview(sheets, GRID, folder / "overview.tif", LOSSLESS, **options).path


def read(path: Path) -> tuple[Any, Any]:
    with rasterio.open(path) as image:
        return image.read().transpose(1, 2, 0), image.dataset_mask() > 0


def test_the_overview_is_an_average_of_the_whole(tmp_path: Path) -> None:
    pixels = photo(1000, 1200)
    parts = [(0, 0, 500, 700), (700, 0, 500, 500), (0, 500, 500, 700), (700, 500, 500, 500)]
    sheets = [
        sheet(tmp_path, str(number), pixels[row : row + height, column : column + width], column, row)
        for number, (column, row, height, width) in enumerate(parts)
    ]
    found, valid = read(overview(tmp_path, sheets))
    wanted = pixels.reshape(125, 8, 150, 8, 3).mean(axis=(1, 3))
    assert found.shape == (125, 150, 3)
    assert valid.all()
    assert np.abs(found - wanted).max() <= 0.5


@pytest.mark.parametrize("codec", ["jpeg", "webp", "deflate"])
def test_the_overview_is_a_cog_on_the_grid(tmp_path: Path, codec: Any) -> None:
    path = sheet(tmp_path, "a", photo(1001, 999), 3, 5)
    made = mosaic.build_overview([path], GRID, tmp_path / "overview.tif", CogOptions(codec))
    with rasterio.open(made.path) as image:
        assert (image.crs.to_epsg(), image.transform.a, image.count) == (2154, 1.6, 3)
        assert (image.bounds.left / 1.6, image.bounds.top / 1.6) == pytest.approx((386_250, 4_222_500))
        assert image.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert made.resolution == 1.6


def test_every_place_stays_where_it_is_across_sheets(tmp_path: Path) -> None:
    # No corner of a sheet falls on a pixel of the overview.
    sheets = [encoded_sheet(tmp_path, c, r, 450, 450) for c in (3, 453) for r in (5, 455)]
    path = overview(tmp_path, sheets)
    for factor, pixels, valid, transform in levels(path):
        assert displacement(pixels, valid, transform) < 0.5, factor
    found, valid = read(path)
    seam = 453 // 8
    at_seam = found[:, seam - 2 : seam + 3][valid[:, seam - 2 : seam + 3].all(axis=1)]
    assert np.abs(np.diff(at_seam[:, :, 0].astype(int), n=2, axis=1)).max() <= 2


def test_collars_that_meet_leave_no_line(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:800, 0:800]
    diagonal = columns + rows < 800
    lower = encoded_sheet(tmp_path, 0, 0, 800, 800, ~diagonal)
    pixels = encoded(X, Y, 800, 800)
    upper = sheet(tmp_path, "upper", pixels, 0, 0, diagonal)
    found, valid = read(overview(tmp_path, [lower, upper]))
    wanted = pixels.reshape(100, 8, 100, 8, 3).mean(axis=(1, 3))
    assert valid.all()
    assert np.abs(found - wanted).max() <= 1


def test_only_what_is_half_covered_is_shown(tmp_path: Path) -> None:
    valid = np.zeros((800, 800), bool)
    valid[3:404, 5:205] = True
    path = sheet(tmp_path, "a", np.full((800, 800, 3), 100, np.uint8), 0, 0, valid)
    found, seen = read(overview(tmp_path, [path]))
    assert (found[seen] == 100).all()
    wanted = np.zeros((100, 100), bool)
    wanted[0:51, 1:26] = True
    wanted[[0, 50], 25] = False
    assert (seen == wanted).all()


def test_the_higher_sheet_lies_on_top(tmp_path: Path) -> None:
    low = sheet(tmp_path, "low", np.full((400, 400, 3), 50, np.uint8), 0, 0)
    hole = np.ones((400, 400), bool)
    hole[:80, :80] = False
    high = sheet(tmp_path, "high", np.full((400, 400, 3), 200, np.uint8), 200, 0, hole)
    found, valid = read(overview(tmp_path, [low, high]))
    assert (found[:, :25] == 50).all()
    assert (found[:10, 25:35] == 50).all()
    assert (found[:10, 36:] == 200).all()
    assert (found[11:, 25:] == 200).all()
    assert valid.all()


def test_what_no_sheet_covers_is_masked(tmp_path: Path) -> None:
    sheets = [sheet(tmp_path, "a", photo(400, 400), 0, 0), sheet(tmp_path, "b", photo(400, 400), 800, 400)]
    made = mosaic.build_overview(sheets, GRID, tmp_path / "overview.tif", LOSSLESS)
    _, valid = read(made.path)
    assert valid.shape == (100, 150)
    assert valid.mean() == pytest.approx(2 * 50 * 50 / 15000)
    outline = shapely.from_wkb(made.outline)
    assert outline.area == pytest.approx(2 * 80 * 80, rel=0.1)


def test_a_sheet_of_another_resolution_or_place_fits_in(tmp_path: Path) -> None:
    coarse = encoded(X, Y, 400, 400)[::2, ::2]
    transform = (2 * RESOLUTION, 0.0, X, 0.0, -2 * RESOLUTION, Y)
    plan = replace(planned(coarse), transform=transform, to_transform=transform)
    first = cog.build(strips(coarse), plan, tmp_path / "coarse.tif", LOSSLESS).path
    off = X + 400.4 * RESOLUTION
    pixels = encoded(off, Y, 400, 400)
    second = cog.build(strips(pixels), planned(pixels, off), tmp_path / "off.tif", LOSSLESS).path
    found, valid = read(overview(tmp_path, [first, second]))
    assert found.shape == (50, 101, 3)
    _, _, _, transform_of = next(levels(tmp_path / "overview.tif"))
    # The coarse pixels were picked, not averaged: they lie half a base pixel off themselves.
    assert displacement(found[:, :98], valid[:, :98], transform_of) < 1


def test_an_extent_may_be_asked_for(tmp_path: Path) -> None:
    path = sheet(tmp_path, "a", photo(400, 400), 0, 0)
    found = overview(tmp_path, [path], bounds=(X - 16, Y - 160, X + 160, Y))
    with rasterio.open(found) as image:
        assert tuple(image.bounds) == pytest.approx((X - 16, Y - 160, X + 160, Y))


def test_the_same_sheets_make_the_same_bytes(tmp_path: Path) -> None:
    sheets = [sheet(tmp_path, str(n), photo(700, 700, n), 700 * n, 0) for n in range(3)]
    made = [mosaic.build_overview(sheets, GRID, tmp_path / f"overview{n}.tif").path.read_bytes() for n in range(2)]
    assert made[0] == made[1]


def test_a_large_mosaic_is_made_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mosaic, "PIECE", 512)
    pixels = photo(1600, 1600)
    sheets = [
        sheet(tmp_path, f"{c}-{r}", pixels[r : r + 400, c : c + 400], c, r)
        for c in range(0, 1600, 400)
        for r in range(0, 1600, 400)
    ]
    found, _ = read(overview(tmp_path, sheets))
    assert np.abs(found - pixels.reshape(200, 8, 200, 8, 3).mean(axis=(1, 3))).max() <= 0.5


def test_no_sheet_makes_no_overview(tmp_path: Path) -> None:
    with pytest.raises(SheetCorrupt):
        overview(tmp_path, [])
    assert not list(tmp_path.iterdir())


def test_a_grid_of_its_own_is_kept(tmp_path: Path) -> None:
    pixels = photo(400, 400)
    plan = planned(pixels, X + 0.08, Y + 0.04)
    path = cog.build(strips(pixels), plan, tmp_path / "a.tif", LOSSLESS).path
    made = mosaic.build_overview([path], Grid(RESOLUTION, 0.08, 0.04), tmp_path / "overview.tif", LOSSLESS)
    found, _ = read(made.path)
    assert made.bounds[0] == pytest.approx(X + 0.08)
    assert np.abs(found - pixels.reshape(50, 8, 50, 8, 3).mean(axis=(1, 3))).max() <= 0.5
