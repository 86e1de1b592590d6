"""The tax administration's owners and properties (MAJIC) as they are delivered: text files with lines of a fixed width.

A file begins with a line of its own (direction, date), and one for each commune. Its name says what it holds.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from gis_core.files.reader import Lines, RestrictedReader
from layers.intake.rows import FileRefused, Refused, Remark, RowUnusable
from layers.owners.importers.majic_layout import LAYOUTS, YEARS, Layout, Record

# The more telling names first: NBATI holds BATI.
FILE_KINDS = (
    ("NBAT", "NBAT"),
    ("BATI", "BATI"),
    ("PROP", "PROP"),
    ("PDL", ""),
    ("LLOC", ""),
    ("D166", ""),
    ("TOPO", ""),
)
# "D4", the day on which the file was made, then sometimes the year that it describes.
HEADER = re.compile(r"D\d(\d{2})(\d{2})(\d{4})\s*(\d{4})?")
HEADER_LINES = 1
# The longest line that is a commune's and not a record that was cut short.
COMMUNE_WIDTH = 60
INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
SECTION = re.compile(r"[0-9A-Z]{2}")
ACCOUNT = re.compile(r"[0-9A-Z+*]\d{5}")
NO_DATE = ("", "00000000", "00/00/0000")

type Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be used: the table that it is for, its number in the file, its values for that table."""

    table: str
    number: int
    insee: str
    values: tuple[Any, ...]


@dataclass(slots=True)
class MajicFile:
    """A file that is being read; `lines` gives what can be used and what cannot, and then `unused` counts the rest.

    `widths` are those of the first line of each kind, `unended` is the number of a last line without an end.
    """

    kind: str
    year: int
    lines: Iterator[Line | Refused | Remark]
    unused: Counter[str] = field(default_factory=Counter)
    unended: int = 0
    widths: dict[str, int] = field(default_factory=dict)


def kind_of(path: Path) -> str:
    """NBAT, BATI or PROP by the file's name, "" for a file of MAJIC that is not read. Raises FileRefused."""
    name = path.name.upper()
    for part, kind in FILE_KINDS:
        if part in name:
            return kind
    raise FileRefused("not_majic")


def open_majic(reader: RestrictedReader, path: Path, kind: str) -> MajicFile:
    """Begin to read a file. Raises FileRefused and ReadRefused."""
    stretches = reader.lines(reader.admit(path))
    first = next(stretches, None)
    if first is None:
        raise FileRefused("not_majic")
    year = year_of(first.texts[0])
    made = MajicFile(kind, year, iter(()))
    made.lines = usable(made, first, stretches, LAYOUTS[year][kind])
    return made


def year_of(header: str) -> int:
    """The year that the first line says. Raises FileRefused, also for one whose layout is not known."""
    match = HEADER.search(header)
    if match is None or not header[:3].strip():
        raise FileRefused("majic_header")
    year = int(match[4] or match[3])
    if year not in LAYOUTS:
        raise FileRefused("majic_year", year=year, known=YEARS)
    return year


def usable(made: MajicFile, first: Lines, others: Iterator[Lines], layout: Layout) -> Iterator[Line | Refused | Remark]:
    """The lines after the first one, and what is to be told of them."""
    seen: set[str] = set()
    for stretch in chain([first], others):
        yield from remarks_of(stretch, seen)
        yield from stretch_lines(made, stretch, layout)
        made.unended = 0 if stretch.ended else stretch.first + len(stretch.texts) - 1


def remarks_of(stretch: Lines, seen: set[str]) -> Iterator[Remark]:
    """Oddities of the whole file, each told once with the first line that shows it."""
    if stretch.returns is not None and "returns" not in seen:
        seen.add("returns")
        yield Remark("majic_returns", {"line": stretch.returns})
    if stretch.accent is not None and stretch.how == "guessed" and "accent" not in seen:
        seen.add("accent")
        yield Remark("majic_encoding", {"line": stretch.accent, "name": stretch.encoding})


def stretch_lines(made: MajicFile, stretch: Lines, layout: Layout) -> Iterator[Line | Refused | Remark]:
    for problem in stretch.problems:
        yield Refused.by_reader(problem)
    for number, text in enumerate(stretch.texts, start=stretch.first):
        if number <= HEADER_LINES or not text.strip() or is_commune(text):
            continue
        kind = layout.kind_of(text)
        record = layout.records.get(kind)
        if record is None and len(text) > COMMUNE_WIDTH:
            made.unused[kind.strip() or "?"] += 1
            continue
        try:
            yield line_of(made.kind + kind, number, text, record)
        except RowUnusable as unusable:
            yield Refused(number, None, unusable.remark.code, unusable.remark.params)
            continue
        usual = made.widths.setdefault(kind, len(text))
        if len(text) < usual:
            yield Remark("majic_shorter", {"line": number, "found": len(text), "expected": usual})


