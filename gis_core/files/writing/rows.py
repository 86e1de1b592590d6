"""What a stream of rows looks like in each format: pure functions from rows to bytes, without a database.

A format begins, writes rows, and ends; `broken` is what it writes in place of its end when the rows stop coming, so
that no reader takes the file for a whole one (the application server ends such an answer as any other).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

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

    def failure_mark(self, message: str) -> bytes: ...


def label_value(column: Column, value: Any) -> Any:
    """The value; the label of a code where the column has labels of codes."""
    return value if column.code_labels is None else column.code_labels.get(str(value), value)


def free_name(wanted: str, columns: Sequence[Column]) -> str:
    """A name that no column has."""
    taken = {column.name.lower() for column in columns}
    while wanted.lower() in taken:
        wanted = f"{wanted}_"
    return wanted


GEOMETRY: Final = Column("geom", "geom", "text")
TYPES: Final[Mapping[Kind, Callable[[Any], Any]]] = {"text": str, "integer": int, "number": float, "boolean": bool}


def columns_by_label(columns: Sequence[Column]) -> list[Column]:
    """Columns called as people call them, each name once; before them `fid`, for the rows' numbers."""
    results = [Column("fid", "fid", "integer")]
    for column in columns:
        name = free_name(column.label, [*results, GEOMETRY])
        results.append(Column(name, name, column.kind))
    return results


def convert_values(columns: Sequence[Column], row: Row) -> list[Any]:
    """The values of a row, each of the type that its column has; nothing instead of an empty text elsewhere."""
    return [convert_value(column.kind, value) for column, value in zip(columns, row, strict=False)]


def convert_value(kind: Kind, value: Any) -> Any:
    if value is None or (value == "" and kind != "text"):
        return None
    return TYPES[kind](value) if kind in TYPES else value
