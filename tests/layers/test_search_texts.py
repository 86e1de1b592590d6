"""What the search box understands, without a database."""

import pytest

from layers.cadastre.references import Reference, number_patterns, read_reference
from layers.cadastre.searchers import split_address
from layers.features.coordinates import read_coordinates
from layers.features.search_terms import search_text, split_terms

AB_123 = Reference(section="AB", number="123")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("AB 123", AB_123),
        ("ab123", AB_123),
        ("  AB  0123 ", AB_123),
        ("section AB n° 123", AB_123),
        ("A 12", Reference(section="0A", number="12")),
        ("0A 12", Reference(section="0A", number="12")),
        ("45901 AB 123", Reference(insee="45901", section="AB", number="123")),
        ("45901AB123", Reference(insee="45901", section="AB", number="123")),
        ("AB 123.", AB_123),
        ("45901 000 AB 123", Reference(insee="45901", prefix="000", section="AB", number="123")),
        ("2a004 ab 1", Reference(insee="2A004", section="AB", number="1")),
        ("Saint-Aubin AB 123", Reference(place=("saint", "aubin"), section="AB", number="123")),
        ("45901000AB0123", Reference(idu="45901000AB0123")),
        ("45901 000 AB 0123", Reference(idu="45901000AB0123")),
        ("45901000AB", Reference(idu="45901000AB")),
        ("450901000AB0123", Reference(idu="45901000AB0123")),
        ("974411000AB0123", Reference(idu="97411000AB0123")),
    ],
)
def test_parcel_references(text: str, reference: Reference) -> None:
    assert read_reference(text) == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AB",
        "123",
        "rue des Tanneurs",
        "12 rue AB 3",
        "617284 6717902",
        "4X0901000AB0123",
        "97A411000AB0123",
        "975411000AB0123",
        "ÀB 12",
    ],
)
def test_what_is_no_parcel_reference(text: str) -> None:
    assert read_reference(text) is None


def test_typed_digits_are_the_beginning_of_a_padded_number() -> None:
    assert number_patterns("12") == ["0012", "012_", "12__"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("617284 6717902", ("lambert", (617284.0, 6717902.0))),
        ("617284,5 6717902,25", ("lambert", (617284.5, 6717902.25))),
        ("617284.5, 6717902.25", ("lambert", (617284.5, 6717902.25))),
        ("617284,6717902", ("lambert", (617284.0, 6717902.0))),
        ("617 284 6 717 902", ("lambert", (617284.0, 6717902.0))),
        ("6717902 617284", ("lambert", (617284.0, 6717902.0))),
        ("1.92, 47.55", ("wgs84", (1.92, 47.55))),
        ("47.55, 1.92", ("wgs84", (1.92, 47.55))),
        ("47,55 1,92", ("wgs84", (1.92, 47.55))),
        ("47,55 ; 1,92", ("wgs84", (1.92, 47.55))),
        ("47,55, 1,92", ("wgs84", (1.92, 47.55))),
        ("47.55N 1.92E", ("wgs84", (1.92, 47.55))),
        ("N 47.55° E 1.92°", ("wgs84", (1.92, 47.55))),
        ("47.55 N, 1.5 O", ("wgs84", (-1.5, 47.55))),
        ("-1.5 47.55", ("wgs84", (-1.5, 47.55))),
    ],
)
def test_coordinates(text: str, place: tuple[str, tuple[float, float]]) -> None:
    assert read_coordinates(text) == place


@pytest.mark.parametrize(
    "text", ["", "12", "12 13", "AB 123", "45901", "0 0", "12 rue 5", "1 2 3", "47.55 1.92 3", "47.55N 1.92N"]
)
def test_what_is_no_coordinates(text: str) -> None:
    assert read_coordinates(text) is None


def test_words_lose_accents_case_and_punctuation() -> None:
    assert split_terms("L'Église St-Jean, œuvre n° 3") == ["l", "eglise", "saint", "jean", "oeuvre", "n", "3"]


def test_a_search_text_has_a_space_before_every_word() -> None:
    assert search_text(12, "bis", "rue de l'Étang", None, "") == " 12 bis rue de l etang"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 bis rue des tanneurs", (12, "bis", ["rue", "des", "tanneurs"])),
        ("12bis rue", (12, "bis", ["rue"])),
        ("rue des tanneurs", (None, "", ["rue", "des", "tanneurs"])),
        ("45998 saint aubin", (None, "", ["45998", "saint", "aubin"])),
        ("12", (None, "", ["12"])),
    ],
)
def test_addresses_are_split(text: str, parts: tuple[int | None, str, list[str]]) -> None:
    assert split_address(text.split()) == parts
