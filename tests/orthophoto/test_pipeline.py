"""From a delivered folder to a published photo: the services and tasks, on real files."""

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from django.db import connection
from rasterio.transform import from_origin

from gis_core.files.reader import ReaderKilled
from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer, Photo
from orthophoto import tasks
from orthophoto.errors import BadOrder, DiskFull, WrongState
from orthophoto.jobs import QUEUE
from orthophoto.models import Campaign, Sheet
from orthophoto.services import building, making
from orthophoto.services.campaigns import CampaignOrder, delete_campaign, parse_acquired, register
from orthophoto.services.inspection import inspect
from orthophoto.services.publication import publish, unpublish_photo
from tests import factories

pytestmark = pytest.mark.django_db
SIDE, RESOLUTION, WEST, NORTH = 640, 0.5, 617_000.0, 6_717_000.0


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path, db: None) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    with factories.as_worker(), acting_as(SYSTEM):
        yield
    making.close_readers()


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Two sheets side by side."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    for number in range(2):
        sheet(folder / f"sheet-{number}.tif", column=number)
    return folder


def sheet(path: Path, *, column: int = 0, **changes: Any) -> Path:
    pixels = np.random.default_rng(column).integers(40, 200, (3, SIDE // 16, SIDE // 16), np.uint8)
    profile: dict[str, Any] = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": 3, "dtype": "uint8"}
    place = from_origin(WEST + column * SIDE * RESOLUTION, NORTH, RESOLUTION, RESOLUTION)
    with rasterio.open(path, "w", **{**profile, "crs": "EPSG:2154", "transform": place, **changes}) as image:
        image.write(pixels.repeat(16, 1).repeat(16, 2))
    return path


def campaign(delivery: Path, **changes: Any) -> Campaign:
    """Registered and inspected."""
    values: dict[str, Any] = {
        "slug": "ortho",
        "title": "Ortho",
        "acquired_date": date(2024, 6, 1),
        "acquired_precision": Photo.Precision.MONTH,
        "delivery": str(delivery),
        "owner": None,
        "visibility": Layer.Visibility.PUBLIC,
    }
    made = register(CampaignOrder(**values | changes), rights=SYSTEM, started_by=None)
    inspect(made.pk, progress=lambda _share, _message: None)
    made.refresh_from_db()
    return made


def work_off() -> None:
    """Do what the queue holds, as a worker would, until nothing is left."""
    done = {building.BUILD_SHEET: tasks.build_sheet, building.BUILD_OVERVIEW: tasks.build_overview}
    while waiting := queued():
        for number, name, arguments in waiting:
            done[name](**arguments)
            with connection.cursor() as cursor:
                cursor.execute("update procrastinate_jobs set status = 'succeeded' where id = %s", [number])


def queued() -> list[tuple[int, str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, task_name, args from procrastinate_jobs where status = 'todo' and queue_name = %s order by id",
            [QUEUE],
        )
        return [(number, name, json.loads(arguments)) for number, name, arguments in cursor.fetchall()]


def built(delivery: Path, **changes: Any) -> Campaign:
    made = campaign(delivery, **changes)
    building.start_build(made, SYSTEM)
    work_off()
    made.refresh_from_db()
    return made


def test_a_delivery_becomes_cogs_and_an_overview(delivery: Path, settings: Any) -> None:
    made = built(delivery)
    assert made.state == Campaign.State.BUILT
    names = sorted(path.name for path in Path(settings.FILES_DIR, made.folder).iterdir())
    assert names == ["mosaic-overview.tif", "sheet-0.tif", "sheet-1.tif"]
    with rasterio.open(Path(settings.FILES_DIR, made.folder, "sheet-1.tif")) as image:
        assert (image.crs.to_epsg(), image.bounds.left) == (2154, WEST + SIDE * RESOLUTION)


def test_nothing_is_shown_before_it_is_published(delivery: Path) -> None:
    built(delivery)
    assert not Photo.objects.exists()


def test_what_is_published_is_what_was_built(delivery: Path) -> None:
    made = built(delivery)
    photo = publish(made, SYSTEM)
    assert (photo.folder, photo.resolution_m) == (made.folder, RESOLUTION)
    assert list(photo.sheets.values_list("name", flat=True)) == ["sheet-0", "sheet-1"]


def test_a_campaign_may_be_published_as_soon_as_it_is_built(delivery: Path) -> None:
    made = built(delivery, publish_at_once=True)
    assert made.published_build == made.build == 1
    assert Photo.objects.filter(slug="ortho").exists()


def test_what_is_taken_back_is_gone(delivery: Path) -> None:
    made = built(delivery, publish_at_once=True)
    unpublish_photo(made, SYSTEM)
    assert not Photo.objects.exists()


def test_a_second_build_leaves_what_is_shown_alone(delivery: Path, settings: Any) -> None:
    made = built(delivery, publish_at_once=True)
    shown = Path(settings.FILES_DIR, made.folder, "sheet-0.tif").read_bytes()
    again = built(delivery, publish_at_once=False)
    assert (again.build, again.published_build) == (2, 1)
    assert Path(settings.FILES_DIR, Photo.objects.get().folder, "sheet-0.tif").read_bytes() == shown


def test_a_bad_file_is_named_and_the_others_are_built(delivery: Path) -> None:
    (delivery / "text.tif").write_text("not a photo")
    made = built(delivery)
    refused = made.sheets.get(file="text.tif")
    assert (refused.state, bool(refused.message)) == (Sheet.State.REFUSED, True)
    assert made.sheets.filter(state=Sheet.State.BUILT).count() == 2


def test_a_file_that_goes_away_during_the_build_is_named(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    (delivery / "sheet-1.tif").unlink()
    work_off()
    assert list(made.sheets.order_by("file").values_list("state", "code")) == [("built", ""), ("failed", "missing")]


def test_a_file_that_changes_after_the_inventory_is_named(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    sheet(delivery / "sheet-1.tif", column=3)
    work_off()
    assert made.sheets.get(file="sheet-1.tif").code == "changed"


def test_a_build_that_lost_a_sheet_waits_for_somebody_to_look(delivery: Path) -> None:
    made = campaign(delivery, publish_at_once=True)
    building.start_build(made, SYSTEM)
    (delivery / "sheet-1.tif").unlink()
    work_off()
    assert not Photo.objects.exists()


def test_a_full_disk_stops_the_build_and_says_so(delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    with monkeypatch.context() as patch:
        patch.setattr("orthophoto.services.making.cog.build", full)
        work_off()
    made.refresh_from_db()
    assert made.state == Campaign.State.STOPPED
    assert "disque" in made.message
    building.start_build(made, SYSTEM)
    work_off()
    made.refresh_from_db()
    assert (made.state, made.build) == (Campaign.State.BUILT, 1)


def test_a_disk_without_room_refuses_the_build_with_figures(delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaign(delivery)
    usage = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr("orthophoto.services.building.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(DiskFull, match=r"0[.,]0"):
        building.start_build(made, SYSTEM)


def test_a_build_cannot_be_started_twice(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    with pytest.raises(WrongState):
        building.start_build(made, SYSTEM)


def test_a_stopped_build_is_taken_up_where_it_was(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    _number, _name, arguments = queued()[0]
    tasks.build_sheet(**arguments)
    building.stop_build(made, SYSTEM)
    work_off()
    assert made.sheets.filter(state=Sheet.State.BUILT).count() == 1
    first = made.sheets.get(state=Sheet.State.BUILT)
    building.start_build(made, SYSTEM)
    work_off()
    made.refresh_from_db()
    assert (made.state, made.build) == (Campaign.State.BUILT, 1)
    assert Sheet.objects.get(pk=first.pk).seconds == first.seconds


def test_stopping_a_build_interrupts_what_is_being_made(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    (number, _name, _arguments), (other, *_rest) = queued()[:2]
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'doing' where id = %s", [number])
    building.stop_build(made, SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("select id, abort_requested from procrastinate_jobs where id = any(%s)", [[number, other]])
        assert dict(cursor.fetchall()) == {number: True, other: False}


def test_a_sheet_whose_reader_is_killed_is_tried_again_and_then_fails_in_words(
    delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_arguments: Any) -> None:
        raise ReaderKilled("killed")

    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    _number, _name, arguments = queued()[0]
    sheet = made.sheets.get(pk=arguments["sheet_id"])
    with monkeypatch.context() as patch:
        patch.setattr("orthophoto.services.making.convert_sheet", killed)
        with pytest.raises(ReaderKilled):
            tasks.build_sheet(**arguments)
        sheet.refresh_from_db()
        assert sheet.state == Sheet.State.INVENTORIED
        patch.setattr(tasks, "attempts", ContextVar("attempts", default=2))
        tasks.build_sheet(**arguments)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.code) == (Sheet.State.FAILED, "killed")
    assert "processeur" not in sheet.message


def test_a_sheet_that_lost_its_reader_once_is_made(delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    whole, losses = making.convert_sheet, iter([True])

    def once_killed(*arguments: Any) -> Any:
        if next(losses, False):
            raise ReaderKilled("killed_for_memory")
        return whole(*arguments)

    monkeypatch.setattr(making, "convert_sheet", once_killed)
    work_off()
    made.refresh_from_db()
    assert made.state == Campaign.State.BUILT


def test_a_task_that_was_lost_is_queued_again(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'failed' where queue_name = %s", [QUEUE])
    building.queue_what_was_lost()
    work_off()
    made.refresh_from_db()
    assert made.state == Campaign.State.BUILT


def test_a_sheet_at_which_workers_die_is_given_up_and_the_others_go_on(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    doomed = made.sheets.get(file="sheet-0.tif")
    tasks.sheet_given_up({"sheet_id": doomed.pk, "build": 1})
    work_off()
    made.refresh_from_db()
    assert (made.state, made.sheets.get(pk=doomed.pk).code) == (Campaign.State.BUILT, "killed")


def test_a_sheet_that_has_the_name_of_the_overview_or_of_a_half_written_file_is_built(
    delivery: Path, settings: Any
) -> None:
    for column, name in enumerate(("mosaic-overview", "sheet-0.part", "sheet-0.part.copy"), start=2):
        sheet(delivery / f"{name}.tif", column=column)
    made = built(delivery)
    names = set(made.sheets.values_list("file_name", flat=True))
    assert (made.state, len(names)) == (Campaign.State.BUILT, 5)
    assert {path.name for path in Path(settings.FILES_DIR, made.folder).iterdir()} == {"mosaic-overview.tif", *names}


@pytest.mark.parametrize("name", ["L" * 121 + ".tif", "latin-\udce9.tif", "/".join(["deep" * 30] * 4) + "/x.tif"])
def test_a_name_that_cannot_be_kept_is_refused_and_the_others_are_taken(delivery: Path, name: str) -> None:
    (delivery / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(delivery / "sheet-1.tif", delivery / name)
    (delivery / "notes-\udce9.txt").write_text("-")
    made = campaign(delivery)
    assert list(made.sheets.order_by("code").values_list("code", flat=True)) == ["", "", "bad_name"]


def test_a_file_of_zeros_is_refused_in_words(delivery: Path) -> None:
    (delivery / "zeros.tif").write_bytes(bytes(5000))
    refused = campaign(delivery).sheets.get(file="zeros.tif")
    assert (refused.code, "\0" in refused.message) == ("not_an_image", False)


def test_a_sheet_of_16_bits_with_damaged_pixels_is_refused_and_the_others_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    for number in range(2):
        sheet(folder / f"deep-{number}.tif", column=number, dtype="uint16", compress="deflate")
    content = bytearray((folder / "deep-1.tif").read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    (folder / "deep-1.tif").write_bytes(content)
    made = campaign(folder)
    assert made.state == Campaign.State.INSPECTED
    assert list(made.sheets.order_by("file").values_list("state", flat=True)) == ["found", "refused"]


def test_while_files_are_read_the_campaign_can_be_taken_back(delivery: Path) -> None:
    shown = built(delivery, publish_at_once=True)
    Campaign.objects.update(state=Campaign.State.INSPECTING)

    def tell(_share: float | None, _message: str) -> None:
        if Photo.objects.exists():
            unpublish_photo(shown, SYSTEM)

    inspect(shown.pk, progress=tell)
    shown.refresh_from_db()
    assert (shown.state, shown.published_build) == (Campaign.State.INSPECTED, None)


def test_an_inventory_does_not_replace_what_was_ordered_meanwhile(delivery: Path) -> None:
    made = campaign(delivery)
    with pytest.raises(WrongState):
        inspect(made.pk, progress=lambda _share, _message: Campaign.objects.update(crs=3948))


def test_a_sheet_of_a_deleted_campaign_is_made_for_nobody(delivery: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    late = made.sheets.select_related("campaign").get(file="sheet-0.tif")
    building.stop_build(made, SYSTEM)
    delete_campaign(made, SYSTEM)
    building.record_made(late, making.make_sheet(late))
    building.record_failed(late, "late", "-")
    assert not Sheet.objects.exists()


def test_a_campaign_never_builds_where_a_deleted_one_of_its_name_did(delivery: Path) -> None:
    former = built(delivery)
    delete_campaign(former, SYSTEM)
    assert built(delivery).folder != former.folder


def test_a_link_in_place_of_a_sheet_is_refused_by_name(delivery: Path, tmp_path: Path) -> None:
    (delivery / "linked.tif").symlink_to(tmp_path / "elsewhere.tif")
    assert campaign(delivery).sheets.get(file="linked.tif").code == "linked"


def test_a_sheet_replaced_by_a_link_is_not_followed(delivery: Path, tmp_path: Path) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    (delivery / "sheet-1.tif").rename(tmp_path / "elsewhere.tif")
    (delivery / "sheet-1.tif").symlink_to(tmp_path / "elsewhere.tif")
    work_off()
    assert made.sheets.get(file="sheet-1.tif").code == "missing"


@pytest.mark.parametrize("wrong", [{"title": "T" * 121}, {"attribution": "A" * 201}, {"crs": 999_999}, {"crs": 5720}])
def test_an_order_that_cannot_be_kept_is_refused_in_words(delivery: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadOrder):
        campaign(delivery, **wrong)


def test_a_command_whose_inventory_fails_leaves_the_campaign_refused(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(CommandError) as error:
        call_command("ingest_campaign", str(folder), slug="ortho", title="Ortho", acquired="2024")
    made = Campaign.objects.get()
    assert (error.value.returncode, made.state, bool(made.message)) == (2, Campaign.State.REFUSED, True)


@pytest.mark.parametrize("content", [(), ("notes.txt",)])
def test_a_folder_without_images_is_refused(tmp_path: Path, content: tuple[str, ...]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    for name in content:
        (folder / name).write_text("-")
    with pytest.raises(BadOrder):
        campaign(folder)


def test_a_folder_of_which_nothing_can_be_built_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "text.tif").write_text("not a photo")
    made = campaign(folder)
    assert (made.state, bool(made.message)) == (Campaign.State.REFUSED, True)


def test_sixteen_bits_are_scaled_alike_in_the_whole_campaign(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    for number in range(2):
        sheet(folder / f"deep-{number}.tif", column=number, dtype="uint16")
    made = built(folder)
    assert made.state == Campaign.State.BUILT
    assert len(made.plan["limits"]) == 3
    assert "scaled" in [finding["code"] for finding in made.findings]


@pytest.mark.parametrize(
    ("written", "taken", "precision"),
    [
        ("2024", date(2024, 1, 1), "year"),
        ("2024-06", date(2024, 6, 1), "month"),
        ("2024-06-30", date(2024, 6, 30), "day"),
    ],
)
def test_the_date_of_the_photos_is_as_precise_as_it_is_written(written: str, taken: date, precision: str) -> None:
    assert parse_acquired(written) == (taken, precision)


@pytest.mark.parametrize("written", ["", "juin 2024", "2024-13", "2024-02-30", "24", "2024-6-1"])
def test_another_date_is_refused(written: str) -> None:
    with pytest.raises(BadOrder):
        parse_acquired(written)


def ingest(delivery: Path) -> str:
    """What the command says, with a queue that is worked off in this process; its exit code is not of interest."""
    said = StringIO()
    with suppress(SystemExit):
        call_command(
            "ingest_campaign", str(delivery), slug="ortho", title="Ortho", acquired="2024-06", stdout=said, stderr=said
        )
    return said.getvalue()


@pytest.fixture
def own_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's own worker would not see this test's transaction."""

    async def work(*_arguments: Any) -> None:
        await sync_to_async(work_off)()

    monkeypatch.setattr("orthophoto.management.commands.ingest_campaign.work", work)


def test_the_command_takes_up_a_build_that_was_stopped(delivery: Path, own_worker: None) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    building.stop_build(made, SYSTEM)
    ingest(delivery)
    made.refresh_from_db()
    assert (made.state, made.build) == (Campaign.State.BUILT, 1)


def test_the_command_looks_again_at_a_delivery_of_which_a_sheet_has_failed(delivery: Path, own_worker: None) -> None:
    made = campaign(delivery)
    building.start_build(made, SYSTEM)
    sheet(delivery / "sheet-1.tif", column=3)
    tasks.build_sheet(sheet_id=made.sheets.get(file="sheet-1.tif").pk, build=1)
    building.stop_build(made, SYSTEM)
    ingest(delivery)
    made.refresh_from_db()
    assert (made.state, made.build) == (Campaign.State.BUILT, 2)
    assert set(made.sheets.values_list("state", flat=True)) == {"built"}
