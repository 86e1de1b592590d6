"""What is said to a writer of layers and what it answers, in plain values: they are pickled to another process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gis_core.files.writing.rows import Column, Row

MOST_SHEET_ROWS = 1_048_576
MEDIA_TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "dxf": "image/vnd.dxf",
    "inp": "text/plain; charset=utf-8",
}

type FileFormat = Literal["gpkg", "shp", "xlsx", "parquet", "dxf"]
type Batches = Iterator[list[Row]]


@dataclass(frozen=True, slots=True)
class Style:
    """How QGIS and others draw a layer."""

    name: str
    qml: str
    sld: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLayer:
    """A layer to write. Rows hold the values of the columns, labels in place of codes; then, for GDAL, WKB or None.

    A GeoPackage takes the first column, whole numbers, for its identifiers. `geometry_type` is OGC's name of the one
    that the layer has (`Polygon Z` with heights), or "Unknown"; `srid` is its EPSG code; `count` is how many rows are
    expected. `title_column` names an object in a drawing.
    """

    name: str
    title: str
    columns: Sequence[Column]
    abstract: str = ""
    geometry_type: str = "Unknown"
    srid: int = 2154
    count: int = 0
    style: Style | None = None
    title_column: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """The file's format, its folder, its name without the ending."""

    format: FileFormat
    folder: Path
    stem: str

    @property
    def path(self) -> Path:
        """The file; Shapefiles are several in the folder, named after their layers."""
        return self.folder / f"{self.stem}.{self.format}"


@dataclass(slots=True)
class LayerReport:
    """What became of a layer: rows written, columns that had to change their name, values that had to change.

    `changed` counts values by column and by what was done to them: "cut" texts, "text" for numbers that became one,
    "lost" for those that the format cannot hold.
    """

    name: str
    rows: int = 0
    renamed: list[tuple[str, str]] = field(default_factory=list)
    changed: dict[str, dict[str, int]] = field(default_factory=dict)

    def count(self, name: str, what: str) -> None:
        """One more value of a column to which this was done."""
        counts = self.changed.setdefault(name, {})
        counts[what] = counts.get(what, 0) + 1

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "rows": self.rows, "renamed": self.renamed, "changed": self.changed}
