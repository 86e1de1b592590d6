"""What the search box understands, without a database."""

import pytest

from layers.cadastre.references import Reference, number_patterns, read_meanings, read_reference, read_references
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
        ("section AB parcelle 123", AB_123),
        ("parcelle AB 123", AB_123),
        ("parcelle cadastrée section AB numéro 123", AB_123),
        ("AB-123", AB_123),
        ("AB/123", AB_123),
        ("000 AB 123", Reference(prefix="000", section="AB", number="123")),
        ("45 901 AB 123", Reference(insee="45901", section="AB", number="123")),
        ("AB 123 45901", Reference(insee="45901", section="AB", number="123")),
        ("AB 123 (45901)", Reference(insee="45901", section="AB", number="123")),
        ("AB 123 Saint-Aubin", Reference(place=("saint", "aubin"), section="AB", number="123")),
        ("AB 123 à Saint-Aubin", Reference(place=("saint", "aubin"), section="AB", number="123")),
        ("commune de Bray, section AB n° 123", Reference(place=("bray",), section="AB", number="123")),
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
        "D 2020 PR",
        "D 2020 PR 12+350",
        "AB 99999",
        "12 rue des Tanneurs",
        "PC 045 234 26 A0001",
    ],
)
def test_what_is_no_parcel_reference(text: str) -> None:
    assert read_reference(text) is None


@pytest.mark.parametrize("text", ["901 AB 12", "901AB12", "préfixe 901 section AB 12"])
def test_three_digits_are_a_prefix_or_the_end_of_a_communes_code(text: str) -> None:
    prefix = Reference(prefix="901", section="AB", number="12")
    assert read_meanings(text) == (prefix, Reference(commune="901", section="AB", number="12"))


@pytest.mark.parametrize(
    ("text", "parcels"),
    [
        ("AB 12, AB 13", [("AB", "12"), ("AB", "13")]),
        ("AB 12; AB 13\nAC 1", [("AB", "12"), ("AB", "13"), ("AC", "1")]),
        ("AB 12\tAB  13\r\n\r\nAB 12", [("AB", "12"), ("AB", "13")]),
        ("parcelles AB 12 et AB 13", [("AB", "12"), ("AB", "13")]),
        ("AB 12, 13 et 15", [("AB", "12"), ("AB", "13"), ("AB", "15")]),
        ("AB 12 AB 13", [("AB", "12"), ("AB", "13")]),
        ("AB 12 à 15", [("AB", "12"), ("AB", "13"), ("AB", "14"), ("AB", "15")]),
        ("AB 12, 13 à 15", [("AB", "12"), ("AB", "13"), ("AB", "14"), ("AB", "15")]),
        ("AB n° 12 et n° 13", [("AB", "12"), ("AB", "13")]),
        ("AB nos 12 à 13", [("AB", "12"), ("AB", "13")]),
        ("AB 12/13/14", [("AB", "12"), ("AB", "13"), ("AB", "14")]),
        ("AB12-AB13", [("AB", "12"), ("AB", "13")]),
        (" \n ; ", []),
    ],
)
def test_a_list_of_parcels(text: str, parcels: list[tuple[str, str]]) -> None:
    assert [(one.meanings[0].section, one.meanings[0].number) for one in read_references(text)] == parcels


@pytest.mark.parametrize(
    "text",
    [
        "Bray AB 12, AB 13",
        "Bray AB 12 et 13",
        "Bray, AB 12, AB 13",
        "AB 12, AB 13 Bray",
        "AB 12, AB 13, Bray",
        "AB 12 à 13 Bray",
        "AB 12 AB 13 Bray",
        "AB 12/13 Bray",
        "AB 12 et 13 Bray",
        "AB 12, 13 à Bray",
        "AB n°12 et n°13, commune de Bray",
        "Bray AB 12/13",
    ],
)
def test_the_commune_of_a_line_is_that_of_all_its_parcels(text: str) -> None:
    assert [one.meanings[0].place for one in read_references(text)] == [("bray",), ("bray",)]


def test_a_commune_holds_for_its_line() -> None:
    assert [one.meanings[0].insee for one in read_references("45901 AB 12\nAB 13")] == ["45901", None]


@pytest.mark.parametrize("text", ["45901000AB0123 450901000AB0124", "45901000AB0123,45901000AB0124"])
def test_identifiers_in_a_row(text: str) -> None:
    assert [one.meanings[0].idu for one in read_references(text)] == ["45901000AB0123", "45901000AB0124"]


def test_what_is_no_parcel_of_a_list_keeps_its_text() -> None:
    assert [(one.text, bool(one.meanings)) for one in read_references("AB 12, what?9")] == [
        ("AB 12", True),
        ("what?9", False),
    ]


def test_a_house_number_in_a_list_is_no_parcel() -> None:
    assert [bool(one.meanings) for one in read_references("AB 12, 13 rue des Tanneurs")] == [True, False]


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
