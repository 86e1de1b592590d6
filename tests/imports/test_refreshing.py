"""Layers refreshed by themselves: from where, when, by which rules, and who is told of a refusal."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import SYSTEM, Role, acting_as
from layers.catalogue.models import Layer
from layers.intake.models import FileImport, LayerRefresh
from layers.intake.refresh_files import files_below, name_of
from layers.intake.services import refreshing
from layers.settings.services.retiring import delete_layer
from tests import factories, post
from tests.external.conftest import Server, allow, listening, server
from tests.geopackages import Row, geopackage
from tests.imports.conftest import Desk, committed, desk_of, edit, point, rows_of

pytestmark = pytest.mark.django_db
__all__ = ["listening", "server"]
State = LayerRefresh.State


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


@pytest.fixture
def folder(settings: Any, tmp_path: Path, desk: Desk) -> Path:
    """The folder of the desk's member."""
    settings.REFRESH_DIR = tmp_path / "sig"
    own = settings.REFRESH_DIR / desk.member.slug
    (own / "ville").mkdir(parents=True)
    return Path(own)


@pytest.fixture
def layer(desk: Desk) -> Layer:
    made = desk.published([point(1), point(2)], key="ref").layer
    assert made is not None
    return made


def put(folder: Path, rows: Sequence[Row], name: str = "ville/objets.gpkg") -> Path:
    path = folder / name
    path.unlink(missing_ok=True)
    return geopackage(path, rows, name="objets")


def values(**more: Any) -> dict[str, Any]:
    usual = {"kind": "folder", "place": "ville/objets.gpkg", "source_layer": "", "mode": "synchronise"}
    return usual | {"period": "day", "hour": 4} | more


def scheduled(desk: Desk, layer: Layer, **more: Any) -> LayerRefresh:
    with desk.asking():
        return refreshing.schedule(layer.slug, values(**more), user=desk.user, rights=desk.rights)


def due() -> None:
    with factories.as_owner():
        LayerRefresh.objects.update(next_at=timezone.now() - timedelta(minutes=1))


def refreshed(desk: Desk) -> LayerRefresh:
    """What came of the time that is due now."""
    due()
    with factories.as_worker():
        (done,) = refreshing.refresh_due()
        committed()
    return again(done)


def again(refresh: LayerRefresh) -> LayerRefresh:
    with acting_as(SYSTEM):
        return LayerRefresh.objects.select_related("last_import").get(pk=refresh.pk)


def names(layer: Layer) -> list[Any]:
    return [name for (name,) in rows_of(layer, "nom")]


# -- by the rules of imports ------------------------------------------------------------------------------------------


def test_a_layer_follows_its_file_and_the_import_is_seen_among_the_others(
    desk: Desk, layer: Layer, folder: Path
) -> None:
    put(folder, [point(1, nom="Nouveau nom"), point(2), point(3)])
    scheduled(desk, layer)
    done = refreshed(desk)
    assert (done.state, done.message) == (State.APPLIED, "")
    assert names(layer) == ["Nouveau nom", "Objet 2", "Objet 3"]
    assert done.last_import is not None
    assert done.last_import.state == FileImport.State.APPLIED
    client = Client()
    client.force_login(desk.user)
    assert client.get(f"/imports/couches/{done.last_import_id}/", headers={"accept": "text/html"}).status_code == 200
    assert done.next_at > timezone.now()


def test_rows_are_read_as_the_last_import_read_them(desk: Desk, folder: Path) -> None:
    delivery = desk.file([point(1, code="a")])
    choices = desk.choices(delivery, key="ref")
    fields = [replace(one, name="sorte", label="Sorte") if one.source == "code" else one for one in choices.fields]
    made = desk.apply(desk.order(delivery, "create", replace(choices, fields=tuple(fields))))
    assert made.layer is not None
    put(folder, [point(1, code="b")])
    scheduled(desk, made.layer)
    assert refreshed(desk).state == State.APPLIED
    assert rows_of(made.layer, "sorte") == [("b",)]


def test_the_same_file_is_left_alone(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1), point(2)])
    scheduled(desk, layer)
    assert refreshed(desk).state == State.APPLIED
    edit(layer, {"ref": "P1"}, nom="Changé par un agent")
    assert refreshed(desk).state == State.UNCHANGED
    assert names(layer) == ["Changé par un agent", "Objet 2"]


