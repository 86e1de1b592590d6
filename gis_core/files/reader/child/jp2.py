"""The outline of a JPEG 2000 file, read without GDAL: its size and whether all of its tiles are there."""

import struct
from typing import BinaryIO

from .trouble import Trouble

SIGNATURE = b"\x00\x00\x00\x0cjP  "
CODESTREAM = b"\xff\x4f\xff\x51"
BOX, LONG_BOX = struct.Struct(">I4s"), struct.Struct(">Q")
SEGMENT, SIZ, SOT = struct.Struct(">HH"), struct.Struct(">HIIII"), struct.Struct(">HHHIBB")
SOT_MARKER = 0xFF90
END = b"\xff\xd9"
TILE_PARTS = 1_000_000


def size_of(stream: BinaryIO, size: int) -> tuple[int, int]:
    """Width and height; raises Trouble when the file of `size` bytes ends before its tiles do."""
    start = _codestream(stream, size)
    stream.seek(start + 2)
    marker, length = SEGMENT.unpack(_read(stream, SEGMENT.size))
    if marker != 0xFF51 or length < 41:
        raise Trouble("image_damaged")
    _, right, bottom, left, top = SIZ.unpack(_read(stream, SIZ.size))
    _check_tiles(stream, _first_tile(stream, start + 4 + length), size)
    return right - left, bottom - top


def _codestream(stream: BinaryIO, size: int) -> int:
    """Where the codestream begins: at once, or in its box."""
    stream.seek(0)
    if _read(stream, 4) == CODESTREAM:
        return 0
    place = 0
    while place < size:
        stream.seek(place)
        length, kind = BOX.unpack(_read(stream, BOX.size))
        head = BOX.size
        if length == 1:
            (length,) = LONG_BOX.unpack(_read(stream, LONG_BOX.size))
            head += LONG_BOX.size
        if kind == b"jp2c":
            return place + head
        if length < head:
            break
        place += length
    raise Trouble("image_truncated")


def _first_tile(stream: BinaryIO, place: int) -> int:
    """Past the segments of the main header."""
    while True:
        stream.seek(place)
        marker, length = SEGMENT.unpack(_read(stream, SEGMENT.size))
        if marker == SOT_MARKER:
            return place
        if marker < 0xFF00 or length < 2:
            raise Trouble("image_damaged")
        place += 2 + length


def _check_tiles(stream: BinaryIO, place: int, size: int) -> None:
    """Follow the lengths of the tile parts to the end marker."""
    for _ in range(TILE_PARTS):
        stream.seek(place)
        head = _read(stream, 2)
        if head == END:
            return
        marker, _, _, length, _, _ = SOT.unpack(head + _read(stream, SOT.size - 2))
        if marker != SOT_MARKER:
            raise Trouble("image_damaged")
        if not length:
            stream.seek(size - 2)
            if _read(stream, 2) != END:
                raise Trouble("image_truncated")
            return
        place += length
    raise Trouble("image_damaged")


def _read(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise Trouble("image_truncated")
    return data
