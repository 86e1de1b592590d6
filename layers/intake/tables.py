"""A table of one file, for sources whose rows are no layer: read by the restricted reader, every cell as text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.reader import Column, CopyPlan, LayerInfo, Limits, Problem, Reading, ReadRefused, RestrictedReader
from gis_core.files.reader.messages import describe_problem as reader_message
from gis_core.http.admission import TABLE, limit_concurrency
from layers.intake.sheets import NULL, unescape_text
from layers.intake.table import TableLimits

TABLES: Final = frozenset({"CSV", "XLSX", "ODS"})
MEND: Final = Reading(mend=True)
LOOKED_AT: Final = 20
MOST_NAMES: Final = 5
LONGEST_CELL: Final = 4_000
LONGEST_HEADER: Final = 80
NAMELESS: Final = re.compile(r"column_(\d+)(?:_\d+)?")
SHEET_DAY: Final = re.compile(r"\d{4}/\d\d/\d\d(?: \d\d:\d\d:\d\d)?")
FULL_ENOUGH: Final = 0.6
"""Of the cells of the fullest of the first rows, the share that makes a row the header: titles are shorter."""
QUOTED: Final = frozenset({"text", "value"})
"""The parameters of the reader's refusals that are text of the file."""
MIB: Final = 1_048_576


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


def read_table(path: Path, limits: TableLimits, *, quotes: bool = True) -> Table:
    """The table of a file: CSV in any usual encoding and with any usual separator, XLSX, ODS.

    Cells are without spaces around them and cut at LONGEST_CELL characters. A refusal that may not be read by others
    `quotes` nothing of the file. Raises Invalid (at `file`), also where
    several sheets hold something, ReaderUnavailable, Busy (in a request, while others read tables).
    """
    if path.stat().st_size > limits.file_bytes:
        raise file_error(_("The file is larger than %(most)s MB.") % {"most": limits.file_bytes // MIB})
    try:
        with limit_concurrency(TABLE), RestrictedReader(Limits.for_documents(limits.file_bytes)) as reader:
            return table_of(reader, reader.admit(path), limits)
    except ReadRefused as error:
        raise file_error(error.message if quotes else without_quotes(error.problem)) from error


def without_quotes(problem: Problem) -> str:
    """Why a file cannot be read, without any text of it."""
    return reader_message(problem.code, {**problem.params, **dict.fromkeys(QUOTED & problem.params.keys(), "…")})


def file_error(message: str) -> Invalid:
    return Invalid(message, parameter="file")


def table_of(reader: RestrictedReader, name: str, limits: TableLimits) -> Table:
    """The one table of an admitted file: its header and its rows, as texts. Raises Invalid, ReadRefused."""
    info = reader.inspect(name, reading=MEND, rows=LOOKED_AT)
    if info.format not in TABLES:
        raise file_error(_("This is no table: send a CSV file, or a spreadsheet (XLSX, ODS)."))
    filled = [one for one in info.layers if one.features and one.columns]
    if len(filled) > 1:
        message = _("The file holds several tables (%(named)s): send the one that is meant alone.")
        raise file_error(message % {"named": ", ".join(str(one.name) for one in filled[:MOST_NAMES])})
    layer = next(iter(filled), info.layers[0])
    if not 2 <= len(layer.columns) <= limits.columns:
        raise file_error(_("No columns are found: the first row of the table must name its columns."))
    if info.format == "CSV":
        return text_table(reader, name, layer, limits)
    return spreadsheet(reader, name, layer, limits, info.format)


def text_table(reader: RestrictedReader, name: str, layer: LayerInfo, limits: TableLimits) -> Table:
    """A table of text: the child has found its header."""
    header, first = headers([column.name for column in layer.columns]), layer.header_row or 1
    rows = [
        TableRow(first + rank, None if cells is None else dict(zip(header, cells, strict=True)))
        for rank, cells in rows_of(reader, name, layer, MEND, limits.rows)
    ]
    encoding = layer.encoding.name if layer.encoding else None
    return Table(header, rows, header_row=first, encoding=encoding or "", separator=layer.separator or "")


def spreadsheet(reader: RestrictedReader, name: str, layer: LayerInfo, limits: TableLimits, format: str) -> Table:
    """A sheet, whose header may stand below titles: the first row about as full as the fullest of the first ones."""
    plain = replace(MEND, header=False)
    names = reader.inspect(name, reading=plain, rows=LOOKED_AT).layers
    sheet = next((one for one in names if one.name == layer.name), layer)
    given = [(rank, cells or []) for rank, cells in rows_of(reader, name, sheet, plain, limits.rows + LOOKED_AT)]
    if not given:
        raise file_error(_("No columns are found: the first row of the table must name its columns."))
    full = [sum(map(bool, cells)) for _rank, cells in given[:LOOKED_AT]]
    place = next((at for at, count in enumerate(full) if count > 1 and count >= max(full) * FULL_ENOUGH), 0)
    check_length(len(given) - place - 1, limits.rows)
    first, titles = given[place]
    header = headers([text.replace("\n", " ") or f"column_{at}" for at, text in enumerate(titles, start=1)])
    rows = [
        TableRow(rank, dict(zip(header, map(day_of_sheet, cells), strict=True))) for rank, cells in given[place + 1 :]
    ]
    return Table(header, rows, header_row=first, format=format)


def headers(names: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns, each once; those without a name are called by their place."""
    given = []
    for name in names:
        nameless = NAMELESS.fullmatch(name)
        given.append(_("column %(place)s") % {"place": nameless[1]} if nameless else name[:LONGEST_HEADER])
    return tuple(name if name not in given[:place] else f"{name} ({place + 1})" for place, name in enumerate(given))


def rows_of(
    reader: RestrictedReader, name: str, layer: LayerInfo, reading: Reading, most: int
) -> Iterator[tuple[int, list[str] | None]]:
    """Every row that is not empty by its rank, in order: its cells, None where it has too many of them.

    Raises Invalid beyond the most, ReadRefused.
    """
    plan = CopyPlan(tuple(Column(column.name, "text") for column in layer.columns), None, reading)
    count = 0
    for chunk in reader.copy(name, layer=layer.name, plan=plan):
        count += chunk.rows + len(chunk.problems)
        check_length(count, most)
        rows: dict[int, list[str] | None] = {problem.index or 0: None for problem in chunk.problems}
        for line in str(chunk.lines, "utf-8").split("\n")[:-1] if chunk.rows else []:
            rank, *texts = line.split("\t")
            rows[int(rank)] = [cell_of(text) for text in texts]
        yield from sorted(rows.items(), key=lambda row: row[0])


def check_length(rows: int, most: int) -> None:
    """Check that a table has at most so many rows. Raises Invalid."""
    if rows > most:
        raise file_error(_("The file has more than %(most)s rows: send it in parts.") % {"most": most})


def day_of_sheet(text: str) -> str:
    """A day or an instant as a sheet gives it, in the order of ISO 8601; any other cell as it is."""
    return text.replace("/", "-") if SHEET_DAY.fullmatch(text) else text


def cell_of(text: str) -> str:
    """A text of COPY as the cell says it."""
    if text == NULL:
        return ""
    return unescape_text(text).replace("\xa0", " ").replace("\r\n", "\n").strip()[:LONGEST_CELL]
