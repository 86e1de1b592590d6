"""Tables made at run time for layers, and the staging tables that fill them: for the worker's role alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

from psycopg import sql

from gis_core.database.statements import execute
from layers.catalogue.models import Layer

type Columns = Sequence[Mapping[str, Any]]
type Flat = Literal["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
type Raised = Literal["LineStringZ", "MultiLineStringZ", "PolygonZ", "MultiPolygonZ"]
type GeometryType = Flat | Raised

SQL_TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "area_m2": "double precision",
    "length_m": "double precision",
}
"""PostgreSQL's type for each type of column (layers.catalogue.validators)."""
SECURED_AGAIN: Final = """
    select arpent.secure_table(to_regclass('public.' || quote_ident("table")), rows, true, id) from catalogue_layer
    where "table" like 'layer\\_%' and to_regclass('public.' || quote_ident("table")) is not null
"""
"""The functions that secured these tables may have changed since."""
RESERVED = ("id", "version", "owner_id", "shared_with", "import_id", "geom", "geom_3857")
"""Columns that every run-time table has beside its own."""


def create_table(name: str, columns: Columns, geometry_type: GeometryType) -> None:
    """A table `layer_…` for these columns (those of `Layer.columns`), to be filled in this transaction.

    Until `secure_table`, COPY works and nobody but the worker sees the table.
    """
    call("create_layer_table", name, json.dumps(sql_types(columns)), geometry_type)


def secure_table(layer: Layer) -> None:
    """Index, protect and version the table that was filled; the layer says its rows' protection and its key."""
    call("secure_layer_table", layer.table, layer.rows, layer.pk, layer.key_column or None)


def drop_table(name: str) -> None:
    """Remove a table that no layer names any more (the database refuses another); its history stays."""
    call("drop_layer_table", name)


def create_staging(name: str, columns: Columns, geometry_type: Flat | Literal["Geometry"] | None) -> None:
    """An unlogged table `arpent_staging.<name>`, its geometry (EPSG:2154) in `geom`."""
    call("create_staging", name, json.dumps(sql_types(columns)), geometry_type)


def drop_staging(name: str) -> None:
    """Remove a staging table, if it is there."""
    call("drop_staging", name)


@contextmanager
def bulk() -> Iterator[None]:
    """Rows that this block inserts are not recorded one by one: their `import_id` says where they come from."""
    setting("arpent.bulk", "on")
    yield
    setting("arpent.bulk", "")


def sql_types(columns: Columns) -> list[dict[str, str]]:
    return [{"name": column["name"], "type": SQL_TYPES[column["type"]]} for column in columns]


def setting(name: str, value: str) -> None:
    """Set it for the rest of the transaction."""
    call_in("pg_catalog", "set_config", name, value, True)


def call(function: str, *values: Any) -> None:
    call_in("arpent", function, *values)


def call_in(schema: str, function: str, *values: Any) -> None:
    statement = sql.SQL("select {}({})").format(
        sql.Identifier(schema, function), sql.SQL(", ").join([sql.Placeholder()] * len(values))
    )
    execute(statement, values)
