"""Kilometres of road by class, importance, commune, manager and condition."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pyogrio
import pytest
from django.contrib.gis.geos import LineString
from openpyxl import load_workbook

from gis_core.desk.tables import workbook_file
from gis_core.files.writing.opendocument import opendocument_file
from gis_core.files.writing.rows import Column
from networks.roads.models import RoadSection
from networks.roads.services.lengths import LengthQuery, Lengths, lengths
from tests import factories
from tests.networks.conftest import Network

X, Y = factories.ORIGIN
URL = "/voirie/"


def section(network: Network, metres: float, **values: Any) -> None:
    with factories.as_worker():
        RoadSection.objects.create(
            owner=values.pop("owner", network.member), geom=LineString((X, Y), (X + metres, Y), srid=2154), **values
        )


@pytest.fixture
def roads(network: Network) -> Network:
    section(
        network, 1000, status="03", importance="3", manager="03", condition="2", insee_left="45901", insee_right="45901"
    )
    section(network, 600, status="05", manager="05", insee_left="45901", insee_right="45903")
    section(network, 400, status="03", manager="03", nature="2chaussees", insee_left="45903")
    section(network, 250, nature="sentier")
    section(network, 2000, owner=network.other, status="05", condition="4")
    return network


def counted(**asked: str) -> Lengths:
    with factories.as_role("arpent_web"):
        return lengths(LengthQuery(**asked))


def km(found: Lengths, table: str) -> dict[str | None, float]:
    return {one.code: round(one.km, 3) for one in found.tables[table]}


def test_every_table_adds_up_to_the_whole(roads: Network) -> None:
    found = counted()
    assert (round(found.km, 3), found.sections, round(found.paths_km, 3)) == (4.0, 4, 0.25)
    for table in ("status", "importance", "insee", "manager", "condition"):
        assert sum(km(found, table).values()) == pytest.approx(4.0)
    assert km(found, "status") == {"03": 1.4, "05": 2.6}
    assert km(found, "importance") == {"3": 1.0, None: 3.0}
    assert km(found, "condition") == {"2": 1.0, "4": 2.0, None: 1.0}


def test_a_section_in_two_communes_counts_half_for_each(roads: Network) -> None:
    found = counted(member=roads.member.slug)
    assert km(found, "insee") == {"45901": 1.3, "45903": 0.7}
    assert (found.split, round(counted(insee="45903").km, 3)) == (1, 0.7)
    assert km(counted(insee="45903"), "status") == {"03": 0.4, "05": 0.3}


def test_filters_choose_sections(roads: Network) -> None:
    assert round(counted(status="03").km, 3) == 1.4
    assert round(counted(condition="-").km, 3) == 1.0
    assert (round(counted(importance="3").km, 3), round(counted(importance="-").km, 3)) == (1.0, 3.0)
    assert round(counted(paths="1").km, 3) == 4.25
    assert round(counted().dual_km, 3) == 0.4


def test_the_page_shows_the_figures_and_gives_them_away(roads: Network) -> None:
    client = roads.client("reader")
    shown = client.get(URL, headers={"accept": "text/html"}).content.decode()
    assert "Lorris (45901)" in shown
    table = client.get(URL, {"format": "csv", "status": "03"}).content.decode("utf-8-sig")
    assert any("45901" in line and "1" in line for line in table.splitlines())
    book = client.get(URL, {"format": "xlsx"})
    assert book.content[:2] == b"PK"


def test_a_spreadsheet_of_opendocument_holds_texts_and_numbers_as_such(roads: Network, tmp_path: Path) -> None:
    answer = roads.client("reader").get(URL, {"format": "ods"})
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    file = tmp_path / "voirie.ods"
    file.write_bytes(answer.content)
    _meta, _ids, _shapes, columns = pyogrio.raw.read(file, read_geometry=False)
    found = dict(zip(zip(columns[0], columns[2], strict=True), columns[3], strict=True))
    assert found["Toutes", "Toutes"] == 4.0
    assert found["Par importance", "3 : liaison entre communes"] == 1.0
    assert found["Par commune", "Lorris (45901)"] == 1.3


def test_a_text_of_a_spreadsheet_is_never_a_formula_nor_breaks_it() -> None:
    column = Column("note", "Note <1>", "text")
    with ZipFile(BytesIO(opendocument_file([column], [["=1+1"], ["a<b&\x07"], [date(2026, 2, 3)]], "A & B"))) as file:
        assert file.infolist()[0].filename == "mimetype"
        content = file.read("content.xml").decode()
    ElementTree.fromstring(content)
    assert "table:formula" not in content
    assert "<text:p>=1+1</text:p>" in content
    assert 'office:date-value="2026-02-03"' in content


@pytest.mark.parametrize(("given", "status"), [({"status": "99"}, 400), ({"insee": "x"}, 400), ({"member": "?"}, 400)])
def test_filters_that_mean_nothing_are_told(roads: Network, given: dict[str, str], status: int) -> None:
    assert roads.client("reader").get(URL, given, headers={"accept": "text/html"}).status_code == status


def test_managers_of_one_kind_are_told_apart_by_their_names(network: Network) -> None:
    for metres, name in ((100, "CC du Lys"), (300, "Agglo"), (50, None)):
        section(network, metres, manager="04", manager_name=name)
    section(network, 400, manager="03", manager_name="Loiret")
    section(network, 200, manager="05", manager_name="Commune de Lorris")
    lines = [(one.code, one.label, round(one.km, 2)) for one in counted().tables["manager"]]
    assert lines == [("03", "Département · Loiret", 0.4), ("04", "EPCI · Agglo", 0.3), ("04", "EPCI · CC du Lys", 0.1),
                     ("04", "EPCI", 0.05), ("05", "Commune de Lorris", 0.2)]  # fmt: skip


def test_a_yes_is_no_number_in_a_spreadsheet() -> None:
    table = ([Column("paved", "Revêtue", "boolean")], [[True], [False]])
    with ZipFile(BytesIO(opendocument_file(*table, "A"))) as file:
        content = file.read("content.xml").decode()
    assert content.count('office:value-type="boolean"') == 2
    assert 'office:boolean-value="true"' in content
    sheet = load_workbook(BytesIO(workbook_file(table, "A"))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [True, False]
