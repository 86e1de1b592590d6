"""GeoPackages made for tests by hand: no GDAL of the test's own process is needed."""

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyproj
import shapely

TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bool: "BOOLEAN"}
TABLES = """
    create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
        organization_coordsys_id integer not null, definition text not null, description text);
    create table gpkg_contents (table_name text primary key, data_type text not null, identifier text, description text,
        last_change datetime not null default '2024-01-01T00:00:00.000Z', min_x double, min_y double, max_x double,
        max_y double, srs_id integer);
    create table gpkg_geometry_columns (table_name text primary key, column_name text not null,
        geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null);
"""

type Row = tuple[Any, Mapping[str, Any]]


def geopackage(
    path: Path, rows: Iterable[Row], *, name: str = "objets", epsg: int = 2154, kind: str = "GEOMETRY"
) -> Path:
    """A file with one layer: (shapely geometry or None, values by field) for each row."""
    listed = list(rows)
    with closing(sqlite3.connect(path)) as opened, opened:
        if not opened.execute("select count(*) from sqlite_master").fetchone()[0]:
            start(opened)
        declare(opened, name, epsg, kind)
        columns = columns_of([values for _shape, values in listed])
        typed = "".join(f', "{column}" {type_}' for column, type_ in columns.items())
        opened.execute(f'create table "{name}" (fid integer primary key, geom blob{typed})')
        holes = ", ".join("?" * (len(columns) + 1))
        written = [[blob(shape, epsg), *(values.get(column) for column in columns)] for shape, values in listed]
        names = "".join(f', "{column}"' for column in columns)
        opened.executemany(f'insert into "{name}" (geom{names}) values ({holes})', written)
    return path


def start(opened: sqlite3.Connection) -> None:
    opened.execute("pragma application_id = 1196444487")
    opened.execute("pragma user_version = 10300")
    opened.executescript(TABLES)
    for code, label in ((-1, "Undefined Cartesian"), (0, "Undefined geographic")):
        values = (label, code, "NONE", code, "undefined", None)
        opened.execute("insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, ?)", values)


def declare(opened: sqlite3.Connection, name: str, epsg: int, kind: str) -> None:
    if epsg > 0:
        wkt = pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_GDAL")
        values = (f"EPSG:{epsg}", epsg, "EPSG", epsg, wkt, None)
        opened.execute("insert or ignore into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, ?)", values)
    contents = "insert into gpkg_contents (table_name, data_type, identifier, srs_id) values (?, 'features', ?, ?)"
    opened.execute(contents, (name, name, epsg))
    opened.execute("insert into gpkg_geometry_columns values (?, 'geom', ?, ?, 2, 2)", (name, kind, epsg))


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for values in rows:
        for column, value in values.items():
            if column not in found or (value is not None and found[column] != "REAL"):
                found[column] = TYPES.get(type(value), "TEXT")
    return found


def blob(shape: Any, epsg: int) -> bytes | None:
    """GeoPackage's head before ISO WKB; bytes are taken for WKB as they are."""
    if shape is None:
        return None
    wkb = shape if isinstance(shape, bytes) else shapely.to_wkb(shape, flavor="iso")
    return struct.pack("<2sBBi", b"GP", 0, 1, epsg) + wkb
