"""GeoParquet 1.1: one layer, its geometries as WKB, its system as PROJJSON."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS

from gis_core.files.writing import arrow
from gis_core.files.writing.trouble import Trouble
from gis_core.files.writing.wire import Batches, FileLayer, LayerReport, Order

VERSION = "1.1.0"


class GeoParquet:
    def __init__(self, order: Order) -> None:
        self.path = order.path
        self.is_used = False

    def write(self, layer: FileLayer, batches: Batches) -> LayerReport:
        """The one layer of the file, a group of rows for each batch. Raises Trouble for another one."""
        if self.is_used:
            raise Trouble("one_layer")
        self.is_used = True
        report = LayerReport(layer.name)
        schema = arrow.schema([(one.name, one) for one in layer.columns])
        plain = pa.schema([field.remove_metadata() for field in schema]).with_metadata({"geo": json.dumps(geo(layer))})
        with pq.ParquetWriter(self.path, plain, compression="zstd") as writer:
            for rows in batches:
                report.rows += len(rows)
                writer.write_batch(arrow.batch(plain, rows, []))
        return report

    def close(self) -> None: ...


def geo(layer: FileLayer) -> dict[str, Any]:
    """What the file says of its geometries."""
    types = [] if layer.geometry_type == "Unknown" else [layer.geometry_type]
    column = {"encoding": "WKB", "geometry_types": types, "crs": CRS.from_epsg(layer.srid).to_json_dict()}
    return {"version": VERSION, "primary_column": arrow.GEOMETRY, "columns": {arrow.GEOMETRY: column}}
