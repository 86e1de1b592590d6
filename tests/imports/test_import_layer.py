"""`manage.py import_layer`: the same services, without a queue."""

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from demo.shapefiles import POINT, write_shapefile
from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.intake.models import FileImport
from layers.intake.services import imports
from tests import factories
from tests.geopackages import geopackage
from tests.imports.conftest import Desk, committed, point, rows_of, square

pytestmark = pytest.mark.django_db


def run(*arguments: Any) -> tuple[int, str]:
    """The command's exit code and what it says."""
    said, code = StringIO(), 0
    with factories.as_worker():
        try:
            call_command("import_layer", *map(str, arguments), stdout=said, stderr=StringIO())
        except SystemExit as ended:
            code = int(ended.code or 0)
        committed()
    return code, said.getvalue()


def layer(slug: str) -> Layer:
    with acting_as(SYSTEM):
        return Layer.objects.get(slug=slug)


@pytest.fixture(autouse=True)
def one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dry run's temporary tables go at the end of its transaction; a test is one."""
    from layers.intake.services import local

    step = local.step

    def committed_step(made: Any, act: Any) -> Any:
        done = step(made, act)
        committed()
        return done

    monkeypatch.setattr(local, "step", committed_step)


def test_a_new_layer(desk: Desk, tmp_path: Path) -> None:
    path = geopackage(tmp_path / "lampes.gpkg", [point(1), point(2)])
    code, said = run(
        path, "--new", "--title", "Lampes", "--member", desk.member.slug, "--theme", "Éclairage", "--key", "ref"
    )
    assert code == 0
    assert "2 lignes chargées" in said
    made = layer("lampes")
    assert (made.owner_id, made.key_column, made.theme.title) == (desk.member.pk, "ref", "Éclairage")
    assert len(rows_of(made, "id")) == 2


def test_a_new_layer_is_hidden_at_first_unless_asked_otherwise(desk: Desk, tmp_path: Path) -> None:
    path = geopackage(tmp_path / "lampes.gpkg", [point(1)])
    given = (path, "--new", "--member", desk.member.slug, "--theme", "Éclairage")
    run(*given, "--title", "Lampes")
    run(*given, "--title", "Bancs", "--shown-at-first")
    assert [layer(slug).visible_at_first for slug in ("lampes", "bancs")] == [False, True]


def test_a_synchronisation_with_refusals_tells_them_and_ends_with_1(desk: Desk, tmp_path: Path) -> None:
    desk.published([square(1, etat="bon"), square(2, etat="bon")], key="ref")
    path = geopackage(tmp_path / "suite.gpkg", [square(1, etat="usé"), (None, {"ref": "S2"})])
    report = tmp_path / "report.json"
    code, said = run(path, "--layer", "objets", "--mode", "synchronise", "--report", report)
    assert code == 1
    assert "0 ajoutés, 1 modifiés, 0 supprimés" in said
    assert json.loads(report.read_text())["refusals"][0]["identifier"] == "S2"


def test_a_dry_run_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    made = desk.published([point(1)])
    path = geopackage(tmp_path / "suite.gpkg", [point(2)])
    code, said = run(path, "--layer", "objets", "--mode", "append", "--dry-run")
    assert (code, said.startswith("Serait importé")) == (0, True)
    assert rows_of(made.layer, "ref") == [("P1",)]


def test_the_files_do_not_stay_in_the_inbox(desk: Desk, tmp_path: Path, inbox: Path) -> None:
    run(geopackage(tmp_path / "lampes.gpkg", [point(1)]), "--new", "--title", "Lampes", "--theme", "essai")
    with acting_as(SYSTEM):
        assert [one.source for one in FileImport.objects.all()] == ["layer"]


