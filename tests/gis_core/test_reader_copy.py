"""Rows as lines for COPY: PostgreSQL takes every one of them, and what it stores is what the file says."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from gis_core.files.reader import (
    Column,
    CopyPlan,
    GeometryColumn,
    Limits,
    Problem,
    Reading,
    ReadRefused,
    RestrictedReader,
)
from gis_core.files.reader.messages import MESSAGES

SQL_TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}
POINTS = GeometryColumn("point", multi=False, epsg=2154)
POLYGONS = GeometryColumn("polygon", multi=True, epsg=2154)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    limits = Limits(wall_seconds=30, cpu_seconds=120)
    with RestrictedReader(limits, quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def plan_of(geometry: GeometryColumn | None, *columns: tuple[str, Any], reading: Reading | None = None) -> CopyPlan:
    typed = tuple(Column(source, kind) for source, kind in columns)
    return CopyPlan(typed, geometry, reading or Reading(), columns[0][0] if columns else None)


def loaded(reader: RestrictedReader, path: Path, plan: CopyPlan, *companions: Path) -> list[Problem]:
    """Fill the temporary table `loaded` (rank, c1, c2, …, geom); returns the rows refused, then those repaired."""
    columns = [f"c{number} {SQL_TYPES[column.type]}" for number, column in enumerate(plan.columns, start=1)]
    if plan.geometry:
        family = {"point": "Point", "line": "LineString", "polygon": "Polygon"}[plan.geometry.family]
        kind = f"{'Multi' if plan.geometry.multi else ''}{family}{'Z' if plan.geometry.dimension == 3 else ''}"
        columns.append(f"geom geometry({kind}, 2154)")
    listed = sql.SQL(", ").join(map(sql.SQL, ["rank bigint", *columns]))
    definition = sql.SQL("create temporary table loaded ({})").format(listed)
    told: list[Problem] = []
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists loaded")
        cursor.execute(definition)
        with cursor.copy("copy loaded from stdin") as copy:
            for chunk in reader.copy(reader.admit(path, *companions), plan=plan):
                copy.write(chunk.lines)
                told += [*chunk.problems, *chunk.repairs]
    return told


def rows(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: Sequence[Any] = cursor.fetchall()
    return list(found)


def csv_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Values


def test_typed_values_arrive_as_they_are(reader: RestrictedReader, files: Path) -> None:
    columns = (
        ("texte", "text"),
        ("entier", "integer"),
        ("reel", "number"),
        ("logique", "boolean"),
        ("jour", "date"),
        ("instant", "datetime"),
    )
    assert not loaded(reader, files / "typed.gpkg", plan_of(POINTS, *columns))
    instants = "c6 at time zone 'Europe/Paris'"
    found = rows(f"select rank, c1, c2, c3, c4, c5::text, ({instants})::text from loaded order by rank")
    assert found == [
        (1, "tab\there", 1, 0.1, True, "2024-02-29", "2024-02-29 23:59:59.123"),
        (2, "line\nend", -(2**53), 1e-300, False, "1582-10-15", "1970-01-01 00:00:00"),
        (3, "back\\slash", 2**53, -1.5, True, None, None),
        (4, None, 0, None, False, "9999-12-31", "2038-01-19 00:00:00"),
    ]


def test_a_shapefile_gives_the_same(reader: RestrictedReader, files: Path) -> None:
    path = files / "typed.shp"
    beside = [path.with_suffix(suffix) for suffix in (".shx", ".dbf", ".prj", ".cpg")]
    plan = plan_of(POINTS, ("texte", "text"), ("entier", "integer"), ("jour", "date"))
    assert not loaded(reader, path, plan, *beside)
    assert rows("select c1, c2, c3::text from loaded order by rank")[2:] == [
        ("back\\slash", 2**53, None),
        (None, 0, "9999-12-31"),
    ]


def test_texts_of_a_csv_become_the_types_of_the_plan(reader: RestrictedReader, tmp_path: Path) -> None:
    content = 'nom;n;m;ok;jour\n"a ""b"";c";1 234;12,5;oui;31/12/2023\nÉglise;;;;\n'.encode("cp1252")
    columns = (("nom", "text"), ("n", "integer"), ("m", "number"), ("ok", "boolean"), ("jour", "date"))
    assert not loaded(reader, csv_file(tmp_path, content), plan_of(None, *columns))
    assert rows("select c1, c2, c3, c4, c5::text from loaded order by rank") == [
        ('a "b";c', 1234, 12.5, True, "2023-12-31"),
        ("Église", None, None, None, None),
    ]


def test_a_value_that_cannot_be_refuses_its_row_alone(reader: RestrictedReader, tmp_path: Path) -> None:
    content = "nom;n\nA;1\nB;douze\nC;3\n"
    (problem,) = loaded(reader, csv_file(tmp_path, content), plan_of(None, ("nom", "text"), ("n", "integer")))
    assert (problem.index, problem.identifier, problem.code) == (2, "B", "value_of_type")
    assert problem.params == {"name": "n", "value": "douze", "type": "integer"}
    assert rows("select rank, c1 from loaded order by rank") == [(1, "A"), (3, "C")]


def test_rows_of_another_width_keep_the_ranks_of_the_others(reader: RestrictedReader, tmp_path: Path) -> None:
    content = "a;b;c\n1;2;3\n4;5\n6;7;8\n9;10;11;12\n13;14;15\n"
    problems = loaded(reader, csv_file(tmp_path, content), plan_of(None, ("a", "integer")))
    assert [(problem.index, problem.code) for problem in problems] == [(2, "row_width"), (4, "row_width")]
    assert rows("select rank, c1 from loaded order by rank") == [(1, 1), (3, 6), (5, 13)]


def test_a_nul_character_refuses_its_row(reader: RestrictedReader, tmp_path: Path) -> None:
    (problem,) = loaded(reader, csv_file(tmp_path, b"nom;n\nA\0B;1\nC;2\n"), plan_of(None, ("nom", "text")))
    assert (problem.index, problem.code) == (1, "text_unstorable")
    assert rows("select rank from loaded") == [(2,)]


def test_a_million_empty_rows_of_a_sheet_are_passed_over(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    write_long_sheet(files / "places.xlsx", path)
    plan = plan_of(POINTS, ("nom", "text"), ("insee", "text"))
    assert not loaded(reader, path, plan)
    assert rows("select rank, c2 from loaded order by rank") == [(1, "45001"), (2, "01004"), (3, "45115")]


def write_long_sheet(source: Path, target: Path) -> None:
    """The same workbook with a million empty rows after its own."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                empty = b"".join(b'<row r="%d"/>' % number for number in range(5, 1_000_000))
                content = content.replace(b"</sheetData>", empty + b"</sheetData>")
            new.writestr(name, content)


