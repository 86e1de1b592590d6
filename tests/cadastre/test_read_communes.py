"""Reading communes and their EPCI: three files that do not agree on everything."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gis_core.files.reader import ReadRefused, RestrictedReader
from layers.cadastre.importers import communes
from layers.intake.messages import format_message
from layers.intake.report import ImportReport
from layers.intake.rows import FileRefused

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data"))
LOIRET = SHARED / "admin_loiret"
needs_loiret = pytest.mark.skipif(not LOIRET.exists(), reason="shared data is absent")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def boundary(code: str, name: str, geometry: object = ...) -> dict[str, Any]:
    x = 1.9 + int(code[-2:]) / 100
    ring = [[x, 47.5], [x + 0.01, 47.5], [x + 0.01, 47.51], [x, 47.51], [x, 47.5]]
    shape = {"type": "Polygon", "coordinates": [ring]} if geometry is ... else geometry
    return {"type": "Feature", "geometry": shape, "properties": {"code": code, "nom": name}}


def official(code: str, name: str, **more: object) -> dict[str, Any]:
    return {"code": code, "nom": name, "type": "commune-actuelle", "siren": "214500019", "population": 188, **more}


def epci(*codes: str, **more: object) -> dict[str, Any]:
    members = [{"code": code, "nom": code} for code in codes]
    return {"code": "200005932", "nom": "CC du Lys", "type": "CC", "membres": members, **more}


def folder(path: Path, boundaries: list[Any], cog: list[Any], groups: list[Any]) -> Path:
    collection = {"type": "FeatureCollection", "features": boundaries}
    (path / "communes-45.geojson").write_text(json.dumps(collection))
    (path / "communes-45.cog.json").write_text(json.dumps(cog))
    (path / "epci-45.json").write_text(json.dumps(groups))
    return path


@needs_loiret
def test_the_loiret_comes_in_whole(reader: RestrictedReader) -> None:
    read = communes.read_folder(reader, [LOIRET], ImportReport("communes"))
    assert (len(read.communes.rows), len(read.epci.rows)) == (326, 16)
    assert not read.communes.refused
    assert not read.epci.refused
    assert {row.name: len(row.communes) for row in read.epci.rows}["Orléans Métropole"] == 22


@needs_loiret
def test_a_merged_commune_comes_in_and_is_told(reader: RestrictedReader) -> None:
    read = communes.read_folder(reader, [LOIRET], ImportReport("communes"))
    assert [row.insee for row in read.communes.rows if not row.current] == ["45287"]
    (told,) = read.communes.remarks
    assert (told.identifier, told.remark.code) == ("45287", "merged_commune")
    assert "45307" in format_message(told.remark.code, told.remark.params)


@needs_loiret
def test_members_of_other_departements_are_told(reader: RestrictedReader) -> None:
    told = communes.read_folder(reader, [LOIRET], ImportReport("communes")).epci.remarks
    assert {one.remark.params["insee"] for one in told} == {"89350", "41173", "41017", "41289", "41219"}


def test_names_and_population_come_from_the_official_list(reader: RestrictedReader, tmp_path: Path) -> None:
    path = folder(tmp_path, [boundary("45901", "Old name")], [official("45901", "Lys")], [epci("45901")])
    (row,) = communes.read_folder(reader, [path], ImportReport("communes")).communes.rows
    assert (row.name, row.siren, row.population, row.current) == ("Lys", "214500019", 188, True)
    assert row.geom.is_valid


def test_duplicates_missing_geometries_and_bad_codes_are_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    boundaries = [
        boundary("45901", "Lys"),
        boundary("45902", "Ormes", None),
        boundary("45901", "Lys"),
        {**boundary("45903", "Bad"), "properties": {"code": "4590", "nom": "Bad"}},
    ]
    path = folder(tmp_path, boundaries, [official("45901", "Lys")], [epci("45901")])
    read = communes.read_folder(reader, [path], ImportReport("communes")).communes
    codes = [(one.index, one.code) for one in read.refused]
    assert codes == [(2, "no_geometry"), (3, "duplicate_identifier"), (4, "bad_value")]
    assert len(read.rows) == 1


def test_unknown_and_missing_communes_are_told(reader: RestrictedReader, tmp_path: Path) -> None:
    path = folder(tmp_path, [boundary("45901", "Lys")], [official("45902", "Ormes")], [epci("45901")])
    told = communes.read_folder(reader, [path], ImportReport("communes")).communes.remarks
    assert [one.remark.code for one in told] == ["unknown_commune", "commune_without_boundary"]


def test_an_epci_without_members_or_siren_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    groups = [epci("45901"), epci(code="200005940"), epci("45901", code="12"), epci("45901"), 7]
    path = folder(tmp_path, [boundary("45901", "Lys")], [official("45901", "Lys")], groups)
    read = communes.read_folder(reader, [path], ImportReport("communes")).epci
    codes = [one.code for one in read.refused]
    assert codes == ["missing_value", "bad_value", "duplicate_identifier", "record_not_object"]
    assert [row.communes for row in read.rows] == [("45901",)]


def test_a_missing_file_is_named(reader: RestrictedReader, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        communes.read_folder(reader, [tmp_path], ImportReport("communes"))
    assert "communes*.geojson" in caught.value.message


@pytest.mark.parametrize(
    ("text", "code"), [("{}", "not_an_array"), ("", "empty_file"), ("[", "truncated"), ("[]", "no_features")]
)
def test_a_broken_list_is_refused(reader: RestrictedReader, tmp_path: Path, text: str, code: str) -> None:
    path = folder(tmp_path, [boundary("45901", "Lys")], [], [])
    (path / "communes-45.cog.json").write_text(text)
    with pytest.raises(ReadRefused) as caught:
        communes.read_folder(reader, [path], ImportReport("communes"))
    assert caught.value.problem.code == code
