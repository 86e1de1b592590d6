"""Telephone numbers as people write them, and how long text messages are."""

import pytest

from networks.notifications.phones import NotAPhoneError, format_phone, phone_of
from networks.notifications.sms import length_of, to_gsm


@pytest.mark.parametrize(
    ("written", "number", "mobile"),
    [
        ("06 39 98 00 01", "+33639980001", True),
        ("06.39.98.00.01", "+33639980001", True),
        ("0639980001", "+33639980001", True),
        ("639980001", "+33639980001", True),
        ("+33 (0)6 39 98 00 01", "+33639980001", True),
        ("0033639980001", "+33639980001", True),
        ("33639980001", "+33639980001", True),
        ("07 00 00 00 00", "+33700000000", True),
        ("02\u00a038\u202f00 00 00", "+33238000000", False),
        ("0692 12 34 56", "+262692123456", True),
        ("0262 12 34 56", "+262262123456", False),
        ("0639 01 23 45", "+262639012345", True),
        ("0590 12 34 56", "+590590123456", False),
        ("0690 12 34 56", "+590690123456", True),
        ("+32 470 12 34 56", "+32470123456", True),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str, number: str, mobile: bool) -> None:
    found = phone_of(written)
    assert (found.number, found.mobile) == (number, mobile)


@pytest.mark.parametrize("written", ["", "12", "3949", "08 99 00 00 00", "06 39 98 00", "06 39 98 00 011", "+", "+0",
                                     "abc", "06 39 98 00 0l", "+33 1", "++33639980001", "1" * 400])  # fmt: skip
def test_what_nobody_can_be_warned_on_is_no_number(written: str) -> None:
    with pytest.raises(NotAPhoneError):
        phone_of(written)


def test_a_french_number_is_shown_as_people_read_it() -> None:
    assert format_phone("+33639980001") == "06 39 98 00 01"
    assert format_phone("+32470123456") == "+32470123456"


@pytest.mark.parametrize(
    ("text", "alphabet", "characters", "parts"),
    [
        ("", "GSM-7", 0, 0),
        ("é" * 160, "GSM-7", 160, 1),
        ("é" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # A euro is never cut in two: 152 characters and one of its halves would fit.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("ê" * 134, "UCS-2", 134, 2),
        ("ê" * 135, "UCS-2", 135, 3),
        ("💧" * 35, "UCS-2", 70, 1),
        ("a" * 66 + "💧" + "a" * 66, "UCS-2", 134, 3),
    ],
)
def test_a_text_message_is_counted_as_networks_do(text: str, alphabet: str, characters: int, parts: int) -> None:
    found = length_of(text)
    assert (found.alphabet, found.characters, found.parts) == (alphabet, characters, parts)


def test_the_characters_that_make_a_message_longer_are_named() -> None:
    assert length_of("l’été, la fête").foreign == ("’", "ê")


def test_the_same_words_fit_the_short_alphabet() -> None:
    assert to_gsm("L’eau fraîche du 1ᵉʳ août… œuvre ça é") == "L'eau fraiche du 1er aout... oeuvre ca é"
    assert length_of(to_gsm("’«»–—œç\u00a0ê")).alphabet == "GSM-7"
