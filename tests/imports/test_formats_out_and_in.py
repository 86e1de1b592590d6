"""Every format that leaves comes back: rows, values, nulls, shapes and systems, but for what the format itself loses.

`LOSSES` is the table “Ce que chaque format perd” of docs/reference/formats.md.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, Point, Polygon
from django.test import Client

from layers.catalogue.models import Layer
from layers.intake.choices import FEATURE_ID
from tests import factories
from tests.exports.test_files import made
from tests.exports.test_streams import get
from tests.geopackages import geopackage
from tests.imports.conftest import Desk, edit, rows_of
from tests.imports.test_attributes import updated
from tests.imports.test_import_layer import layer as called
from tests.imports.test_import_layer import one_transaction as one_transaction
from tests.imports.test_import_layer import run

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
DOCS = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"
SEEN = datetime(2024, 7, 1, 10, 30, 15, tzinfo=UTC)
FULL = {
    "name": 'Évêché ; "x"',
    "kind": "01",
    "height_m": 0.1,
    "lamps": -3,
    "lit": True,
    "installed_date": date(2024, 2, 29),
    "seen_at": SEEN,
}
COLUMNS = tuple(FULL)
# A millimetre: what is written has as many decimals.
SAME_M = 0.001


@dataclass(frozen=True)
class Losses:
    """What a format changes: columns that are `renamed`."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    streamed: bool = False


LOSSES: dict[str, Losses] = {
    "gpkg": Losses(),
    "parquet": Losses(),
    "shp": Losses(renamed={"installed_date": "installed"}),
    "geojson": Losses(streamed=True),
    "fgb": Losses(streamed=True),
    "csv": Losses(streamed=True),
}
SHAPES: dict[str, GEOSGeometry] = {
    "point": Point(X + 10.123456789, Y + 10, srid=2154),
    "line": LineString((X, Y), (X + 10.123456789, Y), (X + 20, Y + 5), srid=2154),
    "polygon": Polygon(
        ((X, Y), (X + 50, Y), (X + 50, Y + 50), (X, Y + 50), (X, Y)),
        ((X + 10, Y + 10), (X + 20, Y + 10), (X + 20, Y + 20), (X + 10, Y + 10)),
        srid=2154,
    ),
}


def exported(desk: Desk, kind: str) -> Layer:
    """A layer of this kind, with a full row and one of nulls."""
    layer = factories.editable_layer(desk.member, geometry=kind, slug="objets", visibility=Layer.Visibility.OWNER)
    factories.feature(layer, SHAPES[kind], **FULL)
    factories.feature(layer, SHAPES[kind], name="nul")
    return layer


def file_of(desk: Desk, layer: Layer, form: str, client: Client, folder: Path, crs: int) -> Path:
    """The layer in a file of this format."""
    if LOSSES[form].streamed:
        client.force_login(desk.user)
        path = folder / f"objets.{form}"
        path.write_bytes(get(client, layer, form, crs=f"EPSG:{crs}"))
        return path
    path, _report = made(desk.user, form, layer, crs=f"EPSG:{crs}")
    copy = folder / f"objets{path.suffix}"
    copy.write_bytes(path.read_bytes())
    return copy


def imported(desk: Desk, path: Path) -> Layer:
    delivery = desk.deliver(path)
    assert delivery.state == "choosing", delivery.message
    applied = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    assert applied.state == "applied", applied.message
    assert applied.layer
    return applied.layer


def values_of(layer: Layer, columns: list[str]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows_of(layer, *columns)]


