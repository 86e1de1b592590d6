"""Parquet files, as slices of Arrow columns; those that say where their geometries are (GeoParquet) have one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .columns import json_texts, storage_of
from .files import regular
from .reference import identify
from .slices import OTHER, SLICE_ROWS, Detected, Field, Head, Slice, ranks, unique
from .trouble import Trouble, broken_at

GEO = b"geo"
WKB = "wkb"
# One group is decompressed as a whole.
GROUP_BYTES = 512 * 1024 * 1024


class GeoParquet:
    """The one layer of a Parquet file."""

    def __init__(self, path: str, name: str, limits: Mapping[str, int]) -> None:
        self._name = name
        try:
            self._file = pq.ParquetFile(regular(path), pre_buffer=False)
            self._schema = self._file.schema_arrow
        except MemoryError:
            raise
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Trouble("cannot_open", reason=str(error)[:300]) from error
        self._check_sizes(limits)
        self._geo = self._said_of_geometries()
        self.format = "GeoParquet" if self._geo else "Parquet"
        self._primary = str(self._geo.get("primary_column", "")) if self._geo else ""
        self._names = unique([str(name) for name in self._schema.names])

    def heads(self) -> list[Head]:
        """Its layer."""
        fields = [Field(self._names[rank], type_of(self._schema.field(rank).type)) for rank in self._attributes()]
        return [
            Head(
                name=self._name,
                fields=fields,
                has_geometry=bool(self._primary),
                features=self._file.metadata.num_rows,
                crs=self._system() if self._primary else Detected(),
                encoding=Detected("utf-8", "format"),
            )
        ]

    def unread(self) -> list[tuple[str, Trouble]]:
        """None: there is one layer."""
        return []

    def slices(self, _layer: str) -> Iterator[Slice]:
        """The rows in file order. Raises Trouble where the file breaks off."""
        read = 0
        try:
            for batch in self._file.iter_batches(batch_size=SLICE_ROWS, use_threads=False):
                yield self._slice(batch, read + 1)
                read += batch.num_rows
        except MemoryError:
            raise
        except (pa.ArrowException, OSError, ValueError) as error:
            raise broken_at(read + 1, error) from error

    def _slice(self, batch: Any, first: int) -> Slice:
        wkb = None
        if self._primary:
            wkb = storage_of(batch.column(self._schema.names.index(self._primary))).cast(pa.binary())
        columns = {
            self._names[rank]: usable(batch.column(rank))
            for rank in self._attributes()
            if type_of(self._schema.field(rank).type) != OTHER
        }
        return Slice(ranks(first, batch.num_rows), columns, wkb)

    def _attributes(self) -> list[int]:
        """The places of the columns that are neither geometries nor boxes around them."""
        geometries = self._geo.get("columns", {}) if self._geo else {}
        aside = set(geometries) | {box for one in geometries.values() for box in boxes_of(one)}
        return [rank for rank, name in enumerate(self._schema.names) if name not in aside]

    def _said_of_geometries(self) -> dict[str, Any]:
        """What the file says of its geometries; empty for a table. Raises Trouble for what is not read."""
        text = (self._schema.metadata or {}).get(GEO)
        if text is None:
            return {}
        try:
            said = json.loads(text)
            primary = said["columns"][said["primary_column"]]
            encoding = str(primary["encoding"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Trouble("geoparquet_metadata") from error
        if said["primary_column"] not in self._schema.names:
            raise Trouble("geoparquet_metadata")
        if encoding.lower() != WKB:
            raise Trouble("geoparquet_encoding", found=encoding[:40])
        return dict(said)

    def _system(self) -> Detected:
        """Longitude and latitude where the file says nothing; none where it says that it has none."""
        column = self._geo["columns"][self._primary]
        if "crs" not in column:
            return Detected(4326, "default", "OGC:CRS84")
        return identify(json.dumps(column["crs"])) if column["crs"] is not None else Detected()

    def _check_sizes(self, limits: Mapping[str, int]) -> None:
        """Raise Trouble for what is larger than a reader can hold, before anything is decompressed."""
        metadata = self._file.metadata
        if metadata.num_rows > limits["features"]:
            raise Trouble("too_many_features", limit=limits["features"])
        if metadata.num_columns > limits["fields"]:
            raise Trouble("too_many_fields", limit=limits["fields"])
        if any(metadata.row_group(number).total_byte_size > GROUP_BYTES for number in range(metadata.num_row_groups)):
            raise Trouble("geoparquet_group", limit_mb=GROUP_BYTES // 1024**2)


def boxes_of(geometry: Any) -> set[str]:
    """The columns that hold the boxes around a column of geometries."""
    covering = geometry.get("covering", {}).get("bbox", {}) if isinstance(geometry, dict) else {}
    paths = covering.values() if isinstance(covering, dict) else ()
    return {str(path[0]) for path in paths if isinstance(path, list) and path}


def type_of(kind: Any) -> str:
    """The type of a field that holds such values; binary values are read by nobody."""
    if pa.types.is_dictionary(kind):
        return type_of(kind.value_type)
    tests = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_binary, OTHER),
        (pa.types.is_large_binary, OTHER),
        (pa.types.is_fixed_size_binary, OTHER),
    )
    return next((name for is_kind, name in tests if is_kind(kind)), "text")


def usable(column: Any) -> Any:
    """The column as the other sources give theirs: plain texts, numbers, days; instants as texts, UTC, microseconds."""
    column = storage_of(column)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return usable(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False).cast(pa.string())
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_date(kind):
        return column.cast(pa.date32())
    if pa.types.is_nested(kind):
        return json_texts(column)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column
    return column.cast(pa.string())
