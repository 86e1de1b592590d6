"""CSV as a French spreadsheet opens it by a double click: `;` between cells, decimal commas, UTF-8 with its mark.

A text that a spreadsheet would take for a formula gets an apostrophe in front; a number stays a number.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.timezone import localtime

from gis_core.files.writing.rows import Column, Row, Shape, free_name, label_value

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
    content_type: str = field(default="text/csv; charset=utf-8; header=present", init=False)
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
        header = [defused(name) for name in names] + [free_name(name, self.columns) for name in geometry]
        return (MARK if self.dialect.mark else b"") + self.lines([header])

    def rows(self, rows: Sequence[Row]) -> bytes:
        writers = self.writers
        return self.lines(
            ["" if value is None else write(value) for write, value in zip(writers, row, strict=True)] for row in rows
        )

    def lines(self, rows: Any) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self.dialect.separator, lineterminator=LINE_END).writerows(rows)
        return text.getvalue().encode()

    def end(self) -> bytes:
        return b""

    def broken(self, message: str) -> bytes:
        """A last line of one cell: no row of a table looks like it."""
        return self.lines([[message]])


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
            return lambda value: defused(str(label_value(column, value)))


def number_text(value: float, decimal: str) -> str:
    """All the digits that tell the number from any other."""
    text = repr(float(value))
    return text.removesuffix(".0").replace(".", decimal)


def moment_text(value: date | datetime) -> str:
    """ISO 8601, which spreadsheets read in every language; an instant in the platform's time zone."""
    return localtime(value).isoformat(" ", "seconds") if isinstance(value, datetime) else value.isoformat()


def defused(text: str) -> str:
    """A text that no spreadsheet computes."""
    return f"'{text}" if text.startswith(FORMULA) and not PLAIN_NUMBER.fullmatch(text) else text
