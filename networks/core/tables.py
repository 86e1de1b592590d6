"""Tables for spreadsheets: CSV, and XLSX in which a text is never a formula."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from layers.exports.formats import Column
from layers.exports.formats.csvtext import Csv, Dialect

WORKBOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"text": 24, "integer": 12, "number": 12, "date": 12}
type Table = tuple[Sequence[Column], Iterable[Sequence[Any]]]


def as_csv(table: Table) -> bytes:
    columns, rows = table
    writer = Csv(columns, "none", Dialect(labels=True))
    return writer.begin() + writer.rows(list(rows)) + writer.end()


def as_workbook(table: Table, title: str, *, frozen: int = 0) -> bytes:
    """A text is never a formula; the heading and so many columns stay in sight."""
    columns, rows = table
    content = BytesIO()
    book = xlsxwriter.Workbook(content, WORKBOOK)
    day, heading = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(title)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS[column.kind])
        sheet.write_string(0, place, column.label, heading)
    sheet.freeze_panes(1, frozen)
    for at, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            write(sheet, at, place, value, day)
    book.close()
    return content.getvalue()


def write(sheet: Any, row: int, place: int, value: Any, day: Any) -> None:
    match value:
        case None:
            pass
        case date():
            sheet.write_datetime(row, place, value, day)
        case int() | float():
            sheet.write_number(row, place, value)
        case _:
            sheet.write_string(row, place, str(value))
