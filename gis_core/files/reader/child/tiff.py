"""The directories of a TIFF file, read without GDAL: the size of each image and where its blocks lie."""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .trouble import Trouble

SUBFILE, WIDTH, HEIGHT, STRIPS, STRIP_SIZES, TILES, TILE_SIZES = 254, 256, 257, 273, 279, 324, 325
WANTED = {SUBFILE, WIDTH, HEIGHT, STRIPS, STRIP_SIZES, TILES, TILE_SIZES}
REDUCED, MASK = 1, 4
# TIFF type -> code of struct and array; the blocks of an image are given as one of these.
TYPES = {3: "H", 4: "I", 16: "Q"}
DIRECTORIES = 256
BLOCKS = 8_000_000


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of the file: `offsets` and `sizes` of its blocks, both 0 for one that is not stored."""

    width: int
    height: int
    subfile: int
    offsets: Sequence[int]
    sizes: Sequence[int]

    @property
    def is_main(self) -> bool:
        """Whether it is an image of its own, neither an overview nor a mask."""
        return not self.subfile & (REDUCED | MASK)

    @property
    def is_mask(self) -> bool:
        """Whether it is a mask, or an overview of one."""
        return bool(self.subfile & MASK)

    @property
    def end(self) -> int:
        """The first byte after its last block."""
        return max(map(sum, zip(self.offsets, self.sizes, strict=True)), default=0)

    @property
    def empty(self) -> int:
        """How many of its blocks are not stored."""
        return sum(1 for offset, size in zip(self.offsets, self.sizes, strict=True) if not offset or not size)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How this file writes numbers: byte order, and widths that differ between TIFF and BigTIFF."""

    order: str
    big: bool

    @property
    def entry(self) -> struct.Struct:
        return struct.Struct(self.order + ("HHQ8s" if self.big else "HHI4s"))

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "I"))

    @property
    def count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "H"))


def directories(stream: BinaryIO, size: int, pixels: int) -> list[Directory]:
    """All images of a TIFF file of `size` bytes.

    Raises Trouble for one of more than `pixels` pixels, and when the file ends before its blocks do.
    """
    images = []
    for directory in _directories(stream, size):
        if directory.width * directory.height > pixels:
            raise Trouble("too_many_pixels", width=directory.width, height=directory.height, limit=pixels)
        images.append(directory)
    if not images:
        raise Trouble("image_damaged")
    if any(directory.end > size for directory in images):
        raise Trouble("image_truncated")
    return images


def _directories(stream: BinaryIO, size: int) -> Iterator[Directory]:
    head = _read(stream, 0, 8)
    order = "<" if head[:2] == b"II" else ">"
    layout = _Layout(order, struct.unpack(order + "H", head[2:4])[0] == 43)
    (place,) = layout.offset.unpack(_read(stream, 8 if layout.big else 4, layout.offset.size))
    seen: set[int] = set()
    while place:
        if place in seen or len(seen) >= DIRECTORIES:
            raise Trouble("image_damaged")
        seen.add(place)
        directory, place = _directory(stream, size, layout, place)
        yield directory


def _directory(stream: BinaryIO, size: int, layout: _Layout, place: int) -> tuple[Directory, int]:
    (count,) = layout.count.unpack(_read(stream, place, layout.count.size))
    entries = _read(stream, place + layout.count.size, count * layout.entry.size + layout.offset.size)
    tags: dict[int, Sequence[int]] = {}
    for start in range(0, count * layout.entry.size, layout.entry.size):
        tag, kind, length, value = layout.entry.unpack_from(entries, start)
        if tag in WANTED:
            tags[tag] = _values(stream, layout, kind, length, value)
    (following,) = layout.offset.unpack_from(entries, count * layout.entry.size)
    offsets, sizes = tags.get(TILES, tags.get(STRIPS, ())), tags.get(TILE_SIZES, tags.get(STRIP_SIZES, ()))
    if WIDTH not in tags or HEIGHT not in tags or not offsets:
        raise Trouble("image_damaged")
    if len(sizes) != len(offsets):
        # The sizes may be left out when there is one block.
        sizes = [size - offset for offset in offsets[:1]] if len(offsets) == 1 else [0] * len(offsets)
    subfile = tags.get(SUBFILE, (0,))[0]
    return Directory(tags[WIDTH][0], tags[HEIGHT][0], subfile, offsets, sizes), following


def _values(stream: BinaryIO, layout: _Layout, kind: int, length: int, value: bytes) -> Sequence[int]:
    code = TYPES.get(kind)
    if code is None or not 0 < length <= BLOCKS:
        raise Trouble("image_damaged")
    numbers = array(code)
    bytes_needed = length * numbers.itemsize
    if bytes_needed > len(value):
        (place,) = layout.offset.unpack(value)
        value = _read(stream, place, bytes_needed)
    numbers.frombytes(value[:bytes_needed])
    if (layout.order == "<") != (sys.byteorder == "little"):
        numbers.byteswap()
    return numbers


def _read(stream: BinaryIO, start: int, length: int) -> bytes:
    if length > BLOCKS * 8:
        raise Trouble("image_damaged")
    stream.seek(start)
    data = stream.read(length)
    if len(data) < length:
        raise Trouble("image_truncated")
    return data