def test_how_it_ended_is_said_when_the_files_are_gone(
    desk: Desk, tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside a test, the end of the transaction takes the files away before the command says what came in."""

    def remove_at_once(made: FileImport) -> None:
        if not imports.rest_of(made).exists():
            shutil.rmtree(imports.folder_of(made))

    monkeypatch.setattr(imports, "forget_files", remove_at_once)
    path = geopackage(tmp_path / "lampes.gpkg", [point(1)])
    code, said = run(path, "--new", "--title", "Lampes", "--theme", "essai", "--dry-run")
    assert (code, "Coordonnées" in said, list(inbox.iterdir())) == (0, True, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--layer", "objets"], "--mode"),
        (["--layer", "inconnue", "--mode", "append"], "que vous administrez"),
        (["--new"], "besoin d’un titre"),
        (["--new", "--title", "x", "--member", "inconnu"], "inconnu"),
        (["--new", "--title", "x", "--theme", "essai", "--key", "absente"], "référence unique"),
        (["--new", "--title", "x", "--theme", "essai", "--crs", "9999"], "système de coordonnées"),
    ],
)
def test_a_wrong_order_is_told_and_ends_with_2(desk: Desk, tmp_path: Path, arguments: list[str], said: str) -> None:
    desk.published([point(1)])
    path = geopackage(tmp_path / "lampes.gpkg", [point(1)])
    with pytest.raises(CommandError, match=said) as refused:
        run(path, *arguments)
    assert refused.value.returncode == 2


def test_a_file_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="n’existe pas"):
        run(tmp_path / "absent.gpkg", "--new", "--title", "x", "--theme", "essai")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DatabaseError("the connection is closed")])
@pytest.mark.parametrize("work", ["plan", "apply"])
def test_an_import_that_is_broken_off_is_under_way_no_more(
    desk: Desk, tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, work: str
) -> None:
    def fail(*_given: Any) -> Any:
        raise error

    places = {"plan": "layers.intake.services.preparing.plan", "apply": "layers.intake.services.applying.apply"}
    monkeypatch.setattr(places[work], fail)
    path = geopackage(tmp_path / "lampes.gpkg", [point(1)])
    with pytest.raises((KeyboardInterrupt, DatabaseError, CommandError)) as ended:
        run(path, "--new", "--title", "Lampes", "--theme", "essai")
    assert error in (ended.value, ended.value.__cause__)
    with acting_as(SYSTEM):
        assert not FileImport.objects.exists()


def utm_table(folder: Path, count: int = 3) -> Path:
    """Points in the territory, in UTM 31N, in a file that does not name its system."""
    to_utm = pyproj.Transformer.from_crs(2154, 32631, always_xy=True)
    places = [to_utm.transform(shape.x, shape.y) for shape, _values in map(point, range(1, count + 1))]
    lines = [f"P{number};{x:.2f};{y:.2f}" for number, (x, y) in enumerate(places, start=1)]
    path = folder / "bornes.csv"
    path.write_text("\n".join(["ref;x;y", *lines, ""]))
    return path


def test_coordinates_are_weighed_by_the_territory_and_their_system_is_said(desk: Desk, tmp_path: Path) -> None:
    path, report = utm_table(tmp_path), tmp_path / "report.json"
    code, said = run(
        path, "--new", "--title", "Bornes", "--member", desk.member.slug, "--theme", "essai", "--report", report
    )
    assert code == 0
    assert "EPSG:32631" in said
    assert json.loads(report.read_text())["crs"]["code"] == 32631
    assert len(rows_of(layer("bornes"), "id")) == 3


def test_axes_that_look_swapped_are_told_and_put_in_order(desk: Desk, tmp_path: Path) -> None:
    rows = [
        (shapely.transform(shape, lambda places: places[:, ::-1]), values) for shape, values in (point(1), point(2))
    ]
    path = geopackage(tmp_path / "lampes.gpkg", rows)
    order = ["--new", "--title", "Lampes", "--member", desk.member.slug, "--theme", "essai"]
    with pytest.raises(CommandError, match=r"inversées.*--swap-axes"):
        run(path, *order)
    code, _said = run(path, *order, "--swap-axes")
    assert (code, len(rows_of(layer("lampes"), "id"))) == (0, 2)


def test_an_unknown_system_is_refused_with_what_the_coordinates_look_like(desk: Desk, tmp_path: Path) -> None:
    path = geopackage(tmp_path / "lampes.gpkg", [point(1)], epsg=-1)
    with pytest.raises(CommandError, match=r"EPSG:2154.*--crs EPSG"):
        run(path, "--new", "--title", "Lampes", "--theme", "essai")


def test_a_shapefile_named_alone_comes_with_what_lies_beside_it(desk: Desk, tmp_path: Path) -> None:
    stem = tmp_path / "bornes"
    geometries = [(shape, ["Borne"]) for shape, _values in (point(1), point(2))]
    write_shapefile(stem, [("nom", 20)], geometries, kind=POINT)
    stem.with_suffix(".prj").write_text(pyproj.CRS(2154).to_wkt("WKT1_ESRI"))
    (tmp_path / "autre.dbf").write_bytes(stem.with_suffix(".dbf").read_bytes())
    code, said = run(stem.with_suffix(".shp"), "--new", "--title", "Bornes", "--theme", "essai")
    assert (code, "bornes" in said) == (0, True)
    assert rows_of(layer("bornes"), "nom") == [("Borne",), ("Borne",)]


def test_fields_that_differ_by_capitals_alone_keep_their_names(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "casse.geojson"
    properties = {"Nom": "a", "nom": "b", "NOM": 1, "ref_no": 2}
    to_degrees = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)
    place = {"type": "Point", "coordinates": to_degrees.transform(point(1)[0].x, point(1)[0].y)}
    feature = {"type": "Feature", "geometry": place, "properties": properties}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    run(path, "--new", "--title", "Casse", "--theme", "essai")
    assert [one["label"] for one in layer("casse").columns] == ["Nom", "nom", "NOM", "Ref no"]


def test_the_text_that_is_the_geometry_is_no_field(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text(f'ref;wkt\nP1;"{square(1)[0].wkt}"\n')
    run(path, "--new", "--title", "Zones", "--theme", "essai")
    assert [one["name"] for one in layer("zones").columns] == ["ref"]


def test_a_file_of_several_kinds_says_which_came_in_and_takes_the_others_when_asked(desk: Desk, tmp_path: Path) -> None:
    path = geopackage(tmp_path / "melange.gpkg", [point(1), point(2), square(3)])
    given = (path, "--new", "--member", desk.member.slug, "--theme", "Essai")
    code, said = run(*given, "--title", "Points")
    assert code == 1
    assert "Le fichier mêle des géométries. Repris : 2 points ; laissés : 1 polygone." in said
    assert "--geometry" in said
    code, said = run(*given, "--title", "Surfaces", "--geometry", "polygon")
    assert "Repris : 1 polygone ; laissés : 2 points." in said
    assert (layer("surfaces").geometry_type, len(rows_of(layer("surfaces"), "id"))) == ("polygon", 1)


def test_a_file_of_one_kind_says_nothing_of_others(desk: Desk, tmp_path: Path) -> None:
    _code, said = run(
        geopackage(tmp_path / "lampes.gpkg", [point(1)]), "--new", "--title", "Lampes", "--theme", "Essai",
        "--member", desk.member.slug,
    )  # fmt: skip
    assert "mêle" not in said
