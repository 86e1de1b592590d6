"""The documents of an application, coded as the slips of the forms (Cerfa) number them; others are typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gis_core.codes import read_codes
from permits.deadlines.law import Kind

LONGEST_CODE: Final = 12
PLANNING_CODE: Final = "Code de l’urbanisme, "
PREFIXES: Final[Mapping[Kind, str]] = {Kind.CUA: "CU", Kind.CUB: "CU"}
"""The letters of a kind's codes, where they are not its own."""
REQUIRED: Final[Mapping[Kind, int]] = {
    Kind.PCMI: 8,
    Kind.PC: 8,
    Kind.DP: 1,
    Kind.PA: 4,
    Kind.PD: 3,
    Kind.CUA: 1,
    Kind.CUB: 2,
}
"""How many of a kind's first codes every file holds; what the others depend on, who instructs says."""
OFFERED: Final[Mapping[Kind, int]] = {**REQUIRED, Kind.DP: 8, Kind.CUA: 0, Kind.CUB: 0}
"""How many are offered where missing ones are asked for: a request does not change the delay of a certificate."""
BEGINS_WITH_CODE: Final = re.compile(r"\s*([A-Z]{2,4})\s?(\d{1,2}(?:-\d{1,2}){0,2})\b")


@dataclass(frozen=True, slots=True)
class DocumentCode:
    """A document of a slip, and the text that names it."""

    code: str
    label: str
    source: str

    @property
    def article(self) -> str:
        """The article as people write it, with its code unless it is the planning code."""
        return self.source.removeprefix(PLANNING_CODE)

    @property
    def letters(self) -> str:
        return re.sub(r"\d.*", "", self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


DOCUMENT_CODES: Final[Mapping[str, DocumentCode]] = {
    row.code: DocumentCode(row.code, row.fr, row.source)
    for row in read_codes(Path(__file__).parent / "codes" / "pieces.csv")
}


def list_codes(kind: str) -> list[DocumentCode]:
    """Those of a kind, in the order of its slip."""
    letters = PREFIXES.get(Kind(kind), str(kind))
    return [one for one in DOCUMENT_CODES.values() if one.letters == letters]


def list_required(kind: str) -> list[DocumentCode]:
    """Those that every file of a kind holds."""
    return list_codes(kind)[: REQUIRED[Kind(kind)]]


def code_in(text: str) -> str:
    """The code that the name of a document begins with (“PC2 Plan de masse”, “PCMI 4”); empty for an unknown one."""
    match = BEGINS_WITH_CODE.match(text)
    code = f"{match[1]}{match[2]}" if match else ""
    return code if code in DOCUMENT_CODES else ""


USUAL: Final[Mapping[Kind, Sequence[str]]] = {
    kind: tuple(str(one) for one in list_codes(kind)[:count]) for kind, count in OFFERED.items()
}
"""Those that are offered where missing ones are asked for, by kind."""
