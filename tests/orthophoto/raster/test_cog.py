"""Sheets made into COGs: in the right place and colours, masked where they should be, believed once checked."""

import json
import logging
import math
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.enums import ColorInterp

from gis_core.files.reader import RestrictedReader, Strip, companions_of
from orthophoto.raster import checks, cog, display, inventory, spool
from orthophoto.raster.cog import BuiltSheet, CogOptions, SheetPlan
from orthophoto.raster.collar import Rule
from orthophoto.raster.errors import DiskFull, SheetCorrupt
from tests.orthophoto.raster.images import (
    RESOLUTION,
    UNDECLARED,
    X,
    Y,
    coded,
    displacement,
    encoded,
    levels,
    photo,
    planned,
    strips,
)

pytestmark = pytest.mark.slow
CODECS = ["jpeg", "webp", "deflate"]
LOSSLESS = CogOptions("deflate")


def built(
    tmp_path: Path, pixels: Any, valid: Any = None, options: CogOptions | None = None, **changes: Any
) -> BuiltSheet:
    plan = planned(pixels, **changes)
    return cog.build(strips(pixels, valid), plan, tmp_path / "sheet.tif", options)


def read(path: Path) -> tuple[Any, Any]:
    with rasterio.open(path) as image:
        return image.read().transpose(1, 2, 0), image.dataset_mask() > 0


def rotated_corners(height: int, width: int, legs: int) -> Any:
    """Valid pixels of a photo turned a little in its box: four triangles are missing."""
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = np.minimum(columns, width - 1 - columns), np.minimum(rows, height - 1 - rows)
    return x / legs + y / (legs * 3) >= 1


