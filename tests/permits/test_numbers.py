"""National numbers: read, written, refused."""

import pytest

from permits.numbers import NotANumberError, Number, exact_numbers, number_beginnings

SEEN = {
    "PC 045 234 26 A0001": ("45234", "PC04523426A0001"),
    "pc04523426a0001": ("45234", "PC04523426A0001"),
    "PC 045 234 26 A0001 M01": ("45234", "PC04523426A0001M01"),
    "DP 02A 004 25 00012": ("2A004", "DP02A0042500012"),
    "DP 02B 033 25 00012": ("2B033", "DP02B0332500012"),
    "PC 974 411 19 A0296": ("97411", "PC97441119A0296"),
    "PC 971 101 18 00123 T02": ("97101", "PC9711011800123T02"),
    "CU.045.234.26.00001": ("45234", "CU0452342600001"),
    "PC 045 234 26 A0001 P0": ("45234", "PC04523426A0001"),
}
REFUSED = {
    "AT 045 234 26 A0001": "letters",
    "PC 096 001 26 00001": "department",
    "PC 020 001 26 00001": "department",
    "PC 977 001 26 00001": "department",
    "PC 974 101 26 00001": "commune",
    "PC 045 234 26 0001": "form",
    "PC 045 234 26 A0001 M00": "form",
    "PC 045 234 26 A0001 X01": "form",
    "": "letters",
}


@pytest.mark.parametrize(("text", "expected"), SEEN.items())
def test_a_number_is_read_with_its_commune(text: str, expected: tuple[str, str]) -> None:
    number = Number.parse(text)
    assert (number.insee, number.packed) == expected


@pytest.mark.parametrize("text", SEEN)
def test_a_number_that_is_written_is_read_again(text: str) -> None:
    assert Number.parse(str(Number.parse(text))) == Number.parse(text)


def test_a_number_is_written_in_groups() -> None:
    assert str(Number.parse("PC04523426A0001M01")) == "PC 045 234 26 A0001 M01"


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_what_is_no_number_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(NotANumberError) as refusal:
        Number.parse(text)
    assert refusal.value.why == why


EXACT = {
    "pc 45 234 26 a0001": ["PC04523426A0001"],
    "PC.045.234.26.A0001": ["PC04523426A0001"],
    "PC 04 234 26 A0001": ["PC00423426A0001"],
    "PC 045 234 26": [],
    "45901000AB0123": [],
    "617284 6717902": [],
    "AB 12": [],
}


@pytest.mark.parametrize(("text", "packed"), EXACT.items())
def test_a_whole_number_in_any_writing(text: str, packed: list[str]) -> None:
    assert exact_numbers(text) == packed


@pytest.mark.parametrize("text", ["045 234 26 A0001", "45 234 26 a0001"])
def test_a_number_without_its_letters_may_be_of_each_series(text: str) -> None:
    assert exact_numbers(text) == [f"{letters}04523426A0001" for letters in ("PC", "PA", "PD", "DP", "CU")]


@pytest.mark.parametrize(
    ("text", "beginnings"),
    [
        ("pc 045 234", ["PC045234"]),
        ("pc 45 234", ["PC45234", "PC045234"]),
        ("PC 045 234 26 A0001", ["PC04523426A0001"]),
        ("45234", []),
        ("A0001", []),
    ],
)
def test_how_numbers_begin(text: str, beginnings: list[str]) -> None:
    assert number_beginnings(text) == beginnings
