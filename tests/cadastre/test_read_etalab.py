"""Reading the Etalab cadastre: what comes in, what is repaired, what is refused and in which words."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gis_core.files.reader import ReadRefused, RestrictedReader
from layers.cadastre.importers import etalab
from layers.cadastre.importers.etalab import BuildingRow, CommuneRow, Kind, ParcelRow, Row, SectionRow
from layers.intake.messages import format_message
from layers.intake.rows import FileRefused, Refused
from tests.counting import calls

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "etalab"
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data"))
REAL = SHARED / "cadastre_etalab" / "cadastre-91216-parcelles.json"
BROKEN = sorted((SHARED / "broken" / "geojson").rglob("*json"))

# First feature of each file; the second one, where there is one, is good.
REFUSED = {
    "collapsed.json": "no_surface",
    "null_geometry.json": "no_geometry",
    "line.json": "not_a_surface",
    "outside_france.json": "outside_france",
    "swapped_axes.json": "axes_swapped",
    "inconsistent.json": "inconsistent_identifier",
    "bad_area.json": "bad_value",
    "missing_section.json": "missing_value",
    "unreadable_row.json": "ring_too_short",
}
REPAIRED = {
    "self_crossing.json": "self_crossing",
    "hole_outside.json": "rings_repaired",
    "bad_date.json": "date_ignored",
}
OTHER_FILES = {"sheets.json": "etalab_not_used", "places.json": "etalab_not_used", "other.json": "not_etalab"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def rows(reader: RestrictedReader, path: Path) -> list[Row | Refused]:
    return list(etalab.open_etalab(reader, path).rows)


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_a_row_that_cannot_be_used_is_refused_alone(reader: RestrictedReader, name: str, code: str) -> None:
    first, *others = rows(reader, DATA / name)
    assert isinstance(first, Refused)
    assert (first.index, first.code) == (1, code)
    assert "%(" not in format_message(first.code, first.params)
    assert isinstance(others[-1], ParcelRow)


@pytest.mark.parametrize(("name", "code"), REPAIRED.items())
def test_a_row_that_can_be_repaired_comes_in_and_tells(reader: RestrictedReader, name: str, code: str) -> None:
    (row,) = rows(reader, DATA / name)
    assert isinstance(row, ParcelRow)
    assert [repair.code for repair in row.repairs] == [code]
    assert row.geom.is_valid
    assert "%(" not in format_message(row.repairs[0].code, row.repairs[0].params)


@pytest.mark.parametrize(("name", "code"), OTHER_FILES.items())
def test_other_files_are_refused_as_a_whole(reader: RestrictedReader, name: str, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        etalab.open_etalab(reader, DATA / name)
    assert caught.value.code == code


def test_every_field_of_a_parcel_is_read(reader: RestrictedReader) -> None:
    first, second, third = rows(reader, DATA / "parcels.json")
    assert isinstance(first, ParcelRow)
    assert (first.idu, first.insee, first.prefix, first.section, first.number) == (
        "45901000AB0121",
        "45901",
        "000",
        "AB",
        "0121",
    )
    assert (first.label, first.area_m2, first.surveyed) == ("AB 121", 612, False)
    assert (first.created_date, first.updated_date) == (date(2004, 5, 12), date(2019, 1, 29))
    assert isinstance(second, ParcelRow)
    assert (second.idu, second.label, second.area_m2) == ("459010000A0007", "A 7", None)
    assert isinstance(third, ParcelRow)
    assert len(third.geom.geoms) == 2


def test_geometry_arrives_in_lambert_93_east_before_north(reader: RestrictedReader) -> None:
    (row, *_) = rows(reader, DATA / "parcels.json")
    assert isinstance(row, ParcelRow)
    west, south, *_ = row.geom.bounds
    assert (round(west), round(south)) == (618773, 6717180)


def test_declared_lambert_93_is_kept_as_it_is(reader: RestrictedReader) -> None:
    (row,) = rows(reader, DATA / "lambert_declared.json")
    assert isinstance(row, ParcelRow)
    assert row.geom.bounds == (617284.0, 6717902.0, 617384.0, 6718002.0)


def test_undeclared_lambert_93_refuses_the_file(reader: RestrictedReader) -> None:
    with pytest.raises(ReadRefused) as caught:
        etalab.open_etalab(reader, DATA / "lambert_undeclared.json")
    assert caught.value.problem.params["seems"] == 2154


def test_the_second_of_two_identifiers_is_refused(reader: RestrictedReader) -> None:
    first, other, second = rows(reader, DATA / "duplicate.json")
    assert isinstance(first, ParcelRow)
    assert isinstance(other, ParcelRow)
    assert isinstance(second, Refused)
    assert (second.code, second.params["first"]) == ("duplicate_identifier", 1)


def test_a_repair_tells_both_areas(reader: RestrictedReader) -> None:
    (row,) = rows(reader, DATA / "self_crossing.json")
    assert isinstance(row, ParcelRow)
    params = row.repairs[0].params
    assert params["before"] < params["after"] == round(row.geom.area, 1)


def test_kinds_are_told_apart_by_content(reader: RestrictedReader) -> None:
    kinds = {
        name: etalab.open_etalab(reader, DATA / f"{name}.json").kind
        for name in ("parcels", "sections", "buildings", "communes")
    }
    assert kinds == {name: Kind(name) for name in kinds}


def test_sections_buildings_and_communes_are_read(reader: RestrictedReader) -> None:
    (section,) = rows(reader, DATA / "sections.json")
    building, refused = rows(reader, DATA / "buildings.json")
    (commune,) = rows(reader, DATA / "communes.json")
    assert isinstance(section, SectionRow)
    assert (section.idu, section.code) == ("459010000A", "0A")
    assert isinstance(building, BuildingRow)
    assert (building.kind, building.name) == ("01", "")
    assert isinstance(refused, Refused)
    assert isinstance(commune, CommuneRow)
    assert commune.name == "Saint-Aubin-du-Lys"


@pytest.mark.skipif(not REAL.exists(), reason="shared data is absent")
def test_a_whole_commune_comes_in_with_little_work_for_each_parcel(reader: RestrictedReader) -> None:
    found: list[Row | Refused] = []
    made = calls(lambda: found.extend(rows(reader, REAL)))
    assert made < 300 * len(found)
    parcels = [row for row in found if isinstance(row, ParcelRow)]
    assert len(parcels) == len(found) == 4241
    assert sum(row.area_m2 is None for row in parcels) == 1
    assert not any(row.repairs for row in parcels)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_broken_files_from_elsewhere_give_no_row_and_clear_words(reader: RestrictedReader, path: Path) -> None:
    try:
        told = [format_message(row.code, row.params) for row in rows(reader, path) if isinstance(row, Refused)]
    except (ReadRefused, FileRefused) as refused:
        told = [refused.message]
    assert told
    assert not any("%(" in text or "Traceback" in text for text in told)
