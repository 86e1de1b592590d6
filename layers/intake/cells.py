"""Texts of a file made into values: numbers with units, years, days, codes and their labels, however people write them.

Each function gives a Cell: the value (None where there is none that can be used), a note of what was done, and whether
the text is kept as it is beside the value because the value does not say all of it.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from math import inf
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from layers.catalogue.columns import bounds
from layers.intake.params import Param

OLDEST: Final = 1800
WIDEST_MM: Final = 10_000
LARGEST: Final = 1e9
LONGEST_EXCERPT: Final = 60
LONGEST_TEXT: Final = 254
NUMBER = re.compile(r"^([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?)\s*([a-z\"'″′]*)$", re.IGNORECASE)
THOUSANDS = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009](?=\d{3}(?!\d))")
PREFIX = re.compile(r"^(dn|diam[èe]tre|diam|d|ø|⌀)\s*[.:=]?\s*(?=\d)", re.IGNORECASE)
PRESSURE = re.compile(r"(?<![a-z])(?:pn|sdr)\s*\d+(?:[.,/]\d+)*")
RESIN = re.compile(r"(?<![a-z])pe\s?(?:80|100)(?![\d.,])")
SIZED = re.compile(r"(?:dn|diam[a-zè]*|ø|⌀)\s*[.:=]?\s*(\d+(?:[.,]\d+)?)")
SIZE = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)")
YEAR = re.compile(r"^(\d{4})(?:[.,]0*)?$")
DAYS = (
    (re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$", re.ASCII), (1, 2, 3)),
    (re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?$", re.ASCII), (3, 2, 1)),
    (re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII), (1, 2, 3)),
)
CODE = re.compile(r"^(\d{1,2})(?:\s*[-./_ ]\s*(\d{1,2}))?(?:\.0+)?$")
LED = re.compile(r"^(\d{2}(?:-\d{2})?)\s*[-:–)]\s*\D")
NOTHING: Final = frozenset(
    {"", "null", "none", "nan", "n/a", "na", "#n/a", "-", "--", "?", "nr", "nc", "sans objet"}
    | {f"non renseign{end}" for end in ("e", "é", "ée", "ee", "é(e)")}
)
NO_YEAR: Final = frozenset({"0", "00", "000", "0000", "9999", "99", "1", "0001", "1111"})
FEET: Final = 0.3048
INCH_MM: Final = 25.4
LENGTHS: Final = {
    "m": 1.0, "ngf": 1.0, "mngf": 1.0, "cm": 0.01, "mm": 0.001,
    "ft": FEET, "feet": FEET, "foot": FEET, "pied": FEET, "pieds": FEET, "'": FEET, "′": FEET,
}  # fmt: skip
DIAMETERS: Final = {
    "mm": 1.0, "cm": 10.0, "m": 1000.0, "in": INCH_MM, "inch": INCH_MM, "inches": INCH_MM, "pouce": INCH_MM,
    "pouces": INCH_MM, '"': INCH_MM, "''": INCH_MM, "″": INCH_MM, "ft": FEET * 1000, "feet": FEET * 1000,
    "pied": FEET * 1000, "pieds": FEET * 1000,
}  # fmt: skip
YES: Final = frozenset({"o", "oui", "1", "true", "vrai", "t", "v", "y", "yes"})
NO: Final = frozenset({"n", "non", "0", "2", "false", "faux", "f", "no"})


def bare(text: str) -> str:
    """Words in small letters, without accents and signs."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


class Note(NamedTuple):
    """What was done with a text: a code and its parameters (`layers.intake.findings`)."""

    code: str
    params: Mapping[str, Any]


class Cell(NamedTuple):
    """What a text says; `note`: what was done with it; `keep`: the text itself stays beside the value."""

    value: Any = None
    note: Note | None = None
    keep: bool = False


type Read = Callable[[str, str], Cell]
"""Of the field's name and the text."""


def note(code: str, field: str, text: str, /, **more: Any) -> Note:
    """A note about a text of a field, of which the first LONGEST_EXCERPT characters are kept."""
    return Note(code, {"field": field, "value": text[:LONGEST_EXCERPT], **more})


def is_nothing(text: str) -> bool:
    """Whether a text stands for no value."""
    return text.strip().lower() in NOTHING


def unread(field: str, text: str) -> Cell:
    return Cell(None, note(_("%(field)s “%(value)s” is not understood: left empty, kept aside."), field, text), True)


def cut_text(field: str, text: str, most: int) -> Cell:
    """A text, cut where its column ends."""
    plain = text.strip()
    if len(plain) <= most:
        return Cell(plain or None)
    message = _("%(field)s is longer than %(most)s characters: cut, and kept aside in full.")
    return Cell(plain[:most], note(message, field, plain, most=most), True)


