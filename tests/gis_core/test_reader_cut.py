"""A file cut anywhere is refused in words, or gives all its rows: never the first half as if it were the whole."""

import gzip
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.files.reader import Limits, Reading, ReadRefused, RestrictedReader
from gis_core.files.reader.messages import MESSAGES
from tests.gis_core.test_reader_vectors import COMPANIONS, csv_file, inspected, layer_of, refusal

CUTS = 24
FORMATS = [
    ("places.gpkg", ".gpkg"),
    ("places.fgb", ".fgb"),
    ("places.shp", ".shp"),
    ("places.shp", ".shx"),
    ("places.shp", ".dbf"),
    ("places.gml", ".gml"),
    ("places.tab", ".tab"),
    ("places.tab", ".dat"),
    ("places.tab", ".map"),
    ("places.tab", ".id"),
    ("places.mif", ".mif"),
    ("places.mif", ".mid"),
    ("places.geojson", ".geojson"),
    ("places.xlsx", ".xlsx"),
    ("places.ods", ".ods"),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    limits = Limits(wall_seconds=30, cpu_seconds=120)
    with RestrictedReader(limits, quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    subprocess.run([sys.executable, Path(__file__).with_name("vector_files.py"), folder], check=True)
    return folder


def rows_in(reader: RestrictedReader, path: Path, reading: Reading | None = None) -> int | None:
    """How many rows are read of a file, None where it is refused (in words)."""
    try:
        info = inspected(reader, path, reading)
    except ReadRefused as refused:
        return None if MESSAGES[refused.problem.code] else 0
    return sum(layer.features for layer in info.layers)


def cut_files(files: Path, name: str, suffix: str, folder: Path) -> Iterator[Path]:
    """The file, whose part with this suffix ends at one place after another."""
    whole = files / name
    parts = [whole, *(part for one in COMPANIONS.get(whole.suffix, ()) if (part := whole.with_suffix(one)).exists())]
    size = whole.with_suffix(suffix).stat().st_size
    places = sorted({1, size - 1, size - 2, *(size * number // CUTS for number in range(1, CUTS))})
    for place in places:
        below = folder / f"{suffix[1:]}{place}"
        below.mkdir()
        for part in parts:
            content = part.read_bytes()
            (below / part.name).write_bytes(content[:place] if part.suffix == suffix else content)
        yield below / name


@pytest.mark.parametrize(("name", "suffix"), FORMATS, ids=lambda one: one)
def test_no_cut_file_gives_less_than_all(
    reader: RestrictedReader, files: Path, tmp_path: Path, name: str, suffix: str
) -> None:
    whole = rows_in(reader, files / name)
    assert whole
    found = {path.parent.name: rows_in(reader, path) for path in cut_files(files, name, suffix, tmp_path)}
    assert {place: rows for place, rows in found.items() if rows not in (None, whole)} == {}


TABLE = "nom;x;y;note\n" + "".join(f'Objet {n};{617000 + n};6717000;"une note; {n}"\n' for n in range(50))


def test_of_a_csv_that_takes_the_place_of_another_no_cut_gives_less_than_all(
    reader: RestrictedReader, tmp_path: Path
) -> None:
    """But where it ends with a line: nothing tells that more should come."""
    for place in range(len(TABLE) // 2, len(TABLE) // 2 + 70):
        path = csv_file(tmp_path, TABLE[:place], name=f"{place}.csv")
        assert rows_in(reader, path, Reading(ended=True)) is None or TABLE[place - 1] == "\n"


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("Objet 50;6170", "Objet 50;6170"),
        ('Objet 50;617050;6717000;"une note', "Objet 50"),
        ('Objet 50;617050;6717000;"une note\n', "une note"),
        ('Objet 50;"617', "Objet 50"),
        ('Objet 50;"617\n', "Objet 50"),
    ],
    ids=["cells", "quote", "quote-line", "cells-quote", "cells-quote-line"],
)
def test_a_cut_csv_says_where_it_ends(reader: RestrictedReader, tmp_path: Path, end: str, shown: str) -> None:
    problem = refusal(reader, csv_file(tmp_path, TABLE + end))
    assert problem.code == "csv_cut"
    assert (problem.params["row"], shown in problem.message) == (52, True)


@pytest.mark.parametrize(
    ("end", "problems"),
    [
        ("Objet 50;617050;6717000;note;", 1),
        ('Objet 50;617050;6717000;note;"autre"', 1),
        ('Tuyau 1/2"\n', 1),
        ('"Total ; général";Tuyau 1/2"\n', 1),
        ('Objet 50;617050;6717000;Tuyau 1/2"\n', 0),
        ('Objet 50;617050;6717000;Tuyau 1/2"', 0),
    ],
    ids=[
        "separator-too-many",
        "cell-too-many",
        "inches",
        "quotation-and-inches",
        "whole-inches",
        "whole-inches-no-end",
    ],
)
def test_a_last_row_that_was_not_cut_leaves_the_others(
    reader: RestrictedReader, tmp_path: Path, end: str, problems: int
) -> None:
    """A row that is too wide has all its cells, and a quotation mark within a cell opens nothing."""
    layer = layer_of(reader, csv_file(tmp_path, TABLE + end))
    assert (layer.features, layer.refused) == (51, problems)


def test_a_last_row_that_is_too_wide_and_open_is_cut(reader: RestrictedReader, tmp_path: Path) -> None:
    problem = refusal(reader, csv_file(tmp_path, TABLE + 'Objet 50;617050;6717000;note;"aut\n'))
    assert (problem.code, problem.params["row"]) == ("csv_cut", 52)


def test_a_last_line_without_end_may_be_cut(reader: RestrictedReader, tmp_path: Path) -> None:
    """It comes in, but in the place of nothing."""
    path = csv_file(tmp_path, TABLE + "Objet 50;617050;6717000;rie")
    assert rows_in(reader, path) == 51
    problem = refusal(reader, path, Reading(ended=True))
    assert (problem.code, problem.params["row"]) == ("csv_cut", 52)


@pytest.mark.parametrize("text", [TABLE, TABLE.replace("\n", "\r\n"), TABLE + "\n\n", TABLE + 'Objet;1;2;""\n'])
def test_a_whole_csv_is_read(reader: RestrictedReader, tmp_path: Path, text: str) -> None:
    assert rows_in(reader, csv_file(tmp_path, text))


def test_a_cut_csv_in_utf_16_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    assert rows_in(reader, csv_file(tmp_path, TABLE.encode("utf-16"))) == 50
    assert refusal(reader, csv_file(tmp_path, (TABLE + "Objet 50;61").encode("utf-16"))).code == "csv_cut"


def test_a_gzip_without_its_end_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    packed = gzip.compress(TABLE.encode())
    path = tmp_path / "table.csv.gz"
    path.write_bytes(packed[:-12])
    with pytest.raises(ReadRefused) as refused:
        reader.unpack(reader.admit(path))
    assert refused.value.problem.code == "truncated_gzip"


def test_an_index_that_ends_with_a_whole_entry_is_cut(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    for part in (".shp", ".shx", ".dbf"):
        content = (files / f"places{part}").read_bytes()
        (tmp_path / f"places{part}").write_bytes(content[:-8] if part == ".shx" else content)
    problem = refusal(reader, tmp_path / "places.shp")
    assert problem.code == "shape_cut"
    assert ".shx" in problem.message


def test_shapes_without_an_index_that_end_with_a_whole_record_are_cut(
    reader: RestrictedReader, files: Path, tmp_path: Path
) -> None:
    (tmp_path / "places.shp").write_bytes((files / "places.shp").read_bytes()[:-28])
    assert refusal(reader, tmp_path / "places.shp").code == "shape_cut"


@pytest.mark.parametrize("suffix", [".mif", ".mid"])
def test_the_end_of_file_of_dos_is_no_row(reader: RestrictedReader, files: Path, tmp_path: Path, suffix: str) -> None:
    for part in (".mif", ".mid"):
        end = b"\x1a" if part == suffix else b""
        (tmp_path / f"places{part}").write_bytes((files / f"places{part}").read_bytes() + end)
    assert rows_in(reader, tmp_path / "places.mif") == rows_in(reader, files / "places.mif")


def test_epanet_is_cut_where_neither_its_end_nor_that_of_its_line_is_there(shared_data: Path, tmp_path: Path) -> None:
    whole = (shared_data / "eau_epanet" / "Net3.inp").read_text()
    path = tmp_path / "net.inp"
    path.write_text(whole[: whole.index("[COORDINATES]") + 1000].rstrip())
    with RestrictedReader() as reader, pytest.raises(ReadRefused) as refused:
        reader.epanet(reader.admit(path))
    assert refused.value.problem.code == "epanet_cut"