def test_what_would_take_too_much_away_changes_nothing_waits_and_is_told_once(desk: Desk, folder: Path) -> None:
    layer = desk.published([point(n) for n in range(20)], key="ref").layer
    assert layer is not None
    put(folder, [point(1)])
    scheduled(desk, layer)
    refused = refreshed(desk)
    assert refused.state == State.REFUSED
    assert "19" in refused.message
    assert len(names(layer)) == 20
    assert refused.last_import is not None
    assert refused.last_import.state == FileImport.State.READY
    (mail,) = post.outbox()
    assert mail.to == [desk.user.email]
    assert refused.message in mail.body
    assert f"/couches/{layer.slug}/actualisation/" in mail.body
    assert refreshed(desk).state == State.REFUSED
    assert len(post.outbox()) == 1


def test_a_file_that_cannot_be_read_changes_nothing_and_is_told(desk: Desk, layer: Layer, folder: Path) -> None:
    (folder / "ville" / "objets.gpkg").write_bytes(b"rien de lisible")
    scheduled(desk, layer)
    assert refreshed(desk).state == State.REFUSED
    assert len(names(layer)) == 2
    assert len(post.outbox()) == 1


def test_coordinates_of_no_known_system_are_told_once_and_each_time_with_why(
    desk: Desk, layer: Layer, folder: Path
) -> None:
    geopackage(folder / "ville" / "objets.gpkg", [point(1), point(2), point(3)], name="objets", epsg=-1)
    with factories.as_owner():
        FileImport.objects.filter(layer=layer).delete()  # nobody has said the system of the layer's files before
    scheduled(desk, layer)
    first, second = refreshed(desk), refreshed(desk)
    assert first.state == second.state == State.REFUSED
    assert first.message == second.message != ""
    assert "--crs" not in first.message
    assert second.last_import is not None
    assert second.last_import.message == first.message
    assert len(post.outbox()) == 1


def test_refused_files_that_are_forgotten_are_read_again(desk: Desk, folder: Path) -> None:
    layer = desk.published([point(n) for n in range(20)], key="ref").layer
    assert layer is not None
    put(folder, [point(1)])
    scheduled(desk, layer)
    refused = refreshed(desk)
    with factories.as_owner():
        FileImport.objects.filter(pk=refused.last_import_id).delete()
    once_more = refreshed(desk)
    assert (once_more.state, once_more.message) == (State.REFUSED, refused.message)
    assert once_more.last_import is not None
    assert len(post.outbox()) == 1


def test_what_nobody_foresaw_is_told_and_leaves_no_files(
    desk: Desk, layer: Layer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    put(folder, [point(1), point(2), point(3)])
    scheduled(desk, layer)
    with factories.as_owner():
        before = FileImport.objects.count()
    monkeypatch.setattr(refreshing.local, "try_import", fail)
    done = refreshed(desk)
    assert (done.state, done.digest) == (State.REFUSED, "")
    assert len(post.outbox()) == 1
    with factories.as_owner():
        assert FileImport.objects.count() == before


def test_what_is_chosen_while_it_is_refreshed_stays(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1), point(2), point(3)])
    put(folder, [point(1), point(2)], "ville/autres.gpkg")
    at_work = scheduled(desk, layer)
    scheduled(desk, layer, place="ville/autres.gpkg")
    with factories.as_worker():
        assert refreshing.refresh_now(at_work).state == State.APPLIED
        committed()
    kept = again(at_work)
    assert (kept.place, kept.state, kept.digest) == ("ville/autres.gpkg", State.WAITING, "")


def test_it_is_stopped_while_it_is_refreshed(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1), point(2), point(3)])
    at_work = scheduled(desk, layer)
    with desk.asking():
        refreshing.stop(layer.slug, rights=desk.rights)
    with factories.as_worker():
        assert refreshing.refresh_now(at_work).state == State.APPLIED
        committed()


def test_rows_left_out_are_told_and_the_others_come_in(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1), point(2), point(3), (None, {"ref": "P4", "nom": "Sans lieu"})])
    scheduled(desk, layer)
    done = refreshed(desk)
    assert (done.state, done.message) == (State.APPLIED, "1 ligne laissée de côté.")
    assert len(names(layer)) == 3
    assert len(post.outbox()) == 1


def test_a_file_that_is_gone_is_told_and_tried_again(desk: Desk, layer: Layer, folder: Path) -> None:
    path = put(folder, [point(1), point(2), point(3)])
    scheduled(desk, layer)
    path.unlink()
    assert refreshed(desk).state == State.REFUSED
    put(folder, [point(1), point(2), point(3)])
    assert refreshed(desk).state == State.APPLIED


def test_an_archived_layer_rests(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1)])
    scheduled(desk, layer)
    due()
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(archived_at=timezone.now())
    with factories.as_worker():
        assert refreshing.refresh_due() == []


def test_a_deleted_layer_is_refreshed_no_more(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1), point(2)])
    scheduled(desk, layer)
    with factories.as_worker(), acting_as(SYSTEM):
        delete_layer(layer.pk, layer.owner_id, SYSTEM)
    with factories.as_owner():
        assert not LayerRefresh.objects.exists()


