"""GeoJSON (RFC 7946), one feature a line; in another system than longitude and latitude with the older `crs` member."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from gis_core.files.writing.rows import Column, Row, Shape, label_value

DEGREES = 4326


@dataclass(slots=True)
class GeoJson:
    """`columns` begin with the identifier, which each feature carries as its own."""

    columns: Sequence[Column]
    name: str
    srid: int = DEGREES
    content_type: str = field(default="application/geo+json", init=False)
    suffix: str = field(default="geojson", init=False)
    shape: Shape = field(default="geojson", init=False)
    begun: bool = field(default=False, init=False)

    def begin(self) -> bytes:
        head: dict[str, Any] = {"type": "FeatureCollection", "name": self.name}
        if self.srid != DEGREES:
            head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{self.srid}"}}
        return (text_of(head)[:-1] + ',"features":[\n').encode()

    def rows(self, rows: Sequence[Row]) -> bytes:
        text = ",\n".join(map(self.feature, rows))
        comma = ",\n" if self.begun and rows else ""
        self.begun |= bool(rows)
        return (comma + text).encode()

    def feature(self, row: Row) -> str:
        """PostGIS has written the geometry already."""
        identifier, *values, geometry = row
        properties = {
            column.name: json_value(label_value(column, value))
            for column, value in zip(self.columns[1:], values, strict=True)
        }
        head = f'{{"type":"Feature","id":{int(identifier)},"properties":{text_of(properties)},"geometry":'
        return f"{head}{geometry or 'null'}}}"

    def end(self) -> bytes:
        return b"\n]}\n"

    def failure_mark(self, message: str) -> bytes:
        """Words where JSON expects the list's end."""
        return f"\n{message}\n".encode()


def text_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def json_value(value: Any) -> Any:
    """JSON knows no infinity, and no dates."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else value.isoformat()
