"""Writing the cadastre's tables: rows go through COPY into a staging table, then into place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg import sql

# Types of the staging columns that are not text; `wkb` is the geometry (EPSG:2154).
TYPES = {
    "area_m2": "bigint",
    "surveyed": "boolean",
    "created_date": "date",
    "updated_date": "date",
    "width_m": "double precision",
    "scale": "integer",
    "edition_date": "date",
    "parcels": "varchar(14)[]",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table that imports fill: its columns in the order of the rows, the geometry (WKB) coming last."""

    slug: str
    name: str
    columns: Sequence[str]
    label: Any
    key: str | None = None
    point: bool = False
    whole_numbers: frozenset[str] = frozenset()

    def type_of(self, column: str) -> str:
        return "integer" if column in self.whole_numbers else TYPES.get(column, "text")


TABLES = {
    table.slug: table
    for table in (
        Table(
            "sections",
            "cadastre_section",
            ("idu", "insee", "prefix", "code", "created_date", "updated_date"),
            _("cadastral sections"),
            "idu",
        ),
        Table(
            "parcels",
            "cadastre_parcel",
            (
                "idu",
                "insee",
                "prefix",
                "section",
                "number",
                "label",
                "area_m2",
                "surveyed",
                "created_date",
                "updated_date",
            ),
            _("parcels"),
            "idu",
        ),
        Table(
            "buildings",
            "cadastre_building",
            ("insee", "kind", "name", "created_date", "updated_date"),
            _("buildings"),
        ),
        Table(
            "roads",
            "cadastre_road",
            ("insee", "name", "search_text", "kind", "number", "width_m"),
            _("roads"),
        ),
        Table(
            "addresses",
            "cadastre_address",
            (
                "insee",
                "number",
                "suffix",
                "road_name",
                "postcode",
                "commune_name",
                "label",
                "search_text",
                "parcel_idu",
            ),
            _("addresses"),
            point=True,
            whole_numbers=frozenset({"number"}),
        ),
    )
}
NAME_FIELDS = ("insee", "name", "created_date", "updated_date", "sheet")
# What a sheet of the plan fills: its rows say which sheet they are of.
SHEET_TABLES = {
    table.slug: table
    for table in (
        Table(
            "cadastral-sheets",
            "cadastre_sheet",
            (
                "idu",
                "insee",
                "prefix",
                "section",
                "number",
                "quality",
                "scale",
                "edition_date",
                "created_date",
                "updated_date",
            ),
            _("cadastral sheets"),
            "idu",
        ),
        TABLES["sections"],
        replace(TABLES["parcels"], columns=(*TABLES["parcels"].columns, "sheet")),
        replace(TABLES["buildings"], columns=(*TABLES["buildings"].columns, "sheet")),
        Table("named-places", "cadastre_namedplace", NAME_FIELDS, _("named places")),
        Table("water", "cadastre_water", NAME_FIELDS, _("waters of the plan")),
        Table("plan-roads", "cadastre_planroad", NAME_FIELDS, _("road names of the plan")),
        Table("plan-road-areas", "cadastre_planroadarea", NAME_FIELDS, _("road outlines of the plan")),
    )
}


def copy_rows(table: Table, rows: Iterable[Sequence[Any]]) -> int:
    """Stage the rows, then insert them in the table; returns how many. Runs in the caller's transaction."""
    stage_rows(table, rows)
    return insert_staged(table)


def stage_rows(table: Table, rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into the temporary table `staged_<slug>` (COPY is refused on tables with row policies)."""
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(table.type_of(name))) for name in table.columns]
    names = sql.SQL(", ").join([*map(sql.Identifier, table.columns), sql.Identifier("wkb")])
    staged = 0
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create temporary table if not exists {} ({}, wkb bytea) on commit drop").format(
                staging(table), sql.SQL(", ").join(columns)
            )
        )
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(staging(table), names)) as copy:
            for row in rows:
                copy.write_row(row)
                staged += 1
    return staged


def staging(table: Table) -> sql.Identifier:
    return sql.Identifier(f"staged_{table.slug}")


def insert_staged(table: Table) -> int:
    """Move what is staged into the table."""
    geometry = "st_setsrid(st_geomfromwkb(wkb), 2154)"
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("insert into {} ({}, geom) select {}, {} from {}").format(
        sql.Identifier(table.name),
        names,
        names,
        sql.SQL(geometry if table.point else f"st_multi({geometry})"),
        staging(table),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        inserted: int = cursor.rowcount
        cursor.execute(sql.SQL("truncate {}").format(staging(table)))
    return inserted
