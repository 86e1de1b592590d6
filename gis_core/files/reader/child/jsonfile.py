"""GeoJSON, which is read in Python, as slices of Arrow columns."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from .geojson import GeoJsonFile
from .rows import Problem, Row
from .slices import Detected, Field, Head, Slice, unique
from .trouble import Trouble

SLICE_ROWS = 5000
# JSON names of what every value of a property is, to the type of a field; anything mixed is text.
TYPES = {("number",): "number", ("boolean",): "boolean"}


class GeoJsonSource:
    """The one layer of a GeoJSON file."""

    format = "GeoJSON"

    def __init__(self, opened: GeoJsonFile, name: str) -> None:
        self._file = opened
        self._name = name
        self._names: dict[str, str] = {}
        self._head: Head | None = None

    def heads(self) -> list[Head]:
        """Its layer; reads the file through, so that every problem of the whole file shows here."""
        if self._head is None:
            info = self._file.inspect()
            (layer,) = info["layers"]
            kinds = {
                name: tuple(kind for kind in json_types if kind != "null")
                for name, json_types in layer["fields"].items()
            }
            self._names = dict(zip(kinds, unique(list(kinds)), strict=True))
            self._head = Head(
                name=self._name,
                fields=[Field(self._names[name], TYPES.get(json_types, "text")) for name, json_types in kinds.items()],
                has_geometry=True,
                features=layer["features"],
                crs=Detected(layer["crs"], "code" if layer["crs"] != 4326 else "default", f"EPSG:{layer['crs']}"),
                encoding=Detected("utf-8", "format"),
                notes=list(info["notes"]),
            )
        return [self._head]

    def unread(self) -> list[tuple[str, Trouble]]:
        """None: there is one layer."""
        return []

    def slices(self, layer: str) -> Iterator[Slice]:
        """The features in file order; those that cannot be read are problems."""
        (head,) = self.heads()
        rows = self._file.rows()
        while some := list(islice(rows, SLICE_ROWS)):
            yield self._slice([row for row in some if isinstance(row, Row)], some, head)

    def _slice(self, rows: list[Row], some: list[Row | Problem], head: Head) -> Slice:
        types = {field.name: field.type for field in head.fields}
        columns = {
            name: _column([row.properties.get(source) for row in rows], types[name])
            for source, name in self._names.items()
        }
        problems = [problem for problem in some if isinstance(problem, Problem)]
        wkb = pa.array([row.wkb for row in rows], pa.binary())
        return Slice(np.array([row.index for row in rows], np.int64), columns, wkb, problems)


def _column(values: list[Any], kind: str) -> pa.Array:
    if kind == "boolean":
        return pa.array(values, pa.bool_())
    if kind == "number":
        whole = all(value is None or isinstance(value, int) for value in values)
        return pa.array(values, pa.int64() if whole else pa.float64())
    return pa.array([_as_text(value) for value in values], pa.string())


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