@pytest.mark.parametrize("codec", CODECS)
def test_a_sheet_becomes_a_cog_as_promised(tmp_path: Path, codec: Any) -> None:
    pixels = photo(1100, 1300)
    sheet = built(tmp_path, pixels, options=CogOptions(codec))
    with rasterio.open(sheet.path) as image:
        assert (image.count, image.dtypes[0], image.nodata, image.crs.to_epsg()) == (3, "uint8", None, 2154)
        assert image.block_shapes == [(512, 512)] * 3
        assert image.interleaving.value == "PIXEL"
        assert image.colorinterp == (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        assert image.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert image.overviews(1) == [2, 4]
        assert image.mask_flag_enums[0] == [rasterio.enums.MaskFlags.all_valid]
        found = image.read().transpose(1, 2, 0)
    assert np.abs(found.astype(int) - pixels).mean() < (0.01 if codec == "deflate" else 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.tif"]


def test_what_is_said_of_a_sheet_is_true(tmp_path: Path) -> None:
    pixels = photo(900, 700)
    sheet = built(tmp_path, pixels)
    assert sheet.size == sheet.path.stat().st_size
    assert sheet.bounds == (X, Y - 900 * RESOLUTION, X + 700 * RESOLUTION, Y)
    assert sheet.mean == pytest.approx(pixels.mean(axis=(0, 1)), abs=1)
    outline = shapely.from_wkb(sheet.outline)
    assert outline.geom_type == "MultiPolygon"
    assert outline.equals(shapely.box(*sheet.bounds))


@pytest.mark.parametrize("codec", ["jpeg", "deflate"])
def test_every_pixel_stays_in_its_place(tmp_path: Path, codec: Any) -> None:
    sheet = built(tmp_path, encoded(X, Y, 1000, 1000), options=CogOptions(codec))
    for factor, pixels, valid, transform in levels(sheet.path):
        assert displacement(pixels, valid, transform) < 0.5, factor


@pytest.mark.parametrize("codec", CODECS)
def test_a_mark_stays_in_its_place(tmp_path: Path, codec: Any) -> None:
    pixels = np.full((1300, 1300, 3), 60, np.uint8)
    pixels[233:433, 707:1007] = 200
    sheet = built(tmp_path, pixels, options=CogOptions(codec))
    for factor, found, _, transform in levels(sheet.path):
        weight = np.where(found[:, :, 1] > 70, found[:, :, 1] - 60.0, 0)
        rows, columns = np.mgrid[0 : len(found), 0 : found.shape[1]] + 0.5
        column, row = float((columns * weight).sum() / weight.sum()), float((rows * weight).sum() / weight.sum())
        x, y = transform @ (column, row)
        assert math.hypot(x - X - 857 * RESOLUTION, Y - 333 * RESOLUTION - y) < 0.2 * RESOLUTION, factor


@pytest.mark.parametrize("on_disk", [False, True])
def test_the_same_pixels_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_disk: bool) -> None:
    pixels, valid = photo(900, 1100), rotated_corners(900, 1100, 60)
    first = built(tmp_path, pixels, valid, rule=Rule(True, None, False))
    if on_disk:
        monkeypatch.setattr(spool, "IN_MEMORY_BYTES", 0)
    second = cog.build(
        strips(pixels, valid, rows=256), planned(pixels, rule=Rule(True, None, False)), tmp_path / "again.tif"
    )
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("codec", CODECS)
def test_a_declared_mask_is_kept(tmp_path: Path, codec: Any) -> None:
    pixels, valid = photo(700, 800), rotated_corners(700, 800, 50)
    sheet = built(tmp_path, pixels, valid, CogOptions(codec), rule=Rule(True, None, False))
    found, seen = read(sheet.path)
    assert (seen == valid).all()
    assert np.abs(found.astype(int) - pixels)[valid].mean() < 4
    with rasterio.open(sheet.path) as image:
        assert image.mask_flag_enums[0] == [rasterio.enums.MaskFlags.per_dataset]
        assert image.nodata is None


def test_a_black_collar_leaves_no_dark_pixel(tmp_path: Path) -> None:
    valid = rotated_corners(800, 900, 70)
    pixels = photo(800, 900) * valid[:, :, None].astype(np.uint8)
    sheet = built(tmp_path, pixels)
    found, seen = read(sheet.path)
    assert (seen == valid).all()
    assert int(found[seen].max(axis=1).min()) > 12
    # At every level: averages take valid pixels only.
    for _, small, kept, _ in levels(sheet.path):
        assert small[kept].max(axis=1).min() > 12


def test_a_white_collar_is_found(tmp_path: Path) -> None:
    valid = rotated_corners(800, 900, 70)
    pixels = np.where(valid[:, :, None], photo(800, 900), 255).astype(np.uint8)
    _, seen = read(built(tmp_path, pixels).path)
    assert (seen == valid).all()


def test_a_near_black_collar_of_a_lossy_file_is_found_with_its_stains(tmp_path: Path) -> None:
    valid = rotated_corners(800, 900, 70)
    path = tmp_path / "lossy.tif"
    profile = {"driver": "GTiff", "count": 3, "height": 800, "width": 900, "dtype": "uint8"}
    profile |= {"compress": "jpeg", "photometric": "ycbcr", "transform": rasterio.Affine.scale(2)}
    with rasterio.open(path, "w", **profile) as image:
        image.write((photo(800, 900) * valid[:, :, None].astype(np.uint8)).transpose(2, 0, 1))
    pixels, _ = read(path)
    found, seen = read(built(tmp_path, pixels, rule=replace(UNDECLARED, lossy=True)).path)
    # A few pixels in the sharpest tip, where the codec mixed photo and collar, are all that may be kept.
    assert (seen & ~valid).sum() < 30
    assert (found[seen].max(axis=1) <= 12).sum() < 30
    assert (valid & ~seen).sum() < 0.03 * valid.sum()


def test_dark_and_bright_parts_of_the_photo_are_no_collar(tmp_path: Path) -> None:
    pixels = photo(800, 900)
    pixels[100:200, 300:400] = 0
    pixels[0, 200:500] = 0
    pixels[:20, :25] = 0
    pixels[-90:, -80:] = 255
    _, seen = read(built(tmp_path, pixels).path)
    assert seen.all()


def test_a_black_line_along_a_side_is_a_collar(tmp_path: Path) -> None:
    pixels = photo(800, 900)
    pixels[:, -1] = 0
    _, seen = read(built(tmp_path, pixels).path)
    assert not seen[:, -1].any()
    assert seen[:, :-1].all()


def test_collars_are_left_when_that_is_asked(tmp_path: Path) -> None:
    pixels = photo(600, 600)
    pixels[:, :50] = 0
    _, seen = read(built(tmp_path, pixels, options=CogOptions(collars=False)).path)
    assert seen.all()


def test_a_declared_value_counts_at_the_border_and_in_holes_not_in_glare(tmp_path: Path) -> None:
    pixels = photo(600, 600)
    pixels[:40] = 255
    pixels[300:350, 300:350] = 255
    pixels[450:455, 100:103] = 255
    valid = (pixels != 255).any(axis=2)
    _, seen = read(built(tmp_path, pixels, valid, rule=Rule(False, 255, False)).path)
    assert not seen[:40].any()
    assert not seen[300:350, 300:350].any()
    assert seen[450:455, 100:103].all()
    assert (~seen).sum() == 40 * 600 + 50 * 50


def test_a_collar_shapes_the_outline(tmp_path: Path) -> None:
    valid = rotated_corners(2000, 2000, 300)
    sheet = built(tmp_path, photo(2000, 2000), valid, rule=Rule(True, None, False))
    outline = shapely.from_wkb(sheet.outline)
    box = shapely.box(*sheet.bounds)
    share = float(valid.mean())
    assert share <= outline.area / box.area < share + 0.01
    assert len(shapely.get_coordinates(outline)) < 60
    rows, columns = np.nonzero(valid)
    points = shapely.points(X + (columns[::997] + 0.5) * RESOLUTION, Y - (rows[::997] + 0.5) * RESOLUTION)
    assert shapely.covers(outline, points).all()


def test_a_scattered_mask_is_refused_at_once(tmp_path: Path) -> None:
    valid = np.random.default_rng(45).integers(0, 2, (1000, 1000)) > 0
    begun = time.process_time()
    with pytest.raises(SheetCorrupt) as caught:
        built(tmp_path, photo(1000, 1000), valid, rule=Rule(True, None, False))
    assert time.process_time() - begun < 5
    assert (caught.value.code, caught.value.params["pieces"] > 20_000) == ("mask_scattered", True)
    assert list(tmp_path.iterdir()) == []


def test_thousands_of_holes_make_a_coarser_outline_that_holds_every_valid_pixel(tmp_path: Path) -> None:
    """A hole in each square of 12 pixels: 6,889 pieces."""
    valid = np.ones((1000, 1000), bool)
    valid[6::12, 6::12] = valid[0:500, 0:300] = False
    begun = time.process_time()
    sheet = built(tmp_path, photo(1000, 1000), valid, rule=Rule(True, None, False))
    assert time.process_time() - begun < 8
    outline = shapely.from_wkb(sheet.outline)
    rows, columns = np.nonzero(valid)
    points = shapely.points(X + (columns[::97] + 0.5) * RESOLUTION, Y - (rows[::97] + 0.5) * RESOLUTION)
    assert shapely.covers(outline, points).all()
    assert 0.83 < outline.area / shapely.box(*sheet.bounds).area < 0.9


def test_a_sheet_without_a_valid_pixel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetCorrupt) as caught:
        built(tmp_path, np.zeros((300, 300, 3), np.uint8))
    assert caught.value.code == "nothing_valid"
    assert not list(tmp_path.iterdir())


