"""A table of one file, for sources whose rows are no layer: read by the restricted reader, every cell as text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.reader import Column, CopyPlan, LayerInfo, Limits, Reading, ReadRefused, RestrictedReader
from layers.intake.sheets import NULL, unescaped

TABLES: Final = frozenset({"CSV", "XLSX", "ODS", "XLS"})
MEND: Final = Reading(mend=True)
LOOKED_AT: Final = 20
LONGEST_CELL: Final = 4_000
LONGEST_HEADER: Final = 80
NAMELESS: Final = re.compile(r"column_(\d+)(?:_\d+)?")
MIB: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class TableLimits:
    """The most that a table may hold: bytes of its file, rows below its header, columns."""

    file_bytes: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row by its number in the file, from 1, with the header counted: its cells by header, None where it has more of
    them than there are columns.
    """

    number: int
    cells: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Table:
    """Its headers, its rows that are not empty, and how its file is written (a spreadsheet has no separator)."""

    header: tuple[str, ...]
    rows: Sequence[TableRow]
    header_row: int = 1
    format: str = "CSV"
    encoding: str = ""
    separator: str = ""


def read_table(path: Path, limits: TableLimits) -> Table:
    """The first table of a file: CSV in any usual encoding and with any usual separator, XLSX, ODS.

    Cells are without spaces around them and cut at LONGEST_CELL characters. Raises Invalid (at `file`),
    ReaderUnavailable.
    """
    if path.stat().st_size > limits.file_bytes:
        raise refused(_("The file is larger than %(most)s MB.") % {"most": limits.file_bytes // MIB})
    try:
        with RestrictedReader(Limits.for_documents(limits.file_bytes)) as reader:
            return table_of(reader, reader.admit(path), limits)
    except ReadRefused as error:
        raise refused(error.message) from error


def refused(message: str) -> Invalid:
    return Invalid(message, parameter="file")


def table_of(reader: RestrictedReader, name: str, limits: TableLimits) -> Table:
    """Raises Invalid, ReadRefused."""
    info = reader.inspect(name, reading=MEND, rows=LOOKED_AT)
    if info.format not in TABLES:
        raise refused(_("This is no table: send a CSV file, or a spreadsheet (XLSX, ODS)."))
    layer = max(info.layers, key=lambda one: bool(one.features and one.columns))
    if not 2 <= len(layer.columns) <= limits.columns:
        raise refused(_("No columns are found: the first row of the table must name its columns."))
    header = headers_of(layer)
    rows = sorted(rows_of(reader, name, layer, header, limits.rows), key=lambda row: row.number)
    encoding = layer.encoding.name if layer.encoding else None
    return Table(
        header=header,
        rows=rows,
        header_row=layer.header_row or 1,
        format=info.format,
        encoding=encoding or "",
        separator=layer.separator or "",
    )


def headers_of(layer: LayerInfo) -> tuple[str, ...]:
    """The names of the columns; those without a name are called by their place."""
    names = []
    for column in layer.columns:
        nameless = NAMELESS.fullmatch(column.name)
        names.append(_("column %(place)s") % {"place": nameless[1]} if nameless else column.name[:LONGEST_HEADER])
    return tuple(name if name not in names[:place] else f"{name} ({place + 1})" for place, name in enumerate(names))


def rows_of(
    reader: RestrictedReader, name: str, layer: LayerInfo, header: Sequence[str], most: int
) -> Iterator[TableRow]:
    """Every row, those that have too many cells as well. Raises Invalid beyond the most, ReadRefused."""
    first = layer.header_row or 1
    plan = CopyPlan(tuple(Column(column.name, "text") for column in layer.columns), None, MEND)
    count = 0
    for chunk in reader.copy(name, layer=layer.name, plan=plan):
        count += chunk.rows + len(chunk.problems)
        if count > most:
            raise refused(_("The file has more than %(most)s rows: send it in parts.") % {"most": most})
        for line in str(chunk.lines, "utf-8").split("\n")[:-1] if chunk.rows else []:
            rank, *texts = line.split("\t")
            yield TableRow(first + int(rank), dict(zip(header, map(cell_of, texts), strict=True)))
        yield from (TableRow(first + (problem.index or 0), None) for problem in chunk.problems)


def cell_of(text: str) -> str:
    """A text of COPY as the cell says it."""
    if text == NULL:
        return ""
    return unescaped(text).replace("\xa0", " ").replace("\r\n", "\n").strip()[:LONGEST_CELL]
