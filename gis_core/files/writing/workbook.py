"""A workbook of Excel, a sheet for each layer. Rows go to the disk as they come; a text is never a formula."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any

import xlsxwriter

from layers.exports.child.trouble import Trouble
from layers.exports.child.wire import MOST_SHEET_ROWS, Batches, Described, Field, Order, Wrote

MOST_COLUMNS = 16_384
LONGEST_TEXT = 32_767
LONGEST_SHEET = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LARGEST_WHOLE = 10**15
FIRST_YEAR = 1900
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"text": 24, "integer": 12, "number": 14, "boolean": 10, "date": 12, "datetime": 20}

type Put = Callable[[int, int, Any], None]


class Workbook:
    def __init__(self, order: Order) -> None:
        self.book = xlsxwriter.Workbook(
            str(order.folder / f"{order.stem}.xlsx"), {**OPTIONS, "tmpdir": str(order.folder)}
        )
        self.heading = self.book.add_format({"bold": True, "bottom": 1})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.taken: set[str] = set()

    def write(self, layer: Described, batches: Batches) -> Wrote:
        if len(layer.fields) > MOST_COLUMNS:
            raise Trouble("too_many_fields", most=MOST_COLUMNS)
        sheet = self.book.add_worksheet(sheet_name(layer.title, self.taken))
        wrote = Wrote(layer.name)
        puts = [self.put(sheet, one, wrote) for one in layer.fields]
        for rank, one in enumerate(layer.fields):
            sheet.set_column(rank, rank, max(WIDTHS[one.kind], min(len(one.label) + 2, 40)))
            sheet.write_string(0, rank, one.label, self.heading)
        sheet.freeze_panes(1, 0)
        for rows in batches:
            if wrote.rows + len(rows) >= MOST_SHEET_ROWS:
                raise Trouble("too_many_rows", most=MOST_SHEET_ROWS - 1)
            for row in rows:
                wrote.rows += 1
                write_row(puts, wrote.rows, row)
        sheet.autofilter(0, 0, wrote.rows, max(len(layer.fields) - 1, 0))
        return wrote

    def put(self, sheet: Any, one: Field, wrote: Wrote) -> Put:
        """How a value of this field is written (never None)."""
        match one.kind:
            case "integer" | "number":
                return lambda row, column, value: put_number(sheet, row, column, value, one.name, wrote)
            case "boolean":
                return lambda row, column, value: sheet.write_boolean(row, column, value)
            case "date" | "datetime":
                cell_format = self.day if one.kind == "date" else self.instant
                return lambda row, column, value: put_moment(sheet, row, column, value, cell_format, one.name, wrote)
            case _:
                return lambda row, column, value: put_text(sheet, row, column, value, one.name, wrote)

    def close(self) -> None:
        self.book.close()


def write_row(puts: Sequence[Put], row: int, values: Sequence[Any]) -> None:
    for column, (put, value) in enumerate(zip(puts, values, strict=True)):
        if value is not None:
            put(row, column, value)


def put_number(sheet: Any, row: int, column: int, value: int | float, name: str, wrote: Wrote) -> None:
    """Excel keeps fifteen digits: a longer whole number is a text, or its last digits would be lost."""
    if isfinite(value) and (isinstance(value, float) or abs(value) < LARGEST_WHOLE):
        sheet.write_number(row, column, value)
        return
    wrote.count(name, "text")
    sheet.write_string(row, column, str(value))


def put_moment(sheet: Any, row: int, column: int, value: date, cell_format: Any, name: str, wrote: Wrote) -> None:
    """Excel has no dates before 1900: those are texts."""
    if value.year >= FIRST_YEAR:
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, naive, cell_format)
        return
    wrote.count(name, "text")
    sheet.write_string(row, column, value.isoformat())


def put_text(sheet: Any, row: int, column: int, value: str, name: str, wrote: Wrote) -> None:
    if len(value) > LONGEST_TEXT:
        wrote.count(name, "cut")
        value = value[:LONGEST_TEXT]
    sheet.write_string(row, column, value)


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet, each once whatever the case."""
    bare = FORBIDDEN.sub(" ", title).strip().strip("'")[:LONGEST_SHEET] or "Feuille"
    name, number = bare, 1
    while name.lower() in taken:
        number += 1
        name = f"{bare[: LONGEST_SHEET - len(str(number)) - 1]} {number}"
    taken.add(name.lower())
    return name