def parse_measure(text: str, units: Mapping[str, float]) -> tuple[float, float, str] | None:
    """A number, what its unit multiplies it by, the unit; None for what is no number."""
    match = NUMBER.match(PREFIX.sub("", THOUSANDS.sub("", text.strip())))
    if match is None:
        return None
    unit = match[2].lower()
    if unit and unit not in units:
        return None
    value = float(match[1].replace(",", "."))
    return (value, units[unit] if unit else 1.0, unit) if math.isfinite(value) else None


def metres(field: str, text: str) -> Cell:
    number = parse_measure(text, LENGTHS)
    if number is None or abs(number[0]) > LARGEST:
        return unread(field, text)
    value, times, unit = number
    if times == 1.0:
        return Cell(value)
    message = _("%(field)s “%(value)s” is in %(unit)s: turned into metres.")
    return Cell(round(value * times, 4), note(message, field, text, unit=unit))


def depth(field: str, text: str) -> Cell:
    """A depth: 0 as it is, -99 and the like for what nobody measured."""
    return no_filler(metres(field, text), field, text, lowest=-50)


def height(field: str, text: str) -> Cell:
    """A height above the sea: 0 and below are what fills a cell that nobody measured."""
    return no_filler(metres(field, text), field, text, lowest=-10, without_zero=True)


def no_filler(cell: Cell, field: str, text: str, *, lowest: float, without_zero: bool = False) -> Cell:
    if cell.value is None or not (cell.value < lowest or cell.value > 5000 or (without_zero and cell.value == 0)):
        return cell
    return Cell(None, note(_("%(field)s %(value)s was taken for “not known”."), field, text), True)


def diameter(field: str, text: str) -> Cell:
    """In whole millimetres: “DN 100”, “100 mm”, “0,1 m”, “4"”; less than 3 are metres."""
    number = parse_measure(text, DIAMETERS)
    if number is None:
        return unread(field, text)
    value, times, unit = number
    if value <= 0:
        return Cell(None, note(_("%(field)s %(value)s was taken for “not known”."), field, text))
    if not unit and value < 3 and value != round(value):
        times, unit = 1000.0, "m"
    size = round(value * times)
    if not 1 <= size <= WIDEST_MM:
        message = _("%(field)s “%(value)s” is not a possible diameter: left empty, kept aside.")
        return Cell(None, note(message, field, text), True)
    if times != 1.0:
        message = _("%(field)s “%(value)s” is in %(unit)s: turned into %(size)s mm.")
        return Cell(size, note(message, field, text, unit=unit, size=size))
    if abs(value - size) > 1e-6:
        return Cell(size, note(_("%(field)s %(value)s was rounded to %(size)s mm."), field, text, size=size), True)
    return Cell(size)


def size_in(text: str) -> int | None:
    """The diameter in a name: “PVC110-PN16”, “Fonte DN 150”; pressures and resins (PN16, SDR11, PE100) are none."""
    plain = RESIN.sub("pe ", PRESSURE.sub(" ", text.lower()))
    match = SIZED.search(plain) or SIZE.search(plain)
    size = round(float(match[1].replace(",", "."))) if match else 0
    return size if 10 <= size <= WIDEST_MM else None


def diameter_in_name(field: str, text: str) -> Cell:
    """A diameter, or the name of a pipe that says it, which stays beside."""
    if parse_measure(text, DIAMETERS) is None and (size := size_in(text)) is not None:
        return Cell(size, None, True)
    return diameter(field, text)


def is_possible_year(number: int) -> bool:
    """Whether it is from 1800 to next year."""
    return OLDEST <= number <= timezone.localdate().year + 1


def year(field: str, text: str) -> Cell:
    """A year from 1800 to next year; what fills a mandatory cell is none."""
    plain = text.strip()
    if plain in NO_YEAR:
        return Cell(None, note(_("%(field)s %(value)s was taken for “not known”."), field, plain))
    match = YEAR.match(plain)
    if match and is_possible_year(int(match[1])):
        return Cell(int(match[1]))
    if match is None and (calendar_day := read_day(plain)) and is_possible_year(calendar_day.year):
        message = _("%(field)s “%(value)s” is a day: its year was taken.")
        return Cell(calendar_day.year, note(message, field, plain), True)
    message = _("%(field)s “%(value)s” is not a possible year: left empty, kept aside.")
    return Cell(None, note(message, field, plain), True)


def read_day(text: str) -> date | None:
    for pattern, order in DAYS:
        if match := pattern.match(text):
            try:
                return date(*(int(match[place]) for place in order))
            except ValueError:
                return None
    return None


def day(field: str, text: str) -> Cell:
    """A day of the calendar, however it is written; a year alone is its first day."""
    plain = text.strip()
    if plain in NO_YEAR or plain in ("00000000", "0000-00-00", "00/00/0000"):
        return Cell(None, note(_("%(field)s %(value)s was taken for “not known”."), field, plain))
    calendar_day = read_day(plain)
    if calendar_day is not None and is_possible_year(calendar_day.year):
        return Cell(calendar_day)
    match = YEAR.match(plain)
    if match and is_possible_year(int(match[1])):
        message = _("%(field)s “%(value)s” is a year alone: its first of January was taken.")
        return Cell(date(int(match[1]), 1, 1), note(message, field, plain), True)
    message = _("%(field)s “%(value)s” is not a possible day: left empty, kept aside.")
    return Cell(None, note(message, field, plain), True)


