"""Streamed exports: what leaves, in which form, and what an export that stops half-way looks like."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Point, Polygon
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.files.writing.flatgeobuf import FlatGeobuf
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from gis_core.models import ApiToken, User
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from layers.exports.services import streams
from tests import factories
from tests.exports.conftest import Table, Unreadable

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
READ = Callable[..., Table]
SOMEBODY = Rights(user_id=1)


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def get(client: Client, layer: Layer, suffix: str, **asked: Any) -> bytes:
    return body(client.get(f"/api/v1/layers/{layer.slug}/export.{suffix}", asked))


def rows(content: bytes, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def wgs84(x: float, y: float) -> Point:
    place = Point(x, y, srid=2154)
    place.transform(4326)
    return place


def square_bbox(x: float, y: float, half: float = 20) -> str:
    west, east = wgs84(x - half, y - half), wgs84(x + half, y + half)
    return f"{west.x},{west.y},{east.x},{east.y}"


# -- which rows --------------------------------------------------------------------------------------------------------


def test_a_bbox_chooses_what_meets_it(client: Client, lamps: Layer) -> None:
    near = factories.feature(lamps, Point(X, Y, srid=2154))
    factories.feature(lamps, Point(X + 5_000, Y, srid=2154))
    assert [row["id"] for row in rows(get(client, lamps, "csv", bbox=square_bbox(X, Y)))] == [str(near)]


def test_identifiers_choose_a_few(client: Client, lamps: Layer) -> None:
    first, _second, third = (factories.feature(lamps) for _n in range(3))
    assert [row["id"] for row in rows(get(client, lamps, "csv", ids=f"{third},{first}"))] == [str(first), str(third)]


def test_a_filter_chooses_by_values(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, lamps=2)
    wanted = factories.feature(lamps, lamps=5)
    assert [row["id"] for row in rows(get(client, lamps, "csv", filter="lamps > 3"))] == [str(wanted)]


def test_conditions_hold_together(client: Client, lamps: Layer) -> None:
    far = factories.feature(lamps, Point(X + 5_000, Y, srid=2154), lamps=5)
    asked = {"filter": "lamps > 3", "bbox": square_bbox(X, Y), "ids": str(far)}
    assert rows(get(client, lamps, "csv", **asked)) == []


def test_the_count_before_is_that_of_the_export(client: Client, lamps: Layer) -> None:
    for number in range(3):
        factories.feature(lamps, lamps=number)
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export/", {"filter": "lamps > 0"})
    assert answer.json() == {"count": 2}


@pytest.mark.parametrize(
    "asked",
    [
        {"bbox": "1,2,3"},
        {"ids": "1,x"},
        {"ids": "9" * 25},
        {"filter": "secret > 1"},
        {"filter": "lamps >"},
        {"filter-lang": "sql"},
        {"crs": "EPSG:9999"},
        {"labels": "maybe"},
        {"separator": "|"},
        {"separator": "comma", "decimal": "comma"},
        {"geometry": "kml"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    client: Client, lamps: Layer, asked: dict[str, str]
) -> None:
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export.csv", asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]


def test_a_column_of_some_roles_leaves_for_them_alone(client: Client, lamps: Layer, administrator: User) -> None:
    factories.feature(lamps, price=12.5)
    assert "price" not in rows(get(client, lamps, "csv"))[0]
    client.force_login(administrator)
    assert rows(get(client, lamps, "csv"))[0]["price"] == "12,5"


def test_a_filter_does_not_ask_a_column_that_the_asker_does_not_see(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, price=12.5)
    assert client.get(f"/api/v1/layers/{lamps.slug}/export.csv", {"filter": "price > 1"}).status_code == 400


def test_rows_of_others_stay_with_their_member(client: Client) -> None:
    ours, theirs = factories.member(), factories.member()
    layer = factories.editable_layer(ours, rows=Layer.Rows.OWNER, visibility=Layer.Visibility.PUBLIC)
    mine = factories.feature(layer)
    factories.feature(layer, owner_id=theirs.pk)
    client.force_login(factories.user(ours))
    assert [row["id"] for row in rows(get(client, layer, "csv"))] == [str(mine)]


@pytest.mark.parametrize("accept", ["text/csv", "application/geo+json", "text/html,*/*;q=0.8"])
def test_a_file_has_its_type_whatever_is_accepted(client: Client, lamps: Layer, accept: str) -> None:
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export.csv", headers={"accept": accept})
    assert answer["Content-Type"].startswith("text/csv")
    assert body(answer)


def test_head_says_the_headers_alone(client: Client, lamps: Layer) -> None:
    answer = client.head(f"/api/v1/layers/{lamps.slug}/export.csv")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]


# -- CSV ---------------------------------------------------------------------------------------------------------------


def test_csv_opens_in_a_french_spreadsheet(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, name="Évêché", height_m=4.25)
    content = get(client, lamps, "csv")
    assert content.startswith(b"\xef\xbb\xbfid;name;kind;height_m;")
    (row,) = rows(content)
    assert (row["name"], row["height_m"]) == ("Évêché", "4,25")


def test_csv_for_programs_has_points_and_no_mark(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, height_m=4.25)
    content = get(client, lamps, "csv", separator="comma", bom="0")
    assert content.startswith(b"id,name")
    assert rows(content, ",")[0]["height_m"] == "4.25"


def test_csv_keeps_each_type(client: Client, lamps: Layer) -> None:
    seen = datetime(2024, 7, 1, 10, 30, tzinfo=UTC)
    factories.feature(lamps, lamps=-3, lit=False, installed_date=date(2024, 2, 29), seen_at=seen, height_m=-1e-7)
    (row,) = rows(get(client, lamps, "csv"))
    assert (row["lamps"], row["lit"], row["installed_date"]) == ("-3", "false", "2024-02-29")
    assert (row["seen_at"], row["height_m"]) == ("2024-07-01 12:30:00+02:00", "-1e-07")


def test_csv_tells_nothing_from_an_empty_text_by_nothing(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, kind=None, lamps=None)
    (row,) = rows(get(client, lamps, "csv"))
    assert (row["kind"], row["lamps"]) == ("", "")


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", '="a";b\n\'c'])
def test_a_text_that_a_spreadsheet_would_compute_is_defused(client: Client, lamps: Layer, text: str) -> None:
    factories.feature(lamps, name=text)
    assert rows(get(client, lamps, "csv"))[0]["name"] == f"'{text}"


@pytest.mark.parametrize("text", ["-12", "+33,5", "a=1", "'", "1-2", "", " = 1"])
def test_other_texts_stay_as_they_are(client: Client, lamps: Layer, text: str) -> None:
    factories.feature(lamps, name=text)
    assert rows(get(client, lamps, "csv"))[0]["name"] == text


def test_headings_are_defused_too(client: Client) -> None:
    layer = factories.editable_layer(
        visibility=Layer.Visibility.PUBLIC, columns=[{"name": "name", "label": "=HYPERLINK(1)", "type": "text"}]
    )
    assert b";'=HYPERLINK(1);" in get(client, layer, "csv", labels="1")


def test_labels_are_words_in_headings_and_codes(client: Client) -> None:
    columns = [
        {"name": "name", "label": "Nom", "type": "text", "values": {"01": ["Bâti dur", "Solid"]}},
        {"name": "lit", "label": "Allumé", "type": "boolean"},
    ]
    layer = factories.editable_layer(visibility=Layer.Visibility.PUBLIC, columns=columns)
    factories.feature(layer, name="01", lit=True)
    factories.feature(layer, name="autre")
    first, second = rows(get(client, layer, "csv", labels="1"))
    assert (first["Nom"], first["Allumé"], second["Nom"]) == ("Bâti dur", "Oui", "autre")


def test_points_have_x_and_y_to_the_last_digit(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, Point(617_000.123456789, 6_717_000.1, srid=2154))
    (row,) = rows(get(client, lamps, "csv"))
    assert (row["x"], row["y"]) == ("617000,123456789", "6717000,1")


def test_points_come_in_the_system_that_was_chosen(client: Client, lamps: Layer) -> None:
    factories.feature(lamps)
    (row,) = rows(get(client, lamps, "csv", crs="EPSG:4326", decimal="point"))
    place = wgs84(X, Y)
    assert (float(row["x"]), float(row["y"])) == (pytest.approx(place.x, abs=1e-8), pytest.approx(place.y, abs=1e-8))


def test_lines_come_as_wkt(client: Client) -> None:
    layer = factories.editable_layer(geometry="line", visibility=Layer.Visibility.PUBLIC)
    factories.feature(layer, LineString((X, Y), (X + 0.1, Y + 0.2), srid=2154))
    (row,) = rows(get(client, layer, "csv"))
    assert row["WKT"] == "LINESTRING(617000 6717000,617000.1 6717000.2)"


def test_an_area_may_be_placed_by_a_point_inside(client: Client) -> None:
    layer = factories.editable_layer(geometry="polygon", visibility=Layer.Visibility.PUBLIC)
    factories.feature(layer)
    (row,) = rows(get(client, layer, "csv", geometry="xy"))
    assert X < float(row["x"].replace(",", ".")) < X + 100
    assert "WKT" not in row


def test_a_column_named_as_the_geometry_keeps_its_name(client: Client) -> None:
    layer = factories.editable_layer(
        visibility=Layer.Visibility.PUBLIC, columns=[{"name": "x", "label": "X", "type": "text"}], title_field="x"
    )
    assert get(client, layer, "csv").decode("utf-8-sig").startswith("id;x;x_;y")


# -- GeoJSON -----------------------------------------------------------------------------------------------------------


def test_geojson_is_in_longitude_and_latitude(client: Client, lamps: Layer) -> None:
    pk = factories.feature(lamps, name='Rue "haute"', height_m=4.25, lit=True, installed_date=date(2024, 2, 29))
    told = json.loads(get(client, lamps, "geojson"))
    (feature,) = told["features"]
    place = wgs84(X, Y)
    assert (told["type"], "crs" in told, feature["id"]) == ("FeatureCollection", False, pk)
    assert feature["geometry"]["coordinates"] == [pytest.approx(place.x, abs=1e-8), pytest.approx(place.y, abs=1e-8)]
    assert feature["properties"] == {
        "name": 'Rue "haute"',
        "kind": None,
        "height_m": 4.25,
        "lamps": None,
        "lit": True,
        "installed_date": "2024-02-29",
        "seen_at": None,
    }


def test_geojson_in_another_system_says_which(client: Client, lamps: Layer, table: READ, tmp_path: Path) -> None:
    factories.feature(lamps)
    path = tmp_path / "lampes.geojson"
    path.write_bytes(get(client, lamps, "geojson", crs="EPSG:3947"))
    found = table(path)
    assert found.crs == "EPSG:3947"
    expected = Point(X, Y, srid=2154).transform(3947, clone=True)
    assert shapely.equals_exact(found.shapes[0], shapely.Point(expected.x, expected.y), 0.001)


def test_geojson_of_nothing_is_an_empty_collection(client: Client, lamps: Layer) -> None:
    assert json.loads(get(client, lamps, "geojson"))["features"] == []


def test_numbers_that_json_does_not_know_are_left_out(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, height_m=float("inf"))
    assert json.loads(get(client, lamps, "geojson"))["features"][0]["properties"]["height_m"] is None


def test_several_batches_make_one_document(client: Client, lamps: Layer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.exports.services.reading.FIRST_ROWS", 2)
    monkeypatch.setattr("layers.exports.services.reading.MOST_ROWS", 3)
    made = [factories.feature(lamps) for _n in range(9)]
    assert [one["id"] for one in json.loads(get(client, lamps, "geojson"))["features"]] == made


# -- FlatGeobuf --------------------------------------------------------------------------------------------------------

RING = ((X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100), (X, Y))
HOLE = ((X + 10, Y + 10), (X + 20, Y + 10), (X + 20, Y + 20), (X + 10, Y + 10))
SHAPES: dict[str, tuple[str, list[GEOSGeometry]]] = {
    "Point": ("point", [Point(X + 0.1, Y)]),
    "LineString": ("line", [LineString((X, Y), (X + 1, Y + 0.3), (X + 2, Y))]),
    "Polygon": ("polygon", [Polygon(RING), Polygon(RING, HOLE)]),
}


def write(client: Client, layer: Layer, tmp_path: Path, **asked: Any) -> Path:
    path = tmp_path / f"{layer.slug}.fgb"
    path.write_bytes(get(client, layer, "fgb", **asked))
    return path


def test_flatgeobuf_keeps_each_type(client: Client, lamps: Layer, table: READ, tmp_path: Path) -> None:
    seen = datetime(2024, 7, 1, 10, 30, tzinfo=UTC)
    values = {"lamps": -3, "lit": False, "installed_date": date(2024, 2, 29), "seen_at": seen, "height_m": 4.25}
    pk = factories.feature(lamps, name="Évêché", **values)
    factories.feature(lamps, name="")
    found = table(write(client, lamps, tmp_path))
    assert found.fields == ["id", "name", "kind", "height_m", "lamps", "lit", "installed_date", "seen_at"]
    assert found.types[3:] == ["OFTReal", "OFTInteger64", "OFTInteger", "OFTDateTime", "OFTDateTime"]
    assert (found.column("id")[0], found.column("name"), found.column("lamps")) == (pk, ["Évêché", ""], [-3, None])
    assert (found.column("height_m")[0], found.column("installed_date")[0][:10]) == (4.25, "2024-02-29")
    assert found.column("seen_at")[0].startswith("2024-07-01T10:30:00")


@pytest.mark.parametrize("kind", SHAPES)
def test_flatgeobuf_keeps_shapes_to_the_last_digit(client: Client, table: READ, tmp_path: Path, kind: str) -> None:
    of, shapes = SHAPES[kind]
    layer = factories.editable_layer(geometry=of, visibility=Layer.Visibility.PUBLIC)
    for shape in shapes:
        shape.srid = 2154
        factories.feature(layer, shape)
    found = table(write(client, layer, tmp_path))
    assert (found.crs, found.geometry_type) == ("EPSG:2154", kind)
    assert [shapely.to_wkb(shape) for shape in found.shapes] == [bytes(shape.wkb) for shape in shapes]


def test_flatgeobuf_keeps_areas_of_several_parts(client: Client, table: READ, tmp_path: Path) -> None:
    far = Polygon(tuple((x + 500, y) for x, y in RING), tuple((x + 500, y) for x, y in HOLE))
    shapes = [MultiPolygon(Polygon(RING)), MultiPolygon(Polygon(RING, HOLE), far)]
    for shape in shapes:
        shape.srid = 2154
        factories.parcel(geom=shape)
    found = table(write(client, factories.layer(), tmp_path))
    assert found.geometry_type == "MultiPolygon"
    assert [shapely.to_wkb(shape) for shape in found.shapes] == [bytes(shape.wkb) for shape in shapes]


def test_postgis_reads_our_flatgeobuf() -> None:
    """A reader that shares no code with GDAL's (it cannot read a missing text)."""
    columns = [Column("name", "Nom", "text"), Column("lamps", "Lampes", "integer"), Column("h", "Hauteur", "number")]
    form = FlatGeobuf(columns, "lampes", "Lampes", 2154, 2)
    line = shapely.LineString([(1, 2), (3, 4.5)])
    content = form.begin() + form.rows([("Évêché", -3, 4.25, shapely.to_wkb(line))]) + form.end()
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("create temp table found (id int, geom geometry, name text, lamps bigint, h float8)")
        cursor.execute("select name, lamps, h, st_astext(geom) from st_fromflatgeobuf(null::found, %s)", [content])
        assert cursor.fetchone() == ("Évêché", -3, 4.25, "LINESTRING(1 2,3 4.5)")


