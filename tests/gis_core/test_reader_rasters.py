"""The restricted reader on images: what it says of bad ones, and that good ones come through unchanged."""

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.transform import from_origin

from gis_core.files.reader import Limits, Problem, RasterInfo, ReadRefused, RestrictedReader, companions_of
from gis_core.files.reader.child import tiff
from gis_core.files.reader.messages import MESSAGES

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
NORTH_UP = from_origin(618_000, 6_756_000, 0.2, 0.2)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(
        Limits(wall_seconds=20, cpu_seconds=60), quarantine_root=tmp_path_factory.mktemp("quarantine")
    ) as opened:
        yield opened


def noise(bands: int, height: int, width: int, dtype: str = "uint8") -> np.ndarray[Any, Any]:
    return np.random.default_rng(7).integers(0, 255, (bands, height, width)).astype(dtype)


def write(path: Path, pixels: np.ndarray[Any, Any], mask: Any = None, **profile: Any) -> Path:
    defaults = {"driver": "GTiff", "crs": "EPSG:2154", "transform": NORTH_UP}
    bands, height, width = pixels.shape
    sizes = {"count": bands, "height": height, "width": width, "dtype": pixels.dtype}
    with rasterio.open(path, "w", **{**defaults, **sizes, **profile}) as target:
        target.write(pixels)
        if mask is not None:
            target.write_mask(mask)
    return path


def admitted(reader: RestrictedReader, path: Path) -> str:
    return reader.admit(path, *companions_of(path), link=True)


def refusal(reader: RestrictedReader, path: Path) -> Problem:
    """Why the headers or else the pixels are refused; always in French words."""
    with pytest.raises(ReadRefused) as caught:
        list(reader.pixels(admitted(reader, path), bands=(1,)))
    problem = caught.value.problem
    assert problem.code in MESSAGES
    assert "%(" not in problem.message
    return problem


def read_back(reader: RestrictedReader, path: Path, bands: tuple[int, ...] = (1, 2, 3), rows: int = 64) -> Any:
    strips = list(reader.pixels(admitted(reader, path), bands, rows))
    valid = [np.ones(strip.pixels.shape[:2], bool) if strip.valid is None else strip.valid for strip in strips]
    return np.concatenate([strip.pixels for strip in strips]).transpose(2, 0, 1), np.concatenate(valid)


def bomb(path: Path) -> Path:
    """A TIFF of 122 bytes that declares 2,000,000 x 2,000,000 pixels."""
    entries = [(256, 4, 2_000_000), (257, 4, 2_000_000), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8)]
    entries += [(277, 3, 1), (278, 4, 2_000_000), (279, 4, 100)]
    directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    path.write_bytes(b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4))
    assert path.stat().st_size == 122
    return path


def test_a_tiny_file_of_a_huge_image_is_refused_by_what_it_declares(reader: RestrictedReader, tmp_path: Path) -> None:
    problem = refusal(reader, bomb(tmp_path / "bomb.tif"))
    assert problem.code == "too_many_pixels"
    assert "2000000 × 2000000" in problem.message


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("empty.tif", b"", "empty_file", "vide"),
        ("text.tif", b"Bonjour\n", "not_an_image", "« Bonjour »"),
        ("sheet.ecw", b"ecw", "wavelet_image", "ECW"),
        ("sheet.SID", b"msid", "wavelet_image", "MrSID"),
        ("vrt.tif", b'<VRTDataset rasterXSize="5" rasterYSize="5"/>', "described_image", "(VRT)"),
        ("wms.tif", b"<GDAL_WMS><Service/></GDAL_WMS>", "described_image", "service de cartes"),
        ("wms.jp2", b"\n\xef\xbb\xbf <GDAL_WMTS></GDAL_WMTS>", "described_image", "service de cartes"),
        ("page.tif", b"<!doctype html><title>403</title>", "described_image", "XML"),
        ("archive.tif", b"PK\x03\x04" + bytes(50), "other_image", "ZIP"),
        ("stub.tif", b"II*\0\x08\0\0\0", "image_truncated", "tronquée"),
        ("stub.jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image_truncated", "tronquée"),
        ("stub.png", b"\x89PNG\r\n\x1a\n", "image_truncated", "tronquée"),
        ("loop.tif", b"II*\0\x08\0\0\0" + bytes(2) + b"\x08\0\0\0", "image_damaged", "endommagé"),
    ],
)
def test_what_is_not_a_photo_is_named(
    reader: RestrictedReader, tmp_path: Path, name: str, content: bytes, code: str, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    problem = refusal(reader, tmp_path / name)
    assert problem.code == code
    assert said in problem.message


@pytest.mark.parametrize(
    ("driver", "name"), [("GTiff", "cut.tif"), ("JP2OpenJPEG", "cut.jp2"), ("JPEG", "cut.jpg"), ("PNG", "cut.png")]
)
def test_a_cut_image_is_refused(reader: RestrictedReader, tmp_path: Path, driver: str, name: str) -> None:
    path = write(tmp_path / name, noise(3, 300, 300), driver=driver)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(reader, path).code in {"image_truncated", "image_damaged"}


@pytest.mark.parametrize(("driver", "name"), [("GTiff", "cut.tif"), ("JP2OpenJPEG", "cut.jp2")])
def test_a_cut_sheet_is_known_by_its_headers(reader: RestrictedReader, tmp_path: Path, driver: str, name: str) -> None:
    path = write(tmp_path / name, noise(3, 300, 300), driver=driver)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ReadRefused) as caught:
        reader.raster(admitted(reader, path))
    assert caught.value.problem.code == "image_truncated"