# Geometries


def test_places_arrive_to_the_last_bit(reader: RestrictedReader, files: Path) -> None:
    assert not loaded(reader, files / "places.gpkg", plan_of(POINTS, ("nom", "text")))
    assert rows("select st_x(geom), st_y(geom), st_srid(geom) from loaded order by rank") == [
        (617284.0, 6717902.0, 2154),
        (617300.5, 6717950.25, 2154),
        (617400.0, 6718000.0, 2154),
    ]


def test_degrees_are_brought_to_lambert_93(reader: RestrictedReader, files: Path) -> None:
    degrees = GeometryColumn("point", multi=False, epsg=4326)
    assert not loaded(reader, files / "degrees.gpkg", plan_of(degrees))
    difference = "st_distance(geom, st_transform(st_setsrid(st_makepoint(2.5, 47.8), 4326), 2154))"
    assert rows(f"select {difference} < 0.001 from loaded where rank = 1") == [(True,)]


def test_places_of_a_csv_become_points(reader: RestrictedReader, tmp_path: Path) -> None:
    content = "nom;x;y\nA;617284,5;6717902\nB;;\nC;abc;6717902\nD;0;0\n"
    problems = loaded(reader, csv_file(tmp_path, content), plan_of(POINTS, ("nom", "text")))
    assert [(p.index, p.code) for p in problems] == [(2, "no_geometry"), (3, "bad_coordinate"), (4, "out_of_range")]
    assert rows("select c1, st_x(geom) from loaded") == [("A", 617284.5)]


