"""Small tables of layers for prints."""

from collections.abc import Sequence

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from psycopg import sql

from tests import factories


def table_of(name: str, kind: str, geometries: Sequence[GEOSGeometry]) -> str:
    """A table that everybody reads, with these geometries (EPSG:2154)."""
    with factories.as_owner(), connection.cursor() as cursor:
        table = sql.Identifier(name)
        cursor.execute(
            sql.SQL("create table {} (id bigserial primary key, geom geometry({}, 2154))").format(table, sql.SQL(kind))
        )
        cursor.execute(sql.SQL("grant select on {} to arpent_web, arpent_worker").format(table))
        for geometry in geometries:
            cursor.execute(
                sql.SQL("insert into {} (geom) values (st_setsrid(%s::geometry, 2154))").format(table), [geometry.wkt]
            )
    return name


def owned_table(name: str, wests: dict[int, float], south: float) -> str:
    """A table of members' rows: for each member one square of 20 m that begins at this coordinate."""
    with factories.as_owner(), connection.cursor() as cursor:
        table = sql.Identifier(name)
        cursor.execute(
            sql.SQL(
                "create table {} (id bigserial primary key, version integer not null default 1, owner_id bigint,"
                " shared_with integer[] not null default '{{}}', geom geometry(MultiPolygon, 2154))"
            ).format(table)
        )
        cursor.execute("select arpent.secure_table(%s::regclass, 'owner', false)", [name])
        for owner, west in wests.items():
            cursor.execute(
                sql.SQL("insert into {} (owner_id, geom) values (%s, st_setsrid(%s::geometry, 2154))").format(table),
                [owner, factories.square(west, south, 20).wkt],
            )
    return name
