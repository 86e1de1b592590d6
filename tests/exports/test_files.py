"""Files made by jobs: read back by other libraries, imported again, fetched by whoever asked and nobody else."""

import errno
import os
import signal
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import shapely
from django.conf import settings
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from procrastinate.job_context import AbortReason

from gis_core import tasks
from gis_core.errors import ArpentError, Conflict, Forbidden, Invalid, NotFound, TryAgain
from gis_core.files.writing import shapefile, workbook
from gis_core.files.writing.process import Child
from gis_core.files.writing.trouble import Trouble
from gis_core.files.writing.wire import Order
from gis_core.jobs import services as jobs
from gis_core.jobs.files import KEPT
from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Job, Membership, User
from layers.catalogue.models import Layer
from layers.exports.services import files, making
from layers.exports.services.ordering import ExportOrder, mark_of, start_export
from layers.exports.tasks import export_layers, sweep_exports
from tests import factories
from tests.exports.conftest import Table

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
SEEN = datetime(2024, 7, 1, 10, 30, tzinfo=UTC)
FULL = {"lamps": -3, "lit": False, "installed_date": date(2024, 2, 29), "seen_at": SEEN, "height_m": 4.25}
READ = Callable[..., Table]


class Silent:
    """Progress in tests: the job's row is in an open transaction that no other connection sees."""

    written: list[str] = []

    def __init__(self, job_id: int) -> None: ...

    def claim(self) -> None: ...

    def write(self, share: float | None, message: str) -> None:
        Silent.written.append(message)

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What lies there is this test's."""
    monkeypatch.setattr(settings, "EXPORTS_DIR", tmp_path_factory.mktemp("exports"))


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)
    Silent.written = []


def order(person: User, form: str, *layers: Layer | dict[str, Any], **more: Any) -> Job:
    wanted = [{"layer": one.slug} if isinstance(one, Layer) else one for one in layers]
    asked = ExportOrder.of({"format": form, "layers": wanted, **more})
    rights = rights_of(person)
    with acting_as(rights):
        return start_export(asked, user=person, rights=rights)


def run(job: Job, stop_reason: Any = lambda: None) -> Job:
    with factories.as_worker():
        with suppress(tasks.Interrupted):
            tasks.run(job, export_layers, stop_reason)
        job.refresh_from_db()
    return job


def made(person: User, form: str, *layers: Layer | dict[str, Any], **more: Any) -> tuple[Path, dict[str, Any]]:
    job = run(order(person, form, *layers, **more))
    assert job.state == "done", job.message
    return files.FILES.file_of(job), job.report