def shapes_of(layer: Layer) -> list[Any]:
    return [shapely.from_wkb(str(wkb), on_invalid="raise") for (wkb,) in rows_of(layer, "geom")]


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("form", LOSSES)
def test_what_leaves_comes_back(desk: Desk, client: Client, tmp_path: Path, form: str, kind: str) -> None:
    layer, losses = exported(desk, kind), LOSSES[form]
    again = imported(desk, file_of(desk, layer, form, client, tmp_path, 2154))
    renamed = losses.renamed
    full, null = values_of(again, [renamed.get(name, name) for name in COLUMNS])
    for name, value in FULL.items():
        assert full[renamed.get(name, name)] == value, name
    assert {name for name, value in null.items() if value is not None} == {"name"}
    types = {column["name"]: column["type"] for column in layer.columns}
    types_after = {column["name"]: column["type"] for column in again.columns}
    assert {name: types_after[renamed.get(name, name)] for name in types if name in COLUMNS} == {
        name: types[name] for name in COLUMNS if name in types
    }
    for before, after in zip(shapes_of(layer), shapes_of(again), strict=True):
        assert shapely.equals_exact(flat(before), flat(after), SAME_M)


def flat(shape: Any) -> Any:
    """One way to write a shape: several parts may stand for one."""
    parts = shapely.get_parts(shape)
    return shapely.normalize(parts[0] if len(parts) == 1 else shape)


@pytest.mark.parametrize("crs", [4326, 3948])
@pytest.mark.parametrize("form", ["gpkg", "shp", "parquet", "fgb"])
def test_the_system_of_a_file_is_known_again(desk: Desk, client: Client, tmp_path: Path, form: str, crs: int) -> None:
    layer = exported(desk, "point")
    delivery = desk.deliver(file_of(desk, layer, form, client, tmp_path, crs))
    (data_set,) = delivery.contents
    assert data_set["layers"][0]["crs"] == crs
    again = desk.apply(desk.order(delivery, "create", desk.choices(delivery))).layer
    assert again
    for before, after in zip(shapes_of(layer), shapes_of(again), strict=True):
        assert shapely.distance(before, after) < SAME_M


def test_a_workbook_comes_back_as_attributes(desk: Desk) -> None:
    layer = exported(desk, "polygon")
    path, _report = made(desk.user, "xlsx", layer)
    edit(layer, {"name": FULL["name"]}, **dict.fromkeys(COLUMNS[1:]))
    applied = desk.apply(updated(desk, path, layer, FEATURE_ID))
    assert applied.state == "applied", applied.message
    full, _null = values_of(layer, list(COLUMNS))
    assert full == FULL


def test_a_drawing_comes_back_as_shapes_and_names(desk: Desk, tmp_path: Path) -> None:
    layer = exported(desk, "line")
    path, report = made(desk.user, "dxf", layer)
    assert any("DXF" in remark for remark in report["remarks"])
    copy = tmp_path / "plan.dxf"
    copy.write_bytes(path.read_bytes())
    delivery = desk.deliver(copy)
    (data_set,) = delivery.contents
    (drawn,) = data_set["layers"]
    assert (drawn["crs"], drawn["reference"]["seems"]) == (None, 2154)
    assert drawn["geometry_types"]["LineString"] >= 2
    assert "OBJETS" in [row["Layer"] for row in drawn["rows"]]


def test_styles_beside_the_layers_of_a_geopackage_are_no_layer(desk: Desk, client: Client, tmp_path: Path) -> None:
    legend = [{"label": "Tout", "symbol": {"kind": "circle", "fill": "#d9a78b", "radius": 6}}]
    layer = factories.editable_layer(desk.member, slug="objets", visibility=Layer.Visibility.OWNER, legend=legend)
    factories.feature(layer)
    path, _report = made(desk.user, "gpkg", layer)
    copy = tmp_path / "objets.gpkg"
    copy.write_bytes(path.read_bytes())
    delivery = desk.deliver(copy)
    (data_set,) = delivery.contents
    assert [one["name"] for one in data_set["layers"]] == ["objets"]
    client.force_login(desk.user)
    page = client.get(f"/imports/fichiers/{delivery.pk}/1/").content.decode()
    assert "porte aussi le style de QGIS" in page