def test_grey_is_shown_as_grey(tmp_path: Path) -> None:
    pixels = photo(300, 300)[:, :, :1]
    found, _ = read(built(tmp_path, pixels, options=LOSSLESS).path)
    assert (found == pixels).all()


def test_sixteen_bits_are_scaled_alike_for_the_campaign(tmp_path: Path) -> None:
    dark, bright = (photo(400, 400, seed).astype(np.uint16) * factor for seed, factor in ((1, 4), (2, 16)))
    stretch = display.Stretch()
    for pixels in (dark, bright):
        stretch.add(np.ma.MaskedArray(pixels[::4, ::4]))
    limits = stretch.limits()
    shown = []
    for number, pixels in enumerate((dark, bright)):
        plan = planned(pixels, limits=limits)
        sheet = cog.build(strips(pixels), plan, tmp_path / f"{number}.tif", LOSSLESS)
        shown.append(read(sheet.path)[0].astype(float))
    low, high = limits[0]
    for pixels, found in zip((dark, bright), shown, strict=True):
        wanted = np.clip((pixels[:, :, 0] - low) / (high - low) * 255, 1, 254)
        assert np.abs(found[:, :, 0] - wanted).max() <= 1
    assert shown[0].mean() < 80 < shown[1].mean()


def test_a_sample_leaves_out_what_is_masked_or_black() -> None:
    pixels = np.full((10, 10, 1), 1000, np.uint16)
    pixels[0] = 0
    pixels[1] = 60_000
    mask = np.zeros_like(pixels, bool)
    mask[1] = True
    stretch = display.Stretch()
    stretch.add(np.ma.MaskedArray(pixels, mask))
    assert stretch.limits() == ((1000, 1001),)


