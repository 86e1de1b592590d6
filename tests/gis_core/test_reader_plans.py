"""Sheets of the cadastral plan through the restricted reader: several deliveries at once, one of which may end it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from benchmarks.plan_sheets import archive_sheet
from gis_core.files.reader import Limits, PlanSheet, RefusedSheet, RestrictedReader
from tests.cadastre.plans import packed, sheet, square

SMALL = Limits(memory_bytes=1024 * 1024 * 1024, wall_seconds=20)


@pytest.fixture
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(SMALL, quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def read(reader: RestrictedReader, *paths: Path) -> list[tuple[int, PlanSheet | RefusedSheet]]:
    """The sheets, each with the rank of its delivery."""
    names = [reader.admit(path) for path in paths]
    return [(names.index(name), found) for name, found in reader.plans(names)]


def test_an_object_has_its_attributes_dates_and_outline(reader: RestrictedReader, tmp_path: Path) -> None:
    ((_rank, found),) = read(reader, packed(tmp_path, sheet()))
    assert isinstance(found, PlanSheet)
    parcel = next(one for one in found.features if one.kind == "PARCELLE")
    assert parcel.attributes["IDU"] == "901000AB0001"
    assert (parcel.created, parcel.updated, found.reference) == ("20050203", "20240105", "LAMB93")
    assert shapely.from_wkb(parcel.wkb).equals(square(1))


def test_every_object_of_the_files_is_counted(reader: RestrictedReader, tmp_path: Path) -> None:
    ((_rank, found),) = read(reader, packed(tmp_path, sheet()))
    assert isinstance(found, PlanSheet)
    assert found.objects["PARCELLE"] == 2
    assert sum(found.objects.values()) == len(found.features) == 11


def test_texts_in_utf8_are_read_too(reader: RestrictedReader, tmp_path: Path) -> None:
    files = sheet().files()
    files["EDAB01S1.VEC"] = files["EDAB01S1.VEC"].decode("iso-8859-15").encode()
    path = tmp_path / "a.tar.bz2"
    path.write_bytes(archive_sheet(files))
    ((_rank, found),) = read(reader, path)
    assert isinstance(found, PlanSheet)
    assert "PRÉS" in {one.attributes.get("TEX2") for one in found.features}


def test_an_outline_that_does_not_close_is_a_problem_of_its_object(reader: RestrictedReader, tmp_path: Path) -> None:
    files = sheet().files()
    lines = files["EDAB01T1.VEC"].split(b"\r\n")
    first = next(rank for rank, line in enumerate(lines) if line.startswith(b"PTC")) + 1
    lines[first] = b"CORCC24:+617150.00;+6717050.00;"
    files["EDAB01T1.VEC"] = b"\r\n".join(lines)
    path = tmp_path / "a.tar.bz2"
    path.write_bytes(archive_sheet(files))
    ((_rank, found),) = read(reader, path)
    assert isinstance(found, PlanSheet)
    ((kind, problem),) = found.problems
    assert (kind, problem.code, problem.identifier) == ("PARCELLE", "edigeo_open_ring", "901000AB0001")


def test_a_delivery_that_cannot_be_read_leaves_the_others(reader: RestrictedReader, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04" + bytes(100))
    found = read(reader, packed(tmp_path, sheet()), bad, packed(tmp_path, sheet("901000AC01", 5, 6)))
    assert [rank for rank, _sheet in found] == [0, 1, 2]
    assert isinstance(found[1][1], RefusedSheet)
    assert found[1][1].problem.code == "archive_damaged"


def test_an_archive_without_a_sheet_is_told(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "a.tar.bz2"
    path.write_bytes(archive_sheet({"lisez-moi.txt": b"Bonjour"}))
    ((_rank, found),) = read(reader, path)
    assert isinstance(found, RefusedSheet)
    assert found.problem.code == "edigeo_no_thf"


def test_a_child_that_dies_takes_one_delivery_with_it(reader: RestrictedReader, tmp_path: Path) -> None:
    paths = [packed(tmp_path, sheet(f"901000A{letter}01", 5, 6)) for letter in "ABC"]
    names = [reader.admit(path) for path in paths]
    found = []
    for name, one in reader.plans(names):
        found.append((names.index(name), type(one)))
        if len(found) == 1:
            child = reader._child
            assert child is not None
            child.kill()
            child.wait()
    assert [rank for rank, _kind in found] in ([0, 1, 2], [0, 0, 1, 2])
    assert found[-1] == (2, PlanSheet)
