"""Shapefiles, a set of files for each layer: short names, texts of 254 bytes, no date with a time, two gigabytes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

from gis_core.files.writing import arrow
from gis_core.files.writing.rows import Column, Kind
from gis_core.files.writing.trouble import Trouble
from gis_core.files.writing.wire import Batches, FileLayer, LayerReport, Order

LONGEST_NAME = 10
LONGEST_TEXT = 254
MOST_FIELDS = 255
LARGEST = 10.0**15
MOST_BYTES = 2**31 - 1
# Widths of DBF fields, as GDAL makes them.
WIDTHS: dict[Kind, int] = {"text": LONGEST_TEXT, "integer": 18, "number": 24, "boolean": 1, "date": 8, "datetime": 254}
# Shapefiles do not tell one part from several.
TYPES = {
    "MultiPolygon": "Polygon",
    "MultiLineString": "LineString",
    "MultiPolygon Z": "Polygon Z",
    "MultiLineString Z": "LineString Z",
}


class Shapefiles:
    def __init__(self, order: Order) -> None:
        self.folder = order.folder

    def write(self, layer: FileLayer, batches: Batches) -> LayerReport:
        fields = layer.columns
        if len(fields) > MOST_FIELDS:
            raise Trouble("too_many_fields", most=MOST_FIELDS)
        if layer.count * record_bytes(fields) > MOST_BYTES:
            raise Trouble("too_large")
        names = short_names([one.name for one in fields])
        report = LayerReport(layer.name)
        report.renamed = [(one.name, name) for one, name in zip(fields, names, strict=True) if one.name != name]
        kept = [replace(one, kind="text") if one.kind == "datetime" else one for one in fields]
        widths = {name: LONGEST_TEXT for name, one in zip(names, kept, strict=True) if one.kind == "text"}
        schema = arrow.schema(list(zip(names, kept, strict=True)), widths)
        path = self.folder / f"{layer.name}.shp"
        small = Small(path)
        rows = arrow.reader(schema, small.watch_size(batches), [change_of(one, report) for one in fields], report)
        shapefile_layer = replace(layer, geometry_type=TYPES.get(layer.geometry_type, layer.geometry_type))
        try:
            arrow.write(shapefile_layer, rows, str(path), "ESRI Shapefile", ENCODING="UTF-8")
        except Exception:
            # What stopped the rows comes out of GDAL under another name.
            small.check()
            raise
        small.check()
        return report

    def close(self) -> None: ...


class Small:
    """Watches that no file of a Shapefile grows beyond what its readers take: GDAL goes on."""

    def __init__(self, path: Path) -> None:
        self.paths = [path, path.with_suffix(".dbf")]

    def watch_size(self, batches: Batches) -> Batches:
        for rows in batches:
            self.check()
            yield rows

    def check(self) -> None:
        """Refuse files that have grown beyond what a shapefile may hold. Raises Trouble."""
        if any(path.exists() and path.stat().st_size > MOST_BYTES for path in self.paths):
            raise Trouble("too_large")


def record_bytes(fields: Sequence[Column]) -> int:
    return 1 + sum(WIDTHS[one.kind] for one in fields)


def short_names(names: Sequence[str]) -> list[str]:
    """Names of ten characters at most, each once whatever the case."""
    taken: set[str] = set()
    return [short_name(name, taken) for name in names]


def short_name(name: str, taken: set[str]) -> str:
    short = name[:LONGEST_NAME].rstrip("_") or "field"
    numbered = (f"{short[: LONGEST_NAME - len(str(n))]}{n}" for n in count(1))
    while short.lower() in taken:
        short = next(numbered)
    taken.add(short.lower())
    return short


def change_of(one: Column, report: LayerReport) -> arrow.Change | None:
    """What a DBF cannot hold, counted."""
    match one.kind:
        case "text":
            return partial(cut, name=one.name, report=report)
        case "datetime":
            return moment
        case "number":
            return partial(fit_number, name=one.name, report=report)
        case _:
            return None


def cut(value: str, name: str, report: LayerReport) -> str:
    """At most 254 bytes of UTF-8, no character cut in two."""
    encoded = value.encode()
    if len(encoded) <= LONGEST_TEXT:
        return value
    report.count(name, "cut")
    return encoded[:LONGEST_TEXT].decode(errors="ignore")


def fit_number(value: float, name: str, report: LayerReport) -> float | None:
    """A number that 24 characters hold, fifteen of them decimals if need be."""
    if isfinite(value) and abs(value) < LARGEST:
        return value
    report.count(name, "lost")
    return None


def moment(value: Any) -> str:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)
