"""What was exported and is imported again is the same: rows, values, shapes to the last digit."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from psycopg import sql

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.intake.outcome import word_result
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


STYLE: dict[str, Any] = {
    "legend": [
        {"label": "Allumée", "label_en": "", "where": {"kind": "a"}, "symbol": {"kind": "circle", "fill": "#b00006"}},
        {"label": "Haute", "where": {"kind": "b"}, "symbol": {"kind": "circle", "fill": "#1f6fb2"}},
        {"label": "Le reste", "label_en": "", "where": {}, "symbol": {"kind": "circle", "fill": "#7d8590"}},
    ],
    "labels": {"column": "name", "also": ["kind"], "size": 11, "bold": True, "from_scale": 1_000, "priority": 8},
    "scale_from": 25_000,
    "scale_to": 200,
}


def styled(layer: Layer, **style: Any) -> Layer:
    with factories.as_owner(), acting_as(SYSTEM):
        for name, value in style.items():
            setattr(layer, name, value)
        layer.columns = [one | {"in_tiles": True} if one["name"] in WITHOUT_DAYS else one for one in layer.columns]
        layer.save()
    return layer


def test_a_geopackage_comes_back_with_its_style(desk: Desk, exported: Layer, client: Client, tmp_path: Path) -> None:
    path = of_job("gpkg")(desk, styled(exported, **STYLE), client, tmp_path)
    again = imported(desk, path)
    assert [(line["label"], line["where"]) for line in again.legend] == [
        (line["label"], line["where"]) for line in STYLE["legend"]
    ]
    assert [line["symbol"]["fill"] for line in again.legend] == [line["symbol"]["fill"] for line in STYLE["legend"]]
    assert again.labels == STYLE["labels"] | {"colour": None}
    assert (again.scale_from, again.scale_to) == (25_000, 200)


def test_the_report_says_that_the_style_came_and_what_was_left_of_it(
    desk: Desk, exported: Layer, client: Client, tmp_path: Path
) -> None:
    path = of_job("gpkg")(desk, styled(exported, **STYLE), client, tmp_path)
    put_style(path, "replace(styleQML, 'categorizedSymbol', 'heatmapRenderer')")
    delivery = desk.deliver(path)
    applied = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    assert (applied.state, applied.report is not None) == ("applied", True), applied.message
    (said,) = [one for one in word_result(applied.report)["remarks"] if "style" in one]
    assert said.startswith("Le style du fichier n’est pas repris :")
    assert "heatmapRenderer" in said


@pytest.mark.parametrize("style", ["'<qgis'", "''", "null", "zeroblob(100)", "'<qgis/>'"])
def test_a_style_that_nobody_can_read_leaves_the_rows(
    desk: Desk, exported: Layer, client: Client, tmp_path: Path, style: str
) -> None:
    path = of_job("gpkg")(desk, styled(exported, **STYLE), client, tmp_path)
    put_style(path, style)
    again = imported(desk, path)
    assert rows_of(again, COLUMNS) == rows_of(exported, COLUMNS)
    assert [line["label"] for line in again.legend] == ["Objet"]


def put_style(path: Path, expression: str) -> None:
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(f"update layer_styles set styleQML = {expression}")
