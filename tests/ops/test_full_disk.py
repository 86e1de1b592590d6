"""A disk that fills up midway, after there was room: one sentence says so, nothing is half-written, nothing is lost.

The disk is a real one, in memory, and what fills it a file. Who looks how much room is left is told as before that.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis_core.operations.backup import backup
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, Place
from gis_core.operations.failure import FULL, OperationFailedError
from gis_core.operations.restore import restore, verify
from gis_core.operations.upgrade import run as upgrading
from gis_core.operations.upgrade.state import ORDER, Home, State

MIB = 2**20
DISK_MIB = 500
ROWS = "select count(*), md5(string_agg(text, '' order by id)) from kept"

type Fill = Callable[[int], Path]


@pytest.fixture(scope="module")
def disk() -> Iterator[Place]:
    """A disk with a data folder whose database has some thirty MiB of rows."""
    folder = Path(tempfile.mkdtemp(prefix="arpent-full-"))
    folder.chmod(0o755)
    options = ["-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode != 0:
        folder.rmdir()
        pytest.skip("only who may mount a disk fills one")
    place = Place(folder / "data")
    try:
        cluster = Cluster(place)
        with cluster.lease():
            make = "create table kept as select i id, md5(i::text) || sha512(i::text::bytea)::text as text"
            cluster.psql(DATABASE, "-c", f"{make} from generate_series(1, 120000) i", "-c", "checkpoint")
        place.files.mkdir()
        (place.files / "document").write_bytes(os.urandom(MIB))
        yield place
    finally:
        Cluster(place).stop()
        shutil.rmtree(place.socket_directory(), ignore_errors=True)
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


@pytest.fixture
def fill(disk: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fill]:
    """Fill it up to so many MiB; it is empty again afterwards."""
    filler = disk.data.parent / "filler"

    def fill_up(left_mib: int) -> Path:
        free = shutil.disk_usage(disk.data).free
        subprocess.run(["fallocate", "-l", str(free - left_mib * MIB), str(filler)], check=True)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(2**40, 0, 2**40))  # type: ignore[attr-defined]
        return filler

    try:
        yield fill_up
    finally:
        filler.unlink(missing_ok=True)


def rows(place: Place) -> str:
    with Cluster(place).lease():
        return Cluster(place).psql(DATABASE, "-c", ROWS)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_leaves_no_part_of_it(disk: Place, fill: Fill):
    before, present = rows(disk), names(disk.data.parent)
    target = disk.data.parent / "backup.tar"
    filler = fill(6)
    with pytest.raises(OperationFailedError) as refused:
        backup(disk, target)
    assert refused.value.message == FULL
    filler.unlink()
    assert names(disk.data.parent) == present
    assert rows(disk) == before
    backup(disk, target)
    assert verify(target)["entries"]
    target.unlink()


@pytest.mark.parametrize("left", [75, 100])
def test_a_restore_gives_back_what_was_there(disk: Place, fill: Fill, tmp_path: Path, left: int):
    before, present = rows(disk), names(disk.data)
    archive = tmp_path / "backup.tar"
    backup(disk, archive)
    filler = fill(left)
    with pytest.raises(OperationFailedError) as refused:
        restore(disk, archive, force=True)
    assert refused.value.message.startswith("Le disque est plein"), refused.value
    assert "ce qui était là est à sa place" in refused.value.message
    filler.unlink()
    # A folder that is given to the site's user gets its key, as at its first start.
    assert set(names(disk.data)) - {"log", "secret-key"} == set(present) - {"log", "secret-key"}
    assert rows(disk) == before


@pytest.mark.parametrize("left", [5, 60])
def test_an_upgrade_returns_to_the_former_version(disk: Place, fill: Fill, tmp_path: Path, left: int):
    """While the database is copied, or migrated."""
    before, home = rows(disk), Home(tmp_path)
    (tmp_path / "0.2.0").mkdir()
    (tmp_path / "current").symlink_to("0.2.0")
    psql = f"psql -qX -v ON_ERROR_STOP=1 -h {Cluster(disk).socket} -U postgres -d {DATABASE}"
    program = home.version("0.3.0") / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {psql} -c "create table more as select * from kept, generate_series(1, 20)"\n')
    program.chmod(0o755)
    state = State("0.2.0", "0.3.0", str(disk.data), "nobody", 8045, ORDER[0])
    with Cluster(disk).lease():
        filler = fill(left)
        with pytest.raises(OperationFailedError) as refused:
            upgrading.go(home, state)
    assert "Le disque est plein" in refused.value.message, refused.value
    filler.unlink()
    if home.read():
        upgrading.resume(home, home.read())
    assert (home.current, home.read()) == ("0.2.0", None)
    assert rows(disk) == before
    with Cluster(disk).lease():
        assert Cluster(disk).psql("postgres", "-c", "select datname from pg_database where not datistemplate") == (
            f"postgres\n{DATABASE}\n"
        )