def test_flatgeobuf_of_nothing_has_its_fields(client: Client, lamps: Layer, table: READ, tmp_path: Path) -> None:
    found = table(write(client, lamps, tmp_path))
    assert (found.fields[:2], found.fids) == (["id", "name"], [])


# -- streams -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database goes away after the first batch."""

    def failing(*arguments: Any) -> Iterator[Any]:
        found = reading(*arguments)
        yield next(found)
        raise DatabaseError("gone")

    reading = streams.batches
    monkeypatch.setattr(streams, "batches", failing)


@pytest.mark.usefixtures("cut_short")
def test_a_csv_cut_short_ends_with_an_error(client: Client, lamps: Layer) -> None:
    factories.feature(lamps)
    assert get(client, lamps, "csv").decode().splitlines()[-1].startswith("ERREUR")


@pytest.mark.usefixtures("cut_short")
def test_a_geojson_cut_short_is_no_json(client: Client, lamps: Layer) -> None:
    factories.feature(lamps)
    with pytest.raises(json.JSONDecodeError):
        json.loads(get(client, lamps, "geojson"))


@pytest.mark.usefixtures("cut_short")
def test_a_flatgeobuf_cut_short_is_refused_by_its_readers(
    client: Client, lamps: Layer, table: READ, tmp_path: Path
) -> None:
    factories.feature(lamps)
    with pytest.raises(Unreadable):
        table(write(client, lamps, tmp_path))


