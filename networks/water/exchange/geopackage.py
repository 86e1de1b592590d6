"""A GeoPackage with the tables of a standard, as its own template has them; with an index of boxes, and its triggers.

SQLite has no parameters for names: those here are of the standard's own description, and checked.
"""

from __future__ import annotations

import json
import re
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Self

import shapely

SRID: Final = 2154
NAME = re.compile(r"[a-z][a-z0-9_]*")
DESCRIBED: Final = Path(__file__).with_name("stareau_v2024.json")
BATCH: Final = 2_000
BASE: Final = """
    pragma application_id = 1196444487;
    pragma user_version = 10200;
    create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer not null primary key,
        organization text not null, organization_coordsys_id integer not null, definition text not null,
        description text);
    create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique,
        description text default '', last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
        min_x double, min_y double, max_x double, max_y double, srs_id integer,
        constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
    create table gpkg_geometry_columns (table_name text not null, column_name text not null,
        geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null,
        constraint pk_geom_cols primary key (table_name, column_name),
        constraint uk_gc_table_name unique (table_name),
        constraint fk_gc_tn foreign key (table_name) references gpkg_contents (table_name),
        constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
    create table gpkg_extensions (table_name text, column_name text, extension_name text not null,
        definition text not null, scope text not null,
        constraint ge_tce unique (table_name, column_name, extension_name));
"""
# Names are put in place of words in braces, by `filled`. The triggers are those that the standard of GeoPackage
# prescribes: whoever edits the file keeps its index.
TABLE: Final = 'CREATE TABLE "{table}" ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL{place}{columns})'
INSERT: Final = 'insert into "{table}" ({columns}) values ({places})'
INDEX: Final = 'create virtual table "rtree_{table}_geom" using rtree(id, minx, maxx, miny, maxy)'
INSERT_BOX: Final = 'insert into "rtree_{table}_geom" values (?, ?, ?, ?, ?)'
PUT: Final = (
    'insert or replace into "rtree_{table}_geom" values '
    "(NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));"
)
THERE: Final = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
GONE: Final = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
DROP: Final = 'delete from "rtree_{table}_geom" where id = OLD.fid;'
DROP_BOTH: Final = 'delete from "rtree_{table}_geom" where id in (OLD.fid, NEW.fid);'
TRIGGER: Final = 'create trigger "rtree_{table}_geom_{name}" after {when} begin {then} end'
TRIGGERS: Final = (
    ("insert", 'insert on "{table}" when ' + THERE, PUT),
    ("update1", 'update of geom on "{table}" when OLD.fid = NEW.fid and ' + THERE, PUT),
    ("update2", 'update of geom on "{table}" when OLD.fid = NEW.fid and ' + GONE, DROP),
    ("update3", 'update on "{table}" when OLD.fid != NEW.fid and ' + THERE, DROP + " " + PUT),
    ("update4", 'update on "{table}" when OLD.fid != NEW.fid and ' + GONE, DROP_BOTH),
    ("delete", 'delete on "{table}" when OLD.geom not null', DROP),
)
RTREE: Final = ("gpkg_rtree_index", "http://www.geopackage.org/spec120/#extension_rtree", "write-only")
UNKNOWN: Final = {"TEXT": "non_renseigne"}
"""What fills a mandatory text that nobody knows; numbers are 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the template declares it."""

    name: str
    type: str
    rest: str

    @property
    def mandatory(self) -> bool:
        return "NOT NULL" in self.rest

    @property
    def filler(self) -> Any:
        """What stands where nothing is known: the template's own default, else the standard's word, else 0."""
        default = re.search(r"DEFAULT ('([^']*)'|(\d+))", self.rest)
        if default:
            return default[2] if default[3] is None else int(default[3])
        return UNKNOWN.get(self.type.split("(")[0], 0) if self.mandatory else None


@dataclass(frozen=True)
class TableTemplate:
    """A table of the standard; `geometry` is None for a table without."""

    name: str
    geometry: str | None
    description: str
    columns: Sequence[Column]

    @cached_property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def row(self, values: Mapping[str, Any]) -> list[Any]:
        """Values in the order of the columns, mandatory ones filled."""
        pairs = ((column, values.get(column.name)) for column in self.columns)
        return [column.filler if value is None else value for column, value in pairs]


@cache
def table_templates() -> Mapping[str, TableTemplate]:
    """The tables of StaR-Eau v2024."""
    described = json.loads(DESCRIBED.read_text(encoding="utf-8"))
    return {name: table_of(name, table, described["groups"]) for name, table in described["tables"].items()}


