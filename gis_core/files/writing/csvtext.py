"""CSV as a French spreadsheet opens it by a double click: `;` between cells, decimal commas, UTF-8 with its mark.

A text that a spreadsheet would take for a formula gets an apostrophe in front; a number stays a number.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gis_core.files.writing.rows import Column, Row, Shape, free_name, label_value

CSV = "text/csv; charset=utf-8; header=present"
MARK = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
LINE_END = "\r\n"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a CSV file looks like. `labels`: headings, and the labels of codes."""

    separator: str = ";"
    decimal: str = ","
    mark: bool = True
    labels: bool = False
    yes_and_no: tuple[str, str] = ("true", "false")


@dataclass(slots=True)
class Csv:
    columns: Sequence[Column]
    shape: Shape
    dialect: Dialect = field(default_factory=Dialect)
    content_type: str = field(default=CSV, init=False)
    suffix: str = field(default="csv", init=False)
    writers: list[Callable[[Any], str]] = field(init=False)

    def __post_init__(self) -> None:
        self.writers = [writer_of(column, self.dialect) for column in self.columns] + self.geometry_writers()

    def geometry_writers(self) -> list[Callable[[Any], str]]:
        number = partial(number_text, decimal=self.dialect.decimal)
        match self.shape:
            case "xy":
                return [number, number]
            case "wkt":
                return [str]
            case _:
                return []

    def begin(self) -> bytes:
        names = [column.label if self.dialect.labels else column.name for column in self.columns]
        geometry = {"xy": ("x", "y"), "wkt": ("WKT",)}.get(self.shape, ())
        header = [escape_formula(name) for name in names] + [free_name(name, self.columns) for name in geometry]
        return (MARK if self.dialect.mark else b"") + csv_lines([header], self.dialect.separator)

    def rows(self, rows: Sequence[Row]) -> bytes:
        writers = self.writers
        cells = (
            ["" if value is None else write(value) for write, value in zip(writers, row, strict=True)] for row in rows
        )
        return csv_lines(cells, self.dialect.separator)

    def end(self) -> bytes:
        return b""

    def failure_mark(self, message: str) -> bytes:
        """A last line of one cell: no row of a table looks like it."""
        return csv_lines([[message]], self.dialect.separator)


def csv_file(columns: Sequence[Column], rows: Iterable[Row], dialect: Dialect | None = None) -> bytes:
    """The bytes of a whole file of a table; without a dialect as a French spreadsheet opens it, with labels."""
    writer = Csv(columns, "none", dialect or Dialect(labels=True, yes_and_no=(_("yes"), _("no"))))
    return writer.begin() + writer.rows(list(rows)) + writer.end()


def csv_file_of_cells(rows: Iterable[Sequence[object]], *, keep_numbers: bool = True) -> bytes:
    """The bytes of a file of cells as they stand, the heading first; see `escape_formula`."""
    return MARK + csv_lines(
        [escape_formula(cell, keep_numbers=keep_numbers) if isinstance(cell, str) else cell for cell in row]
        for row in rows
    )


def csv_lines(rows: Iterable[Iterable[object]], separator: str = ";") -> bytes:
    """Lines of cells that are safe already, as UTF-8."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=LINE_END).writerows(rows)
    return text.getvalue().encode()


def writer_of(column: Column, dialect: Dialect) -> Callable[[Any], str]:
    """How a value of this column is written (never None)."""
    match column.kind:
        case "integer" if column.code_labels is None:
            return str
        case "number" if column.code_labels is None:
            return partial(number_text, decimal=dialect.decimal)
        case "boolean" if column.code_labels is None:
            return lambda value: dialect.yes_and_no[0 if value else 1]
        case "date" | "datetime":
            return moment_text
        case _:
            return lambda value: escape_formula(str(label_value(column, value)))


def number_text(value: float, decimal: str) -> str:
    """All the digits that tell the number from any other."""
    text = repr(float(value))
    return text.removesuffix(".0").replace(".", decimal)


def moment_text(value: date | datetime) -> str:
    """ISO 8601, which spreadsheets read in every language; an instant in the platform's time zone."""
    return localtime(value).isoformat(" ", "seconds") if isinstance(value, datetime) else value.isoformat()


def escape_formula(text: str, *, keep_numbers: bool = True) -> str:
    """A text that no spreadsheet computes: an apostrophe stands before what it would take for a formula.

    `-12` stays a number unless `keep_numbers` is false: telephone numbers (`+33…`) are none.
    """
    if not text.startswith(FORMULA) or (keep_numbers and PLAIN_NUMBER.fullmatch(text)):
        return text
    return f"'{text}"
