"""Shapefiles with exactly the fields that a standard asks for, and the same tables as CSV; rows go out as they come.

A number that is wider than its field loses decimals until it fits: RAEPA gives heights six characters, three of them
decimals.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, Final, Protocol, Self

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.files.writing.csvtext import MARK, csv_lines, escape_formula
from networks.water.raepa import RaepaField

LAMBERT_93_PRJ: Final = (
    'PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],'
    'PARAMETER["False_Easting",700000.0],PARAMETER["False_Northing",6600000.0],PARAMETER["Central_Meridian",3.0],'
    'PARAMETER["Standard_Parallel_1",49.0],PARAMETER["Standard_Parallel_2",44.0],PARAMETER["Latitude_Of_Origin",46.5],'
    'UNIT["Meter",1.0]]'
)
POINT, POLYLINE = 1, 3
HEADER_BYTES: Final = 100
LARGEST: Final = 2**31 - 1
END_OF_HEADER, END_OF_FILE = b"\r", b"\x1a"

type Values = Mapping[str, Any]


class Table(Protocol):
    """One table that is being written."""

    def write(self, values: Values, shape: Any) -> None:
        """A row: its values by the names of the fields, its geometry (of shapely, in EPSG:2154)."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def fit_number(value: float, width: int, decimals: int) -> str:
    """A number with as many of its decimals as its field holds; "" when it does not fit at all."""
    for kept in range(decimals, -1, -1):
        text = f"{value:.{kept}f}"
        if len(text) <= width:
            return text
    return ""


def cut(text: str, width: int) -> bytes:
    """At most so many bytes of UTF-8, no character cut in two."""
    output = text.encode()
    return output if len(output) <= width else output[:width].decode(errors="ignore").encode()


def cell(field: RaepaField, value: Any) -> bytes:
    """A value as a table (.dbf) keeps it."""
    if value is None:
        return b" " * field.width
    if field.kind == "D":
        return f"{value:%Y%m%d}".encode()
    if field.kind == "N":
        return fit_number(float(value), field.width, field.decimals).rjust(field.width).encode()
    return cut(str(value), field.width).ljust(field.width)


class Shapefile:
    """A set of .shp, .shx, .dbf, .prj and .cpg."""

    def __init__(self, folder: Path, name: str, fields: Sequence[RaepaField], *, lines: bool) -> None:
        self.path = folder / name
        self.fields = fields
        self.kind = POLYLINE if lines else POINT
        self.rows = 0
        self.end = HEADER_BYTES
        self.box = [np.inf, np.inf, -np.inf, -np.inf]

    def __enter__(self) -> Self:
        self.shapes, self.index, self.table = (self.open_part(suffix) for suffix in (".shp", ".shx", ".dbf"))
        self.shapes.write(bytes(HEADER_BYTES))
        self.index.write(bytes(HEADER_BYTES))
        self.table.write(self.table_header())
        self.path.with_suffix(".prj").write_text(LAMBERT_93_PRJ, encoding="ascii")
        self.path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
        return self

    def __exit__(self, *error: object) -> None:
        for file, size in ((self.shapes, self.end), (self.index, HEADER_BYTES + 8 * self.rows)):
            file.seek(0)
            file.write(self.shape_header(size))
            file.close()
        self.table.write(END_OF_FILE)
        self.table.seek(0)
        self.table.write(self.table_header())
        self.table.close()

    def open_part(self, suffix: str) -> IO[bytes]:
        return self.path.with_suffix(suffix).open("wb")

    def write(self, values: Values, shape: Any) -> None:
        content = self.content(shape)
        if self.end + len(content) + 8 > LARGEST or (self.rows + 1) * self.record_bytes > LARGEST:
            raise Invalid(_("A Shapefile holds at most 2 GB: export as CSV instead."))
        self.rows += 1
        self.index.write(struct.pack(">2i", self.end // 2, len(content) // 2))
        self.shapes.write(struct.pack(">2i", self.rows, len(content) // 2) + content)
        self.end += 8 + len(content)
        self.table.write(b" " + b"".join(cell(field, values.get(field.name)) for field in self.fields))

    def content(self, shape: Any) -> bytes:
        places = shapely.get_coordinates(shape)
        low, high = places.min(axis=0), places.max(axis=0)
        self.box = [
            min(self.box[0], low[0]),
            min(self.box[1], low[1]),
            max(self.box[2], high[0]),
            max(self.box[3], high[1]),
        ]
        if self.kind == POINT:
            return struct.pack("<i2d", POINT, *places[0])
        head = struct.pack("<i4d3i", POLYLINE, *low, *high, 1, len(places), 0)
        return head + bytes(places.astype("<f8"))

    def shape_header(self, size: int) -> bytes:
        box = self.box if self.rows else [0.0] * 4
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack(
            "<2i8d", 1000, self.kind, *box, 0, 0, 0, 0
        )

    @property
    def record_bytes(self) -> int:
        return 1 + sum(field.width for field in self.fields)

    def table_header(self) -> bytes:
        today = database_clock.today()
        size = 32 + 32 * len(self.fields) + 1
        head = struct.pack(
            "<4BIHH20x", 3, today.year - 1900, today.month, today.day, self.rows, size, self.record_bytes
        )
        return head + b"".join(map(field_header, self.fields)) + END_OF_HEADER


def field_header(field: RaepaField) -> bytes:
    return struct.pack("<11sc4xBB14x", field.name.encode("ascii"), field.kind.encode(), field.width, field.decimals)


class CsvTable:
    """A CSV table: semicolons, UTF-8 with its mark, points as X and Y, lines as WKT."""

    def __init__(self, folder: Path, name: str, fields: Sequence[RaepaField], *, lines: bool) -> None:
        self.path = folder / f"{name}.csv"
        self.fields = fields
        self.lines = lines
        self.rows = 0

    def __enter__(self) -> Self:
        self.file = self.path.open("wb")
        header = [*(field.name for field in self.fields), *(("WKT",) if self.lines else ())]
        self.file.write(MARK + csv_lines([header]))
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def write(self, values: Values, shape: Any) -> None:
        self.rows += 1
        row = [format_value(field, values.get(field.name)) for field in self.fields]
        self.file.write(csv_lines([[*row, shapely.to_wkt(shape, rounding_precision=3)] if self.lines else row]))


def format_value(field: RaepaField, value: Any) -> str:
    """A value as a spreadsheet reads it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if field.kind == "N":
        return f"{float(value):.{field.decimals}f}".replace(".", ",")
    return escape_formula(str(value))
