"""What a stream of rows looks like in each format: pure functions from rows to bytes, without a database.

A format begins, writes rows, and ends; `broken` is what it writes in place of its end when the rows stop coming, so
that no reader takes the file for a whole one (the application server ends such an answer as any other).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

type Kind = Literal["text", "integer", "number", "boolean", "date", "datetime"]
type Shape = Literal["none", "xy", "wkt", "geojson", "wkb"]
"""How a row carries its geometry, in its last cells: not at all, x and y, or one text or binary."""
type Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is exported: its name, what people call it, its type, and labels of codes, if it has any."""

    name: str
    label: str
    kind: Kind
    code_labels: Mapping[str, str] | None = None


class Format(Protocol):
    """Rows hold the columns' values in order, then the geometry in the shape that the format asks for."""

    content_type: str
    suffix: str
    shape: Shape

    def begin(self) -> bytes: ...

    def rows(self, rows: Sequence[Row]) -> bytes: ...

    def end(self) -> bytes: ...

    def broken(self, message: str) -> bytes: ...


def label_value(column: Column, value: Any) -> Any:
    """The value; the label of a code where the column has labels of codes."""
    return value if column.code_labels is None else column.code_labels.get(str(value), value)


def free_name(wanted: str, columns: Sequence[Column]) -> str:
    """A name that no column has."""
    taken = {column.name.lower() for column in columns}
    while wanted.lower() in taken:
        wanted = f"{wanted}_"
    return wanted
