"""The inventory of a delivery: what can be built, what cannot and why, what should be looked at."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from gis_core.files.reader import RasterInfo, ReadRefused, RestrictedReader, companions_of
from orthophoto.raster import inventory
from orthophoto.raster.grid import Grid
from orthophoto.raster.inventory import Facts, Findings

SIZE_M, PIXELS = 200.0, 4000


def info(x: float = 618_000, y: float = 6_756_000, **changes: Any) -> RasterInfo:
    resolution = changes.pop("resolution", SIZE_M / PIXELS)
    values = {
        "driver": "GTiff",
        "width": PIXELS,
        "height": PIXELS,
        "bands": 3,
        "dtype": "uint8",
        "crs": 2154,
        "crs_text": "RGF93 v1 / Lambert-93",
        "transform": (resolution, 0.0, x, 0.0, -resolution, y),
        "gcps": 0,
        "nodata": None,
        "mask": "none",
        "colour": ("red", "green", "blue"),
        "compression": "",
        "block": (1, PIXELS),
        "overviews": (),
        "area_or_point": "Area",
    }
    return RasterInfo(**{**values, **changes})


def sheet(column: int, row: int, **changes: Any) -> Facts:
    x, y = 618_000 + column * SIZE_M, 6_756_000 - row * SIZE_M
    return Facts(f"2024-{6180 + 2 * column}-{67560 - 2 * row}-LA93-0M05-RVB.tif", info(x, y, **changes))


def block(columns: int, rows: int, without: Iterable[tuple[int, int]] = ()) -> list[Facts]:
    return [sheet(c, r) for r in range(rows) for c in range(columns) if (c, r) not in set(without)]


def codes(findings: Findings) -> set[str]:
    return {finding.code for finding in (*findings.refused, *findings.warnings)}


def only_refusal(facts: Facts, crs: int | None = None) -> inventory.Finding:
    findings = inventory.examine([*block(2, 2), facts], crs=crs)
    assert len(findings.taken) == 4
    (refusal,) = findings.refused
    assert refusal.files == (facts.file,)
    return refusal


def test_a_clean_delivery_says_nothing() -> None:
    findings = inventory.examine(block(4, 3))
    assert codes(findings) == set()
    assert findings.grid == Grid(0.05)
    assert findings.extent == (618_000, 6_755_400, 618_800, 6_756_000)


def test_an_empty_delivery_has_nothing_to_build() -> None:
    findings = inventory.examine([])
    assert (findings.taken, findings.grid, findings.extent) == ((), None, None)


def test_what_the_reader_refused_stays_refused() -> None:
    facts = Facts("bad.tif", None, ("image_truncated", {"detail": "x"}))
    assert only_refusal(facts).code == "image_truncated"


def test_a_sheet_without_georeferencing_is_refused() -> None:
    assert only_refusal(Facts("bare.tif", info(transform=None, crs=None))).code == "not_georeferenced"


def test_a_sheet_without_crs_is_taken_with_the_one_given() -> None:
    facts = sheet(2, 0, crs=None, crs_text="")
    refusal = only_refusal(facts)
    assert (refusal.code, refusal.params) == ("no_crs", {"seems": 2154})
    findings = inventory.examine([*block(2, 2), facts], crs=2154)
    assert len(findings.taken) == 5
    assert codes(findings) == {"crs_assumed"}


@pytest.mark.parametrize(
    ("crs", "x", "y", "resolution", "seems"),
    [
        (4326, 618_100.0, 6_755_900.0, 0.05, 2154),
        (2154, 2.3, 48.8, 1e-6, 4326),
        (3948, 618_100.0, 6_755_900.0, 0.05, 2154),
        (27572, 618_100.0, 6_755_900.0, 0.05, 2154),
        (32631, 618_100.0, 6_755_900.0, 0.05, 2154),
    ],
)
def test_a_crs_that_lies_is_told_with_what_it_seems(
    crs: int, x: float, y: float, resolution: float, seems: int
) -> None:
    refusal = only_refusal(Facts("lies.tif", info(x, y, crs=crs, resolution=resolution)))
    assert (refusal.code, refusal.params["seems"]) == ("crs_lies", seems)


def test_a_lie_inside_france_is_told_by_the_name() -> None:
    # These metres are in the Alsace of EPSG:3857 too.
    facts = Facts("34-2021-0770-6278-LA93-0M20.tif", info(770_549, 6_277_600, crs=3857, resolution=0.2))
    refusal = only_refusal(facts)
    assert (refusal.code, refusal.params["seems"]) == ("crs_lies", 2154)


def test_a_sheet_elsewhere_is_refused() -> None:
    assert only_refusal(Facts("far.tif", info(485_900, 5_209_247, crs=26914))).code == "outside_area"


def test_a_sheet_in_another_crs_is_brought_over_and_told() -> None:
    facts = Facts("utm.tif", info(445_000, 5_305_000, crs=32631))
    findings = inventory.examine([*block(2, 2), facts])
    assert {sheet.file for sheet in findings.taken if sheet.warp} == {"utm.tif"}
    assert "other_crs" in codes(findings)


def test_a_rotated_sheet_is_brought_to_the_grid() -> None:
    facts = sheet(2, 0, transform=(0.049, 0.01, 618_400.0, 0.01, -0.049, 6_756_000.0))
    findings = inventory.examine([*block(2, 2), facts])
    assert {sheet.file for sheet in findings.taken if sheet.warp} == {facts.file}
    assert "rotated" in codes(findings)


def test_the_same_place_twice_is_refused_once() -> None:
    again = Facts("copy.tif", sheet(0, 0).info)
    refusal = only_refusal(again)
    assert (refusal.code, refusal.params["of"]) == ("duplicate", sheet(0, 0).file)


def test_the_same_name_in_two_folders_is_refused_once() -> None:
    other = Facts("z/" + sheet(0, 0).file, sheet(2, 0).info)
    assert only_refusal(other).code == "same_name"


def test_a_hole_is_a_gap() -> None:
    (gap,) = inventory.examine(block(3, 3, without=[(1, 1)])).warnings
    assert (gap.code, gap.params["bounds"]) == ("gap", pytest.approx([618_200, 6_755_600, 618_400, 6_755_800], abs=0.1))


def test_a_notch_between_three_sheets_is_a_gap() -> None:
    (gap,) = inventory.examine(block(3, 2, without=[(1, 0)])).warnings
    assert (gap.code, gap.params["bounds"][0]) == ("gap", pytest.approx(618_200, abs=0.1))


def test_a_ragged_edge_is_no_gap() -> None:
    assert codes(inventory.examine(block(3, 3, without=[(0, 0), (2, 2)]))) == set()


def test_sheets_that_share_ground_are_told_together() -> None:
    wide = [sheet(c, 0, width=4200) for c in range(3)]
    findings = inventory.examine(wide)
    (overlaps,) = findings.warnings
    assert (overlaps.code, overlaps.params["pairs"]) == ("overlaps", 2)


def test_what_differs_from_most_is_told() -> None:
    sheets = [*block(3, 3), sheet(3, 0, height=2000, width=2000, resolution=0.1), sheet(3, 1, dtype="uint16")]
    sheets += [sheet(3, 2, bands=4, colour=("red", "green", "blue", "undefined"))]
    assert codes(inventory.examine(sheets)) == {"other_resolution", "other_size", "other_depth", "other_bands"}


def test_a_sheet_off_the_grid_is_told_and_kept_where_it_is() -> None:
    facts = Facts("off.tif", info(618_600.02, 6_756_000))
    findings = inventory.examine([*block(3, 3), facts])
    (off,) = [finding for finding in findings.warnings if finding.code == "off_grid"]
    assert off.files == ("off.tif",)
    assert findings.grid == Grid(0.05)


def test_a_campaign_may_have_a_grid_of_its_own() -> None:
    shifted = [Facts(f"{c}.tif", info(618_000.02 + c * SIZE_M, 6_756_000.01)) for c in range(3)]
    findings = inventory.examine(shifted)
    assert codes(findings) == set()
    assert findings.grid == Grid(0.05, 0.02, 0.01)


def test_rounding_is_no_other_grid() -> None:
    noisy = [Facts(f"{c}.tif", info(618_000 + c * SIZE_M + 1e-7, 6_756_000, resolution=0.05 + 1e-12)) for c in range(3)]
    findings = inventory.examine(noisy)
    assert (codes(findings), findings.grid) == (set(), Grid(0.05))


@pytest.mark.parametrize("resolution", [1e-9, 3000.0])
def test_a_sheet_whose_pixels_cannot_be_a_photos_is_refused(resolution: float) -> None:
    assert only_refusal(Facts("odd.tif", info(resolution=resolution, width=10, height=10))).code == "pixel_size"


def test_a_sheet_whose_place_has_no_area_is_refused() -> None:
    flat = info(transform=(0.5, 0.5, 618_000, 0.5, 0.5, 6_756_000))
    assert only_refusal(Facts("flat.tif", flat)).code == "pixel_size"


def test_a_sheet_of_quite_another_scale_is_refused() -> None:
    assert only_refusal(Facts("coarse.tif", info(resolution=1.0, width=100, height=100))).code == "unlike_others"


def test_a_lone_sheet_is_refused_where_it_would_blow_up_the_overview() -> None:
    assert only_refusal(Facts("corsica.tif", info(x=1_200_000, y=6_150_000))).code == "too_far_away"


def test_a_lone_sheet_far_away_is_told() -> None:
    facts = Facts("far.tif", info(718_000, 6_756_000))
    findings = inventory.examine([*block(3, 3), facts])
    (far,) = findings.warnings
    assert (far.code, far.files, far.params["distance_m"]) == ("far_away", ("far.tif",), 99_400)


def test_a_name_that_its_place_contradicts_is_told() -> None:
    facts = Facts("2024-6190-67560-LA93-0M05-RVB.tif", info(618_600, 6_756_000))
    (told,) = inventory.examine([*block(3, 3), facts]).warnings
    assert (told.code, told.params["named_x"], told.params["x"]) == ("name_disagrees", 619_000, 618_600)


def test_a_thousand_sheets_are_examined_quickly() -> None:
    assert len(inventory.examine(block(40, 25)).taken) == 1000


def delivered(folder: Path, tmp_path: Path, crs: int | None = 2154) -> Findings:
    facts = []
    with RestrictedReader(quarantine_root=tmp_path / "quarantine") as reader:
        for path in sorted(folder.iterdir()):
            if path.suffix in {".tif", ".jp2", ".jpg"}:
                try:
                    name = reader.admit(path, *companions_of(path), link=True)
                    facts.append(Facts(path.name, reader.raster(name)))
                except ReadRefused as refused:
                    facts.append(Facts(path.name, None, (refused.problem.code, refused.problem.params)))
    return inventory.examine(facts, crs=crs)


def test_four_ways_of_georeferencing_are_one_campaign(shared_data: Path, tmp_path: Path) -> None:
    findings = delivered(shared_data / "ortho" / "derived_l93_4sheets_0m50", tmp_path)
    assert len(findings.taken) == 4
    assert codes(findings) == {"crs_assumed"}
    assert (findings.grid, findings.extent) == (Grid(0.5), (618_000, 6_755_000, 619_000, 6_756_000))


@pytest.mark.parametrize(
    ("folder", "codes_expected"),
    [
        ("naip_rgbi_multidate", {"outside_area"}),
        ("hro_colorado_mask_variants", {"outside_area"}),
        ("drone", {"outside_area"}),
        ("world_file", {"outside_area"}),
    ],
)
def test_photos_of_elsewhere_are_refused(
    shared_data: Path, tmp_path: Path, folder: str, codes_expected: set[str]
) -> None:
    findings = delivered(shared_data / "ortho" / folder, tmp_path)
    assert not findings.taken
    assert {finding.code for finding in findings.refused} == codes_expected


def test_real_sheets_of_the_same_place_are_told(shared_data: Path, tmp_path: Path) -> None:
    findings = delivered(shared_data / "ortho" / "ign_l93_20cm", tmp_path)
    assert [sheet.name for sheet in findings.taken] == ["test_data_irc"]
    assert {finding.code for finding in findings.refused} == {"duplicate"}
    assert findings.grid == Grid(0.2)
