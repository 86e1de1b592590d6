"""Coordinates that people type: Lambert-93 or WGS 84, with points or commas, in either order, N and E or not."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_one
from layers.features.display import display_number
from layers.features.search import Question, SearchResult

type Pair = tuple[float, float]

NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
LEFTOVER = re.compile(r"[\s,;/°()]*")
LETTERS = re.compile(r"[NSEOWnseow]")
LAMBERT_X, LAMBERT_Y = (0.0, 1_300_000.0), (6_000_000.0, 7_200_000.0)
LATITUDES, LONGITUDES = (41.0, 51.6), (-5.6, 10.0)


def read_coordinates(text: str) -> tuple[str, Pair] | None:
    """("lambert", (x, y)) or ("wgs84", (lon, lat)) when the text is two coordinates in France, else None."""
    letters = [letter.upper() for letter in LETTERS.findall(text)]
    if re.search(r"[A-Za-zÀ-ÿ]{2,}", text) or re.search(r"[A-DF-MP-RT-VX-Z]", text.upper()):
        return None
    bare = LETTERS.sub(" ", text)
    for candidate in readings(bare):
        if (read := identify_system(candidate, letters)) is not None:
            return read
    return None


def readings(text: str) -> Iterable[Pair]:
    """The ways to read two numbers: commas as decimal marks or as separators, spaces in thousands or between."""
    for decimals in (text, re.sub(r",(?=\s)", " ", text), text.replace(",", " "), join_digit_groups(text)):
        numbers = NUMBER.findall(decimals)
        if len(numbers) == 2 and LEFTOVER.fullmatch(NUMBER.sub("", decimals)):
            first, second = (float(number.replace(",", ".")) for number in numbers)
            yield first, second


def join_digit_groups(text: str) -> str:
    """Digits in groups of three brought together: 617 284 6 717 902 is x then y."""
    digits = re.fullmatch(r"\s*(\d{3})\s?(\d{3})[\s,;]+(\d)\s?(\d{3})\s?(\d{3})\s*", text.replace("\u202f", " "))
    return f"{digits[1]}{digits[2]} {digits[3]}{digits[4]}{digits[5]}" if digits else text


def identify_system(pair: Pair, letters: list[str]) -> tuple[str, Pair] | None:
    """Which of the two is which, and in which system; None when they are nowhere in France."""
    first, second = pair
    for x, y in ((first, second), (second, first)):
        if within(x, LAMBERT_X) and within(y, LAMBERT_Y):
            return "lambert", (x, y)
    if letters:
        return read_lettered(pair, letters)
    for lat, lon in ((first, second), (second, first)):
        if within(lat, LATITUDES) and within(lon, LONGITUDES):
            return "wgs84", (lon, lat)
    return None


def read_lettered(pair: Pair, letters: list[str]) -> tuple[str, Pair] | None:
    """Degrees with N or S beside one and E, O or W beside the other."""
    if len(letters) != 2 or (letters[0] in "NS") == (letters[1] in "NS"):
        return None
    signed = [-value if letter in "SWO" else value for value, letter in zip(pair, letters, strict=True)]
    lat, lon = signed if letters[0] in "NS" else reversed(signed)
    return ("wgs84", (lon, lat)) if within(lat, LATITUDES) and within(lon, LONGITUDES) else None


def within(value: float, bounds: Pair) -> bool:
    return bounds[0] <= value <= bounds[1]


def search_coordinates(question: Question) -> list[SearchResult]:
    """The place that the text names by its coordinates."""
    read = read_coordinates(question.text)
    if read is None:
        return []
    system, pair = read
    lambert = pair if system == "lambert" else transform_pair(pair, 4326, 2154)
    lon, lat = pair if system == "wgs84" else transform_pair(pair, 2154, 4326)
    metres = f"{display_number(lambert[0], 2)} ; {display_number(lambert[1], 2)} (Lambert-93)"
    degrees = f"{lat:.6f}, {lon:.6f} (WGS 84)"
    label, detail = (metres, degrees) if system == "lambert" else (degrees, metres)
    return [
        SearchResult(
            kind="coordinates",
            label=label,
            detail=_("Coordinates: %(other)s") % {"other": detail},
            center_4326=(lon, lat),
            score=100,
        )
    ]


def transform_pair(pair: Pair, source: int, target: int) -> Pair:
    x, y = fetch_one(
        "select st_x(p), st_y(p) from (select st_transform(st_point(%s, %s, %s), %s) as p) moved",
        [*pair, source, target],
    )
    return x, y
