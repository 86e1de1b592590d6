"""Files of projects: what is taken away, and footprints that are brought."""

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from shapely.geometry import Polygon

from simulation.engine.solids import solid_of
from simulation.engine.volumes import Roof, Volume
from tests.simulation.conftest import Town, volume
from tests.simulation.grounds import box
from tests.simulation.test_projects import API, HOUSE, content, keep, send

ELBOW = Polygon([(0, 0), (12, 0), (12, 5), (5, 5), (5, 9), (0, 9)])


def edges(volume: Volume) -> Counter[Any]:
    """How often each edge comes in its own direction, over that of its opposite."""
    counts: Counter[Any] = Counter()
    for surface in solid_of(volume, 100.0):
        for ring in surface.rings:
            for one, other in zip(ring, ring[1:] + ring[:1], strict=True):
                counts[one, other] += 1
                counts[other, one] -= 1
    return counts


@pytest.mark.parametrize("roof", list(Roof))
@pytest.mark.parametrize("footprint", [box(0, 0, 10, 8), ELBOW, box(0, 0, 10, 8) - box(3, 3, 5, 5)])
@pytest.mark.parametrize("azimuth", [None, 37.0])
def test_a_solid_is_closed_whatever_its_roof(roof: Roof, footprint: Any, azimuth: float | None) -> None:
    made = Volume(footprint=footprint, eaves=3.0, ridge=6.0, roof=roof, ridge_azimuth=azimuth)
    assert set(edges(made).values()) == {0}


def test_a_roof_that_comes_down_to_the_foot_is_closed() -> None:
    tent = Volume(footprint=box(0, 0, 10, 8), eaves=0.0, ridge=4.0, roof=Roof.GABLE)
    assert set(edges(tent).values()) == {0}


def export(town: Town, kept: dict[str, Any], file_format: str, tail: str = "") -> bytes:
    answer = town.client.get(f"{API}{kept['id']}/export?format={file_format}{tail}")
    assert answer.status_code == 200, answer.content
    return bytes(answer.getvalue())


@pytest.mark.django_db
def test_geojson_is_in_degrees_and_exact_on_demand(town: Town) -> None:
    kept = keep(town)
    lon, lat = json.loads(export(town, kept, "geojson"))["features"][0]["geometry"]["coordinates"][0][0]
    assert (1 < lon < 3, 47 < lat < 49) == (True, True)
    exact = json.loads(export(town, kept, "geojson-2154"))
    assert shapely.geometry.shape(exact["features"][0]["geometry"]).area == 100
    assert exact["crs"]["properties"]["name"].endswith("2154")


@pytest.mark.django_db
def test_cityjson_holds_a_solid_and_says_its_system(town: Town) -> None:
    roofed = volume(HOUSE, ridge=6.0, roof="gable", base=120.0)
    city = json.loads(export(town, keep(town, variants=[{"letter": "A", "volumes": [roofed]}]), "cityjson"))
    solid = city["CityObjects"]["A-1"]["geometry"][0]
    assert (city["version"], solid["type"], solid["lod"]) == ("2.0", "Solid", "2")
    assert city["metadata"]["referenceSystem"].endswith("/5698")
    assert max(z for _x, _y, z in city["vertices"]) * 0.001 + city["transform"]["translate"][2] == pytest.approx(126)


@pytest.mark.django_db
def test_cityjson_without_known_ground_counts_heights_from_it(town: Town) -> None:
    city = json.loads(export(town, keep(town), "cityjson"))
    assert city["metadata"]["referenceSystem"].endswith("/2154")


@pytest.mark.django_db
def test_a_geopackage_and_a_drawing_hold_the_volumes(town: Town) -> None:
    kept = keep(town)
    assert export(town, kept, "gpkg").startswith(b"SQLite format 3")
    assert b"VOLUME_A" in export(town, kept, "dxf")


@pytest.mark.django_db
def test_an_unknown_format_or_variant_is_told(town: Town) -> None:
    kept = keep(town)
    assert town.client.get(f"{API}{kept['id']}/export?format=pdf").status_code == 400
    assert town.client.get(f"{API}{kept['id']}/export?variant=C").status_code == 404


