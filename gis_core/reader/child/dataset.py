"""Vector files that GDAL opens, as slices of Arrow columns."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from .columns import is_readable_text
from .ogr import Drivers
from .reference import identify
from .slices import OTHER, SLICE_ROWS, Field, Found, Head, Slice, ranks, unique
from .trouble import Trouble

OGR_TYPES = {
    "OFTString": "text",
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "number",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
    "OFTTime": "text",
    "OFTBinary": OTHER,
}
UNFINISHED_BYTES = 3
OPENING = (DataSourceError, DataLayerError, CRSError, FeatureError, FieldError, GeometryError, ValueError, OSError)


class Dataset:
    """One file of one GDAL driver; `options` are the open options of that driver."""

    def __init__(
        self,
        path: str,
        driver: str,
        drivers: Drivers,
        limits: Mapping[str, int],
        options: Mapping[str, str] | None = None,
        encoding: Found | None = None,
    ) -> None:
        self.format = driver
        self._path = path
        self._drivers = drivers
        self._limits = limits
        self._options = dict(options or {})
        self._encoding = encoding or Found("utf-8", "format")
        self._heads: dict[str, Head] = {}

    def heads(self) -> list[Head]:
        """Its layers, in file order."""
        if not self._heads:
            self._drivers.allow([self.format])
            names = [str(name) for name, _ in self._asked(pyogrio.list_layers, self._path)]
            if not names:
                raise Trouble("no_layers")
            if len(names) > self._limits["layers"]:
                raise Trouble("too_many_layers", limit=self._limits["layers"])
            self._heads = {name: self._head(name) for name in names}
        return list(self._heads.values())

    def slices(self, layer: str) -> Iterator[Slice]:
        """The rows of a layer; raises Trouble where the file breaks off."""
        head = self._chosen(layer)
        self._drivers.allow([self.format])
        self._drivers.forget_errors()
        opened = pyogrio.open_arrow(
            self._path, layer=layer, use_pyarrow=True, datetime_as_string=True, batch_size=SLICE_ROWS, **self._options
        )
        first = 1
        try:
            with opened as (meta, stream):
                for batch in stream:
                    yield self._slice(batch, head, len(meta["fields"]), first)
                    first += batch.num_rows
        except (*OPENING, pa.ArrowException) as error:
            raise Trouble("damaged_at", row=first, reason=str(error)[:300]) from error
        reason = self._drivers.error()
        if reason:
            raise Trouble("damaged_at", row=first, reason=reason[:300])

    def _chosen(self, layer: str) -> Head:
        head = {head.name: head for head in self.heads()}.get(layer)
        if head is None:
            raise Trouble("unknown_layer", name=layer[:100])
        return head

    def _head(self, name: str) -> Head:
        info = self._asked(pyogrio.read_info, self._path, layer=name, **self._options)
        fields = _fields(info)
        if len(fields) > self._limits["fields"]:
            raise Trouble("too_many_fields", limit=self._limits["fields"])
        features = int(info["features"])
        if features > self._limits["features"]:
            raise Trouble("too_many_features", limit=self._limits["features"])
        return Head(
            name=name,
            fields=fields,
            has_geometry=info["geometry_type"] is not None,
            features=features if features >= 0 else None,
            crs=identify(info["crs"]),
            encoding=self._encoding,
        )

    def _slice(self, batch: pa.RecordBatch, head: Head, count: int, first: int) -> Slice:
        columns = {
            field.name: _usable(batch.column(position))
            for position, field in enumerate(head.fields[:count])
            if field.type != OTHER
        }
        wkb = batch.column(batch.num_columns - 1) if batch.num_columns > count else None
        return Slice(ranks(first, batch.num_rows), columns, None if wkb is None else _storage(wkb))

    def _asked(self, call: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except OPENING as error:
            raise Trouble("cannot_open", reason=str(error).replace(self._path, Path(self._path).name)[:300]) from error


def _fields(info: Mapping[str, Any]) -> list[Field]:
    names = unique([str(name) for name in info["fields"]])
    kinds = zip(info["ogr_types"], info["ogr_subtypes"], strict=True)
    types = ["boolean" if subtype == "OFSTBoolean" else OGR_TYPES.get(kind, "text") for kind, subtype in kinds]
    return [Field(name, kind) for name, kind in zip(names, types, strict=True)]


def _usable(column: pa.Array) -> pa.Array:
    """Text in UTF-8 whatever the file holds; lists and other structures as JSON text."""
    column = _storage(column)
    kind = column.type
    if pa.types.is_large_string(kind):
        column = column.cast(pa.string())
    elif pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    elif pa.types.is_nested(kind):
        return pa.array([_as_json(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_string(column.type) and not is_readable_text(column):
        return pa.array([_decoded(value) for value in column.cast(pa.binary()).to_pylist()], pa.string())
    return column


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _storage(column: Any) -> pa.Array:
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def _decoded(value: bytes | None) -> str | None:
    """Text whose last character may have been cut by the width of its field; else Windows' own alphabet."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(value) - error.start <= UNFINISHED_BYTES:
            return value[: error.start].decode()
        return value.decode("cp1252", "replace")


def sqlite_path(name: str) -> str:
    """SQLite walks to its files from the root, which the child may not do; through GDAL's own files it does not."""
    return f"/vsisubfile/0,{name}"
