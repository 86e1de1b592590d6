"""Flatbuffers, as far as FlatGeobuf needs them: tables, vectors and texts as blocks that are put one behind the other.

A block's length is a multiple of eight and its parts are aligned in it, so that blocks can be joined as they are.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CELL = 8


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes, and the place in them that a reference to the block points at."""

    data: bytes
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number in a table, packed as `struct` writes it."""

    data: bytes


type Field = Block | Scalar | None


def scalar(code: str, value: float) -> Scalar:
    return Scalar(struct.pack(f"<{code}", value))


def pad_cells(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % CELL)


def text(value: str) -> Block:
    encoded = value.encode()
    return Block(pad_cells(struct.pack("<I", len(encoded)) + encoded + b"\0"))


def vector(count: int, items: bytes, *, wide: bool = False) -> Block:
    """Items of one, two or four bytes, or of eight (`wide`), which begin on a multiple of eight."""
    head = struct.pack("<I", count)
    return Block(pad_cells(b"\0\0\0\0" + head + items), 4) if wide else Block(pad_cells(head + items))


def references(blocks: Sequence[Block]) -> Block:
    """A vector of references to blocks, which follow it."""
    head = 4 + 4 * len(blocks)
    at = head + -head % CELL
    parts, places = [], []
    for number, block in enumerate(blocks):
        places.append(at + block.entry - (4 + 4 * number))
        parts.append(block.data)
        at += len(block.data)
    return Block(pad_cells(struct.pack(f"<{1 + len(blocks)}I", len(blocks), *places)) + b"".join(parts))


def table(fields: Sequence[Field]) -> Block:
    """A table: its fields by their rank, None for an absent one. Its directory comes first, what it names last."""
    directory = 4 + 2 * len(fields)
    entry = directory + -directory % CELL
    present = [one for one in fields if one is not None]
    size = CELL * (1 + len(present))
    offsets: list[int] = []
    cells: list[bytes] = []
    following = b""
    for one in fields:
        if one is None:
            offsets.append(0)
            continue
        at = CELL * (1 + len(cells))
        offsets.append(at)
        if isinstance(one, Scalar):
            cells.append(one.data.ljust(CELL, b"\0"))
        else:
            cells.append(struct.pack("<Ixxxx", size + len(following) + one.entry - at))
            following += one.data
    head = struct.pack(f"<{2 + len(fields)}H", directory, size, *offsets)
    return Block(pad_cells(head) + struct.pack("<ixxxx", entry) + b"".join(cells) + following, entry)


def prefix_size(root: Block) -> bytes:
    """A whole buffer with its length in front. Readers count the alignment from that length on."""
    return struct.pack("<II", 4 + len(root.data), 4 + root.entry) + root.data