def yes(field: str, text: str) -> Cell:
    plain = bare(text)
    if plain in YES or plain in NO:
        return Cell(plain in YES)
    return unread(field, text)


def code_in(text: str, codes: Mapping[str, Any]) -> str | None:
    """The code that a text is: with or without its zeros, in numbers, with its label behind it."""
    plain = text.strip()
    if plain in codes:
        return plain
    match = CODE.match(plain)
    if match is None and (led := LED.match(plain)):
        match = CODE.match(led[1])
    if match is None:
        # Of two levels without a sign between them, in a number: 701.
        match = CODE.match(f"{plain.zfill(4)[:2]}-{plain.zfill(4)[2:]}") if plain.isdigit() and len(plain) < 5 else None
    if match is None:
        return None
    first, second = match[1].zfill(2), (match[2] or "").zfill(2)
    tries = (f"{first}-{second}", f"{first}-{first}", first) if len(next(iter(codes))) > 2 else (first,)
    return next((code for code in tries if code in codes), None)


def codes_by_label(codes: Mapping[str, str]) -> dict[str, str]:
    """Codes by their labels without accents, the first one of several."""
    by_label: dict[str, str] = {}
    for code, label in codes.items():
        by_label.setdefault(bare(label), code)
    return by_label


def code_reader(labels: Mapping[str, str]) -> Read:
    """Reads the code of a list {code: label}, or its label in words."""
    by_label = codes_by_label(labels)

    def read(field: str, text: str) -> Cell:
        if (code := code_in(text, labels)) is not None:
            return Cell(code)
        if (code := by_label.get(bare(text))) is not None:
            message = _("%(field)s “%(value)s” is a label: read as the code %(code)s.")
            return Cell(code, note(message, field, text, code=code))
        return unread(field, text)

    return read


def text_reader(most: int) -> Read:
    return lambda field, text: cut_text(field, text, most)


def quantity(unit: str, *, whole: bool = False) -> Read:
    """Reads a number, or a whole one, with or without the sign of its unit behind it."""

    def read(field: str, text: str) -> Cell:
        plain = text.strip()
        if unit and plain.lower().endswith(unit.lower()):
            plain = plain[: -len(unit)]
        number = parse_measure(plain, {})
        if number is None or abs(number[0]) > LARGEST or (whole and number[0] != int(number[0])):
            return unread(field, text)
        return Cell(int(number[0]) if whole else number[0])

    return read


def within(read: Read, lowest: float | None, highest: float | None) -> Read:
    """What is below or above what its column may hold is kept aside."""

    def read_within(field: str, text: str) -> Cell:
        cell = read(field, text)
        value, least, most = cell.value, -inf if lowest is None else lowest, inf if highest is None else highest
        if value is None or least <= value <= most:
            return cell
        message = _("%(field)s “%(value)s” cannot be: left empty, kept aside.")
        return Cell(None, note(message, field, text), True)

    return read_within


def of_column(column: Mapping[str, Any]) -> Read:
    """How a text is read as a value of a layer's column without a code list (`Layer.columns`)."""
    kind = column["type"]
    if kind == "date":
        return day
    if kind == "boolean":
        return yes
    if kind in ("integer", "number", "length_m"):
        unit = str(column.get("unit") or "")
        in_metres = kind != "integer" and unit in ("", "m")
        read = metres if in_metres else quantity(unit, whole=kind == "integer")
        return lambda field, text: within(read, *bounds(column))(field, text)
    return text_reader(int(column.get("maximum_length") or LONGEST_TEXT))


def then(read: Read, change: Callable[[Any], tuple[Any, bool]]) -> Read:
    """What a value means here, and whether that loses something of the text, which is then kept."""

    def both(field: str, text: str) -> Cell:
        cell = read(field, text)
        if cell.value is None:
            return cell
        value, loses = change(cell.value)
        return Cell(value, cell.note, cell.keep or loses)

    return both


def column_of(read: Read, field: str | Param) -> Callable[[str], Cell]:
    """A reader that asks once for each different text; notes name the field, which may be worded when they are read."""
    return remember_answers(partial(read, field) if isinstance(field, str) else partial(name_note_field, read, field))


def name_note_field(read: Read, field: Param, text: str) -> Cell:
    """A cell whose note names its field by what is worded when it is read."""
    cell = read("", text)
    return cell._replace(note=Note(cell.note.code, {**cell.note.params, "field": field})) if cell.note else cell


def remember_answers(ask: Callable[[str], Cell]) -> Callable[[str], Cell]:
    known: dict[str, Cell] = {}

    def answer(text: str) -> Cell:
        cell = known.get(text)
        if cell is None:
            cell = known[text] = Cell() if is_nothing(text) else ask(text)
        return cell

    return answer
