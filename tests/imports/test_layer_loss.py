"""A layer that would lose objects by an import: shown first, asked for, and taken back by a command."""

import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.test import Client

from gis_core.members.rights import Role
from layers.intake.models import FileImport
from tests import factories
from tests.geopackages import geopackage
from tests.imports.conftest import Desk, committed, edit, point, rows_of
from tests.imports.test_import_layer import one_transaction as one_transaction
from tests.imports.test_publish_pages import page as page

pytestmark = pytest.mark.django_db
KNOWN = [point(number, etat="bon") for number in range(1, 41)]


def command(name: str, *arguments: Any) -> tuple[int, str]:
    said = StringIO()
    with factories.as_worker():
        try:
            call_command(name, *map(str, arguments), stdout=said, stderr=StringIO())
        except CommandError as error:
            return error.returncode, f"{said.getvalue()}{error}"
        except SystemExit as stopped:
            return int(stopped.code or 0), said.getvalue()
        finally:
            committed()
    return 0, said.getvalue()


def count(made: FileImport) -> int:
    return len(rows_of(made.layer, "id"))


@pytest.mark.parametrize("mode", ["synchronise", "replace"])
@pytest.mark.parametrize("key", ["ref", ""])
def test_a_layer_does_not_lose_its_objects_unasked(desk: Desk, tmp_path: Path, mode: str, key: str) -> None:
    if mode == "synchronise" and not key:
        return
    made = desk.published(KNOWN, key=key)
    path = geopackage(tmp_path / "suite.gpkg", KNOWN[:10])
    code, said = command("import_layer", path, "--layer", "objets", "--mode", mode)
    assert (code, count(made)) == (3, 40)
    assert "--accept-loss 30" in said
    assert command("import_layer", path, "--layer", "objets", "--mode", mode, "--accept-loss", 29)[0] == 3
    assert count(made) == 40
    assert command("import_layer", path, "--layer", "objets", "--mode", mode, "--accept-loss", 30)[0] == 0
    with factories.as_owner():
        made.layer.refresh_from_db()
    assert count(made) == 10


def test_a_dry_run_says_that_it_would_be_refused(desk: Desk, tmp_path: Path) -> None:
    made = desk.published(KNOWN, key="ref")
    path = geopackage(tmp_path / "suite.gpkg", KNOWN[:10])
    code, said = command("import_layer", path, "--layer", "objets", "--mode", "synchronise", "--dry-run")
    assert (code, count(made)) == (3, 40)
    assert "30 supprimés" in said


def test_a_replacement_by_others_of_the_same_number_is_a_loss(desk: Desk, tmp_path: Path) -> None:
    made = desk.published(KNOWN, key="ref")
    path = geopackage(tmp_path / "suite.gpkg", [point(number, etat="bon") for number in range(101, 141)])
    code, said = command("import_layer", path, "--layer", "objets", "--mode", "replace", "--key", "ref")
    assert (code, count(made)) == (3, 40)
    assert "--accept-loss 40" in said


def test_a_small_loss_is_nobodys_concern(desk: Desk, tmp_path: Path) -> None:
    made = desk.published(KNOWN, key="ref")
    path = geopackage(tmp_path / "suite.gpkg", KNOWN[:36])
    assert command("import_layer", path, "--layer", "objets", "--mode", "synchronise")[0] == 0
    assert count(made) == 36


def test_appended_rows_take_nothing_away(desk: Desk, tmp_path: Path) -> None:
    made = desk.published(KNOWN, key="ref")
    path = geopackage(tmp_path / "suite.gpkg", [point(number, etat="bon") for number in range(101, 111)])
    assert command("import_layer", path, "--layer", "objets", "--mode", "append")[0] == 0
    assert count(made) == 50


