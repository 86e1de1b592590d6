"""What the parent says and what it gets back, in plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

MOST_SHEET_ROWS = 1_048_576

type Kind = Literal["text", "integer", "number", "boolean", "date", "datetime"]
type FileFormat = Literal["gpkg", "shp", "xlsx"]
type Row = Sequence[Any]
type Batches = Iterator[list[Row]]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the file. `label` is what people call it."""

    name: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Style:
    """How QGIS and others draw a layer."""

    name: str
    qml: str
    sld: str


@dataclass(frozen=True, slots=True)
class Described:
    """A layer to write. Rows hold the values of the fields, of which the identifier is the first; then WKB for GDAL.

    `geometry_type` is OGC's name of the one that the layer has, or "Unknown"; `count` is how many rows are expected.
    """

    name: str
    title: str
    abstract: str
    fields: Sequence[Field]
    geometry_type: str
    srid: int
    count: int
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The file's format, its folder, its name without the ending."""

    format: FileFormat
    folder: Path
    stem: str


@dataclass(slots=True)
class Wrote:
    """What became of a layer: rows written, fields that had to change their name, values that had to change.

    `changed` counts values by field and by what was done to them: "cut" texts, "text" for numbers that became one,
    "lost" for those that the format cannot hold.
    """

    name: str
    rows: int = 0
    renamed: list[tuple[str, str]] = field(default_factory=list)
    changed: dict[str, dict[str, int]] = field(default_factory=dict)

    def count(self, name: str, what: str) -> None:
        counts = self.changed.setdefault(name, {})
        counts[what] = counts.get(what, 0) + 1

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "rows": self.rows, "renamed": self.renamed, "changed": self.changed}