@pytest.mark.parametrize(
    ("colour", "infrared", "bands"),
    [
        (("red", "green", "blue"), False, (1, 2, 3)),
        (("red", "green", "blue"), True, (1, 2, 3)),
        (("blue", "green", "red", "alpha"), True, (3, 2, 1)),
        (("red", "green", "blue", "undefined"), False, (1, 2, 3)),
        (("red", "green", "blue", "undefined"), True, (4, 1, 2)),
        (("gray", "undefined", "undefined", "undefined"), True, (4, 1, 2)),
        (("gray",), False, (1,)),
        (("gray", "alpha"), False, (1,)),
    ],
)
def test_the_bands_shown_fit_what_there_is(colour: tuple[str, ...], infrared: bool, bands: tuple[int, ...]) -> None:
    class Info:
        pass

    info: Any = Info()
    info.colour = colour
    assert display.bands_of(info, infrared=infrared) == bands


def turned(angle: float, height: int, width: int) -> tuple[Any, tuple[float, ...]]:
    """An encoded image whose rows are turned, and where it lies."""
    place = rasterio.Affine.translation(X + 20, Y - 60) @ rasterio.Affine.rotation(angle)
    place = place @ rasterio.Affine.scale(RESOLUTION, -RESOLUTION)
    rows, columns = np.mgrid[0:height, 0:width] + 0.5
    x = place.a * columns + place.b * rows + place.c
    y = place.d * columns + place.e * rows + place.f
    return coded((x - X) / RESOLUTION, (Y - y) / RESOLUTION), tuple(place)[:6]


def test_a_turned_sheet_is_brought_to_the_grid_in_its_place(tmp_path: Path) -> None:
    pixels, transform = turned(7, 500, 600)
    place = {"warp": True, "transform": transform, "to_width": 800, "to_height": 800}
    sheet = built(tmp_path, pixels, options=LOSSLESS, **place)
    for factor, found, valid, to_transform in levels(sheet.path):
        assert displacement(found, valid, to_transform) < 0.5, factor
        assert abs(valid.mean() - 500 * 600 / 800 / 800) < 0.02
    found, valid = read(sheet.path)
    assert (found[valid][:, 2] == 90).all()
    assert abs(float(found[valid][:, :2].sum(axis=1).mean()) - 255) < 1


def test_a_sheet_in_another_crs_lies_where_it_should(tmp_path: Path) -> None:
    pixels = np.full((400, 400, 3), 200, np.uint8)
    info = replace_info(crs=32631, transform=(0.2, 0.0, 445_000.0, 0.0, -0.2, 5_305_000.0), width=400, height=400)
    findings = inventory.examine([inventory.Facts("utm.tif", info)])
    assert findings.grid is not None
    plan = cog.plan(findings.taken[0], findings.grid)
    sheet = cog.build(strips(pixels), plan, tmp_path / "sheet.tif", LOSSLESS)
    outline = findings.taken[0].outline
    assert sheet.resolution == findings.grid.resolution
    assert all(math.isclose(edge / 0.2, round(edge / 0.2), abs_tol=1e-4) for edge in sheet.bounds)
    assert shapely.from_wkb(sheet.outline).symmetric_difference(outline).area < 0.02 * outline.area
    found, valid = read(sheet.path)
    assert (found[valid] == 200).all()


def replace_info(**changes: Any) -> Any:
    from tests.orthophoto.raster.test_inventory import info

    return info(**changes)


