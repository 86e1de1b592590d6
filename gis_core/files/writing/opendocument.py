"""Tables for spreadsheets: CSV; XLSX and ODS, in which a text is never a formula."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.writing.csvtext import Csv, Dialect
from gis_core.files.writing.rows import Column
from gis_core.http.admission import TABLE, limited
from gis_core.http.downloads import download_headers

WORKBOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"text": 24, "integer": 12, "number": 12, "boolean": 12, "date": 12, "datetime": 18}
type Table = tuple[Sequence[Column], Iterable[Sequence[Any]]]


@limited(TABLE)
def as_csv(table: Table) -> bytes:
    columns, rows = table
    writer = Csv(columns, "none", Dialect(labels=True, yes_and_no=(_("yes"), _("no"))))
    return writer.begin() + writer.rows(list(rows)) + writer.end()


@limited(TABLE)
def as_workbook(table: Table, title: str, *, frozen: int = 0) -> bytes:
    """A text is never a formula; the heading and so many columns stay in sight."""
    import xlsxwriter

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
        case bool():  # an int to Python
            sheet.write_boolean(row, place, value)
        case date():
            sheet.write_datetime(row, place, value, day)
        case int() | float():
            sheet.write_number(row, place, value)
        case _:
            sheet.write_string(row, place, str(value))


# -- OpenDocument -----------------------------------------------------------------------------------------------------

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{NAMES}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
STYLES = (
    '<office:automatic-styles><number:date-style style:name="iso"><number:year number:style="long"/><number:text>-'
    '</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    '</number:date-style><style:style style:name="day" style:family="table-cell" style:data-style-name="iso"/>'
    '<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>'
    "</style:style></office:automatic-styles>"
)
CONTENT = (
    "<office:document-content "
    + " ".join(f'xmlns:{name}="{NAMES}{name}:1.0"' for name in ("office", "table", "text", "style"))
    + f' xmlns:number="{NAMES}datastyle:1.0" xmlns:fo="{NAMES}xsl-fo-compatible:1.0" office:version="1.3">{STYLES}'
    "<office:body><office:spreadsheet><table:table table:name={title}>{rows}</table:table></office:spreadsheet>"
    "</office:body></office:document-content>"
)
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_opendocument(table: Table, title: str) -> bytes:
    """One sheet: texts, numbers and days as such."""
    columns, rows = table
    head = "".join(cell(column.label, ' table:style-name="head"') for column in columns)
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    lines = f"<table:table-header-rows><table:table-row>{head}</table:table-row></table:table-header-rows>{body}"
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as file:
        file.writestr("mimetype", ODS, ZIP_STORED)
        file.writestr("META-INF/manifest.xml", MANIFEST)
        file.writestr("content.xml", CONTENT.format(title=quoteattr(title), rows=lines))
    return content.getvalue()


def cell(value: Any, style: str = "") -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case date():
            day = f"{value:%Y-%m-%d}"
            kind = f' table:style-name="day" office:value-type="date" office:date-value="{day}"'
            return f"<table:table-cell{kind}><text:p>{day}</text:p></table:table-cell>"
        case bool():  # an int to Python; applications show the value, in their language
            kind = f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
            return f"<table:table-cell{kind}><text:p>{str(value).upper()}</text:p></table:table-cell>"
        case int() | float():
            kind = f' office:value-type="float" office:value="{value}"'
            return f"<table:table-cell{kind}><text:p>{value}</text:p></table:table-cell>"
        case _:
            text = escape(NOT_IN_XML.sub("", str(value)))
            return f'<table:table-cell{style} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Final[Mapping[str, tuple[str, Callable[[Table, str], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", lambda table, _title: as_csv(table)),
    "xlsx": (XLSX, as_workbook),
    "ods": (ODS, as_opendocument),
}
"""By suffix: the media type, and how a table with its title is written."""


def answered(table: Table, suffix: str, title: str, name: str) -> HttpResponse:
    """A table as a file to keep. Raises Invalid for a suffix that is none of `FORMS`."""
    if suffix not in FORMS:
        raise Invalid(_("A table is a CSV, XLSX or ODS file."), parameter="format")
    kind, content_of = FORMS[suffix]
    return HttpResponse(content_of(table, title), headers=download_headers(f"{name}.{suffix}", kind))
