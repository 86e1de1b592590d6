"""FlatGeobuf without an index, which can be written as its features come. Geometries come as little-endian WKB."""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gis_core.files.writing.flatbuffer import Block, prefix_size, references, scalar, table, text, vector
from gis_core.files.writing.rows import Column, Kind, Row, Shape, label_value

MAGIC = b"fgb\x03fgb\x00"
# No feature is that long: whoever reads on finds that the file is damaged.
NONSENSE = b"\xff\xff\xff\xff"
TYPES: dict[Kind, int] = {"boolean": 2, "integer": 7, "number": 10, "text": 11, "date": 13, "datetime": 13}
POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON = range(1, 7)
NUMBER = 8
# What ISO adds to the type of a geometry with heights.
WITH_Z = 1000


@dataclass(slots=True)
class FlatGeobuf:
    """`geometry_type` is WKB's code of the one type that the layer has, 0 for several. With `heights` positions have Z.
    `labels`: labels of codes.
    """

    columns: Sequence[Column]
    name: str
    title: str
    srid: int
    geometry_type: int
    heights: bool = False
    content_type: str = field(default="application/flatgeobuf", init=False)
    suffix: str = field(default="fgb", init=False)
    shape: Shape = field(default="wkb", init=False)

    def begin(self) -> bytes:
        columns = references([column_table(column) for column in self.columns])
        crs = table([text("EPSG"), scalar("i", self.srid)])
        header = [None] * 14
        fields: dict[int, Any] = {
            0: text(self.name),
            2: scalar("B", self.geometry_type),
            3: scalar("?", True) if self.heights else None,
            7: columns,
            9: scalar("H", 0),
            10: crs,
            11: text(self.title),
        }
        return MAGIC + prefix_size(table([fields.get(rank) for rank in range(len(header))]))

    def rows(self, rows: Sequence[Row]) -> bytes:
        return b"".join(map(self.feature, rows))

    def feature(self, row: Row) -> bytes:
        values = properties(self.columns, row)
        wkb = row[-1]
        geometry = None if wkb is None else geometry_table(memoryview(wkb))[0]
        return prefix_size(table([geometry, vector(len(values), values)]))

    def end(self) -> bytes:
        return b""

    def failure_mark(self, message: str) -> bytes:
        return NONSENSE + message.encode()


def column_table(column: Column) -> Block:
    kind: Kind = "text" if column.code_labels is not None else column.kind
    return table([text(column.name), scalar("B", TYPES[kind]), text(column.label)])


def properties(columns: Sequence[Column], row: Row) -> bytes:
    """The values that there are, each after the rank of its column."""
    parts = []
    for rank, (column, value) in enumerate(zip(columns, row, strict=False)):
        if value is not None:
            parts.append(struct.pack("<H", rank) + pack_value(column, value))
    return b"".join(parts)


def pack_value(column: Column, value: Any) -> bytes:
    if column.code_labels is not None:
        return pack_text(str(label_value(column, value)))
    match column.kind:
        case "integer":
            return struct.pack("<q", value)
        case "number":
            return struct.pack("<d", value)
        case "boolean":
            return struct.pack("<?", value)
        case "date" | "datetime":
            return pack_text(moment(value))
        case _:
            return pack_text(value)


def pack_text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<I", len(encoded)) + encoded


def moment(value: date | datetime) -> str:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value.isoformat()


def geometry_table(wkb: memoryview, at: int = 0) -> tuple[Block | None, int]:
    """The geometry that begins at `at`, None for an empty one, and where it ends: its positions are copied as they are.

    Points, lines and polygons, and several of one kind, flat or with heights.
    """
    raised, kind = divmod(int.from_bytes(wkb[at + 1 : at + 5], "little"), WITH_Z)
    if raised not in {0, 1} or not POINT <= kind <= MULTIPOLYGON:
        raise ValueError(f"geometries of type {kind} are not written")
    at += 5
    if kind == MULTIPOLYGON:
        return parts_table(wkb, at)
    parts, counts, at = positions(wkb, at, kind, (2 + raised) * NUMBER)
    total = sum(counts)
    if not total or (kind == POINT and bytes(parts[0][: 2 * NUMBER]) == b"\0\0\0\0\0\0\xf8\x7f" * 2):
        return None, at
    ends = vector(len(counts), struct.pack(f"<{len(counts)}I", *running(counts))) if len(counts) > 1 else None
    flat, heights = split_heights(b"".join(parts)) if raised else (b"".join(parts), b"")
    coordinates = vector(2 * total, flat, wide=True)
    z = vector(total, heights, wide=True) if raised else None
    return table([ends, coordinates, z, None, None, None, scalar("B", kind)]), at


def split_heights(places: bytes) -> tuple[bytes, bytes]:
    """Positions x, y, z as those of x and y, and those of z."""
    numbers = memoryview(places).cast("d")
    flat = array("d", bytes(len(places) // 3 * 2))
    flat[0::2], flat[1::2] = array("d", numbers[0::3]), array("d", numbers[1::3])
    return flat.tobytes(), numbers[2::3].tobytes()


def parts_table(wkb: memoryview, at: int) -> tuple[Block | None, int]:
    count = int.from_bytes(wkb[at : at + 4], "little")
    at += 4
    parts = []
    for _rank in range(count):
        part, at = geometry_table(wkb, at)
        if part is not None:
            parts.append(part)
    if not parts:
        return None, at
    return table([None, None, None, None, None, None, scalar("B", MULTIPOLYGON), references(parts)]), at


def positions(wkb: memoryview, at: int, kind: int, size: int) -> tuple[list[memoryview], list[int], int]:
    """The stretches of positions (of `size` bytes) of a geometry, how many each has, and where the geometry ends."""
    if kind == POINT:
        return [wkb[at : at + size]], [1], at + size
    count, at = int.from_bytes(wkb[at : at + 4], "little"), at + 4
    if kind == LINE:
        return [wkb[at : at + count * size]], [count], at + count * size
    parts, counts = [], []
    for _rank in range(count):
        if kind == MULTIPOINT:
            at, length = at + 5, 1
        else:
            # A line of several begins with its own byte order and type; a ring with its count alone.
            at += 5 if kind == MULTILINE else 0
            length, at = int.from_bytes(wkb[at : at + 4], "little"), at + 4
        parts.append(wkb[at : at + length * size])
        counts.append(length)
        at += length * size
    # Several points are one stretch of positions.
    return (parts, [sum(counts)], at) if kind == MULTIPOINT else (parts, counts, at)


def running(counts: Sequence[int]) -> list[int]:
    total, sums = 0, []
    for count in counts:
        total += count
        sums.append(total)
    return sums
