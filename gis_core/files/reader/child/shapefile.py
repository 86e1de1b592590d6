"""Shapefiles looked at before GDAL opens them: their index, their table, the encoding of their texts."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .charset import SAMPLED, decide_encoding, find_codec, parse_encoding, sample_accents
from .files import head_of, regular
from .slices import Detected, Numbers
from .trouble import Trouble

SHP_CODE = b"\x00\x00\x27\x0a"
HEADER = 100
LENGTH_AT = 24
RECORD_HEADER = 8
DBF_FIELD = 32
DBF_END = 0x0D
DELETED = ord("*")
SAMPLE_BYTES = 8 << 20
# Language drivers of dBASE that name a code page; 0 and the rest say nothing.
LANGUAGES = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x04: "mac_roman",
    0x0E: "cp850",
    0x1D: "cp850",
    0x57: "cp1252",
    0x58: "cp1252",
    0x59: "cp1252",
    0xC8: "cp1250",
    0xC9: "cp1251",
    0xCC: "cp1257",
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The encoding of a .dbf and samples of what depends on it; how many of its rows are deleted but still there."""

    encoding: Detected
    accented: list[str]
    readable_names: bool
    deleted: int = 0


def sibling(name: str, suffix: str) -> str | None:
    """The quarantined file of the same stem, None when it was not delivered."""
    path = Path(name).with_suffix(suffix)
    return str(path) if path.is_file() else None


def check_index(name: str) -> None:
    """Raise Trouble when the shapes and their index do not agree: GDAL would read what lies between."""
    size = Path(name).stat().st_size
    if size < HEADER:
        raise Trouble("not_a_shapefile")
    offsets, lengths = _index(name)
    with regular(name) as opened:
        shapes = np.memmap(opened, np.uint8, "r")
        ends = offsets + RECORD_HEADER + lengths
        if len(offsets) and (offsets.min() < HEADER or ends.max() > size):
            place = int(np.argmax((offsets < HEADER) | (ends > size)))
            raise Trouble("shape_beyond_end", row=place + 1)
        heads = shapes[(offsets + 4)[:, None] + np.arange(4)] if len(offsets) else np.zeros((0, 4), np.uint8)
        lengths_in_shapes = np.ascontiguousarray(heads).view(">u4")[:, 0].astype(np.int64) * 2
        wrong = np.flatnonzero(lengths_in_shapes != lengths)
        if len(wrong):
            raise Trouble("shape_length", row=int(wrong[0]) + 1)
    check_length(name)
    check_length(sibling(name, ".shx"))


def check_length(name: str | None) -> None:
    """Raise Trouble when a .shp or .shx holds less than its header announces."""
    if name is None:
        return
    head, held = head_of(name, HEADER), Path(name).stat().st_size
    if len(head) < HEADER or not head.startswith(SHP_CODE):
        return
    announced = struct.unpack_from(">I", head, LENGTH_AT)[0] * 2
    if held < announced:
        raise Trouble("shape_cut", name=Path(name).suffix, announced=announced, held=held)


