"""Codes of road signs: their names in French and in English, their families, and how they are read.

Source: Instruction interministérielle sur la signalisation routière (IISR), parts 1 to 9. The codes most used along
roads are in codes/signs.csv; a code that is not is kept as it is written, and said.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from gis_core.codes import code_list

type Family = Literal[
    "danger", "priority", "prohibition", "obligation", "end", "zone", "information", "service", "direction", "place",
    "panel", "marker", "works", "crossing", "light", "unknown",
]  # fmt: skip

SIGNS: Final = code_list("networks.roads", "signs")
FAMILIES: Final = code_list("networks.roads", "sign_families")
PATTERNS: Final[Mapping[Family, str]] = {
    # In this order; for PostgreSQL and for Python alike.
    "danger": r"^(A|AK)[0-9]",
    "priority": r"^AB[0-9]",
    "zone": r"^B(30|5[0-9]|6b)",
    "prohibition": r"^B(0|1|1[0-9]|[2-9])([^0-9]|$)",
    "obligation": r"^B2[0-9]",
    "end": r"^B[0-9]",
    "information": r"^(C|H|SR|SC|SE)[0-9]",
    "service": r"^(CE|ID|SI)[0-9]",
    "direction": r"^(D|DA|DP|DV|DC)[0-9]",
    "place": r"^(E|EB)[0-9]",
    "panel": r"^M[0-9]",
    "marker": r"^J[0-9]",
    "light": r"^(R|KR)[0-9]",
    "works": r"^K[A-Z]{0,2}[0-9]",
    "crossing": r"^G[0-9]",
}
CODE: Final = re.compile(r"^([A-Za-z]{1,3})\s?(\d{1,3})(?:-(\d))?\s?([A-Za-z]?\d?[A-Za-z]?)$")
CODE_AND_TEXT: Final = re.compile(r"^([A-Za-z]{1,3}\s?\d{1,3}[A-Za-z]?\d?)\s*(?:-+|\s|\[|\(|:)\s*(.+?)[\])]?$")
LONGEST: Final = 12
LETTERS: Final = re.compile(r"^([A-Z]{1,3})(\d*)")


class Sign(NamedTuple):
    """A sign as it was written: its code in the form of the IISR, what is written on it, whether its code is known."""

    code: str
    inscription: str = ""
    known: bool = True


def normal(text: str) -> str:
    """A code as the IISR writes it: “ab3A” is “AB3a”; a text that is no code stays."""
    plain = text.strip()
    match = CODE.match(" ".join(plain.split()))
    if match is None:
        return plain
    letters, number, variant, rest = match.groups()
    return f"{letters.upper()}{number}{f'-{variant}' if variant else ''}{rest.lower()}"


def read_sign(text: str) -> Sign:
    """One sign: “B14”, “b14 (50)”, “B14-30km/h”, “B13 3,5t”."""
    code = normal(text)
    # Of “B14-50” the number is what is written on the sign; “B21-1” is a code.
    if code in SIGNS or ("-" not in code and CODE.match(text.strip())):
        return Sign(code[:LONGEST], "", is_known(code))
    if match := CODE_AND_TEXT.match(text.strip()):
        code, rest = normal(match[1]), match[2].strip()
        # “B14-B14-30km/h”: the code twice.
        rest = rest.removeprefix(f"{match[1]}-")
        return Sign(code[:LONGEST], rest[:200], is_known(code))
    return Sign(text.strip()[:LONGEST], "", False)


def read_signs(text: str) -> list[Sign]:
    """All signs of a support: one, several apart by commas or pluses, or an object {"B14": "50", "M9z": "rappel"}."""
    plain = text.strip()
    if plain.startswith("{"):
        try:
            described = json.loads(plain)
        except ValueError:
            return [Sign(plain[:LONGEST], "", False)]
        return [read_sign(str(code))._replace(inscription=str(label or "")[:200]) for code, label in described.items()]
    return list(each(plain))


def each(text: str) -> Iterator[Sign]:
    # A comma inside a number ("3,5t") does not part signs.
    for part in re.split(r"\s*(?:[;+|/](?=\s*[A-Za-z]{1,3}\d)|,(?!\d))\s*", text):
        if part:
            yield read_sign(part)


def is_known(code: str) -> bool:
    """Whether the code, or the sign of which it is a variant, is in the list."""
    return code in SIGNS or base_of(code) in SIGNS


def base_of(code: str) -> str:
    """The sign of which a code is a variant: “B13a2” of “B13a”, “C115b” of “C115”; itself where there is none."""
    shorter = code
    while shorter and shorter not in SIGNS:
        shorter = shorter[:-1]
    return shorter if shorter and not shorter.isalpha() and same_number(shorter, code) else code


def same_number(shorter: str, code: str) -> bool:
    one, other = LETTERS.match(shorter), LETTERS.match(code)
    return one is not None and other is not None and one.groups() == other.groups()


def name_of(code: str, *, english: bool = False) -> str:
    """What a sign says; "" where its code is not known."""
    row = SIGNS.get(code) or SIGNS.get(base_of(code))
    return row[english] if row else ""


def family_of(code: str) -> Family:
    return next((family for family, pattern in PATTERNS.items() if re.match(pattern, code)), "unknown")
