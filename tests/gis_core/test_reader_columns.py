"""Values on their way to COPY: what people write in files, and what PostgreSQL takes for it."""

from typing import Any

import pyarrow as pa
import pytest

from gis_core.files.reader.child.columns import convert, escape_for_copy
from gis_core.files.reader.child.survey import GUESSES, Column


def converted(values: list[Any], wanted: str) -> list[str | None]:
    """Text per value; the word bad for what cannot be of the type."""
    found = convert(pa.array(values), wanted)
    pairs = zip(found.text.to_pylist(), found.bad.tolist(), strict=True)
    return ["bad" if bad else text for text, bad in pairs]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        ("1 234", "1234"),
        ("1\u202f234", "1234"),
        ("-7", "-7"),
        ("12,0", "12"),
        ("12.00", "12"),
        ("", None),
        ("12,5", "bad"),
        ("1e3", "bad"),
        ("douze", "bad"),
        ("9999999999999999999", "bad"),
    ],
)
def test_whole_numbers(written: str, read: str | None) -> None:
    assert converted([written], "integer") == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1 234,75", "1234.75"),
        ("1.234.567,5", "1234567.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567.5", "1234567.5"),
        ("-,5", "-.5"),
        ("1e-3", "1e-3"),
        ("NaN", None),
        ("1e999", "bad"),
        ("12,5,6", "bad"),
        ("12 m", "bad"),
        ("Infinity", "bad"),
    ],
)
def test_numbers(written: str, read: str | None) -> None:
    assert converted([written], "number") == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("oui", "true"),
        ("NON", "false"),
        ("Vrai", "true"),
        ("0", "false"),
        ("1", "true"),
        ("x", "true"),
        ("", None),
        ("peut-être", "bad"),
        ("2", "bad"),
    ],
)
def test_yes_and_no(written: str, read: str | None) -> None:
    assert converted([written], "boolean") == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-02-29", "2024-02-29"),
        ("29/02/2024", "2024-02-29"),
        ("1/2/2024", "2024-02-01"),
        ("29.02.2024", "2024-02-29"),
        ("20240229", "2024-02-29"),
        ("2024-02-29T10:00:00Z", "2024-02-29"),
        ("29/02/2024 10:00", "2024-02-29"),
        ("", None),
        ("29/02/2023", "bad"),
        ("31/11/2024", "bad"),
        ("2024-13-01", "bad"),
        ("29/02/24", "bad"),
        ("demain", "bad"),
    ],
)
def test_dates(written: str, read: str | None) -> None:
    assert converted([written], "date") == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-02-29T10:00:00Z", "2024-02-29 10:00:00Z"),
        ("2024-02-29 10:00:00+02:00", "2024-02-29 10:00:00+02:00"),
        ("29/02/2024 8:05", "2024-02-29 8:05 Europe/Paris"),
        ("2024-02-29T10:00:00,5", "2024-02-29 10:00:00.5 Europe/Paris"),
        ("2024-02-29", "2024-02-29 00:00:00 Europe/Paris"),
        ("", None),
        ("2024-02-29 25:00", "bad"),
        ("2024-02-29 10:61", "bad"),
        ("2024-02-29 10:00+99", "bad"),
    ],
)
def test_moments_without_a_zone_are_french(written: str, read: str | None) -> None:
    assert converted([written], "datetime") == [read]


def test_numbers_of_a_file_keep_every_digit_as_text() -> None:
    assert converted([0.1, 12.0, 1e20, None], "text") == ["0.1", "12", "1e+20", None]
    assert converted([2**62, -1], "text") == [str(2**62), "-1"]


def test_numbers_that_are_not_whole_are_no_integers() -> None:
    assert converted([12.0, 12.5, 1e300, float("nan"), None], "integer") == ["12", "bad", "bad", None, None]


def test_what_is_not_finite_is_no_value() -> None:
    assert converted([float("inf"), float("nan"), 1.5], "number") == [None, None, "1.5"]


def test_numbers_are_no_dates() -> None:
    assert converted([20240229, 5], "date") == ["2024-02-29", "bad"]


def test_texts_that_a_database_cannot_hold_are_bad() -> None:
    assert converted(["a\0b", "x" * 1_000_001, "ok"], "text") == ["bad", "bad", "ok"]


def test_signs_of_copy_are_escaped() -> None:
    text = escape_for_copy(pa.array(["a\tb", "c\nd", "e\\f", "g\rh", "\\N", "é", None]))
    assert text.to_pylist() == ["a\\tb", "c\\nd", "e\\\\f", "g\\rh", "\\\\N", "é", None]


def test_a_part_of_a_column_is_converted_alone() -> None:
    column = pa.array(["a\tb", "1,5", "2,5", "x"]).slice(1, 2)
    assert convert(column, "number").text.to_pylist() == ["1.5", "2.5"]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (["NULL", "1/2/2024"], "date"),
        (["2024-01-02 10:30", "N/A"], "datetime"),
        (["20240102"], "integer"),
        (["+ 5", "\u202f1\u00a0234"], "integer"),
        (["-,5", "1.234,5"], "number"),
        (["AB 12", "7"], "text"),
        (["12", "douze"], "text"),
        (["1", "x"], "boolean"),
        (["LYS-20240102"], "text"),
    ],
)
def test_a_column_of_texts_is_of_the_type_that_all_of_them_could_be(written: list[str], kind: str) -> None:
    column = Column("a", "text", open=list(GUESSES))
    column.add(pa.array(written))
    assert column.guess() == kind
