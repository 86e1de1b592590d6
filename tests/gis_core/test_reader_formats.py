"""Formats of phones, of drawings and of data analysis: KMZ, GPX, DXF, GeoParquet."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from gis_core.files.reader import (
    Column,
    CopyPlan,
    GeometryColumn,
    LayerInfo,
    Limits,
    Problem,
    Reading,
    ReadRefused,
    RestrictedReader,
)
from gis_core.files.reader.messages import MESSAGES

GPX = """<?xml version="1.0"?><gpx version="1.1" creator="essai" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="47.9" lon="1.9"><ele>100</ele><name>Vanne</name></wpt>
<trk><name>Tournée</name><trkseg><trkpt lat="47.9" lon="1.9"/><trkpt lat="47.91" lon="1.91"/></trkseg></trk></gpx>"""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Bassin</name><Polygon><outerBoundaryIs>
<LinearRing><coordinates>1.9,47.9,0 1.91,47.9,0 1.91,47.91,0 1.9,47.9,0</coordinates></LinearRing></outerBoundaryIs>
</Polygon></Placemark></Document></kml>"""
DXF = """0 SECTION 2 ENTITIES 0 POINT 8 VANNES 10 618000.5 20 6750000.25 30 0.0
0 LINE 8 CONDUITES 10 618000 20 6750000 30 0 11 618010 21 6750000 31 0 0 ENDSEC 0 EOF"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(
        Limits(wall_seconds=30, cpu_seconds=120), quarantine_root=tmp_path_factory.mktemp("q")
    ) as one:
        yield one


def layers_of(reader: RestrictedReader, path: Path) -> dict[str, LayerInfo]:
    info = reader.inspect(reader.admit(path), reading=Reading())
    return {layer.name or "": layer for layer in info.layers}


def refusal(reader: RestrictedReader, path: Path) -> Problem:
    with pytest.raises(ReadRefused) as caught:
        reader.inspect(reader.admit(path), reading=Reading())
    assert caught.value.problem.code in MESSAGES
    return caught.value.problem


def lines_of(reader: RestrictedReader, path: Path, plan: CopyPlan) -> list[str]:
    return "".join(str(chunk.lines, "utf-8") for chunk in reader.copy(reader.admit(path), plan=plan)).splitlines()


def parquet(path: Path, geo: dict[str, Any] | None, **columns: Any) -> Path:
    table = pa.table(columns)
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)} if geo else None), path)
    return path


def geo(**changes: Any) -> dict[str, Any]:
    column = {"encoding": "WKB", "geometry_types": [], "crs": pyproj.CRS.from_epsg(2154).to_json_dict()}
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column | changes}}


def test_a_kmz_is_the_kml_in_it_with_its_polygons(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "bassins.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", KML)
        archive.writestr("files/icon.png", b"x")
    (layer,) = layers_of(reader, path).values()
    assert (layer.crs, layer.features, dict(layer.geometry_types)) == (4326, 1, {"Polygon": 1})


def test_a_gpx_gives_waypoints_and_tracks_without_their_vertices(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "tournee.gpx"
    path.write_text(GPX)
    layers = layers_of(reader, path)
    assert set(layers) == {"waypoints", "tracks"}
    assert dict(layers["waypoints"].geometry_types) == {"Point": 1}
    assert layers["tracks"].crs == 4326


def test_a_drawing_has_shapes_and_layers_and_no_system(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "plan.dxf"
    path.write_text("\n".join(DXF.split()) + "\n")
    (layer,) = layers_of(reader, path).values()
    assert (layer.crs, dict(layer.geometry_types)) == (None, {"Point": 1, "LineString": 1})
    assert "Layer" in layer.fields
    assert layer.reference is not None
    assert layer.reference.seems == 2154


def test_a_geoparquet_keeps_types_nulls_and_system(reader: RestrictedReader, tmp_path: Path) -> None:
    seen = datetime(2024, 7, 1, 10, 30, 15, tzinfo=UTC)
    path = parquet(
        tmp_path / "bornes.parquet",
        geo(),
        ref=["007", None],
        lamps=pa.array([-3, None], pa.int32()),
        lit=[True, None],
        day=[date(2024, 2, 29), None],
        seen=pa.array([seen, None], pa.timestamp("ms", "Europe/Paris")),
        geometry=[shapely.Point(618000.5, 6750000.25).wkb, None],
    )
    (layer,) = layers_of(reader, path).values()
    assert layer.crs == 2154
    guesses = {one.name: one.guess for one in layer.columns}
    assert guesses == {"ref": "text", "lamps": "integer", "lit": "boolean", "day": "date", "seen": "datetime"}
    columns = tuple(Column(name, kind) for name, kind in guesses.items())  # type: ignore[arg-type]
    plan = CopyPlan(columns, GeometryColumn("point", multi=False, epsg=2154, required=False))
    first, second = lines_of(reader, path, plan)
    assert first.split("\t")[1:5] == ["007", "-3", "true", "2024-02-29"]
    assert first.split("\t")[5].startswith("2024-07-01 10:30:15")
    assert second.split("\t")[1:] == ["\\N"] * 6


def test_instants_finer_than_a_microsecond_are_cut(reader: RestrictedReader, tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", None, seen=pa.array([1_720_000_000_123_456_789], pa.timestamp("ns")))
    plan = CopyPlan((Column("seen", "datetime"),), None)
    (line,) = lines_of(reader, path, plan)
    assert ".123456" in line


def test_a_parquet_without_geometries_is_a_table(reader: RestrictedReader, tmp_path: Path) -> None:
    (layer,) = layers_of(reader, parquet(tmp_path / "t.parquet", None, ref=["a"], notes=[["x", "y"]])).values()
    assert not layer.has_geometry


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (geo(encoding="point"), "geoparquet_encoding"),
        ({"columns": {}}, "geoparquet_metadata"),
        ({"primary_column": "gone", "columns": {"gone": {"encoding": "WKB"}}}, "geoparquet_metadata"),
    ],
)
def test_what_a_geoparquet_says_wrongly_is_told(
    reader: RestrictedReader, tmp_path: Path, content: dict[str, Any], code: str
) -> None:
    path = parquet(tmp_path / "bornes.parquet", content, geometry=[shapely.Point(1, 2).wkb])
    assert refusal(reader, path).code == code


def test_a_parquet_that_breaks_off_or_lies_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    whole = io.BytesIO()
    pq.write_table(pa.table({"ref": ["a" * 100] * 1000}), whole)
    content = whole.getvalue()
    cut, changed = tmp_path / "cut.parquet", tmp_path / "changed.parquet"
    cut.write_bytes(content[:-20])
    changed.write_bytes(content[:8] + b"\xff" * 60 + content[68:])
    assert refusal(reader, cut).code == "cannot_open"
    assert refusal(reader, changed).code in ("damaged_at", "cannot_open", "too_much_memory")