def test_heights_of_points_become_a_column(desk: Desk, tmp_path: Path) -> None:
    points = [
        (shapely.Point(X + 10, Y + 10, 101.25), {"ref": "A"}),
        (shapely.Point(X + 20, Y + 10, 99.5), {"ref": "B"}),
    ]
    order = ["--new", "--theme", "essai", "--member", desk.member.slug]
    code, said = run(geopackage(tmp_path / "points.gpkg", points), *order, "--title", "Points")
    assert (code, "Altitudes" in said or "altitudes" in said) == (0, False)
    assert rows_of(called("points"), "ref", "z") == [("A", 101.25), ("B", 99.5)]


RAISED = {
    "line": shapely.LineString([(X, Y, 101.25), (X + 10.5, Y, 99.5), (X + 20, Y + 5, -1.25)]),
    "polygon": shapely.Polygon(
        [(X, Y, 1), (X + 50, Y, 2), (X + 50, Y + 50, 3), (X, Y + 50, 4), (X, Y, 1)],
        [[(X + 10, Y + 10, 5), (X + 20, Y + 10, 6), (X + 20, Y + 20, 7), (X + 10, Y + 10, 5)]],
    ),
}


def with_heights(desk: Desk, folder: Path, kind: str) -> Layer:
    """A layer of lines or surfaces with heights, as a file brought it."""
    two = [RAISED[kind], shapely.transform(RAISED[kind], lambda at: at + [100, 0, 1], include_z=True)]  # noqa: RUF005
    rows = [(shape, {"ref": f"R{number}"}) for number, shape in enumerate(two)]
    return imported(desk, geopackage(folder / "objets.gpkg", rows))


@pytest.mark.parametrize("kind", RAISED)
@pytest.mark.parametrize("form", LOSSES)
def test_heights_of_lines_and_surfaces_come_back(
    desk: Desk, client: Client, tmp_path: Path, form: str, kind: str
) -> None:
    layer = with_heights(desk, tmp_path, kind)
    before = shapes_of(layer)
    assert vertices(before[0]) == vertices(RAISED[kind])
    for crs in (2154, 3948):
        again = imported(desk, file_of(desk, layer, form, client, tmp_path, crs))
        for one, other in zip(before, shapes_of(again), strict=True):
            assert shapely.has_z(other)
            assert vertices(one) == vertices(other)


def vertices(shape: Any) -> set[tuple[float, ...]]:
    """x, y and z to the centimetre, whatever the way round and the start of rings."""
    return {tuple(place) for place in shapely.get_coordinates(shape, include_z=True).round(2).tolist()}


def test_a_drawing_has_heights(desk: Desk, tmp_path: Path) -> None:
    path, _report = made(desk.user, "dxf", with_heights(desk, tmp_path, "line"))
    copy = tmp_path / "plan.dxf"
    copy.write_bytes(path.read_bytes())
    delivery = desk.deliver(copy)
    choices = desk.choices(delivery, geometry="line")
    choices = replace(choices, opening=replace(choices.opening, crs=2154))
    again = desk.apply(desk.order(delivery, "create", choices)).layer
    assert again
    heights = [shapely.get_coordinates(one, include_z=True)[:, 2].tolist() for one in shapes_of(again)]
    assert heights == [[101.25, 99.5, -1.25], [102.25, 100.5, -0.25]]


def test_a_shapefile_says_what_it_loses_beside_it(desk: Desk, client: Client, tmp_path: Path) -> None:
    path = file_of(desk, exported(desk, "point"), "shp", client, tmp_path, 2154)
    with zipfile.ZipFile(path) as archive:
        assert "LISEZMOI.txt" in archive.namelist()


@pytest.mark.parametrize("form", [*LOSSES, "xlsx", "dxf"])
def test_the_losses_of_each_format_are_in_the_docs(form: str) -> None:
    table = DOCS.read_text().partition("## Ce que chaque format perd")[2].partition("\n## ")[0]
    assert f"| `{form}` |" in table