def test_a_self_crossing_polygon_is_repaired_and_told(reader: RestrictedReader, files: Path) -> None:
    told = {problem.index: problem for problem in loaded(reader, files / "polygons.gpkg", plan_of(POLYGONS))}
    assert {index: problem.code for index, problem in told.items()} == {
        2: "repaired_polygon",
        3: "nothing_left",
        4: "no_geometry",
        5: "no_geometry",
    }
    assert (told[2].params["before"], told[2].params["after"]) == (0.0, 50.0)
    assert rows("select rank, st_isvalid(geom), st_area(geom) from loaded order by rank") == [
        (1, True, 100.0),
        (2, True, 50.0),
    ]


@pytest.mark.parametrize(
    ("invalid", "ranks", "codes"),
    [("refuse", [1], {"invalid_geometry"}), ("keep", [1, 2, 3], set())],
)
def test_invalid_polygons_are_refused_or_kept(
    reader: RestrictedReader, files: Path, invalid: Any, ranks: list[int], codes: set[str]
) -> None:
    column = GeometryColumn("polygon", multi=True, epsg=2154, invalid=invalid)
    told = loaded(reader, files / "polygons.gpkg", plan_of(column))
    assert {problem.code for problem in told} - {"no_geometry"} == codes
    assert rows("select rank from loaded order by rank") == [(rank,) for rank in ranks]


def test_rows_without_geometry_may_stay(reader: RestrictedReader, files: Path) -> None:
    column = GeometryColumn("polygon", multi=True, epsg=2154, required=False)
    loaded(reader, files / "polygons.gpkg", plan_of(column))
    assert rows("select rank from loaded where geom is null order by rank") == [(4,), (5,)]


def test_single_and_multiple_fill_the_same_column(reader: RestrictedReader, files: Path) -> None:
    (problem,) = loaded(reader, files / "mixed.gpkg", plan_of(POLYGONS, ("numero", "integer")))
    assert (problem.index, problem.code) == (3, "other_family")
    assert problem.params == {"found": "Point", "wanted": "polygon"}
    assert rows("select c1, st_numgeometries(geom), st_area(geom) from loaded order by 1") == [(1, 1, 100), (2, 1, 100)]
    single = GeometryColumn("polygon", multi=False, epsg=2154)
    loaded(reader, files / "mixed.gpkg", plan_of(single, ("numero", "integer")))
    assert rows("select c1, geometrytype(geom) from loaded order by 1") == [(1, "POLYGON"), (2, "POLYGON")]


@pytest.mark.parametrize(
    ("name", "dimension", "text"),
    [
        ("heights.gpkg", 3, "LINESTRING Z (617000 6717000 80,617010 6717000 81)"),
        ("heights.gpkg", 2, "LINESTRING(617000 6717000,617010 6717000)"),
        ("measured.gpkg", 2, "LINESTRING(617000 6717000,617010 6717000)"),
        ("measured.gpkg", 3, "LINESTRING Z (617000 6717000 0,617010 6717000 0)"),
    ],
)
def test_heights_are_kept_or_dropped_and_measures_dropped(
    reader: RestrictedReader, files: Path, name: str, dimension: Any, text: str
) -> None:
    column = GeometryColumn("line", multi=False, epsg=2154, dimension=dimension)
    assert not loaded(reader, files / name, plan_of(column))
    assert rows("select st_astext(geom) from loaded") == [(text,)]


def test_arcs_become_lines_of_the_same_length(reader: RestrictedReader, files: Path) -> None:
    column = GeometryColumn("line", multi=True, epsg=2154)
    assert not loaded(reader, files / "arcs.gpkg", plan_of(column))
    ((length, points),) = rows("select st_length(geom), st_npoints(geom) from loaded")
    assert length == pytest.approx(31.4159, abs=0.05)
    assert points > 20


