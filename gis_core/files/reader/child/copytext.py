"""Rows of a layer as PostgreSQL COPY text: rank, the planned columns, hexadecimal EWKB."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import Values, convert, escape_for_copy
from .rows import printable
from .shapes import Shaped, Shaper, Wanted
from .slices import TYPES, Numbers, Slice, Source, where
from .trouble import Trouble
from .wire import Blob

LONGEST_VALUE = 60

type Answer = tuple[dict[str, Any], list[Blob]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to copy: (source field, wanted type) per column, the geometry column if any.

    `identifier` is the field that names a row to a person; `constants` end every line.
    """

    columns: tuple[tuple[str, str], ...]
    geometry: Wanted | None
    required_geometry: bool
    identifier: str | None
    constants: tuple[str, ...]

    @classmethod
    def from_json(cls, plan: Mapping[str, Any]) -> "Plan":
        """The parent's plan."""
        columns = tuple((str(source), str(wanted)) for source, wanted in plan["columns"])
        if any(wanted not in TYPES for _, wanted in columns):
            raise ValueError("unknown column type")
        return cls(
            columns=columns,
            geometry=_read_wanted(plan["geometry"]),
            required_geometry=bool(plan["required_geometry"]),
            identifier=plan["identifier"],
            constants=tuple("\\N" if value is None else str(int(value)) for value in plan["constants"]),
        )


def _read_wanted(geometry: Mapping[str, Any] | None) -> Wanted | None:
    if geometry is None:
        return None
    names = ("family", "multi", "dimension", "epsg", "invalid")
    return Wanted(**{name: geometry[name] for name in names})


def copy_rows(source: Source, layer: str, plan: Plan, limits: Mapping[str, int]) -> Iterator[Answer]:
    """Answers of a copy: lines and problems of one slice after the other."""
    shaper = Shaper(plan.geometry) if plan.geometry else None
    rows = vertices = 0
    for slice_ in source.slices(layer):
        rows += len(slice_) + len(slice_.problems)
        if rows > limits["features"]:
            raise Trouble("too_many_features", limit=limits["features"])
        batch = _Lines(slice_, plan)
        batch.add_columns()
        if shaper:
            vertices += batch.add_geometry(shaper)
        if vertices > limits["vertices"]:
            raise Trouble("too_many_vertices", limit=limits["vertices"])
        yield batch.answer()


class _Lines:
    """The lines of one slice while they are being put together."""

    def __init__(self, slice_: Slice, plan: Plan) -> None:
        self._slice = slice_
        self._plan = plan
        # Each line starts with the end of the one before, so that joining appends nothing.
        ranks = pa.array(slice_.ranks).cast(pa.string())
        self._texts = [pc.binary_join_element_wise("\n", ranks, "")]
        self._refused: dict[int, Trouble] = {}
        self._repaired: dict[int, Trouble] = {}

    def add_columns(self) -> None:
        """Attributes, typed; a row with a value that cannot be is refused."""
        for source, wanted in self._plan.columns:
            column = self._slice.columns.get(source)
            if column is None:
                raise Trouble("unknown_field", name=source[:100])
            values = convert(column, wanted)
            self._note_bad(source, wanted, column, values)
            self._texts.append(escape_for_copy(values.text) if wanted == "text" else values.text)

    def add_geometry(self, shaper: Shaper) -> int:
        """The geometry column; returns how many vertices it holds."""
        wkb = self._slice.wkb
        shaped = Shaped(pa.nulls(len(self._slice), pa.string())) if wkb is None else shaper.shape(wkb)
        self._refused = {**shaped.refused, **self._slice.refused, **self._refused}
        self._repaired = shaped.repaired
        if self._plan.required_geometry:
            for row in where(shaped.text.is_null().to_numpy(zero_copy_only=False)):
                self._refused.setdefault(row, Trouble("no_geometry"))
        self._texts.append(shaped.text)
        return shaped.vertices

    def answer(self) -> Answer:
        """The frame of this slice."""
        parts = [*self._texts, *self._plan.constants]
        lines = pc.binary_join_element_wise(*parts, "\t", null_handling="replace", null_replacement="\\N")
        if self._refused:
            keep = np.ones(len(lines), bool)
            keep[list(self._refused)] = False
            lines = lines.filter(pa.array(keep))
        problems = [self._problem_row(row, trouble) for row, trouble in sorted(self._refused.items())]
        problems += [[p.index, p.identifier, p.code, p.params] for p in self._slice.problems]
        repairs = [self._problem_row(row, t) for row, t in sorted(self._repaired.items()) if row not in self._refused]
        last = int(self._slice.ranks[-1]) if len(self._slice) else 0
        message = {"rows": len(lines), "rank": last, "problems": problems, "repairs": repairs}
        return message, _blobs(lines)

    def _note_bad(self, source: str, wanted: str, column: pa.Array, values: Values) -> None:
        for row in where(values.bad):
            if wanted == "text":
                trouble = Trouble("text_unstorable", name=source[:100])
            else:
                value = printable(str(column[row].as_py()))[:LONGEST_VALUE]
                trouble = Trouble("value_of_type", name=source[:100], value=value, type=wanted)
            self._refused.setdefault(row, trouble)

    def _problem_row(self, row: int, trouble: Trouble) -> list[Any]:
        return [int(self._slice.ranks[row]), self._identifier(row), trouble.code, trouble.params]

    def _identifier(self, row: int) -> str | None:
        column = self._slice.columns.get(self._plan.identifier or "")
        value = None if column is None else column[row].as_py()
        return None if value is None else printable(str(value))


def _blobs(lines: pa.Array) -> list[Blob]:
    """The joined lines, each ended, without copying them."""
    if not len(lines):
        return []
    _, offsets, data = lines.buffers()
    places: Numbers = np.frombuffer(offsets, np.int32)
    first, last = int(places[lines.offset]), int(places[lines.offset + len(lines)])
    return [memoryview(data)[first + 1 : last], b"\n"]