# -- safe places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/etc/passwd", "../secret.gpkg", "ville/../../secret.gpkg", "", "ville/absent.gpkg"])
def test_a_place_outside_the_folder_or_missing_is_refused(folder: Path, place: str) -> None:
    (folder.parents[1] / "secret.gpkg").write_bytes(b"secret")
    (folder.parent / "secret.gpkg").write_bytes(b"secret")
    with pytest.raises(Invalid):
        files_below(place, folder.name)


def test_a_member_does_not_read_the_folder_of_another(desk: Desk, layer: Layer, folder: Path) -> None:
    other = folder.parent / "un-autre"
    (other / "ville").mkdir(parents=True)
    put(other, [point(1)])
    for place in ("un-autre/ville/objets.gpkg", "../un-autre/ville/objets.gpkg", "ville/objets.gpkg"):
        with pytest.raises(Invalid) as refused:
            scheduled(desk, layer, place=place)
        assert refused.value.extra["parameter"] == "place"
    assert [one.name for one in files_below("un-autre/ville")] == ["objets.gpkg"]


def test_links_are_never_followed(folder: Path) -> None:
    secret = folder.parents[1] / "secret"
    secret.mkdir()
    (secret / "a.gpkg").write_bytes(b"secret")
    (folder / "lien").symlink_to(secret)
    (folder / "lien.gpkg").symlink_to(secret / "a.gpkg")
    (folder / "ville" / "lien.gpkg").symlink_to(secret / "a.gpkg")
    for place in ("lien/a.gpkg", "lien.gpkg", "lien", "ville/lien.gpkg", "ville"):
        with pytest.raises(Invalid):
            files_below(place, folder.name)


def test_a_pipe_is_no_file_and_keeps_nobody_waiting(folder: Path) -> None:
    os.mkfifo(folder / "tuyau.gpkg")
    with pytest.raises(Invalid):
        files_below("tuyau.gpkg", folder.name)


def test_a_shapefile_comes_with_its_companions_and_a_folder_with_its_files(folder: Path) -> None:
    for name in ("a.shp", "a.DBF", "a.shx", "b.shp", ".cache"):
        (folder / "ville" / name).write_bytes(b"x")
    assert [one.name for one in files_below("ville/a.shp", folder.name)] == ["a.DBF", "a.shp", "a.shx"]
    assert [one.name for one in files_below("ville", folder.name)] == ["a.DBF", "a.shp", "a.shx", "b.shp"]


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("https://a.example/data/parcs.gpkg?v=2", "application/octet-stream", "parcs.gpkg"),
        ("https://a.example/wfs?request=GetFeature", "application/json", "wfs.geojson"),
        ("https://a.example/export.php", "text/csv", "export.csv"),
        ("https://a.example/", "application/zip", "fichier.zip"),
    ],
)
def test_a_file_is_called_as_its_address_or_by_its_type(url: str, media_type: str, name: str) -> None:
    assert name_of(url, media_type) == name


def test_a_file_at_an_address_comes_in_and_is_asked_for_only_when_it_changed(
    desk: Desk, layer: Layer, server: Server, tmp_path: Path
) -> None:
    allow(server.host)
    body = geopackage(tmp_path / "envoi.gpkg", [point(1), point(2), point(3)], name="objets").read_bytes()
    url = server.gives("/objets.gpkg", body, ETag='"un"')
    scheduled(desk, layer, kind="address", place=url)
    assert refreshed(desk).state == State.APPLIED
    assert len(names(layer)) == 3
    server.gives("/objets.gpkg", b"", 304)
    assert refreshed(desk).state == State.UNCHANGED
    assert server.asked[-1][1]["if-none-match"] == '"un"'


def test_a_server_that_says_unchanged_of_a_file_that_was_never_read_is_refused(
    desk: Desk, layer: Layer, server: Server
) -> None:
    allow(server.host)
    scheduled(desk, layer, kind="address", place=server.gives("/objets.gpkg", b"", 304))
    assert refreshed(desk).state == State.REFUSED


def test_a_server_that_is_not_on_the_list_is_refused_at_the_field_and_when_it_leaves_the_list(
    desk: Desk, layer: Layer, server: Server
) -> None:
    with pytest.raises(Invalid) as refused:
        scheduled(desk, layer, kind="address", place=server.url("/objets.gpkg"))
    assert refused.value.extra["parameter"] == "place"
    host = allow(server.host)
    scheduled(desk, layer, kind="address", place=server.url("/objets.gpkg"))
    with factories.as_owner():
        host.delete()
    assert refreshed(desk).state == State.REFUSED
    assert server.asked == []