def geojson(path: Path) -> Path:
    features = [
        {"type": "Feature", "properties": values, "geometry": json.loads(shapely.to_geojson(place))}
        for place, values in KNOWN
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return path


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "zip"])
def test_a_file_that_was_cut_replaces_nothing_whatever_is_accepted(desk: Desk, tmp_path: Path, kind: str) -> None:
    made = desk.published(KNOWN, key="ref")
    path = geojson(tmp_path / "suite.geojson") if kind != "gpkg" else geopackage(tmp_path / "suite.gpkg", KNOWN)
    if kind.endswith("zip"):
        with zipfile.ZipFile(tmp_path / "suite.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, path.name)
        path = tmp_path / "suite.zip"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for mode in ("replace", "synchronise"):
        for accepted in (0, 20, 40):
            code, _said = command("import_layer", path, "--layer", "objets", "--mode", mode, "--accept-loss", accepted)
            assert (code, count(made)) == (2, 40)


def test_an_import_is_taken_back_from_the_command_line(desk: Desk, tmp_path: Path) -> None:
    made = desk.published(KNOWN, key="ref")
    path = geopackage(tmp_path / "suite.gpkg", KNOWN[:36])
    _code, said = command("import_layer", path, "--layer", "objets", "--mode", "synchronise")
    number = said.rpartition("take_back_import ")[2].split()[0]
    code, said = command("take_back_import", number)
    assert (code, count(made)) == (0, 40)
    assert "4" in said
    assert command("take_back_import", number)[0] == 2


def test_taking_back_a_layer_that_was_edited_asks_to_confirm(desk: Desk) -> None:
    made = desk.published(KNOWN[:3], key="ref")
    edit(made.layer, {"ref": "P1"}, etat="usé")
    assert command("take_back_import", made.pk)[0] == 2
    assert count(made) == 3
    assert command("take_back_import", made.pk, "--confirmed")[0] == 0


def test_an_import_that_is_not_there_is_not_taken_back() -> None:
    assert command("take_back_import", 987654)[0] == 2


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["synchronise", "replace"])
def test_the_page_asks_for_the_number(page: Client, desk: Desk, mode: str) -> None:
    made = desk.published(KNOWN, key="ref")
    tried = desk.brought(mode, made.layer, KNOWN[:10])
    address = f"/imports/couches/{tried.pk}/"
    shown = page.get(address).content.decode()
    assert 'name="accepted"' in shown
    assert "30" in shown
    for typed in ("", "29", "40", "trente"):
        answer = page.post(f"{address}appliquer/", {"accepted": typed})
        assert answer.status_code == 400
        assert f'value="{typed}"' in answer.content.decode()
    assert desk.again(tried).state == "ready"
    assert page.post(f"{address}appliquer/", {"accepted": "30"}).status_code == 302
    desk.work_off()
    done = desk.again(tried)
    assert (done.state, count(done)) == ("applied", 10)


def test_a_replacement_is_counted_again_before_it_is_done(page: Client, desk: Desk) -> None:
    made = desk.published(KNOWN, key="ref")
    tried = desk.brought("replace", made.layer, KNOWN[:10])
    assert page.post(f"/imports/couches/{tried.pk}/appliquer/", {"accepted": "30"}).status_code == 302
    edit(made.layer, {"ref": "P40"}, ref="P1000")
    edit(made.layer, {"ref": "P1"}, ref="P1001")
    desk.work_off()
    done = desk.again(tried)
    assert (done.state, count(made)) == ("ready", 40)
    assert done.plan is not None
    assert done.plan["compared"]["gone"] == 31
    assert 'name="accepted"' in page.get(f"/imports/couches/{tried.pk}/").content.decode()


def test_nothing_is_asked_for_where_nothing_goes(page: Client, desk: Desk) -> None:
    made = desk.published(KNOWN, key="ref")
    tried = desk.brought("synchronise", made.layer, [*KNOWN, point(99, etat="bon")])
    assert 'name="accepted"' not in page.get(f"/imports/couches/{tried.pk}/").content.decode()
    assert page.post(f"/imports/couches/{tried.pk}/appliquer/").status_code == 302


def test_readers_do_not_confirm(desk: Desk) -> None:
    made = desk.published(KNOWN, key="ref")
    tried = desk.brought("synchronise", made.layer, KNOWN[:10])
    reader = Client()
    reader.force_login(factories.user(desk.member, Role.READER))
    answer = reader.post(f"/imports/couches/{tried.pk}/appliquer/", {"accepted": "30"})
    assert answer.status_code == 403