def test_a_plan_survives_being_stored() -> None:
    plan = planned(photo(20, 20), limits=((1.0, 2.0),) * 3)
    assert SheetPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize("rows", [slice(0, 200), slice(0, 299)])
def test_a_sheet_that_changed_since_its_inventory_is_refused(tmp_path: Path, rows: slice) -> None:
    pixels = photo(300, 300)
    with pytest.raises(SheetCorrupt) as caught:
        cog.build(strips(pixels[rows]), planned(pixels), tmp_path / "sheet.tif")
    assert caught.value.code == "changed"
    assert not list(tmp_path.iterdir())


def test_a_reading_that_fails_leaves_nothing(tmp_path: Path) -> None:
    pixels = photo(300, 300)

    def broken() -> Iterator[Strip]:
        yield from list(strips(pixels))[:2]
        raise RuntimeError("the file is gone")

    with pytest.raises(RuntimeError, match="gone"):
        cog.build(broken(), planned(pixels), tmp_path / "sheet.tif")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_worker_left_is_swept(tmp_path: Path) -> None:
    for name in ("sheet.part.tif", "sheet.part.tif.ovr.tmp", "sheet.part.copy.tif", "sheet.part.tif.msk.ovr.tmp"):
        (tmp_path / name).write_bytes(b"left")
    (tmp_path / "sheet2.part.tif").write_bytes(b"another's")
    built(tmp_path, photo(300, 300))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.tif", "sheet2.part.tif"]


def test_a_sheet_is_refused_early_when_it_cannot_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000))  # type: ignore[attr-defined]
    with pytest.raises(DiskFull) as caught:
        built(tmp_path, photo(300, 300))
    assert caught.value.free == 1000
    assert caught.value.needed > 100_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=40m", "none", str(folder)], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("codec", CODECS)
def test_a_full_disk_is_told_and_nothing_is_left(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, codec: Any, on_disk: bool
) -> None:
    if on_disk:
        monkeypatch.setattr(spool, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(spool, "check_free_space", lambda *_: None)
    (small_disk / "other").write_bytes(bytes(39 * 1024 * 1024))
    pixels = np.random.default_rng(1).integers(0, 255, (1500, 1500, 3)).astype(np.uint8)
    with pytest.raises(DiskFull):
        cog.build(strips(pixels), planned(pixels), small_disk / "sheet.tif", CogOptions(codec))
    assert [path.name for path in small_disk.iterdir()] == ["other"]


def rewritten(path: Path, change: Any) -> None:
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)


def checked(path: Path, source: Path, pixels: Any, *, masked: bool = False) -> str:
    """What the checks say of a file: "" when they believe it."""
    expected = checks.Expected(pixels.shape[1], pixels.shape[0], False, masked)
    with rasterio.open(source) as image:
        try:
            checks.verify(path, expected, image)
        except SheetCorrupt as corrupt:
            return corrupt.code
    return ""


@pytest.fixture
def good(tmp_path: Path) -> tuple[Path, Path, Any]:
    """A COG, its lossless source, its pixels."""
    pixels = photo(1300, 1300)
    source = cog.build(strips(pixels), planned(pixels), tmp_path / "source.tif", LOSSLESS).path
    return built(tmp_path, pixels).path, source, pixels


def test_a_good_file_is_believed(good: tuple[Path, Path, Any]) -> None:
    assert checked(*good) == ""


def test_a_cut_file_is_not_believed(good: tuple[Path, Path, Any]) -> None:
    rewritten(good[0], lambda data: data.__delitem__(slice(len(data) - 5000, None)))
    assert checked(*good) == "blocks_past_end"


def test_a_file_whose_base_was_never_written_is_not_believed(good: tuple[Path, Path, Any], tmp_path: Path) -> None:
    with rasterio.open(good[0]) as image:
        profile = image.profile
    profile.update(tiled=True, sparse_ok=True)
    hollow = tmp_path / "hollow.tif"
    with rasterio.open(hollow, "w", **profile) as image:
        image.build_overviews([2, 4])
    assert checked(hollow, good[1], good[2]) == "empty_blocks"