def test_a_redirection_to_a_private_address_is_not_followed(desk: Desk, layer: Layer, server: Server) -> None:
    allow(server.host)
    scheduled(desk, layer, kind="address", place=server.sends_to("/objets.gpkg", "http://127.0.0.1:1/objets.gpkg"))
    assert refreshed(desk).state == State.REFUSED
    assert len(server.asked) == 1


# -- when, and who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "hour", "expected"),
    [
        ("hour", 4, "2026-10-24 11:30"),
        ("day", 23, "2026-10-24 23:00"),
        ("day", 4, "2026-10-25 04:00"),
        ("week", 4, "2026-10-26 04:00"),
        ("month", 4, "2026-11-01 04:00"),
    ],
)
def test_the_next_time_is_of_the_sites_clock_also_when_it_is_put_back(period: str, hour: int, expected: str) -> None:
    saturday = timezone.make_aware(datetime(2026, 10, 24, 10, 30))
    at = timezone.localtime(refreshing.next_time(period, hour, saturday))
    assert f"{at:%Y-%m-%d %H:%M}" == expected


def test_others_neither_see_nor_change_it(desk: Desk, layer: Layer, folder: Path, tmp_path: Path) -> None:
    put(folder, [point(1), point(2)])
    scheduled(desk, layer)
    stranger = desk_of(factories.member(factories.commune("45903", "Ailleurs")), tmp_path)
    reader = desk_of(desk.member, tmp_path, Role.READER)
    with pytest.raises(NotFound):
        scheduled(stranger, layer)
    with pytest.raises(NotFound):
        scheduled(reader, layer)
    with stranger.asking():
        assert not LayerRefresh.objects.exists()


def test_the_page_schedules_refreshes_now_and_stops(desk: Desk, layer: Layer, folder: Path) -> None:
    put(folder, [point(1), point(2), point(3)])
    client, url = Client(), f"/couches/{layer.slug}/actualisation/"
    client.force_login(desk.user)
    html = {"accept": "text/html"}
    wrong = client.post(url, {"do": "save", **values(place="ville/absent.gpkg")}, headers=html)
    assert wrong.status_code == 400
    assert "absent.gpkg" in wrong.content.decode()
    assert client.post(url, {"do": "save", **values()}, headers=html).status_code == 302
    assert client.post(url, {"do": "now"}, headers=html).status_code == 302
    with factories.as_worker():
        (done,) = refreshing.refresh_due()
        committed()
    assert done.state == State.APPLIED
    assert "À jour" in client.get(url, headers=html).content.decode()
    assert client.post(url, {"do": "stop"}, headers=html).status_code == 302
    with factories.as_owner():
        assert not LayerRefresh.objects.exists()


def test_without_a_folder_of_the_site_only_addresses_are_offered(desk: Desk, layer: Layer, settings: Any) -> None:
    settings.REFRESH_DIR = None
    with pytest.raises(Invalid) as refused:
        scheduled(desk, layer)
    assert refused.value.extra["parameter"] == "kind"


def test_a_layer_without_reference_is_not_synchronised(desk: Desk, folder: Path) -> None:
    layer = desk.published([point(1)]).layer
    assert layer is not None
    put(folder, [point(1)])
    with pytest.raises(Invalid) as refused:
        scheduled(desk, layer)
    assert refused.value.extra["parameter"] == "mode"


def run(*arguments: str) -> tuple[int, str]:
    said, code = StringIO(), 0
    with factories.as_worker():
        try:
            call_command("refresh_layers", *arguments, stdout=said)
        except SystemExit as ended:
            code = int(ended.code or 0)
        committed()
    return code, said.getvalue()


def test_the_command_refreshes_a_layer_now_and_its_dry_run_changes_nothing(
    desk: Desk, layer: Layer, folder: Path
) -> None:
    put(folder, [point(1), point(2), point(3)])
    scheduled(desk, layer)
    assert run("--layer", layer.slug, "--dry-run") == (0, f"{layer.slug} : À jour\n")
    assert len(names(layer)) == 2
    assert run("--layer", layer.slug)[0] == 0
    assert len(names(layer)) == 3
    (folder / "ville" / "objets.gpkg").write_bytes(b"rien")
    assert run("--layer", layer.slug)[0] == 2


def test_the_page_asks_for_an_address_alone_where_the_site_names_no_folder(
    desk: Desk, layer: Layer, settings: Any
) -> None:
    settings.REFRESH_DIR = None
    client = Client()
    client.force_login(desk.user)
    page = client.get(f"/couches/{layer.slug}/actualisation/", headers={"accept": "text/html"}).content.decode()
    assert ('type="hidden" name="kind" value="address"' in page, "Fichier, dossier" in page) == (True, False)
