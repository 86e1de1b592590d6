"""A sheet of OpenDocument (ODS): texts, numbers, days and instants as such; a text is never a formula."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from gis_core.files.writing.rows import Column, Row

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{NAMES}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
DAY = (
    '<number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/>'
    '<number:text>-</number:text><number:day number:style="long"/>'
)
TIME = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/>'
)
STYLES = (
    f'<office:automatic-styles><number:date-style style:name="iso">{DAY}</number:date-style>'
    f'<number:date-style style:name="iso-time">{DAY}{TIME}</number:date-style>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="iso"/>'
    '<style:style style:name="instant" style:family="table-cell" style:data-style-name="iso-time"/>'
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


def opendocument_file(columns: Sequence[Column], rows: Iterable[Row], title: str) -> bytes:
    """The bytes of a file of one sheet: its name, the columns' labels, the rows' values in the columns' order."""
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
    """The XML of a cell."""
    match value:
        case None:
            return "<table:table-cell/>"
        case datetime():
            moment = f"{value:%Y-%m-%dT%H:%M:%S}"
            kind = f' table:style-name="instant" office:value-type="date" office:date-value="{moment}"'
            return f"<table:table-cell{kind}><text:p>{moment.replace('T', ' ')}</text:p></table:table-cell>"
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