def table_of(name: str, described: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> TableTemplate:
    """A line `@group` stands for its columns, `=column` changes one of them."""
    columns: dict[str, Column] = {}
    for line in described["columns"]:
        for declared in groups[line[1:]] if line.startswith("@") else [line.removeprefix("=")]:
            column, kind, *rest = declared.split(" ", 2)
            columns[check_name(column)] = Column(column, kind, rest[0] if rest else "")
    return TableTemplate(check_name(name), described["geometry"], described["description"], tuple(columns.values()))


def fill_names(template: str, **parts: str) -> str:
    """A statement with its names in place."""
    for word, part in parts.items():
        template = template.replace("{" + word + "}", part)
    return template


def check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return name


class TemplateGeoPackage:
    """The file that is being written; leaving it without an error ends it."""

    def __init__(self, path: Path, tables: Sequence[TableTemplate]) -> None:
        self.path = path
        self.tables = {table.name: table for table in tables}
        self.counts = dict.fromkeys(self.tables, 0)
        self.boxes: dict[str, list[float]] = {}
        self.waiting: dict[str, list[tuple[list[Any], tuple[float, ...]]]] = {name: [] for name in self.tables}

    def __enter__(self) -> Self:
        self.file = sqlite3.connect(self.path, isolation_level=None)
        self.file.execute("pragma journal_mode = off")
        self.file.execute("pragma synchronous = off")
        self.file.executescript(BASE)
        self.file.execute("begin")
        systems = json.loads(DESCRIBED.read_text(encoding="utf-8"))["systems"]
        self.file.executemany("insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, ?)", systems)
        for table in self.tables.values():
            self.create(table)
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        try:
            if kind is None:
                for table in self.tables.values():
                    self.end(table)
                self.file.execute("commit")
        finally:
            self.file.close()

    def create(self, table: TableTemplate) -> None:
        declared = "".join(f', "{one.name}" {one.type} {one.rest}' for one in table.columns)
        place = f', "geom" {table.geometry} NOT NULL' if table.geometry else ""
        self.file.execute(fill_names(TABLE, table=table.name, place=place, columns=declared))
        about = (table.name, "features" if table.geometry else "attributes", table.name, table.description)
        srid = SRID if table.geometry else 0
        self.file.execute(
            "insert into gpkg_contents (table_name, data_type, identifier, description, srs_id) values (?, ?, ?, ?, ?)",
            (*about, srid),
        )
        if table.geometry:
            self.file.execute(
                "insert into gpkg_geometry_columns values (?, 'geom', ?, ?, 0, 0)", (table.name, table.geometry, SRID)
            )
            self.file.execute("insert into gpkg_extensions values (?, 'geom', ?, ?, ?)", (table.name, *RTREE))
            self.file.execute(fill_names(INDEX, table=table.name))

    def write(self, name: str, values: Mapping[str, Any], shape: Any) -> None:
        """A row of a table."""
        box = shapely.bounds(shape)
        waiting = self.waiting[name]
        waiting.append(([blob(shape, box), *self.tables[name].row(values)], tuple(map(float, box))))
        if len(waiting) >= BATCH:
            self.flush(name)

    def flush(self, name: str) -> None:
        table, waiting = self.tables[name], self.waiting[name]
        names = ", ".join(f'"{one}"' for one in ("geom", *table.names))
        places = ", ".join("?" * (len(table.names) + 1))
        insert = fill_names(INSERT, table=table.name, columns=names, places=places)
        self.file.executemany(insert, [row for row, _box in waiting])
        first = self.counts[name] + 1
        boxes = [
            (first + at, west, east, south, north) for at, (_row, (west, south, east, north)) in enumerate(waiting)
        ]
        self.file.executemany(fill_names(INSERT_BOX, table=table.name), boxes)
        self.counts[name] += len(waiting)
        self.boxes[name] = join_boxes([box for _row, box in waiting], self.boxes.get(name))
        waiting.clear()

    def end(self, table: TableTemplate) -> None:
        if self.waiting[table.name]:
            self.flush(table.name)
        if table.name in self.boxes:
            self.file.execute(
                "update gpkg_contents set min_x = ?, min_y = ?, max_x = ?, max_y = ? where table_name = ?",
                (*self.boxes[table.name], table.name),
            )
        for name, when, then in TRIGGERS if table.geometry else ():
            self.file.execute(fill_names(TRIGGER, name=name, when=when, then=then, table=table.name))


def join_boxes(boxes: Sequence[Sequence[float]], former: Sequence[float] | None) -> list[float]:
    west, south, east, north = zip(*boxes, *([former] if former else []), strict=True)
    return [min(west), min(south), max(east), max(north)]


def blob(shape: Any, box: Any) -> bytes:
    """A geometry as GeoPackage keeps it: a line with its box in front."""
    output: bytes = shapely.to_wkb(shape, byte_order=1, output_dimension=2)
    west, south, east, north = box
    if shape.geom_type == "Point":
        return struct.pack("<2sBBi", b"GP", 0, 0b001, SRID) + output
    return struct.pack("<2sBBi4d", b"GP", 0, 0b011, SRID, west, east, south, north) + output