def is_commune(text: str) -> bool:
    """The line that names a commune: its code, blanks, its name."""
    return len(text) <= COMMUNE_WIDTH and not text[6:16].strip() and bool(text[16:].strip())


def line_of(kind: str, number: int, text: str, record: Record | None) -> Line:
    """The values of a line for its table. Raises RowUnusable."""
    if record is None or len(text) < record.width:
        raise RowUnusable("majic_cut", found=len(text), expected=record.width if record else COMMUNE_WIDTH)
    values = record.read(text)
    insee = insee_of(values)
    table, columns = READERS[kind]
    return Line(table, number, insee, columns(values, insee))


def insee_of(values: Values) -> str:
    """The commune's code: the direction is left out (overseas it is in the commune's number)."""
    insee = values["ccodep"] + values["ccocom"]
    if not INSEE.fullmatch(insee):
        raise RowUnusable("bad_value", name="ccodep ccocom", value=insee)
    return insee


def idu_of(values: Values, insee: str) -> str:
    """The parcel's identifier of 14 characters."""
    section, plan = values["ccosec"].rjust(2, "0"), values["dnupla"].rjust(4, "0")
    prefix = values["ccopre"].rjust(3, "0")
    if not (SECTION.fullmatch(section) and (prefix + plan).isascii() and (prefix + plan).isdecimal()):
        raise RowUnusable("bad_value", name="parcelle", value=f"{prefix}{section}{plan}")
    return f"{insee}{prefix}{section}{plan}"


def account_of(values: Values) -> str:
    """The account (compte communal): département, direction, commune, number."""
    number = values["dnupro"].replace(" ", "0")
    if not ACCOUNT.fullmatch(number):
        raise RowUnusable("bad_value", name="dnupro", value=number)
    return values["ccodep"] + (values["ccodir"] or "0") + values["ccocom"] + number


def holding(values: Values, insee: str) -> tuple[Any, ...]:
    """A parcel: its account, its area on the register (m²), where it lies."""
    area = values["dcntpa"]
    if not (area.isascii() and area.isdecimal()):
        raise RowUnusable("bad_value", name="dcntpa", value=area)
    number = (values["dnvoiri"].lstrip("0") + values["dindic"].lower()).strip()
    address = " ".join(part for part in (number, values["cconvo"], values["dvoilib"]) if part)
    return idu_of(values, insee), account_of(values), int(area), address


def subdivision(values: Values, insee: str) -> tuple[Any, ...]:
    """A fiscal subdivision: only that there is one."""
    return (idu_of(values, insee), values["ccosub"])


def exemption(values: Values, insee: str) -> tuple[Any, ...]:
    """Why a subdivision pays no tax, and for which years."""
    return (
        idu_of(values, insee),
        values["ccosub"],
        values["rnuexn"],
        values["gnexts"],
        values["jandeb"],
        values["jfinex"],
    )


def place(values: Values, insee: str) -> tuple[Any, ...]:
    """Where a local stands: parcel, building, stair, floor, door."""
    where = (("bât.", "dnubat"), ("esc.", "descr"), ("niv.", "dniv"), ("porte", "dpor"))
    address = " ".join(f"{word} {values[name].lstrip('0') or '0'}" for word, name in where if values[name])
    return values["invar"], idu_of(values, insee), address


def premises(values: Values, insee: str) -> tuple[Any, ...]:
    """Whose a local is."""
    return values["invar"], account_of(values)


def owner(values: Values, insee: str) -> tuple[Any, ...]:
    """Somebody with a right in an account; then, apart, what only few may read: birth."""
    names = values["dnomus"] or values["dnomlp"], values["dprnus"] or values["dprnlp"]
    address = (values["dlign3"], values["dlign4"].lstrip("0").strip(), values["dlign5"], values["dlign6"])
    return (
        account_of(values),
        values["dnulp"],
        values["dnuper"],
        values["ccodro"],
        values["ccodem"],
        values["gtoper"],
        values["ccogrm"],
        values["ddenom"],
        values["dqualp"],
        *names,
        values["dformjur"],
        "" if values["dsiren"].strip("0") == "" else values["dsiren"],
        "\n".join(part for part in address if part),
        "" if values["jdatnss"] in NO_DATE else values["jdatnss"],
        values["dldnss"],
    )


# By file and kind of line: the table that it is for, and its values there.
READERS: dict[str, tuple[str, Callable[[Values, str], tuple[Any, ...]]]] = {
    "NBAT10": ("holdings", holding),
    "NBAT21": ("subdivisions", subdivision),
    "NBAT30": ("exemptions", exemption),
    "BATI00": ("places", place),
    "BATI10": ("premises", premises),
    "PROP": ("owners", owner),
}
