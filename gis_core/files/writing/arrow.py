"""Rows as Arrow batches, which GDAL reads: a column an array, the geometry as WKB."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyogrio

from gis_core.files.writing.rows import Column, Kind, Row
from gis_core.files.writing.wire import Batches, FileLayer, LayerReport

GEOMETRY = "geom"
TYPES: dict[Kind, Any] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
}
WKB = {"ARROW:extension:name": "geoarrow.wkb"}

type Change = Callable[[Any], Any]
"""What becomes of a value that is there."""


def schema(fields: Sequence[tuple[str, Column]], widths: dict[str, int] | None = None) -> Any:
    """Arrow's, with what GDAL reads of it; fields under the names that they have in the file."""
    columns = [pa.field(name, TYPES[one.kind], metadata=gdal_metadata(name, one, widths or {})) for name, one in fields]
    return pa.schema([*columns, pa.field(GEOMETRY, pa.binary(), metadata=WKB)])


def gdal_metadata(name: str, one: Column, widths: dict[str, int]) -> dict[str, str]:
    metadata = {"GDAL:OGR:alternative_name": one.label} if one.label and one.label != name else {}
    return metadata | ({"GDAL:OGR:width": str(widths[name])} if name in widths else {})


def reader(made: Any, batches: Batches, changes: Sequence[Change | None], report: LayerReport) -> Any:
    """A reader for GDAL, which asks for a batch when it has written the one before."""

    def convert_batches() -> Iterable[Any]:
        for rows in batches:
            report.rows += len(rows)
            yield batch(made, rows, changes)

    return pa.RecordBatchReader.from_batches(made, convert_batches())


def batch(made: Any, rows: Sequence[Row], changes: Sequence[Change | None]) -> Any:
    columns: list[Any] = list(zip(*rows, strict=True))
    for rank, change in enumerate(changes):
        if change is not None:
            columns[rank] = [None if value is None else change(value) for value in columns[rank]]
    arrays = [pa.array(values, type=one.type) for values, one in zip(columns, made, strict=True)]
    return pa.record_batch(arrays, schema=made)


def write(layer: FileLayer, rows: Any, path: str, driver: str, **options: str) -> None:
    """Let GDAL write the rows; options are those of the driver."""
    pyogrio.write_arrow(
        rows,
        path,
        layer=layer.name,
        driver=driver,
        geometry_name=GEOMETRY,
        geometry_type=layer.geometry_type,
        crs=f"EPSG:{layer.srid}",
        **options,
    )