# -- in ---------------------------------------------------------------------------------------------------------------


def bring(town: Town, *files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return town.client.post(f"{API}footprints", {"file": sent}, headers={"accept": "application/json"})


def collection(*shapes: Any) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(one)} for one in shapes]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}).encode()


PLOT = shapely.affinity.translate(box(2, 6, 12, 16), 617_000, 6_717_000)


@pytest.mark.django_db
def test_polygons_of_a_geojson_become_footprints(town: Town) -> None:
    answer = bring(town, ("projet.geojson", collection(PLOT)))
    assert answer.status_code == 200, answer.content
    assert shapely.geometry.shape(answer.json()["footprints"][0]).equals(PLOT)


@pytest.mark.django_db
def test_two_files_of_one_name_are_refused_in_words(town: Town) -> None:
    answer = bring(town, *[("projet.geojson", collection(PLOT))] * 2)
    assert (answer.status_code, "projet.geojson" in answer.json()["detail"]) == (400, True)


@pytest.mark.django_db
def test_what_was_exported_as_a_drawing_comes_back(town: Town) -> None:
    drawing = export(town, keep(town), "dxf")
    answer = bring(town, ("projet.dxf", drawing))
    assert answer.status_code == 200, answer.content
    areas = sorted(round(shapely.geometry.shape(one).area) for one in answer.json()["footprints"])
    assert 100 in areas


@pytest.mark.django_db
def test_a_shapefile_in_an_archive_is_read(town: Town, tmp_path: Path) -> None:
    import pyogrio.raw

    pyogrio.raw.write(
        tmp_path / "bati.shp", geometry=[PLOT.wkb], field_data=[], fields=[], geometry_type="Polygon", crs="EPSG:2154",
    )  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in tmp_path.glob("bati.*"):
            archive.write(path, path.name)
    answer = bring(town, ("bati.zip", packed.getvalue()))
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["footprints"]) == 1


@pytest.mark.django_db
def test_a_polygon_that_crosses_itself_is_left_out_and_told(town: Town) -> None:
    bow = Polygon([(617_002, 6_717_006), (617_012, 6_717_016), (617_012, 6_717_006), (617_002, 6_717_016)])
    answer = bring(town, ("projet.geojson", collection(PLOT, bow)))
    assert (len(answer.json()["footprints"]), len(answer.json()["notes"])) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("file", [("x.geojson", b"{"), ("x.dxf", b"rien"), ("x.txt", b"bonjour")])
def test_what_holds_no_polygon_is_refused_in_words(town: Town, file: tuple[str, bytes]) -> None:
    answer = bring(town, file)
    assert (answer.status_code, bool(answer.json()["detail"])) == (400, True)


@pytest.mark.django_db
def test_lines_with_a_width_are_kept_measured_and_exported(town: Town) -> None:
    line = {"type": "LineString", "coordinates": [[617_002, 6_717_002], [617_012, 6_717_002]]}
    trench = {"kind": "trench", "line": line, "width": 0.6, "height": 1.2}
    variant = {"letter": "A", "volumes": [], "lines": [trench]}
    kept = keep(town, variants=[variant])
    assert kept["variants"][0]["figures"]["trench_m3"] == 7.2
    exact = json.loads(export(town, kept, "geojson-2154"))["features"][0]
    assert (exact["properties"]["kind"], shapely.geometry.shape(exact["geometry"]).area) == ("trench", pytest.approx(6))


@pytest.mark.django_db
def test_a_line_without_length_is_told(town: Town) -> None:
    point = {"type": "LineString", "coordinates": [[617_002, 6_717_002], [617_002, 6_717_002]]}
    variant = {"letter": "A", "volumes": [], "lines": [{"kind": "wall", "line": point, "width": 0.3}]}
    answer = send(town.client, "post", API, content(town) | {"variants": [variant]})
    assert answer.status_code == 400
