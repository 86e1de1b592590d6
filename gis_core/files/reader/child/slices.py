"""What every vector source gives: the heads of its layers, then their rows in slices of Arrow columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from .rows import Problem
from .trouble import Trouble

type Numbers = np.ndarray[Any, np.dtype[Any]]

# The types that a column of a layer can have; "other" is read by nobody (binary values).
TYPES = ("text", "integer", "number", "boolean", "date", "datetime")
OTHER = "other"
SLICE_ROWS = 20_000


@dataclass(slots=True)
class Field:
    """One field under a name that no other field of its layer has; `type` as the file declares it."""

    name: str
    type: str


@dataclass(slots=True)
class Detected:
    """A value that was detected and how (see the parent's labels of each way); `text` is what the file says itself."""

    value: Any = None
    how: str = "none"
    text: str = ""


@dataclass(slots=True)
class Head:
    """What a source says of a layer before its rows are read.

    `features` is None when only reading tells. `crs` holds an EPSG code, `encoding` the name of a Python codec.
    `accented` are samples of the texts whose reading depends on the encoding. `place` are the fields x, y and WKT that
    the geometry is made of. In a file that is not `typed`, numbers may be kept as text. Of a table of text, its
    `separator` and the last line before its first row.
    """

    name: str
    fields: list[Field]
    has_geometry: bool
    features: int | None
    crs: Detected
    encoding: Detected
    accented: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    typed: bool = True
    place: list[str | None] = field(default_factory=list)
    separator: str | None = None
    header_row: int | None = None


@dataclass(slots=True)
class Slice:
    """Some rows: their ranks from 1 in file order, their columns by field name, their WKB (None: no geometry).

    `problems` are the rows of this stretch that the source itself had to leave out, `refused` those of these rows (by
    their place here) whose geometry makes no sense. `curves` counts geometries that were drawn with arcs, `empty` the
    rows without any value that were passed over.
    """

    ranks: Numbers
    columns: dict[str, pa.Array]
    wkb: pa.Array | None
    problems: list[Problem] = field(default_factory=list)
    refused: dict[int, Trouble] = field(default_factory=dict)
    curves: int = 0
    empty: int = 0

    def __len__(self) -> int:
        return len(self.ranks)


class Source(Protocol):
    """One readable file."""

    format: str

    def heads(self) -> list[Head]:
        """Its layers; raises Trouble when the file as a whole cannot be read."""
        ...

    def unread(self) -> list[tuple[str, Trouble]]:
        """The layers whose head cannot be read, when others can."""
        ...

    def slices(self, layer: str) -> Iterator[Slice]:
        """The rows of a layer in file order."""
        ...


def unique(names: list[str]) -> list[str]:
    """The same names, numbered where one comes back or is empty: code, code_2."""
    given: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"column_{position}"
        free, number = base, 1
        while free in given:
            number += 1
            free = f"{base}_{number}"
        given[free] = None
    return list(given)


def ranks(first: int, count: int) -> Numbers:
    """Ranks of `count` rows that start at `first`."""
    return np.arange(first, first + count)


def without_empty(slice_: Slice) -> Slice:
    """The rows that have a value at least: sheets and CSV files end with rows that have none."""
    held = np.zeros(len(slice_), bool)
    for column in slice_.columns.values():
        held |= np.asarray(column.is_valid().to_numpy(zero_copy_only=False), bool)
    if held.all():
        return slice_
    kept = {name: column.filter(pa.array(held)) for name, column in slice_.columns.items()}
    return Slice(slice_.ranks[held], kept, None, slice_.problems, empty=int((~held).sum()))


def where(flags: Numbers) -> list[int]:
    """The rows that are flagged."""
    rows: list[int] = np.flatnonzero(flags).tolist()
    return rows
