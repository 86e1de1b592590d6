"""National numbers of planning applications (A.423-1 to A.423-4): `PC 045 234 26 A0001 M01`.

Two letters, department and commune as INSEE codes of three characters each, the year of filing, a sequence of five
characters for each commune, year and nature; then `M` or `T` with a rank for a modification or a transfer.
"""

import re
from dataclasses import dataclass
from typing import Self

from permits.deadlines.law import Kind

LETTERS = {
    Kind.DP: "DP",
    Kind.PD: "PD",
    Kind.PCMI: "PC",
    Kind.PC: "PC",
    Kind.PA: "PA",
    Kind.CUA: "CU",
    Kind.CUB: "CU",
}
"""A PCMI is numbered as a PC, CUa and CUb as a CU."""
DEPARTMENT = r"0(?:0[1-9]|1\d|2[1-9]|[3-8]\d|9[0-5])|02[AB]|97[1-6]"
NUMBER = re.compile(
    rf"(?P<letters>PC|PA|PD|DP|CU)(?P<department>{DEPARTMENT})(?P<commune>\d{{3}})(?P<year>\d{{2}})"
    r"(?P<sequence>[A-Z0-9]\d{4})(?:(?P<change>[MT])(?P<rank>\d{2})|P0)?"
)
TWO_DIGITS = re.compile(r"([A-Z]{2})(\d{2}|2[AB])(\d{5}[A-Z0-9]\d{4}(?:[MT]\d{2}|P0)?)")
SERIES = ("PC", "PA", "PD", "DP", "CU")
BEGINS = re.compile(rf"({'|'.join(SERIES)})(\d[0-9A-Z]{{0,15}})")
WITHOUT_LETTERS = re.compile(
    r"(?:0\d{2}|02[AB]|97\d|\d{2}|2[AB])\d{5}(?:[A-Z0-9]\d{0,4}(?:[MT]\d{0,2}|P0)?)?", re.ASCII
)
"""Department, commune and year, then as much of the sequence as is typed."""
BLANK, BLANKS = r"[\s./-]*", r"[\s./-]+"
LETTERS_OR_KIND = rf"(?P<letters>{'|'.join(SERIES)})(?:MI|[AB](?![0-9]))?"
SHORT = (
    re.compile(r"(?P<sequence>[A-Z]\d{4})", re.ASCII),
    re.compile(
        rf"(?:{LETTERS_OR_KIND}{BLANK})?(?:(?P<commune>\d{{3}}){BLANK})?(?P<year>\d{{2}}){BLANK}"
        r"(?P<sequence>[A-Z]\d{4}|\d{5})",
        re.ASCII,
    ),
    re.compile(
        rf"{LETTERS_OR_KIND}{BLANK}(?:(?P<commune>\d{{3}}){BLANKS})?(?P<year>\d{{2}}){BLANKS}"
        r"(?P<sequence>[A-Z]?\d{1,5})",
        re.ASCII,
    ),
)
"""What people say of a number among themselves, its département left out: `A0001`, `901 26 00003`, `PC 26-3`."""
OVERSEAS = "97"
LAST = 9_999
LAST_CHANGE = 99
SEQUENCE_LENGTH = 5


class NotANumberError(ValueError):
    """The text is no national number; `why` says in what: `letters`, `department`, `commune` or `form`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Number:
    """A national number taken apart. `year` has two digits, `change` is `M`, `T` or empty."""

    letters: str
    insee: str
    year: str
    sequence: str
    change: str = ""
    rank: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The number that a text is, with or without spaces, dots and hyphens. Raises NotANumberError."""
        packed = pack(text)
        match = NUMBER.fullmatch(packed)
        if match is None:
            raise NotANumberError(fault(packed))
        if match["rank"] == "00":
            raise NotANumberError("form")
        insee = insee_of(match["department"], match["commune"])
        return cls(
            match["letters"], insee, match["year"], match["sequence"], match["change"] or "", int(match["rank"] or 0)
        )

    @classmethod
    def parse_loosely(cls, text: str) -> Self:
        """As `parse`; the department may have two digits, as other programs write it (PC 45 234 26 A0001)."""
        packed = pack(text)
        short = TWO_DIGITS.fullmatch(packed)
        try:
            return cls.parse(packed)
        except NotANumberError:
            if short is None:
                raise
            return cls.parse(f"{short[1]}0{short[2]}{short[3]}")

    @property
    def department(self) -> str:
        """Three characters: 045, 02A, 974."""
        return self.insee[:3] if self.insee.startswith(OVERSEAS) else f"0{self.insee[:2]}"

    @property
    def packed(self) -> str:
        """As it is kept: without spaces."""
        return self.initial + (f"{self.change}{self.rank:02d}" if self.change else "")

    @property
    def initial(self) -> str:
        """The number of the file that a modification or transfer changes."""
        return f"{self.letters}{self.department}{self.insee[2:]}{self.year}{self.sequence}"

    def __str__(self) -> str:
        parts = [self.letters, self.department, self.insee[2:], self.year, self.sequence]
        return " ".join(parts + ([f"{self.change}{self.rank:02d}"] if self.change else []))


