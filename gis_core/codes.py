"""Official value lists as data: a list is a file `<app>/codes/<list>.csv`, with the columns code, fr, en, source.

Files are in UTF-8, with commas, in the order in which people read the list. `source` names the standard that a row is
from, “Arpent” for what no standard has. `en` is empty where only files in French show the label.
"""

import csv
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

type CodeList = MappingProxyType[str, tuple[str, str]]
"""{code: (French label, English label)}, in the order of the file; nobody changes it."""

ROOT: Final = Path(__file__).resolve().parents[1]
COLUMNS: Final = ["code", "fr", "en", "source"]


class Code(NamedTuple):
    """One row of a file of codes."""

    code: str
    fr: str
    en: str
    source: str


class CodeFileError(ValueError):
    """A file of codes that is no list: the message names the file and the line."""

    def __init__(self, path: Path, line: int, fault: str) -> None:
        super().__init__(f"{path}, line {line}: {fault}")


@cache
def code_list(app: str, name: str) -> CodeList:
    """The list `name` of an app (“networks.water”); the file is read once. Raises CodeFileError, FileNotFoundError."""
    rows = read_codes(ROOT.joinpath(*app.split("."), "codes", f"{name}.csv"))
    return MappingProxyType({row.code: (row.fr, row.en) for row in rows})


def read_codes(path: Path) -> list[Code]:
    """The rows of a file, in its order, labels as they are written. Raises CodeFileError for a faulty one."""
    seen: set[str] = set()
    codes = []
    for line, cells in _rows(path):
        if fault := _fault(cells, seen):
            raise CodeFileError(path, line, fault)
        codes.append(Code(*cells))
        seen.add(cells[0])
    if not codes:
        raise CodeFileError(path, 2, "the list has no code")
    return codes


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row below the header with the number of its last line. Raises CodeFileError."""
    reader = csv.reader(StringIO(_text(path), newline=""), strict=True)
    try:
        if next(reader, None) != COLUMNS:
            raise CodeFileError(path, 1, f"the columns are not {','.join(COLUMNS)}")
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise CodeFileError(path, reader.line_num, str(error)) from error


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise CodeFileError(path, data.count(b"\n", 0, error.start) + 1, "not in UTF-8") from error


def _fault(cells: list[str], seen: set[str]) -> str | None:
    """What is wrong with a row; None for nothing."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} cells instead of {len(COLUMNS)}"
    row = Code(*cells)
    if row != tuple(cell.strip() for cell in cells):
        return "a cell begins or ends with a blank"
    if row.code in seen:
        return f"the code {row.code} is there already"
    missing = [name for name in ("code", "fr", "source") if not getattr(row, name)]
    return f"{', '.join(missing)} is empty" if missing else None