@pytest.mark.parametrize("by", ["session", "token"])
def test_an_export_ends_with_the_session_or_the_token_by_which_it_was_asked(
    client: Client, lamps: Layer, administrator: User, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr("gis_core.http.downloads.ACCESS_STEP_S", 0.0)
    monkeypatch.setattr("layers.exports.services.reading.FIRST_ROWS", 1)
    for _n in range(3):
        factories.feature(lamps)
    path, headers = f"/api/v1/layers/{lamps.slug}/export.csv", {}
    if by == "session":
        client.force_login(administrator)
    else:
        _token, secret = create_token(user=administrator, name="essai")
        headers = {"authorization": f"Bearer {secret}"}
    parts = client.get(path, headers=headers).streaming_content
    assert next(parts)
    with factories.as_owner():
        Session.objects.all().delete()
        ApiToken.objects.update(revoked_at=database_clock.now())
    assert b"".join(parts).decode().startswith("ERREUR")


def test_an_error_before_the_first_byte_is_a_problem(
    client: Client, lamps: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*arguments: Any) -> Iterator[Any]:
        raise DatabaseError("gone")

    monkeypatch.setattr(streams, "batches", failing)
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export.csv")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


def test_whoever_is_not_signed_in_exports_no_more_than_so_much(
    client: Client, lamps: Layer, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_ANONYMOUS", 2)
    for _n in range(3):
        factories.feature(lamps)
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export.csv")
    assert (answer.status_code, "connectez-vous" in answer.json()["detail"].lower()) == (403, True)
    client.force_login(administrator)
    assert len(rows(get(client, lamps, "csv"))) == 3


def leave(answer: Any) -> None:
    """Take the first bytes and no more."""
    assert next(answer.streaming_content)
    answer._iterator.close()


def test_a_client_who_leaves_gives_its_place_back(client: Client, lamps: Layer) -> None:
    factories.feature(lamps)
    for _n in range(5):
        leave(client.get(f"/api/v1/layers/{lamps.slug}/export.csv"))
    assert len(rows(get(client, lamps, "csv"))) == 1


def test_too_many_streams_at_once_are_refused(client: Client, lamps: Layer) -> None:
    factories.feature(lamps)
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export.csv")
    refused = client.get(f"/api/v1/layers/{lamps.slug}/export.csv")
    leave(answer)
    assert (answer.status_code, refused.status_code, refused["Retry-After"]) == (200, 503, "5")


def test_a_filter_that_cannot_be_computed_is_refused_in_words(client: Client, lamps: Layer) -> None:
    factories.feature(lamps, height_m=1e300)
    answer = client.get(f"/api/v1/layers/{lamps.slug}/export.csv", {"filter": "height_m ^ 2 > 1"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "filter")
