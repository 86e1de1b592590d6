"""Parcel references as people write them: `45901 AB 123`, `AB 123`, `ab123`, the 14- and 15-character identifiers."""

import re
from dataclasses import dataclass

from layers.features.search_terms import split_terms

INSEE = r"(?:\d{2}|2[AB])\d{3}"
IDENTIFIER = re.compile(rf"(?P<insee>{INSEE})(?P<prefix>\d{{3}})(?P<section>[0-9A-Z]{{2}})(?P<number>\d{{4}})")
LONG_IDENTIFIER = re.compile(r"(?P<department>\d{2}|2[AB])(?P<direction>\d)(?P<rest>\d{3}\d{3}[0-9A-Z]{2}\d{4})")
BEGINNING = re.compile(rf"{INSEE}\d{{3}}[0-9A-Z]{{0,2}}\d{{0,3}}")
SECTION = r"0?[A-Z]|[A-Z]{2}"
REFERENCE = re.compile(
    rf"(?:(?:(?P<code>{INSEE})\s*|(?P<place>.*?\S)\s+))?(?:(?P<prefix>\d{{3}})\s+)?(?P<section>{SECTION})"
    r"\s*(?:n°\s*)?(?P<number>\d{1,4})",
    re.IGNORECASE,
)
OVERSEAS = "97"


@dataclass(frozen=True, slots=True)
class Reference:
    """A parcel as far as the text names it. `idu` alone when the text is an identifier or its beginning.

    `section` is padded to two characters, `number` bare; `insee` is known from its code, else `place` holds the words
    of a commune's name (none: any commune).
    """

    idu: str | None = None
    insee: str | None = None
    place: tuple[str, ...] = ()
    prefix: str | None = None
    section: str = ""
    number: str = ""


def read_reference(text: str) -> Reference | None:
    """The parcel reference that a text is, None when it is none."""
    return read_identifier(text) or read_sentence(text)


def read_identifier(text: str) -> Reference | None:
    """A whole identifier of 14 or 15 characters, or the beginning of the former from its prefix on."""
    packed = re.sub(r"[\s.-]", "", text).upper()
    if not packed.isascii():
        return None
    if IDENTIFIER.fullmatch(packed) or BEGINNING.fullmatch(text.upper()):
        return Reference(idu=packed)
    short = without_direction(packed)
    return Reference(idu=short) if short else None


def whole_identifier(text: str) -> str | None:
    """The 14 characters of a whole identifier written with 14 or 15, None when it is none."""
    packed = re.sub(r"[\s.-]", "", text[:60]).upper()
    if not packed.isascii():
        return None
    return packed if IDENTIFIER.fullmatch(packed) else without_direction(packed)


def without_direction(packed: str) -> str | None:
    """The 14 characters of a 15-character identifier (département, direction, commune...), None when it is not one.

    The direction is a digit; overseas it is the commune code's first (974 is département 97, direction 4).
    """
    match = LONG_IDENTIFIER.fullmatch(packed)
    if match is None or (match["department"] == OVERSEAS and match["direction"] != match["rest"][0]):
        return None
    short = match["department"] + match["rest"]
    return short if IDENTIFIER.fullmatch(short) else None


def read_sentence(text: str) -> Reference | None:
    """Section and number, after the commune's code or name where it is given."""
    match = REFERENCE.fullmatch(text.strip(" .,\t\n"))
    if match is None:
        return None
    place = (match["code"] or match["place"] or "").upper().removesuffix("SECTION").strip(" ,")
    section, number = match["section"].upper().zfill(2), match["number"].lstrip("0") or "0"
    if re.fullmatch(INSEE, place):
        return Reference(insee=place, prefix=match["prefix"], section=section, number=number)
    commune = tuple(split_terms(place))
    if any(word.isdecimal() for word in commune):
        return None
    return Reference(place=commune, prefix=match["prefix"], section=section, number=number)


def number_patterns(number: str) -> list[str]:
    """LIKE patterns of the padded numbers that begin with the typed digits, exact first: 12 is 0012, 012_, 12__."""
    return [number.rjust(4 - blanks, "0") + "_" * blanks for blanks in range(5 - len(number))]