def test_a_damaged_geometry_refuses_its_row_alone(reader: RestrictedReader, files: Path) -> None:
    (problem,) = loaded(reader, files / "damaged.gpkg", plan_of(POINTS, ("nom", "text")))
    assert (problem.index, problem.identifier, problem.code) == (2, "Amilly", "unreadable_geometry")
    assert len(rows("select from loaded")) == 2


def test_a_geojson_loses_only_its_bad_features(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "places.geojson"
    good = '{"type":"Feature","properties":{"nom":"A","n":1},"geometry":{"type":"Point","coordinates":[2.5,47.8]}}'
    bad = good.replace("[2.5,47.8]", '["x",47.8]').replace("A", "B")
    path.write_text(f'{{"type":"FeatureCollection","features":[{good},{bad},{good}]}}')
    degrees = GeometryColumn("point", multi=False, epsg=4326)
    (problem,) = loaded(reader, path, plan_of(degrees, ("nom", "text"), ("n", "integer")))
    assert (problem.index, problem.code) == (2, "coordinate_not_number")
    assert rows("select rank, c1, c2 from loaded order by rank") == [(1, "A", 1), (3, "A", 1)]


def test_problems_have_words(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    told = loaded(reader, files / "polygons.gpkg", plan_of(POLYGONS))
    told += loaded(reader, files / "mixed.gpkg", plan_of(POINTS))
    told += loaded(reader, csv_file(tmp_path, "n;b\nx;1\n1\n"), plan_of(None, ("n", "integer")))
    assert told
    for problem in told:
        assert problem.code in MESSAGES
        assert "%(" not in problem.message


# Limits


@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(features=2), "too_many_features"), (Limits(vertices=2), "too_many_vertices")],
)
def test_a_copy_stops_at_its_limits(tmp_path: Path, files: Path, limits: Limits, code: str) -> None:
    with RestrictedReader(limits, quarantine_root=tmp_path) as small, pytest.raises(ReadRefused) as caught:
        list(small.copy(small.admit(files / "places.gpkg"), plan=plan_of(POINTS)))
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (plan_of(None, ("absent", "text")), "unknown_field"),
        (plan_of(GeometryColumn("point", multi=False, epsg=0)), "unsupported_crs"),
    ],
)
def test_a_plan_that_does_not_fit_the_file_is_refused(
    reader: RestrictedReader, files: Path, plan: CopyPlan, code: str
) -> None:
    with pytest.raises(ReadRefused) as caught:
        list(reader.copy(reader.admit(files / "places.gpkg"), plan=plan))
    assert caught.value.problem.code == code


def test_an_unknown_layer_is_told(reader: RestrictedReader, files: Path) -> None:
    with pytest.raises(ReadRefused) as caught:
        list(reader.copy(reader.admit(files / "places.gpkg"), layer="x", plan=plan_of(POINTS)))
    assert caught.value.problem.code == "unknown_layer"


def test_constants_end_every_line(reader: RestrictedReader, files: Path) -> None:
    plan = CopyPlan((Column("numero", "integer"),), POINTS, constants=(7, None))
    (chunk,) = reader.copy(reader.admit(files / "places.gpkg"), plan=plan)
    assert [bytes(line).rpartition(b"\t")[0][-2:] for line in bytes(chunk.lines).splitlines()] == [b"\t7"] * 3
    assert all(line.endswith(b"\t7\t\\N") for line in bytes(chunk.lines).splitlines())


def test_a_layer_of_an_archive_is_copied_by_its_path(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(files / "view.gpkg", "un/view.gpkg")
        archive.writestr("deux/table.csv", "nom;n\nA;1\n")
    name = reader.admit(path)
    counts = [
        sum(chunk.rows for chunk in reader.copy(name, layer=layer, plan=plan_of(None, ("nom", "text"))))
        for layer in ("un/view/places", "un/view/v", "deux/table")
    ]
    assert counts == [3, 3, 1]
    with pytest.raises(ReadRefused) as caught:
        list(reader.copy(name, layer="trois", plan=plan_of(None)))
    assert caught.value.problem.code == "unknown_layer"
