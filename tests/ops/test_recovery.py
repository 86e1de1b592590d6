"""Scripted work with a journal outside; database and files are returned to seconds of it, here and on a new machine.

With `./arpent test --recovery`: some minutes of work and six random seconds, otherwise some seconds and one.
"""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gis_core.operations import archive, archive_target, recovery
from gis_core.operations.backup_status import ArchiveStatus
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.file_recovery import list_erased
from gis_core.operations.held_files import ERASED
from tests.ops.conftest import temporary_place

WHOLE = bool(os.environ.get("ARPENT_RECOVERY"))
WORK_SECONDS = 240 if WHOLE else 4
SECONDS = 6 if WHOLE else 1
# So many changes at least, however slow the machine is.
LEAST = 20

TABLES = """
create schema if not exists arpent;
create table document (id int primary key, note text not null, name text not null);
create function arpent.files_of_documents() returns setof text language sql stable
    as $$ select 'documents/' || name from public.document $$;
"""

pytestmark = pytest.mark.skipif(
    not (archive.PGBACKREST.exists() and archive.RESTIC.exists()), reason="pgbackrest and restic are not installed"
)


@dataclass
class Journal:
    """What was true from each instant on: the note and the file of each document."""

    moments: list[tuple[datetime, dict[int, tuple[str, str]]]] = field(default_factory=list)
    # Between an entry and what was done next.
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    present: dict[int, tuple[str, str]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

    def note(self) -> None:
        self.moments.append((datetime.now(UTC), dict(self.present)))

    def at(self, instant: datetime) -> dict[int, tuple[str, str]]:
        return [state for moment, state in self.moments if moment <= instant][-1]


def work(place: Place, journal: Journal, chance: random.Random, seconds: float) -> None:
    """Documents come, change and go, each in a transaction; files come before their row, and go after it, set aside."""
    folder = place.files / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    with Cluster(place).connect(DATABASE) as connection:
        connection.autocommit = True
        while time.monotonic() < deadline or len(journal.pauses) < LEAST:
            number = chance.randrange(40)
            if number in journal.present and chance.random() < 0.5:
                _note, name = journal.present.pop(number)
                connection.execute("delete from document where id = %s", [number])
                aside = place.files / ERASED / f"{time.time_ns()}-x" / "documents"
                aside.mkdir(parents=True)
                (folder / name).rename(aside / name)
            elif number in journal.present:
                note, name = f"note {chance.random()}", journal.present[number][1]
                connection.execute("update document set note = %s where id = %s", [note, number])
                journal.present[number] = (note, name)
            else:
                name, content = f"{chance.getrandbits(64):016x}.pdf", chance.randbytes(2000)
                (folder / name).write_bytes(content)
                journal.contents[name] = content
                connection.execute("insert into document values (%s, 'new', %s)", [number, name])
                journal.present[number] = ("new", name)
            journal.note()
            # A commit and its line in the journal are some time apart: no instant is taken between both.
            time.sleep(0.02 + chance.random() * 0.06)
            journal.pauses.append((journal.moments[-1][0], datetime.now(UTC)))


def quiet_instant(journal: Journal, chance: random.Random) -> datetime:
    """An instant in the middle of a pause."""
    return middle_of(journal, chance.randrange(len(journal.pauses) // 4, len(journal.pauses) - 2))


def middle_of(journal: Journal, number: int) -> datetime:
    before, after = journal.pauses[number]
    return before + (after - before) * 0.3


def state_of(place: Place) -> tuple[dict[int, tuple[str, str]], dict[str, bytes]]:
    with Cluster(place).lease(), Cluster(place).connect(DATABASE) as connection:
        rows = {number: (note, name) for number, note, name in connection.execute("select * from document")}
    return rows, {path.name: path.read_bytes() for path in (place.files / "documents").iterdir()}


@contextmanager
def archived_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with temporary_place() as place:
        target = place.data.parent / "archive"
        target.mkdir()
        archive_target.give(place, target)
        monkeypatch.setenv("ARPENT_ARCHIVE", str(target))
        yield place


@pytest.fixture(scope="module")
def worked() -> Iterator[tuple[Place, Journal]]:
    """A place whose work was archived while it went on, its archive and journal whole."""
    with pytest.MonkeyPatch.context() as patch, archived_place(patch) as place:
        journal, chance = Journal(), random.Random(22)
        with Cluster(place).lease():
            Cluster(place).psql(DATABASE, "-c", TABLES)
            (place.files / "documents").mkdir(parents=True)
            assert archive.archive_once(place, ArchiveStatus()).failure == ""
            journal.note()
            at_work = threading.Thread(target=work, args=(place, journal, chance, WORK_SECONDS))
            at_work.start()
            while at_work.is_alive():
                at_work.join(60)
                archive.send_files(place, archive.target_of(place))
            recovery.flush_log(Cluster(place))
            archive.send_files(place, archive.target_of(place))
        yield place, journal


def copy_of_archive(place: Place, folder: Path) -> Path:
    """Of its own for each try: a return begins another history in its archive."""
    copy = folder / "archive"
    subprocess.run(["cp", "-a", os.environ["ARPENT_ARCHIVE"], str(copy)], check=True)
    return copy


def test_a_new_machine_returns_to_random_seconds(
    worked: tuple[Place, Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, journal = worked
    chance = random.Random(7)
    for _ in range(SECONDS):
        instant = quiet_instant(journal, chance)
        with temporary_place() as fresh:
            copy = copy_of_archive(place, fresh.data.parent)
            with monkeypatch.context() as patch:
                patch.setenv("ARPENT_ARCHIVE", str(copy))
                fresh.backups.mkdir(parents=True)
                shutil.copy(archive_target.key_file(place), archive_target.key_file(fresh))
                archive_target.give(fresh, archive_target.key_file(fresh))
                begun = time.monotonic()
                assert recovery.restore_at(fresh, recovery.Request(instant, confirmed=True)) == 0
                rows, files = state_of(fresh)
        wanted = journal.at(instant)
        print(f"{instant:%H:%M:%S.%f}: {len(rows)} rows, {len(files)} files, {time.monotonic() - begun:.1f} s")
        assert rows == wanted
        assert files == {name: journal.contents[name] for _note, name in wanted.values()}


@pytest.mark.parametrize(
    ("ago", "sentence"),
    [(timedelta(hours=-1), "Cet instant est dans le futur"), (timedelta(days=3), "L'archive ne remonte pas jusque-là")],
)
def test_outside_the_window_is_refused(worked: tuple[Place, Journal], ago: timedelta, sentence: str) -> None:
    place, _journal = worked
    with pytest.raises(OperationFailedError, match=sentence):
        recovery.restore_at(place, recovery.Request(datetime.now(UTC) - ago, confirmed=True))


@contextmanager
def harmed_copy(place: Place, patch: pytest.MonkeyPatch) -> Iterator[tuple[Place, Path]]:
    with temporary_place() as fresh:
        copy = copy_of_archive(place, fresh.data.parent)
        patch.setenv("ARPENT_ARCHIVE", str(copy))
        fresh.backups.mkdir(parents=True)
        shutil.copy(archive_target.key_file(place), archive_target.key_file(fresh))
        archive_target.give(fresh, archive_target.key_file(fresh))
        yield fresh, copy


def test_missing_log_is_refused(worked: tuple[Place, Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    place, journal = worked
    with harmed_copy(place, monkeypatch) as (fresh, copy):
        instant = journal.moments[-1][0]
        segments = [one for one in copy.rglob("0000000100*") if one.is_file() and "archive" in str(one.parent)]
        # The one that holds that instant was archived after it; there may be later ones, of PostgreSQL's own work.
        later = [one for one in segments if one.stat().st_mtime >= instant.timestamp()]
        assert later
        for one in later:
            one.unlink()
        with pytest.raises(OperationFailedError, match=r"L'archive s'interrompt avant l'instant demandé"):
            recovery.restore_at(fresh, recovery.Request(instant, confirmed=True))
        assert not Cluster(fresh).exists()


def test_damage_is_refused(worked: tuple[Place, Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    place, journal = worked
    with harmed_copy(place, monkeypatch) as (fresh, copy):
        for bundle in copy.glob("database/backup/arpent/*/bundle/*"):
            content = bytearray(bundle.read_bytes())
            content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
            bundle.write_bytes(content)
        with pytest.raises(OperationFailedError, match=r"L'archive est abîmée|L'archive ne s'ouvre pas"):
            recovery.restore_at(fresh, recovery.Request(journal.moments[-2][0], confirmed=True))
        assert not Cluster(fresh).exists()


def test_a_wrong_key_is_refused(worked: tuple[Place, Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    place, journal = worked
    with harmed_copy(place, monkeypatch) as (fresh, _copy):
        archive_target.key_file(fresh).write_text("0" * 64)
        with pytest.raises(OperationFailedError, match="L'archive ne s'ouvre pas avec la clé de cette machine"):
            recovery.restore_at(fresh, recovery.Request(journal.moments[-2][0], confirmed=True))
        archive_target.key_file(fresh).unlink()
        with pytest.raises(OperationFailedError, match="tapez-la depuis la feuille imprimée"):
            recovery.restore_at(fresh, recovery.Request(journal.moments[-2][0], confirmed=True))


def test_too_little_room_is_refused(worked: tuple[Place, Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    place, journal = worked
    monkeypatch.setattr(recovery, "estimate_restore_bytes", lambda size: size * 10**9)
    with pytest.raises(OperationFailedError, match="libérez de la place"):
        recovery.restore_at(place, recovery.Request(journal.moments[-2][0], confirmed=True))


def test_the_same_machine_returns_and_goes_on(
    worked: tuple[Place, Journal], capsys: pytest.CaptureFixture[str]
) -> None:
    place, journal = worked
    instant = quiet_instant(journal, random.Random(3))
    assert recovery.restore_at(place, recovery.Request(instant, only_show=True)) == 0
    said = capsys.readouterr().out
    assert "document : " in said
    assert "aujourd'hui" in said
    assert state_of(place)[0] == journal.present
    assert recovery.restore_at(place, recovery.Request(instant, confirmed=True)) == 0
    rows, files = state_of(place)
    assert rows == journal.at(instant)
    assert files == {name: journal.contents[name] for _note, name in rows.values()}
    # What was undone is set aside, and a later second of the former history can still be returned to.
    assert list_erased(place.files)
    later = middle_of(journal, -2)
    assert recovery.restore_at(place, recovery.Request(later, confirmed=True)) == 0
    rows, files = state_of(place)
    assert rows == journal.at(later)
    assert files == {name: journal.contents[name] for _note, name in rows.values()}