def test_damaged_pixels_are_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    path = write(tmp_path / "bad.tif", noise(3, 300, 300), compress="deflate", tiled=True, blockxsize=64, blockysize=64)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(data)
    assert refusal(reader, path).code == "image_damaged"


@pytest.mark.parametrize("dtype", ["float32", "int16", "uint32"])
def test_numbers_that_are_no_colours_are_refused(reader: RestrictedReader, tmp_path: Path, dtype: str) -> None:
    problem = refusal(reader, write(tmp_path / "dem.tif", noise(1, 50, 50, dtype)))
    assert problem.code == "pixel_type"
    assert dtype in problem.message


def test_control_points_alone_are_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    points = [GroundControlPoint(row, column, column, -row) for row, column in [(0, 0), (0, 50), (50, 0), (50, 50)]]
    path = tmp_path / "gcp.tif"
    with rasterio.open(path, "w", driver="GTiff", count=1, height=50, width=50, dtype="uint8") as target:
        target.gcps = points, CRS.from_epsg(2154)
    assert refusal(reader, path).code == "gcp_only"


def test_a_palette_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "palette.tif"
    with rasterio.open(path, "w", driver="GTiff", count=1, height=9, width=9, dtype="uint8") as target:
        target.write_colormap(1, {0: (0, 0, 0, 255), 1: (9, 9, 9, 255)})
    assert refusal(reader, path).code == "palette"


def test_a_file_of_several_images_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    write(tmp_path / "pages.tif", noise(1, 50, 50))
    write(tmp_path / "pages.tif", noise(1, 50, 50), append_subdataset=True)
    problem = refusal(reader, tmp_path / "pages.tif")
    assert (problem.code, problem.params["count"]) == ("several_images", 2)


def test_the_limit_of_pixels_holds_for_every_format(tmp_path: Path) -> None:
    drivers = {"a.tif": "GTiff", "a.jp2": "JP2OpenJPEG", "a.jpg": "JPEG", "a.png": "PNG"}
    with RestrictedReader(Limits(pixels=10_000), quarantine_root=tmp_path / "quarantine") as reader:
        for name, driver in drivers.items():
            path = write(tmp_path / name, noise(1, 101, 100), driver=driver)
            assert refusal(reader, path).code == "too_many_pixels"


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"compress": "lzw", "predictor": 2},
        {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"},
        {"interleave": "band", "blockysize": 7},
        {"bigtiff": "yes", "endianness": "big"},
        {"driver": "PNG"},
        {"driver": "JP2OpenJPEG", "reversible": "yes", "quality": 100, "blockxsize": 64, "blockysize": 64},
    ],
    ids=lambda profile: "-".join(map(str, profile.values())) or "plain",
)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_pixels_come_through_unchanged(
    reader: RestrictedReader, tmp_path: Path, profile: dict[str, Any], dtype: str
) -> None:
    pixels = noise(3, 211, 137, dtype)
    suffix = {"PNG": ".png", "JP2OpenJPEG": ".jp2"}.get(profile.get("driver", ""), ".tif")
    path = write(tmp_path / f"sheet{suffix}", pixels, **profile)
    found, valid = read_back(reader, path)
    assert (found == pixels).all()
    assert valid.all()


def test_bands_come_in_the_order_asked(reader: RestrictedReader, tmp_path: Path) -> None:
    pixels = noise(4, 40, 30)
    found, _ = read_back(reader, write(tmp_path / "rgbi.tif", pixels), bands=(4, 1, 2))
    assert (found == pixels[[3, 0, 1]]).all()