def rebuild_index(name: str) -> bytes:
    """A .shx made by walking through the .shp record by record; raises Trouble where it breaks off."""
    size = Path(name).stat().st_size
    with regular(name) as opened:
        header = opened.read(HEADER)
        if len(header) < HEADER or not header.startswith(SHP_CODE):
            raise Trouble("not_a_shapefile")
        entries = b"".join(_walk(opened, size))
    check_length(name)
    length = struct.pack(">I", (HEADER + len(entries)) // 2)
    return header[:24] + length + header[28:] + entries


def texts(name: str, chosen: str | None) -> Texts:
    """How the texts of the .dbf beside a shapefile (or of a .dbf alone) are to be read."""
    table = sibling(name, ".dbf")
    if table is None:
        return Texts(Detected("utf-8", "ascii"), [], True)
    header = head_of(table, 65_536)
    strange, names = list(_strange_values(table, header)), _raw_names(header)
    declared, how, text = _read_encoding(name, header)
    values = strange + [name for name in names if not name.isascii()]
    encoding = parse_encoding(chosen) if chosen else decide_encoding(values, declared, how, text)
    return Texts(encoding, sample_accents(values, encoding.value), all(map(_is_utf8, names)), _count_deleted(table))


def check_table(name: str) -> list[str]:
    """Notes on the .dbf beside a shapefile, or of a .dbf alone; raises Trouble when rows of it are missing."""
    table = sibling(name, ".dbf")
    if table is None:
        return ["no_table"]
    announced, header_bytes, record_bytes = _sizes(table)
    held = max(0, Path(table).stat().st_size - header_bytes) // record_bytes
    shapes = len(_index(name)[0]) if name.endswith(".shp") else announced
    if held < max(shapes, announced):
        raise Trouble("table_cut", announced=max(shapes, announced), held=held)
    return ["table_longer"] if announced > shapes else []


def _sizes(table: str) -> tuple[int, int, int]:
    """Rows that a .dbf announces, bytes of its header, bytes of a row."""
    header = head_of(table, 32)
    rows, header_bytes, record_bytes = struct.unpack_from("<IHH", header.ljust(32, b"\0"), 4)
    if record_bytes < 1 or header_bytes < 32:
        raise Trouble("damaged_table")
    return rows, header_bytes, record_bytes


def _count_deleted(table: str) -> int:
    rows, header_bytes, record_bytes = _sizes(table)
    with regular(table) as opened:
        held = min(rows, max(0, Path(table).stat().st_size - header_bytes) // record_bytes)
        if not held:
            return 0
        data = np.memmap(opened, np.uint8, "r", header_bytes, (held, record_bytes))
        return int((data[:, 0] == DELETED).sum())


def prj_text(name: str) -> str:
    """The .prj beside a file, empty when there is none."""
    path = sibling(name, ".prj")
    return head_of(path, 65_536).decode("utf-8", "replace").strip("\ufeff\0 \r\n\t") if path else ""


def _index(name: str) -> tuple[Numbers, Numbers]:
    """Byte offsets of the records and lengths of their contents."""
    path = sibling(name, ".shx")
    if path is None:
        raise Trouble("companion_missing", name=".shx")
    with regular(path) as opened:
        if not opened.read(HEADER).startswith(SHP_CODE):
            raise Trouble("damaged_index")
        numbers = np.frombuffer(opened.read(), ">u4")
    pairs = numbers[: len(numbers) // 2 * 2].reshape(-1, 2).astype(np.int64) * 2
    return pairs[:, 0], pairs[:, 1]


def _walk(opened: Any, size: int) -> Iterator[bytes]:
    place, row = HEADER, 0
    while place + RECORD_HEADER <= size:
        row += 1
        opened.seek(place + 4)
        (half_length,) = struct.unpack(">I", opened.read(4))
        if half_length < 2 or place + RECORD_HEADER + half_length * 2 > size:
            raise Trouble("shape_beyond_end", row=row)
        yield struct.pack(">II", place // 2, half_length)
        place += RECORD_HEADER + half_length * 2


def _read_encoding(name: str, header: bytes) -> tuple[str | None, str, str]:
    page = sibling(name, ".cpg")
    if page:
        text = head_of(page, 100).decode("ascii", "replace").strip("\ufeff\0 \r\n\t")
        if find_codec(text):
            return find_codec(text), "declared", text
    language = LANGUAGES.get(header[29]) if len(header) > 29 else None
    return language, "code_page", f"0x{header[29]:02x}" if language else ""


def _raw_fields(header: bytes) -> list[bytes]:
    """Descriptors of the fields."""
    end = header.find(bytes([DBF_END]), DBF_FIELD)
    places = range(DBF_FIELD, end if end > 0 else len(header), DBF_FIELD)
    return [header[place : place + DBF_FIELD] for place in places if len(header) >= place + DBF_FIELD]


def _raw_names(header: bytes) -> list[bytes]:
    return [field[:11].partition(b"\0")[0] for field in _raw_fields(header)]


def _strange_values(table: str, header: bytes) -> Iterator[bytes]:
    """Values beyond ASCII of the text fields, from both ends of the table."""
    if len(header) < 32:
        return
    _, header_bytes, record_bytes = struct.unpack_from("<IHH", header, 4)
    if record_bytes < 1:
        return
    rows = _sample(table, header_bytes, record_bytes)
    place, count = 1, 0
    for field in _raw_fields(header):
        width = field[16]
        values = rows[:, place : place + width]
        if field[11:12] == b"C" and values.shape[1]:
            for row in np.flatnonzero((values > 127).any(axis=1))[: SAMPLED - count]:
                count += 1
                yield values[row].tobytes().strip(b" \0")
        place += width


def _sample(table: str, header_bytes: int, record_bytes: int) -> Numbers:
    with regular(table) as opened:
        opened.seek(header_bytes)
        start = opened.read(SAMPLE_BYTES // record_bytes * record_bytes)
        held = (Path(table).stat().st_size - header_bytes) // record_bytes
        tail = max(len(start) // record_bytes, held - SAMPLE_BYTES // record_bytes)
        opened.seek(header_bytes + tail * record_bytes)
        end = opened.read(max(0, held - tail) * record_bytes)
    data = start[: len(start) // record_bytes * record_bytes] + end[: len(end) // record_bytes * record_bytes]
    return np.frombuffer(data, np.uint8).reshape(-1, record_bytes)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
