"""Text files through the restricted reader, line by line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.files.reader import Limits, Lines, ReadRefused, RestrictedReader


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def read(reader: RestrictedReader, folder: Path, content: bytes) -> list[Lines]:
    path = folder / "REVPROP.450"
    path.write_bytes(content)
    return list(reader.lines(reader.admit(path)))


def test_lines_come_without_their_ends(reader: RestrictedReader, tmp_path: Path) -> None:
    (lines,) = read(reader, tmp_path, b"one\ntwo  \n\nfour")
    assert (lines.first, lines.texts) == (1, ("one", "two  ", "", "four"))


def test_a_long_file_comes_in_stretches_that_say_where_they_begin(reader: RestrictedReader, tmp_path: Path) -> None:
    stretches = read(reader, tmp_path, b"x\n" * 12_001)
    assert [(one.first, len(one.texts)) for one in stretches] == [(1, 5000), (5001, 5000), (10001, 2001)]


def test_the_first_line_that_windows_ended_is_told(reader: RestrictedReader, tmp_path: Path) -> None:
    (lines,) = read(reader, tmp_path, b"one\ntwo\r\nthree\r\n")
    assert (lines.returns, lines.texts) == (2, ("one", "two", "three"))


def test_latin_1_is_read_and_told_with_the_first_accent(reader: RestrictedReader, tmp_path: Path) -> None:
    (lines,) = read(reader, tmp_path, "ANNE\nHÉLÈNE\nRENÉ\n".encode("latin-1"))
    assert (lines.encoding, lines.how, lines.accent) == ("cp1252", "guessed", 2)
    assert lines.texts[1] == "HÉLÈNE"


def test_a_line_with_a_nul_is_a_problem_and_the_others_are_read(reader: RestrictedReader, tmp_path: Path) -> None:
    (lines,) = read(reader, tmp_path, b"one\ntw\0o\nthree\n")
    assert [(one.index, one.code, one.params["column"]) for one in lines.problems] == [(2, "not_text", 3)]
    assert lines.texts == ("one", "", "three")


def test_an_endless_line_is_refused_in_words(reader: RestrictedReader, tmp_path: Path) -> None:
    with pytest.raises(ReadRefused, match="La ligne 2 dépasse"):
        read(reader, tmp_path, b"one\n" + b"x" * 20_000)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 zip", "é".encode("utf-16")], ids=["empty", "zip", "utf-16"])
def test_what_is_no_text_is_refused(reader: RestrictedReader, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ReadRefused):
        read(reader, tmp_path, content)


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "REVPROP.450"
    path.write_bytes(b"x" * 200)
    with (
        RestrictedReader(Limits(file_bytes=100), quarantine_root=tmp_path / "quarantine") as reader,
        pytest.raises(ReadRefused),
    ):
        list(reader.lines(reader.admit(path)))
