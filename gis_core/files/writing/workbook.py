"""A workbook of Excel (XLSX), a sheet for each layer or table; a text is never a formula."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from gis_core.files.writing.rows import Column
from gis_core.files.writing.trouble import Trouble
from gis_core.files.writing.wire import MOST_SHEET_ROWS, Batches, FileLayer, LayerReport

MOST_COLUMNS: Final = 16_384
LONGEST_TEXT: Final = 32_767
LONGEST_SHEET: Final = 31
FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LARGEST_WHOLE: Final = 10**15
FIRST_YEAR: Final = 1900
TEXTS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS: Final = {"text": 24, "integer": 12, "number": 14, "boolean": 10, "date": 12, "datetime": 20}


class Workbook:
    """A file on the disk, whose rows go there as they come; or (`BytesIO`) one in memory."""

    def __init__(self, target: Path | BytesIO) -> None:
        place: dict[str, object] = {"in_memory": True}
        if isinstance(target, Path):
            place = {"constant_memory": True, "tmpdir": str(target.parent)}
        self.book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, {**TEXTS, **place})
        self.heading = self.book.add_format({"bold": True, "bottom": 1})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.taken: set[str] = set()

    def write(self, layer: FileLayer, batches: Batches) -> LayerReport:
        """A sheet. Raises Trouble for more columns or rows than Excel opens."""
        if len(layer.columns) > MOST_COLUMNS:
            raise Trouble("too_many_fields", most=MOST_COLUMNS)
        sheet = self.book.add_worksheet(sheet_name(layer.title, self.taken))
        self.write_headings(sheet, layer.columns)
        report = LayerReport(layer.name)
        for rows in batches:
            if report.rows + len(rows) >= MOST_SHEET_ROWS:
                raise Trouble("too_many_rows", most=MOST_SHEET_ROWS - 1)
            for row in rows:
                report.rows += 1
                for place, value in enumerate(row):
                    if value is not None:
                        self.write_cell(sheet, report, place, value, layer.columns[place].name)
        sheet.autofilter(0, 0, report.rows, max(len(layer.columns) - 1, 0))
        return report

    def write_headings(self, sheet: Any, columns: Sequence[Column]) -> None:
        """The first row, which stays in sight."""
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(WIDTHS[column.kind], min(len(column.label) + 2, 40)))
            sheet.write_string(0, place, column.label, self.heading)
        sheet.freeze_panes(1, 0)

    def write_cell(self, sheet: Any, report: LayerReport, place: int, value: Any, name: str) -> None:
        """A value of the row that is counted last; what Excel cannot hold as it is becomes a text, and is counted."""
        at = (report.rows, place)
        match value:
            case bool():  # an int to Python
                sheet.write_boolean(*at, value)
            case int() | float() | Decimal() if is_kept_as_number(value):
                sheet.write_number(*at, value)
            case datetime() if value.year >= FIRST_YEAR:
                sheet.write_datetime(*at, value.replace(tzinfo=None), self.instant)
            case date() if value.year >= FIRST_YEAR:
                sheet.write_datetime(*at, value, self.day)
            case int() | float() | Decimal() | date():
                report.count(name, "text")
                sheet.write_string(*at, value.isoformat() if isinstance(value, date) else str(value))
            case _:
                text = str(value)
                if len(text) > LONGEST_TEXT:
                    report.count(name, "cut")
                sheet.write_string(*at, text[:LONGEST_TEXT])

    def close(self) -> None:
        """End the file."""
        self.book.close()


def is_kept_as_number(value: float | Decimal) -> bool:
    """Whether Excel keeps the number: of a longer whole number than fifteen digits it would lose the last ones."""
    return isfinite(value) and (not isinstance(value, int) or abs(value) < LARGEST_WHOLE)


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet, each once whatever the case."""
    bare = FORBIDDEN.sub(" ", title).strip().strip("'")[:LONGEST_SHEET] or "Feuille"
    name, number = bare, 1
    while name.lower() in taken:
        number += 1
        name = f"{bare[: LONGEST_SHEET - len(str(number)) - 1]} {number}"
    taken.add(name.lower())
    return name