@pytest.mark.parametrize("change", ["zero", "shift", "swap"])
def test_other_pixels_are_not_believed(good: tuple[Path, Path, Any], tmp_path: Path, change: str) -> None:
    pixels = good[2].copy()
    if change == "zero":
        pixels[:512, :512] = 0
    if change == "shift":
        pixels = np.roll(pixels, 60, axis=1)
    if change == "swap":
        pixels = pixels[:, :, ::-1]
    other = cog.build(strips(pixels), planned(pixels), tmp_path / "other.tif", CogOptions(collars=False))
    assert checked(other.path, good[1], good[2]) == "unlike_source"


def test_overviews_of_another_image_are_not_believed(good: tuple[Path, Path, Any], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.tif"
    profile = {"driver": "GTiff", "width": 1300, "height": 1300, "count": 3, "dtype": "uint8", "tiled": True}
    profile["transform"] = rasterio.Affine.scale(2)
    with rasterio.open(wrong, "w", **profile, blockxsize=512, blockysize=512) as image:
        image.write(np.zeros_like(good[2]).transpose(2, 0, 1))
        image.build_overviews([2, 4])
        image.write(good[2].transpose(2, 0, 1))
    assert checked(wrong, good[1], good[2]) == "overview_unlike"


def test_a_mask_where_none_should_be_is_not_believed(good: tuple[Path, Path, Any]) -> None:
    assert checked(*good, masked=True) == "wrong_mask"


def test_an_error_that_is_only_logged_is_a_failure(tmp_path: Path) -> None:
    def write() -> None:
        with spool.careful(tmp_path / "sheet.tif", 0) as partial:
            partial.write_bytes(b"x")
            logging.getLogger("rasterio._env").error("CPLE_AppDefined in a write failed")

    with pytest.raises(SheetCorrupt) as caught:
        write()
    assert caught.value.code == "gdal"
    assert not list(tmp_path.iterdir())


REAL = ["derived_l93_4sheets_0m50", "hro_colorado_mask_variants", "naip_rgbi_multidate", "ign_l93_20cm", "drone"]


@pytest.mark.parametrize("folder", REAL)
def test_real_sheets_come_out_as_they_went_in(shared_data: Path, tmp_path: Path, folder: str) -> None:
    """Where a sheet lies elsewhere than in France, it is built as if it lay there: the pixels are what matters."""
    with RestrictedReader(quarantine_root=tmp_path / "quarantine") as reader:
        for path in sorted((shared_data / "ortho" / folder).iterdir()):
            if path.suffix not in {".tif", ".jp2", ".jpg"}:
                continue
            name = reader.admit(path, *companions_of(path), link=True)
            info = reader.raster(name)
            bands = display.bands_of(info)
            place = {"bands": bands, "rule": Rule.of(info)}
            plan = replace(planned(np.empty((info.height, info.width, 3), np.uint8)), **place)
            sheet = cog.build(reader.pixels(name, bands), plan, tmp_path / f"{path.stem}.tif", LOSSLESS)
            found, seen = read(sheet.path)
            with rasterio.open(path) as image:
                wanted = image.read(bands).transpose(1, 2, 0)
            assert (found[seen] == wanted[seen]).all()
            assert seen.mean() > 0.3


def test_memory_stays_bounded_for_a_large_sheet(tmp_path: Path) -> None:
    """12,000 x 12,000 pixels are spooled to the disk: the peak of this process grows by far less than they weigh."""
    side = 12_000
    tile = photo(1000, 1000)

    def endless() -> Iterator[Strip]:
        wide = np.tile(tile, (1, side // 1000, 1))
        for row in range(0, side, 1000):
            yield Strip(row, wide, None)

    plan = replace(planned(tile), width=side, height=side, to_width=side, to_height=side)
    peak = Peak()
    with peak:
        cog.build(endless(), plan, tmp_path / "sheet.tif")
    assert peak.grown < 420 * 1024 * 1024


class Peak:
    """The most resident memory that this process gains while it lasts."""

    def __enter__(self) -> "Peak":
        self._start = self._most = self._resident()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._follow)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    @property
    def grown(self) -> int:
        return self._most - self._start

    def _follow(self) -> None:
        while not self._over.wait(0.02):
            self._most = max(self._most, self._resident())

    def _resident(self) -> int:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