def test_an_unknown_band_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    name = admitted(reader, write(tmp_path / "grey.tif", noise(1, 40, 30)))
    with pytest.raises(ReadRefused) as caught:
        list(reader.pixels(name))
    assert caught.value.problem.code == "unknown_band"


def corner(height: int = 80, width: int = 90) -> np.ndarray[Any, Any]:
    mask = np.ones((height, width), bool)
    mask[:20, :30] = False
    return mask


@pytest.mark.parametrize("kind", ["nodata", "alpha", "internal", "external"])
def test_every_declared_mask_is_read(reader: RestrictedReader, tmp_path: Path, kind: str) -> None:
    valid, pixels = corner(), noise(3, 80, 90) | 1
    path = tmp_path / "sheet.tif"
    if kind == "nodata":
        write(path, pixels * valid, nodata=0)
    elif kind == "alpha":
        write(path, np.concatenate([pixels, valid[None] * np.uint8(255)]), photometric="RGB", alpha="yes")
    else:
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=kind == "internal"):
            write(path, pixels, valid)
    assert path.with_suffix(".tif.msk").exists() == (kind == "external")
    assert reader.raster(admitted(reader, path)).mask == kind
    assert (read_back(reader, path, rows=16)[1] == valid).all()


def test_a_mask_of_another_size_or_kind_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 80, 90))
    beside = write(tmp_path / "sheet.tif.msk", noise(1, 8, 9))
    assert refusal(reader, path).code == "wrong_mask"
    beside.write_bytes(b"<VRTDataset/>")
    assert refusal(reader, path).code == "described_image"


def test_a_description_beside_an_image_leads_nowhere(reader: RestrictedReader, tmp_path: Path) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 80, 90), crs=None, transform=None)
    secret = "<PAMDataset><GeoTransform>1,2,3,4,5,6</GeoTransform><SRS>EPSG:2154</SRS></PAMDataset>"
    (tmp_path / "sheet.tif.aux.xml").write_text(secret)
    write(tmp_path / "sheet.tif.ovr", noise(3, 40, 45))
    assert companions_of(path) == ()
    beside = [tmp_path / "sheet.tif.aux.xml", tmp_path / "sheet.tif.ovr"]
    info = reader.raster(reader.admit(path, *beside))
    assert (info.crs, info.transform) == (None, None)


def test_a_link_beside_an_image_does_not_belong_to_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("-")
    (tmp_path / "a.tif.msk").symlink_to(tmp_path / "secret")
    assert companions_of(tmp_path / "a.tif") == ()


@pytest.mark.parametrize("suffix", [".tfw", ".TFW", ".wld"])
def test_a_world_file_places_the_sheet(reader: RestrictedReader, tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 80, 90), crs=None, transform=None)
    path.with_suffix(suffix).write_text("0.5\n0\n0\n-0.5\n618000.25\n6755999.75\n")
    info = reader.raster(admitted(reader, path))
    assert (info.crs, info.transform) == (None, (0.5, 0.0, 618_000.0, 0.0, -0.5, 6_756_000.0))


def test_a_prj_file_names_the_crs(reader: RestrictedReader, tmp_path: Path) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 80, 90), crs=None)
    path.with_suffix(".prj").write_text(CRS.from_epsg(2154).to_wkt(version="WKT1_ESRI"))
    assert reader.raster(admitted(reader, path)).crs == 2154


def test_a_sample_keeps_its_invalid_pixels_masked(reader: RestrictedReader, tmp_path: Path) -> None:
    pixels = np.where(corner(800, 900), 3000, 0).astype("uint16")[None]
    path = write(tmp_path / "sheet.tif", pixels, nodata=0)
    sample = reader.sample(admitted(reader, path), (1,), 100)
    assert sample.shape == (88, 100, 1)
    assert set(sample.compressed()) == {3000}
    assert 0 < np.ma.count_masked(sample) < 200


def test_a_linked_file_is_not_copied_and_stays_as_it_was(tmp_path: Path) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 80, 90))
    before = path.stat()
    with RestrictedReader(quarantine_root=tmp_path / "quarantine") as reader:
        name = reader.admit(path, link=True)
        inside = (reader._quarantine and reader._quarantine.files / name) or Path()
        assert inside.stat().st_ino == before.st_ino
        assert reader.raster(name).width == 90
        reader.dismiss(name)
        assert not inside.parent.exists()
    after = path.stat()
    assert (after.st_mode, after.st_nlink) == (before.st_mode, 1)