@dataclass(frozen=True, slots=True)
class ShortNumber:
    """The end of a number, as far as the text says it: `commune` has its last three digits, `sequence` is whole."""

    letters: str
    commune: str
    year: str
    sequence: str


def read_short_number(text: str) -> ShortNumber | None:
    """The end of a number that a text is, None when it is none."""
    plain = text.strip().upper()
    match = next((one for shape in SHORT if (one := shape.fullmatch(plain))), None)
    if match is None:
        return None
    parts = match.groupdict()
    head = "".join(one for one in parts["sequence"] if not one.isdecimal())
    sequence = head + parts["sequence"][len(head) :].zfill(SEQUENCE_LENGTH - len(head))
    if len(sequence) > SEQUENCE_LENGTH:
        return None
    return ShortNumber(parts.get("letters") or "", parts.get("commune") or "", parts.get("year") or "", sequence)


def exact_numbers(text: str) -> list[str]:
    """The packed numbers that a whole number may be, in any writing: `pc 45 234 26 a0001`, and without its letters."""
    packed = pack(text)
    heads = ("",) if packed[:2] in SERIES else SERIES if WITHOUT_LETTERS.fullmatch(packed) else ()
    return list(dict.fromkeys(one for head in heads for one in parsed(head + packed)))


def parsed(packed: str) -> list[str]:
    try:
        return [Number.parse_loosely(packed).packed]
    except NotANumberError:
        return []


def number_beginnings(text: str) -> list[str]:
    """How packed numbers begin that a text may be the beginning of; nothing for what is no number.

    The department has three digits or two; without its letters a text names department, commune and year at least.
    """
    packed = pack(text)
    if exact := exact_numbers(text):
        return exact
    if match := BEGINS.fullmatch(packed):
        return [f"{match[1]}{rest}" for rest in departments(match[2])]
    if WITHOUT_LETTERS.fullmatch(packed):
        return [f"{letters}{rest}" for letters in SERIES for rest in departments(packed)]
    return []


def departments(rest: str) -> list[str]:
    """What follows the letters, the department taken to have three digits, then two."""
    return [rest, *([f"0{rest}"] if not rest.startswith(("0", OVERSEAS)) else [])]


def pack(text: str) -> str:
    return re.sub(r"[\s.\-/]", "", text).upper()


def insee_of(department: str, commune: str) -> str:
    """The INSEE code; overseas the commune repeats the department's third digit. Raises NotANumberError."""
    if not department.startswith(OVERSEAS):
        return department[1:] + commune
    if commune[0] != department[2]:
        raise NotANumberError("commune")
    return OVERSEAS + commune


def fault(packed: str) -> str:
    """What is wrong with a text that is no number."""
    if not re.match("PC|PA|PD|DP|CU", packed):
        return "letters"
    if len(packed) >= 5 and not re.match(rf"..(?:{DEPARTMENT})", packed):
        return "department"
    return "form"


def format_number(packed: str) -> str:
    """A kept number as people read it."""
    return str(Number.parse(packed))


def format_parcel(idu: str) -> str:
    """A parcel as people say it: AB 12, with the prefix of a former commune where there is one."""
    prefix, section, number = idu[5:8], idu[8:10].lstrip("0"), idu[10:].lstrip("0")
    return " ".join(part for part in (prefix if prefix != "000" else "", section, number) if part)