def unzipped(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def sheet(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


# -- GeoPackage -------------------------------------------------------------------------------------------------------


def test_a_geopackage_keeps_identifiers_types_and_shapes(administrator: User, lamps: Layer, table: READ) -> None:
    place = Point(617_000.123456789, Y, srid=2154)
    pk = factories.feature(lamps, place, name="Évêché", price=3.5, **FULL)
    empty = factories.feature(lamps, name="")
    found = table(made(administrator, "gpkg", lamps)[0], "lampes")
    assert (found.fids, found.crs, found.geometry_type) == ([pk, empty], "EPSG:2154", "Point")
    assert found.fields == ["name", "kind", "height_m", "lamps", "lit", "installed_date", "seen_at", "price"]
    assert found.types == [
        "OFTString", "OFTString", "OFTReal", "OFTInteger64", "OFTInteger", "OFTDate", "OFTDateTime", "OFTReal",
    ]  # fmt: skip
    first = ["Évêché", None, 4.25, -3, 0, "2024-02-29", "2024-07-01T10:30:00Z", 3.5]
    assert [column[0] for column in found.columns] == first
    assert [column[1] for column in found.columns] == ["", *[None] * 7]
    assert shapely.to_wkb(found.shapes[0]) == bytes(place.wkb)


def test_a_geopackage_is_in_the_system_that_was_chosen(administrator: User, lamps: Layer, table: READ) -> None:
    factories.feature(lamps)
    found = table(made(administrator, "gpkg", lamps, crs="EPSG:3857")[0])
    assert found.crs == "EPSG:3857"
    assert found.shapes[0].x == pytest.approx(Point(X, Y, srid=2154).transform(3857, clone=True).x)


def test_a_geopackage_carries_its_styles(administrator: User, table: READ) -> None:
    legend = [
        {"label": "Ancienne", "where": {"kind": "a"}, "symbol": {"kind": "circle", "fill": "#d9a78b", "radius": 6}},
        {"label": "Autres", "symbol": {"kind": "circle", "fill": "#a7d98b80", "stroke": "#000"}},
    ]
    layer = factories.editable_layer(visibility=Layer.Visibility.PUBLIC, legend=legend, title="Lampes")
    path, _report = made(administrator, "gpkg", layer)
    with closing(sqlite3.connect(path)) as opened:
        ((name, column, default, qml, sld),) = opened.execute(
            "select f_table_name, f_geometry_column, useAsDefault, styleQML, styleSLD from layer_styles"
        ).fetchall()
        registered = opened.execute("select data_type from gpkg_contents where table_name = 'layer_styles'").fetchall()
    assert (name, column, default, registered) == (layer.slug, "geom", 1, [("attributes",)])
    renderer = ElementTree.fromstring(qml.split("\n", 1)[1]).find("renderer-v2")
    assert renderer is not None
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "kind")
    rules = ElementTree.fromstring(sld).findall(".//{http://www.opengis.net/sld}Rule")
    assert len(rules) == 2


def test_styles_go_by_the_words_that_the_file_has(administrator: User) -> None:
    columns = [{"name": "kind", "label": "Nature", "type": "text", "in_tiles": True, "values": {"a": ["Vieux", "Old"]}}]
    legend = [{"label": "Vieux", "where": {"kind": {"in": ["a"]}}, "symbol": {"kind": "circle", "fill": "#d9a78b"}}]
    layer = factories.editable_layer(
        visibility=Layer.Visibility.PUBLIC, columns=columns, legend=legend, title_field="kind"
    )
    path, _report = made(administrator, "gpkg", layer, labels=True)
    with closing(sqlite3.connect(path)) as opened:
        (qml, sld) = opened.execute("select styleQML, styleSLD from layer_styles").fetchone()
    assert 'value="Vieux"' in qml
    assert "<ogc:Literal>Vieux</ogc:Literal>" in sld


def test_several_layers_are_tables_of_one_geopackage(administrator: User, lamps: Layer, table: READ) -> None:
    other = factories.layer("parcelles-d-essai", title=lamps.title)
    factories.feature(lamps)
    factories.parcel()
    path, report = made(administrator, "gpkg", lamps, other)
    assert {"lampes", "parcelles-d-essai"} <= set(table(path, "lampes").layers)
    assert table(path, "parcelles-d-essai").geometry_type == "MultiPolygon"
    assert [one["rows"] for one in report["layers"]] == [1, 1]


def test_a_selection_is_exported_alone(administrator: User, lamps: Layer, table: READ) -> None:
    factories.feature(lamps, lamps=1)
    wanted = factories.feature(lamps, lamps=5)
    path, report = made(administrator, "gpkg", {"layer": "lampes", "filter": "lamps > 3"})
    assert (table(path, "lampes").fids, report["layers"][0]["rows"]) == ([wanted], 1)


def test_an_empty_selection_makes_a_whole_file(administrator: User, lamps: Layer, table: READ) -> None:
    assert table(made(administrator, "gpkg", lamps)[0], "lampes").fids == []


def test_private_columns_stay_out_of_the_files_of_others(lamps: Layer, table: READ) -> None:
    factories.feature(lamps, price=3.5)
    path, _report = made(factories.user(lamps.owner), "gpkg", lamps)
    assert "price" not in table(path, "lampes").fields
    assert b"price" not in path.read_bytes()


def test_rows_of_others_stay_out_of_the_file(table: READ) -> None:
    ours, theirs = factories.member(), factories.member()
    layer = factories.editable_layer(ours, rows=Layer.Rows.OWNER, visibility=Layer.Visibility.PUBLIC)
    mine = factories.feature(layer)
    factories.feature(layer, owner_id=theirs.pk)
    path, _report = made(factories.user(ours), "gpkg", layer)
    assert table(path, layer.slug).fids == [mine]


# -- Shapefile --------------------------------------------------------------------------------------------------------


def test_a_shapefile_is_whole_and_says_its_encoding_and_system(
    administrator: User, lamps: Layer, table: READ, tmp_path: Path
) -> None:
    pk = factories.feature(lamps, name="Évêché", **FULL)
    path, _report = made(administrator, "shp", lamps)
    folder = unzipped(path, tmp_path)
    assert {one.name for one in folder.iterdir()} == {
        "lampes.shp", "lampes.shx", "lampes.dbf", "lampes.prj", "lampes.cpg", "LISEZMOI.txt",
    }  # fmt: skip
    assert (folder / "lampes.cpg").read_text() == "UTF-8"
    found = table(folder / "lampes.shp")
    assert (found.crs, found.encoding, found.geometry_type) == ("EPSG:2154", "UTF-8", "Point")
    assert [column[0] for column in found.columns[:5]] == [pk, "Évêché", None, 4.25, -3]
    assert [column[0] for column in found.columns[5:8]] == [0, "2024-02-29", "2024-07-01 12:30:00+02:00"]


def test_shortened_names_are_told(administrator: User, table: READ, tmp_path: Path) -> None:
    names = ("installed_date", "installed_dates", "installed_d")
    columns = [{"name": name, "label": name, "type": "text"} for name in names]
    layer = factories.editable_layer(visibility=Layer.Visibility.PUBLIC, columns=columns, title_field=names[0])
    path, report = made(administrator, "shp", layer)
    folder = unzipped(path, tmp_path)
    assert table(folder / f"{layer.slug}.shp").fields == ["id", "installed", "installed1", "installed2"]
    assert ["installed_dates", "installed1"] in report["layers"][0]["renamed"]
    told = (folder / "LISEZMOI.txt").read_text("utf-8-sig")
    assert "installed1" in told
    assert any("installed1" in remark for remark in report["remarks"])


def test_texts_that_a_dbf_cuts_are_told(administrator: User, lamps: Layer, table: READ, tmp_path: Path) -> None:
    factories.feature(lamps, name="é" * 200)
    path, report = made(administrator, "shp", lamps)
    assert table(unzipped(path, tmp_path) / "lampes.shp").column("name") == ["é" * 127]
    assert any("name" in remark for remark in report["remarks"])


def test_a_shapefile_keeps_areas_of_several_parts(administrator: User, table: READ, tmp_path: Path) -> None:
    parcel = factories.parcel()
    layer = factories.layer("parcelles-d-essai")
    found = table(unzipped(made(administrator, "shp", layer)[0], tmp_path) / "parcelles-d-essai.shp")
    assert shapely.equals(found.shapes[0], shapely.from_wkb(bytes(parcel.geom.wkb)))


def test_a_shapefile_that_would_grow_too_large_is_refused_in_words(
    administrator: User, lamps: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.feature(lamps)
    monkeypatch.setattr(making, "count", lambda *_arguments: 3_000_000)
    job = run(order(administrator, "shp", lamps))
    assert (job.state, left_behind(job)) == ("failed", [])
    assert "2 Go" in job.message


def test_a_shapefile_that_grows_too_large_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapefile, "MOST_BYTES", 50)
    path = tmp_path / "essai.shp"
    path.write_bytes(b"." * 51)
    with pytest.raises(Trouble):
        next(shapefile.Small(path).watch_size(iter([[(1,)]])))


# -- XLSX -------------------------------------------------------------------------------------------------------------


def test_a_workbook_keeps_types(administrator: User, lamps: Layer) -> None:
    pk = factories.feature(lamps, name="007", **FULL)
    heading, row = sheet(made(administrator, "xlsx", lamps)[0])
    assert heading == ["id", "name", "kind", "height_m", "lamps", "lit", "installed_date", "seen_at", "price"]
    days = [datetime(2024, 2, 29), datetime(2024, 7, 1, 12, 30)]
    assert row == [pk, "007", None, 4.25, -3, False, *days, None]


def test_a_text_is_never_a_formula_in_a_workbook(administrator: User, lamps: Layer) -> None:
    factories.feature(lamps, name='=HYPERLINK("http://example.org")')
    path, _report = made(administrator, "xlsx", lamps)
    cell = openpyxl.load_workbook(path).worksheets[0]["B2"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", '=HYPERLINK("http://example.org")', None)


def test_a_workbook_with_words_has_labels(administrator: User, lamps: Layer) -> None:
    factories.feature(lamps)
    assert sheet(made(administrator, "xlsx", lamps, labels=True)[0])[0][:3] == ["id", "Nom", "Nature"]


def test_a_workbook_with_points_has_x_and_y(administrator: User, lamps: Layer) -> None:
    factories.feature(lamps)
    heading, row = sheet(made(administrator, "xlsx", lamps, points=True)[0])
    assert (heading[-2:], row[-2:]) == (["x", "y"], [X, Y])


def test_whole_numbers_that_excel_would_round_are_texts(administrator: User, lamps: Layer) -> None:
    factories.feature(lamps, lamps=2**60)
    path, report = made(administrator, "xlsx", lamps)
    assert sheet(path)[1][4] == str(2**60)
    assert any("lamps" in remark for remark in report["remarks"])


def test_more_objects_than_a_sheet_holds_are_refused_in_words(
    administrator: User, lamps: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_SHEET_ROWS", 3)
    for _n in range(3):
        factories.feature(lamps)
    job = run(order(administrator, "xlsx", lamps))
    assert job.state == "failed"
    assert "feuille" in job.message


def test_several_layers_are_sheets_with_names_of_their_own() -> None:
    taken: set[str] = set()
    names = [workbook.sheet_name(title, taken) for title in ("a" * 40, "A" * 40, "b/c:d", "''")]
    assert names == ["a" * 31, "A" * 29 + " 2", "b c d", "Feuille"]


# -- jobs -------------------------------------------------------------------------------------------------------------


def left_behind(job: Job) -> list[str]:
    return sorted(path.name for path in files.FILES.folder().glob(f"{job.pk}.*"))


def test_a_job_that_fails_leaves_nothing(administrator: User, lamps: Layer, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.feature(lamps)

    def failing(*_arguments: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "put_away", failing)
    job = run(order(administrator, "gpkg", lamps))
    assert (job.state, left_behind(job)) == ("failed", [])
    assert "disque" in job.message


def test_a_writer_that_dies_fails_the_job_in_words(
    administrator: User, lamps: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.feature(lamps)
    monkeypatch.setattr("gis_core.files.writing.process.python", lambda: "/bin/false")
    job = run(order(administrator, "gpkg", lamps))
    assert (job.state, left_behind(job)) == ("failed", [])
    assert job.message


def test_a_writer_that_cannot_be_told_its_order_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child(Order("gpkg", tmp_path, "lampadaires"))
    monkeypatch.setattr(child, "send", fail)
    with pytest.raises(Invalid), child:
        pass
    assert (child.process.returncode, child.errors.closed) == (-signal.SIGKILL, True)


def fail(_what: object) -> None:
    raise Invalid("no")


def test_a_job_that_is_stopped_leaves_nothing_and_runs_again(administrator: User, lamps: Layer) -> None:
    factories.feature(lamps)
    waiting = run(order(administrator, "gpkg", lamps), lambda: AbortReason.SHUTDOWN)
    assert waiting.state == "waiting"
    assert not files.FILES.file_of(waiting).exists()
    done = run(waiting)
    assert (done.state, left_behind(done)) == ("done", [f"{done.pk}.gpkg"])


def test_a_layer_that_is_gone_is_named(administrator: User, lamps: Layer) -> None:
    job = order(administrator, "gpkg", lamps)
    with factories.as_owner():
        Layer.objects.filter(pk=lamps.pk).update(slug="autre")
    assert lamps.title in run(job).message


def test_progress_is_told(administrator: User, lamps: Layer) -> None:
    factories.feature(lamps)
    made(administrator, "gpkg", lamps)
    assert "1" in Silent.written[0]


def test_five_exports_may_wait_and_no_more(administrator: User, lamps: Layer) -> None:
    for _n in range(5):
        order(administrator, "gpkg", lamps)
    with pytest.raises(Conflict):
        order(administrator, "gpkg", lamps)


def test_the_file_is_for_whoever_asked_alone(client: Client, administrator: User, lamps: Layer) -> None:
    factories.feature(lamps)
    job = run(order(administrator, "gpkg", lamps))
    address = f"/api/v1/exports/{job.pk}/file/"
    assert client.get(address).status_code == 401
    client.force_login(factories.user(lamps.owner, "gis_administrator"))
    assert client.get(address).status_code == 404
    client.force_login(administrator)
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == files.FILES.file_of(job).read_bytes()
    assert f"lampes-{timezone.localdate():%Y-%m-%d}.gpkg" in answer["Content-Disposition"]


def refused(job: Job, person: User) -> type[ArpentError] | None:
    rights = rights_of(User.objects.get(pk=person.pk))
    try:
        with acting_as(rights):
            files.get_export_file(job, rights, mark_of(rights))
    except ArpentError as error:
        return type(error)
    return None


def test_a_file_is_closed_to_whoever_lost_their_rights(administrator: User, lamps: Layer) -> None:
    job = run(order(administrator, "gpkg", lamps))
    assert refused(job, administrator) is None
    with factories.as_owner():
        Membership.objects.filter(user=administrator).update(role="reader")
    assert refused(job, administrator) is Forbidden


def test_a_file_is_closed_when_its_layer_is(lamps: Layer) -> None:
    stranger = factories.user(factories.member())
    job = run(order(stranger, "gpkg", lamps))
    with factories.as_owner():
        Layer.objects.filter(pk=lamps.pk).update(visibility=Layer.Visibility.OWNER)
    assert refused(job, stranger) is Forbidden


def test_a_file_that_is_not_made_yet_is_said_so(administrator: User, lamps: Layer) -> None:
    assert refused(order(administrator, "gpkg", lamps), administrator) is Conflict


def test_files_go_after_a_week(administrator: User, lamps: Layer) -> None:
    job = run(order(administrator, "gpkg", lamps))
    path = files.FILES.file_of(job)
    sweep_exports(0)
    assert path.exists()
    old = (timezone.now() - KEPT - timedelta(minutes=1)).timestamp()
    os.utime(path, (old, old))
    sweep_exports(0)
    assert not path.exists()
    assert refused(job, administrator) is NotFound


@pytest.mark.parametrize("times", [1, 3])
def test_an_export_whose_writer_was_killed_is_tried_again(
    administrator: User, lamps: Layer, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    kills = iter([True] * times)

    def finish(child: Child) -> Any:
        if next(kills, False):
            child.process.kill()
            child.process.wait()
        return whole(child)

    whole = Child.finish
    monkeypatch.setattr(Child, "finish", finish)
    job = order(administrator, "gpkg", lamps)
    states = []
    for attempt in range(3):
        with factories.as_worker(), suppress(TryAgain):
            tasks.run(job, export_layers, attempts=attempt)
        with factories.as_worker():
            job.refresh_from_db()
        states.append(job.state)
        if job.state != "waiting":
            break
        assert "de nouveau" in job.message
    assert states == (["waiting", "done"] if times == 1 else ["waiting", "waiting", "failed"])
    assert not files.FILES.scratch_of(job).exists()


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_disk_that_cannot_be_written_fails_the_export_in_words(
    administrator: User, lamps: Layer, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_arguments: Any, **_named: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    job = run(order(administrator, "gpkg", lamps))
    assert job.state == "failed"
    assert "disque" in job.message
