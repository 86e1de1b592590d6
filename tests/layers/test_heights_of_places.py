"""Layers whose lines and surfaces have heights (Z): one draws x and y, heights stay, answers are flat."""

from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.test import Client

from gis_core.members.rights import acting_as, rights_of
from layers.catalogue.models import Layer
from layers.features.services.reshape import merge, split
from layers.features.services.restore import restore
from layers.features.services.write import Edit
from tests import factories
from tests.imports.conftest import rows_of
from tests.layers.test_write import WEB, apply, now, technician

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
LINE = f"MULTILINESTRING Z (({X} {Y} 10, {X + 10} {Y} 20, {X + 20} {Y} 30))"
HOLED = (
    f"MULTIPOLYGON Z ((({X} {Y} 1, {X + 50} {Y} 2, {X + 50} {Y + 50} 3, {X} {Y + 50} 4, {X} {Y} 1),"
    f" ({X + 10} {Y + 10} 5, {X + 10} {Y + 20} 6, {X + 20} {Y + 20} 7, {X + 10} {Y + 10} 5)))"
)


def raised(drawn: str, former: str | None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("select st_asbinary(arpent.with_heights(%s::geometry, %s::geometry))", [drawn, former])
        (wkb,) = cursor.fetchone()
    return shapely.from_wkb(bytes(wkb))


def heights(shape: Any) -> list[float]:
    return [round(float(z), 3) for z in shapely.get_coordinates(shape, include_z=True)[:, 2]]


@pytest.mark.parametrize(
    ("drawn", "former", "expected"),
    [
        pytest.param("LINESTRING(0 0, 10 0)", None, [0, 0], id="new"),
        pytest.param("LINESTRING(0 0, 10 0)", "LINESTRING(0 0, 10 0)", [0, 0], id="flat before"),
        pytest.param("LINESTRING Z (0 0 5, 10 0 6)", "LINESTRING Z (0 0 1, 10 0 2)", [5, 6], id="its own"),
        pytest.param("LINESTRING(0 0, 10 0)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 2], id="untouched"),
        pytest.param("LINESTRING(0.0004 0, 10 0)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 2], id="a hair away"),
        pytest.param("LINESTRING(0 0, 9 4)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 2], id="dragged"),
        pytest.param("LINESTRING(100 7, 110 7)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 2], id="moved as a whole"),
        pytest.param("LINESTRING(0 0, 5 0, 10 0)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 1.5, 2], id="inserted"),
        pytest.param("LINESTRING(0 0, 5 3, 10 0)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 1.5, 2], id="inserted beside"),
        pytest.param("LINESTRING(0 0, 5 0)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 1.5], id="cut"),
        pytest.param("LINESTRING(10 0, 0 0)", "LINESTRING Z (0 0 1, 10 0 2)", [2, 1], id="reversed"),
        pytest.param("LINESTRING(0 0, 10 0, 20 0)", "LINESTRING Z (0 0 1, 10 0 2)", [1, 2, 2], id="lengthened"),
        pytest.param(
            "POLYGON((0 0, 10 0, 10 10, 0 0), (6 2, 8 1, 8.5 4, 6 2))",
            "POLYGON Z ((0 0 1, 10 0 2, 10 10 3, 0 0 1))",
            [1, 2, 3, 1, 1.6, 1.8, 2.4, 1.6],
            id="with a new hole",
        ),
        pytest.param(
            "MULTILINESTRING((0 0, 10 0), (0 5, 10 5))",
            "MULTILINESTRING Z ((0 5 7, 10 5 8), (0 0 1, 10 0 2))",
            [1, 2, 7, 8],
            id="parts in another order",
        ),
        pytest.param("LINESTRING(0 0, 0 0)", "LINESTRING Z (0 0 1, 0 0 9, 5 0 3)", [1, 9], id="two at one place"),
    ],
)
def test_what_is_drawn_has_the_heights_of_before(drawn: str, former: str | None, expected: list[float]) -> None:
    assert heights(raised(drawn, former)) == pytest.approx(expected)


def wave(count: int, shift: float) -> Any:
    """A line of many vertices, each of which rises."""
    steps = np.linspace(0, 1, count)
    return shapely.LineString(np.column_stack([1000 * steps, 40 * np.sin(30 * steps) + shift, 500 * steps]))


def test_each_vertex_of_a_long_line_has_the_height_of_the_nearest_place_of_before() -> None:
    former, drawn = wave(1_000, 0), wave(733, 0.2)
    flat = shapely.force_2d(former)
    share = shapely.line_locate_point(flat, shapely.points(shapely.get_coordinates(drawn)), normalized=True)
    expected = shapely.get_coordinates(shapely.line_interpolate_point(former, share, normalized=True), include_z=True)
    assert heights(raised(shapely.force_2d(drawn).wkt, former.wkt)) == pytest.approx(expected[:, 2], abs=0.01)


def test_an_outline_of_tens_of_thousands_of_vertices_is_drawn_anew_within_a_request() -> None:
    """In less than a third of what the web role gives a statement."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '10s'")
    former, drawn = wave(20_000, 0), shapely.force_2d(wave(19_999, 0.2))
    assert max(heights(raised(drawn.wkt, former.wkt))) == pytest.approx(500, abs=0.1)


def test_a_shape_keeps_its_type_parts_and_holes() -> None:
    flat = shapely.force_2d(shapely.from_wkt(HOLED))
    again = raised(flat.wkt, HOLED)
    assert again.wkt == shapely.from_wkt(HOLED).wkt
    assert shapely.equals_exact(shapely.force_2d(again), flat)


@pytest.fixture
def line() -> Layer:
    return factories.editable_layer(geometry="line", heights=True, visibility=Layer.Visibility.PUBLIC)


def geometry(wkt: str) -> GEOSGeometry:
    return GEOSGeometry(wkt, srid=2154)


def feature(layer: Layer, wkt: str, **values: Any) -> int:
    """Written by the worker as an import would, with the heights: an EWKB of its own."""
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(
            f'insert into "{layer.table}" (owner_id, name, geom) values (%s, %s, st_geomfromewkt(%s)) returning id',
            [layer.owner_id, values.get("name", "Objet"), f"SRID=2154;{wkt}"],
        )
        return int(cursor.fetchone()[0])


def stored(layer: Layer) -> list[list[float]]:
    return [heights(shapely.from_wkb(wkb)) for _pk, wkb in sorted(rows_of(layer, "id", "geom"))]


def test_a_dragged_vertex_leaves_the_heights_of_all(line: Layer) -> None:
    pk = feature(line, LINE)
    drawn = geometry(f"LINESTRING ({X} {Y}, {X + 10} {Y + 3}, {X + 20} {Y})")
    apply(line, Edit(action="update", id=pk, version=1, geometry=drawn), by=technician(line))
    assert stored(line) == [[10, 20, 30]]


def test_a_shape_that_stays_writes_nothing(line: Layer) -> None:
    pk = feature(line, LINE)
    drawn = geometry(f"MULTILINESTRING (({X} {Y}, {X + 10} {Y}, {X + 20} {Y}))")
    (done,) = apply(line, Edit(action="update", id=pk, version=1, geometry=drawn), by=technician(line))
    assert (done.version, stored(line)) == (1, [[10, 20, 30]])


def test_a_new_object_lies_at_zero(line: Layer) -> None:
    drawn = geometry(f"LINESTRING ({X} {Y}, {X + 10} {Y})")
    apply(line, Edit(action="create", properties={"name": "N"}, geometry=drawn), by=technician(line))
    assert stored(line) == [[0, 0]]


def test_both_pieces_have_the_height_of_the_cut(line: Layer) -> None:
    pk, by = feature(line, LINE), rights_of(technician(line))
    with acting_as(by):
        split(line, pk, geometry(f"LINESTRING ({X + 5} {Y - 1}, {X + 5} {Y + 1})"), version=1, rights=by, origin=WEB)
    assert sorted(stored(line)) == [[10, 15], [15, 20, 30]]


def test_what_is_merged_has_the_heights_of_all(line: Layer) -> None:
    ids = [feature(line, LINE), feature(line, f"MULTILINESTRING Z (({X + 20} {Y} 30, {X + 20} {Y + 9} 40))")]
    by = rights_of(technician(line))
    with acting_as(by):
        merge(line, [(pk, 1) for pk in ids], rights=by, origin=WEB)
    ((kept),) = stored(line)
    assert kept in ([10, 20, 30, 40], [40, 30, 20, 10])


def test_surfaces_are_cut_and_merged_with_their_heights() -> None:
    layer = factories.editable_layer(geometry="polygon", heights=True)
    pk, by = feature(layer, HOLED), rights_of(technician(layer))
    cut = geometry(f"LINESTRING ({X + 30} {Y - 1}, {X + 30} {Y + 51})")
    with acting_as(by):
        results = split(layer, pk, cut, version=1, rights=by, origin=WEB)
        assert {max(one) for one in stored(layer)} == {3.4, 7}
        merge(layer, [(one.id, one.version) for one in results], rights=by, origin=WEB)
    ((kept),) = stored(layer)
    assert {1, 2, 3, 4, 5, 6, 7} <= set(kept)


def test_a_former_version_comes_back_with_its_heights(line: Layer) -> None:
    pk, by = feature(line, LINE), rights_of(technician(line))
    with acting_as(by):
        drawn = geometry(f"LINESTRING ({X} {Y}, {X + 20} {Y + 4})")
        apply(line, Edit(action="update", id=pk, version=1, geometry=drawn), by=technician(line))
        restore(line, pk, version=1, current_version=2, rights=by, origin=WEB)
        assert stored(line) == [[10, 20, 30]]
        apply(line, Edit(action="delete", id=pk, version=3), by=technician(line))
        restore(line, pk, version=1, current_version=None, rights=by, origin=WEB)
    assert stored(line) == [[10, 20, 30]]


def dimensions(answer: Any) -> set[int]:
    """How many numbers the positions of all geometries in an answer have."""
    if isinstance(answer, dict):
        own = positions(answer["coordinates"]) if "coordinates" in answer else set()
        return own.union(*map(dimensions, answer.values()))
    return set().union(*map(dimensions, answer)) if isinstance(answer, list) else set()


def positions(coordinates: Any) -> set[int]:
    if not isinstance(coordinates[0], list):
        return {len(coordinates)}
    return set().union(*map(positions, coordinates))


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/layers/{slug}/features/{pk}/",
        "/api/v1/layers/{slug}/features/{pk}/?exact=1",
        "/api/v1/layers/{slug}/features/{pk}/history/",
        "/api/v1/snap/?bbox={west},{south},{east},{north}&layers={slug}",
        "/ogc/collections/{slug}/items",
        "/ogc/collections/{slug}/items/{pk}",
        "/ogc/collections/{slug}/items?crs=http://www.opengis.net/def/crs/EPSG/0/2154",
        "/ogc/collections/{slug}/items?crs=http://www.opengis.net/def/crs/EPSG/0/3948",
    ],
)
def test_answers_are_flat(line: Layer, client: Client, address: str) -> None:
    pk = feature(line, LINE)
    apply(line, Edit(action="update", id=pk, version=1, properties={"name": "Autre"}), by=technician(line))
    client.force_login(technician(line))
    box = {"west": X - 1, "south": Y - 1, "east": X + 1, "north": Y + 1}
    answer = client.get(address.format(slug=line.slug, pk=pk, **box))
    assert answer.status_code == 200, answer.content
    assert dimensions(answer.json()) == {2}


def test_what_maps_read_is_flat(line: Layer) -> None:
    pk = feature(line, LINE)
    (((copy),),) = rows_of(line, "geom_3857")
    assert not shapely.has_z(shapely.from_wkb(copy))
    assert dimensions(now(line, pk)) == {2}
