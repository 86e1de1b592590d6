"""What was exported and is imported again is the same: rows, values, shapes to the last digit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from psycopg import sql

from layers.catalogue.models import Layer
from tests import factories
from tests.exports.test_files import made
from tests.exports.test_streams import get
from tests.imports.conftest import Desk

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
COLUMNS = ["name", "kind", "height_m", "lamps", "lit", "installed_date", "seen_at"]
WITHOUT_INSTANTS = COLUMNS[:-1]
# FlatGeobuf has no days, only instants.
WITHOUT_DAYS = COLUMNS[:-2]
SEEN = datetime(2024, 7, 1, 10, 30, 15, tzinfo=UTC)


@pytest.fixture
def exported(desk: Desk) -> Layer:
    layer = factories.editable_layer(desk.member, slug="lampes", visibility=Layer.Visibility.OWNER)
    values = {"kind": "a", "lamps": -3, "lit": True, "installed_date": date(2024, 2, 29), "seen_at": SEEN}
    factories.feature(layer, Point(X + 10.123456789, Y + 10, srid=2154), name='Évêché ; "x"', height_m=0.1, **values)
    factories.feature(layer, Point(X + 20, Y + 10, srid=2154), name="=1+1\nligne", height_m=-1e-7, lit=False)
    factories.feature(layer, Point(X + 30, Y + 10, srid=2154), name="007")
    return layer


def rows_of(layer: Layer, columns: list[str]) -> list[tuple[object, ...]]:
    statement = sql.SQL("select {}, st_asbinary(geom)::text from {} order by st_x(geom)").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(layer.table)
    )
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def imported(desk: Desk, path: Path) -> Layer:
    delivery = desk.deliver(path)
    assert delivery.state == "choosing", delivery.message
    applied = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    assert applied.state == "applied", applied.message
    assert applied.layer
    return applied.layer


def of_job(form: str) -> Callable[..., Path]:
    def export(desk: Desk, layer: Layer, client: Client, folder: Path) -> Path:
        path, _report = made(desk.user, form, layer)
        copy = folder / f"lampes{path.suffix}"
        copy.write_bytes(path.read_bytes())
        return copy

    return export


def of_stream(suffix: str) -> Callable[..., Path]:
    def export(desk: Desk, layer: Layer, client: Client, folder: Path) -> Path:
        client.force_login(desk.user)
        path = folder / f"lampes.{suffix}"
        path.write_bytes(get(client, layer, suffix, crs="EPSG:2154"))
        return path

    return export


@pytest.mark.parametrize(
    ("export", "columns"),
    [
        pytest.param(of_job("gpkg"), COLUMNS, id="GeoPackage"),
        pytest.param(of_stream("fgb"), WITHOUT_DAYS, id="FlatGeobuf"),
        pytest.param(of_stream("geojson"), WITHOUT_INSTANTS, id="GeoJSON"),
    ],
)
def test_rows_come_back_as_they_left(
    desk: Desk,
    exported: Layer,
    client: Client,
    tmp_path: Path,
    export: Callable[..., Path],
    columns: list[str],
) -> None:
    again = imported(desk, export(desk, exported, client, tmp_path))
    assert rows_of(again, columns) == rows_of(exported, columns)
