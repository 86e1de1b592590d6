"""Backups of the nights: when they begin, what stays of them, and what is written down when they fail."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gis_core.operations import nightly, services
from gis_core.operations.backup_status import Status, read_status, write_status
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place, backup_hour
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.nightly import back_up_now, is_due, last_night
from gis_core.operations.processes import wait_until
from tests.ops.conftest import temporary_place

AT = time(1, 30)


@pytest.fixture(autouse=True)
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which the tests alter: root hands a backup over to the database's user (test_two_users)."""
    monkeypatch.setenv("ARPENT_AS_ROOT", "1")


@pytest.fixture(scope="module")
def installed() -> Iterator[Place]:
    """A cluster with an empty database."""
    with temporary_place() as place, Cluster(place).lease():
        yield place


@pytest.fixture
def place(installed: Place) -> Iterator[Place]:
    yield installed
    for path in installed.backups.glob("*"):
        path.unlink()


def archives(place: Place) -> list[str]:
    return sorted(path.name for path in place.backups.iterdir() if path.name != "status.json")


def status_of(place: Place) -> Status:
    status = read_status(place.data)
    assert status is not None
    return status


def utc(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def instant(day: int, hour: int, minute: int = 0) -> str:
    return utc(day, hour, minute).isoformat(timespec="microseconds")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(24, 0, 30), utc(24, 0, 30)),
        (utc(24, 0, 29), utc(23, 0, 30)),
        (utc(24, 23, 59), utc(24, 0, 30)),
        (utc(1, 12, month=7), datetime(2026, 6, 30, 23, 30, tzinfo=UTC)),
        (utc(29, 0, 40, month=3), utc(29, 0, 30, month=3)),
        (utc(29, 23, 40, month=3), utc(29, 23, 30, month=3)),
        (utc(25, 0, 10, month=10), utc(24, 23, 30, month=10)),
        (utc(26, 0, 10, month=10), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
        (utc(26, 0, 40, month=10), utc(26, 0, 30, month=10)),
    ],
)
def test_the_night_begins_at_the_hour_of_paris_on_every_day_of_the_year(now: datetime, expected: datetime):
    assert last_night(AT, now) == expected


@pytest.mark.parametrize(
    ("status", "due"),
    [
        # Installed this afternoon: the first night is to come.
        (Status(since=instant(24, 15)), False),
        (Status(since=instant(23, 15)), True),
        # Done this night.
        (Status(since=instant(1, 0), begun_at=instant(24, 0, 31), succeeded_at=instant(24, 0, 35)), False),
        # The machine was off that night.
        (Status(since=instant(1, 0), begun_at=instant(23, 0, 31), succeeded_at=instant(23, 0, 35)), True),
        # It failed at half past midnight: tried again after an hour, three times in all.
        (Status(since=instant(1, 0), begun_at=instant(24, 15, 1), attempts=1, failure="Non."), False),
        (Status(since=instant(1, 0), begun_at=instant(24, 0, 31), attempts=2, failure="Non."), True),
        (Status(since=instant(1, 0), begun_at=instant(24, 0, 31), attempts=3, failure="Non."), False),
    ],
)
def test_a_backup_is_due_once_a_night_and_again_after_a_failure(status: Status, due: bool):
    assert is_due(AT, status, utc(24, 16)) is due


def test_a_night_leaves_a_verified_backup_and_says_so(place: Place):
    assert back_up_now(place) == 0
    status = status_of(place)
    (name,) = archives(place)
    kept = place.backups / name
    assert (status.file, status.bytes, status.failure) == (name, kept.stat().st_size, "")
    assert status.succeeded_at == status.ended_at > status.begun_at
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_oldest_go_once_there_are_enough(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARPENT_BACKUP_KEEP", "2")
    place.backups.mkdir(exist_ok=True)
    for name in ("arpent-2026-11-20-013000.tar", "arpent-2026-11-21-013000.tar", "avant-travaux.tar"):
        (place.backups / name).touch()
    back_up_now(place)
    newest = status_of(place).file
    assert archives(place) == ["arpent-2026-11-21-013000.tar", newest, "avant-travaux.tar"]


def test_a_failure_is_written_down_and_removes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch):
    back_up_now(place)
    good = status_of(place)
    monkeypatch.setenv("ARPENT_BACKUP_KEEP", "1")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    for attempt in (1, 2):
        with pytest.raises(OperationFailedError, match="libérez de la place"):
            back_up_now(place)
        assert status_of(place).attempts == attempt
    status = status_of(place)
    assert status.failure.startswith("Il reste 1 Mio sur le disque")
    assert (status.succeeded_at, status.file) == (good.succeeded_at, good.file)
    assert archives(place) == [good.file]


def test_a_backup_that_does_not_pass_its_trial_is_set_aside(place: Place, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise OperationFailedError("Elle ne se rétablit pas.")

    monkeypatch.setattr(nightly, "verify_archive", refused)
    place.backups.mkdir(exist_ok=True)
    (place.backups / "arpent-2026-11-20-013000.tar.suspecte").touch()
    with pytest.raises(OperationFailedError):
        back_up_now(place)
    (aside,) = archives(place)
    assert aside.endswith(".tar.suspecte")
    assert not aside.startswith("arpent-2026-11-20")
    assert status_of(place).failure == "Elle ne se rétablit pas."


def test_what_a_killed_backup_left_is_removed(place: Place):
    for left in (place.backups / ".arpent-killed", place.backups / "verify-killed"):
        left.mkdir(parents=True)
        (left / "archive").touch()
    back_up_now(place)
    assert archives(place) == [status_of(place).file]
    assert not list(place.backups.glob("verify-*"))


def test_a_backup_that_was_killed_is_seen_as_one_that_failed(place: Place):
    place.backups.mkdir(exist_ok=True)
    nightly._begin(place)
    assert (status_of(place).failure, status_of(place).ended_at) == (nightly.INTERRUPTED, "")


def test_the_program_writes_down_when_it_began_and_stops_at_once(tmp_path: Path):
    command = [str(PYTHON), "-m", "gis_core.operations", "nightly", "--data", str(tmp_path)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as running:
        try:
            assert wait_until(lambda: read_status(tmp_path) is not None, 60)
            running.send_signal(signal.SIGTERM)
            # It comes after all others (`nice`), and would otherwise sleep for five minutes.
            assert running.wait(60) == 130
        finally:
            running.kill()


def test_a_damaged_status_is_none(tmp_path: Path):
    (tmp_path / "backups").mkdir()
    write_status(tmp_path, Status(since=instant(24, 15)))
    assert read_status(tmp_path) == Status(since=instant(24, 15))
    (tmp_path / "backups" / "status.json").write_text('{"other": 1}')
    assert read_status(tmp_path) is None


def test_the_worker_is_started_with_the_program_unless_it_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (service,) = services.nightly_backups(Place(tmp_path))
    assert service.command[-3:] == ["nightly", "--data", str(tmp_path)]
    monkeypatch.setenv("ARPENT_BACKUP_AT", "")
    assert services.nightly_backups(Place(tmp_path)) == []


@pytest.mark.parametrize("given", ["25:00", "minuit", "3"])
def test_an_hour_that_is_none_is_said(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARPENT_BACKUP_AT", given)
    with pytest.raises(OperationFailedError, match="ARPENT_BACKUP_AT est une heure"):
        backup_hour()