def test_a_file_that_the_account_of_the_child_cannot_read_is_copied(tmp_path: Path) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 80, 90))
    path.chmod(0o600)
    with RestrictedReader(quarantine_root=tmp_path / "quarantine") as reader:
        assert reader.raster(reader.admit(path, link=True)).width == 90


def test_a_reading_goes_on_after_other_questions(reader: RestrictedReader, tmp_path: Path) -> None:
    pixels = noise(3, 300, 90)
    name = admitted(reader, write(tmp_path / "sheet.tif", pixels))
    strips = reader.pixels(name, rows=100)
    first = next(strips)
    assert reader.raster(name).height == 300
    rest = list(strips)
    assert (np.concatenate([first.pixels, *(strip.pixels for strip in rest)]).transpose(2, 0, 1) == pixels).all()


def test_facts_survive_being_stored(reader: RestrictedReader, tmp_path: Path) -> None:
    info = reader.raster(admitted(reader, write(tmp_path / "sheet.tif", noise(3, 80, 90))))
    assert RasterInfo.from_json(info.to_json()) == info


def test_fifty_headers_cost_less_than_a_second(reader: RestrictedReader, tmp_path: Path) -> None:
    path = write(tmp_path / "sheet.tif", noise(3, 4000, 4000))
    reader.raster(admitted(reader, path))
    before = time.process_time() + reader._cpu
    for _ in range(50):
        reader.raster(admitted(reader, path))
    assert time.process_time() + reader._cpu - before < 1


@pytest.mark.parametrize("profile", [{}, {"bigtiff": "yes"}, {"endianness": "big"}], ids=["classic", "big", "swapped"])
def test_blocks_are_found_without_gdal(tmp_path: Path, profile: dict[str, str]) -> None:
    pixels = noise(3, 300, 200)
    path = write(tmp_path / "sheet.tif", pixels, tiled=True, blockxsize=128, blockysize=128, **profile)
    with path.open("rb") as stream:
        (image,) = tiff.directories(stream, path.stat().st_size, 10**9)
    assert (image.width, image.height, len(image.offsets), image.empty) == (200, 300, 18, 0) or len(image.offsets) == 6
    assert image.end <= path.stat().st_size


REAL = {
    "45-2020-0618-6756-LA93-0M50-E080-00.tif": (2154, "none"),
    "45-2020-0618-6756-LA93-0M50-E080-01.jp2": (2154, "none"),
    "45-2020-0618-6756-LA93-0M50-E080-10.tif": (None, "none"),
    "45-2020-0618-6756-LA93-0M50-E080-11.jpg": (None, "none"),
    "test_data_rgb.tif": (2154, "nodata"),
    "test_data_irc.tif": (2154, "nodata"),
    "m_4709963_se_14_1_20120731.tif": (26914, "nodata"),
    "201404_13SED190110_201404_0x1500m_CL_1_alpha.tif": (26913, "alpha"),
    "201404_13SED190110_201404_0x1500m_CL_1_extmask.tif": (26913, "external"),
    "201404_13SED190110_201404_0x1500m_CL_1_mask.tif": (26913, "internal"),
    "201404_13SED190110_201404_0x1500m_CL_1_nodata.tif": (26913, "nodata"),
    "OSBS_029.tif": (32617, "nodata"),
}


@pytest.mark.parametrize(("name", "expected"), REAL.items())
def test_real_sheets_are_read_as_gdal_reads_them(
    reader: RestrictedReader, shared_data: Path, name: str, expected: tuple[int | None, str]
) -> None:
    (path,) = (shared_data / "ortho").rglob(name)
    info = reader.raster(admitted(reader, path))
    assert (info.crs, info.mask) == expected
    with rasterio.open(path) as image:
        assert info.transform == tuple(image.transform)[:6]
        found, valid = read_back(reader, path)
        assert (found == image.read([1, 2, 3])).all()
        if expected[1] != "nodata":
            assert (valid == (image.dataset_mask() > 0)).all()


def test_nothing_of_this_needs_more_than_its_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "wide.tif", np.zeros((1, 20_000, 20_000), "uint8"), compress="deflate", blockysize=20_000)
    limits = Limits(memory_bytes=1024 * 1024 * 1024)
    with RestrictedReader(limits, quarantine_root=tmp_path / "quarantine") as reader:
        rows = sum(len(strip.pixels) for strip in reader.pixels(admitted(reader, path), (1,)))
    assert rows == 20_000
    assert os.path.getsize(path) < 2_000_000  # noqa: PTH202
