"""The child's whole life: an order, its layers, one answer."""

import errno
import json
import pickle
import sys
import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from gis_core.files.writing.rows import Row
from gis_core.files.writing.trouble import Trouble
from gis_core.files.writing.wire import Batches, FileLayer, LayerReport, Order

# What GDAL and SQLite say of a full disk.
FULL = ("no space left", "disk is full", "disk full", "database or disk is full")


class Writer(Protocol):
    """Writes layers one after the other into one file or folder."""

    def write(self, layer: FileLayer, batches: Batches) -> LayerReport: ...

    def close(self) -> None: ...


def writer_for(order: Order) -> Writer:
    """The libraries of the other formats stay unloaded."""
    match order.format:
        case "gpkg":
            from gis_core.files.writing.geopackage import GeoPackage

            return GeoPackage(order)
        case "shp":
            from gis_core.files.writing.shapefile import Shapefiles

            return Shapefiles(order)
        case "xlsx":
            from gis_core.files.writing.workbook import Workbook

            return Workbook(order.path)
        case "parquet":
            from gis_core.files.writing.geoparquet import GeoParquet

            return GeoParquet(order)
        case "dxf":
            from gis_core.files.writing.dxf import Drawing

            return Drawing(order)


def receive_objects(stream: BinaryIO) -> Iterator[Any]:
    """The objects that the parent sends, and nobody else. An end before its last None raises EOFError."""
    while True:
        yield pickle.load(stream)  # noqa: S301


def batches_of(objects: Iterator[Any]) -> Batches:
    while (rows := next(objects)) is not None:
        batch: list[Row] = rows
        yield batch


def run(stream: BinaryIO) -> dict[str, Any]:
    """Write what is ordered; what became of each layer."""
    objects = receive_objects(stream)
    order: Order = next(objects)
    writer, results = writer_for(order), []
    while (layer := next(objects)) is not None:
        batches = batches_of(objects)
        results.append(writer.write(layer, batches).as_json())
        # A writer that stopped early left rows behind.
        if any(True for _rows in batches):
            raise Trouble("unfinished")
    writer.close()
    return {"layers": results}


def trouble_of(error: Exception) -> Trouble:
    if isinstance(error, Trouble):
        return error
    said = str(error).lower()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble("full")
    if any(mark in said for mark in FULL):
        return Trouble("full")
    return Trouble("failed", said=str(error)[:300])


def main() -> None:
    # GDAL warns of each value that it changes; ours are counted before.
    warnings.simplefilter("ignore")
    answers = sys.stdout
    sys.stdout = sys.stderr
    try:
        answer = run(sys.stdin.buffer)
    except EOFError:
        sys.exit(2)
    except Exception as error:
        trouble = trouble_of(error)
        answer = {"trouble": trouble.code, "params": trouble.params}
    answers.write(json.dumps(answer) + "\n")
