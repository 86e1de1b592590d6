"""What root does in a data folder that the site writes: it follows no link, runs nothing of the site's, signals nobody
whom the site names, and gives away only what is the site's.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.planning import own_folder
from gis_core.operations import account, demo
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DB_USER, OS_USER, PYTHON, ROOT, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.preflight import check_folder
from gis_core.operations.processes import has_group, is_postmaster, wait_until
from tests.ops.conftest import plain_environment

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not account.exists() or account.stays_root(), reason="only root hands over, in an open folder"
)


@pytest.fixture
def place() -> Iterator[Place]:
    """A data folder below one that is open to all."""
    with tempfile.TemporaryDirectory(prefix="arpent-root-") as name:
        Path(name).chmod(0o755)
        found = Place(Path(name) / "data")
        yield found
        assert wait_until(lambda: not Cluster(found).has_keeper(), 90)
        Cluster(found).stop()
        shutil.rmtree(found.socket_directory_of_root, ignore_errors=True)


def owner(path: Path) -> str:
    return pwd.getpwuid(path.lstat().st_uid).pw_name


def sockets_of_before(place: Place, user: str) -> Path:
    """The folder that root made in /run for a PostgreSQL of this user."""
    folder = place.socket_directory_of_root
    (folder / "nested").mkdir(parents=True)
    (folder / "link").symlink_to("/etc")
    (folder / ".s.PGSQL.5432").touch()
    for path in (folder, *folder.iterdir()):
        os.chown(path, pwd.getpwnam(user).pw_uid, -1, follow_symlinks=False)
    return folder


def test_the_folder_of_sockets_that_the_site_had_is_taken_back(place: Place):
    place.data.mkdir()
    account.own(place.data, OS_USER)
    folder = sockets_of_before(place, OS_USER)
    assert account.hand_data_over(place, lasting=True)
    assert (owner(folder), list(folder.iterdir())) == (DB_USER, [])
    Cluster(place).start()
    assert Cluster(place).accepts()


def test_the_data_keep_their_user_where_the_folder_of_sockets_is_another_s(place: Place):
    place.data.mkdir()
    account.own(place.data, OS_USER)
    sockets_of_before(place, "nobody")
    with pytest.raises(OperationFailedError, match="supprimez-le"):
        account.hand_data_over(place, lasting=True)
    assert owner(place.data) == OS_USER


def test_the_owner_of_a_data_folder_behind_a_link_is_not_that_of_the_link(place: Place):
    elsewhere = place.data.parent / "disk"
    elsewhere.mkdir()
    place.data.symlink_to(elsewhere)
    os.chown(place.data, pwd.getpwnam("nobody").pw_uid, -1, follow_symlinks=False)
    assert place.database_uid == pwd.getpwnam(DB_USER).pw_uid


def test_nothing_is_imported_from_the_folder_where_a_command_is_typed(place: Place):
    account.give_data(place)
    planted = place.files / "gis_core"
    (planted / "ops").mkdir(parents=True)
    (planted / "__init__.py").write_text("raise SystemExit('the code of the site')")
    planted.chmod(0o755)

    def typed(*words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        command = [str(ROOT / "arpent"), words[0], "--data", str(place.data), *words[1:]]
        given = plain_environment() | env
        return subprocess.run(command, cwd=place.files, env=given, capture_output=True, text=True, check=False)

    for done in (typed("stop"), typed("manage", "check"), typed("manage", "check", ARPENT_DB_USER="arpent_owner")):
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("of", ["root", DB_USER])
def test_what_nobody_knows_in_a_data_folder_stays_whose_it_is(place: Place, of: str):
    account.give_data(place)
    strange = [place.data / name for name in ("avant.tar", "files.tar", "pg.tar", "restore-1")]
    known = [place.data / name for name in ("cache", "files.avant-20261129-100000", "demo-accounts.json.avant-1")]
    for path in (*strange, *known):
        path.touch(0o600)
        account.own(path, of) if of == DB_USER else None
    account.give_data(place, whole=True)
    assert {owner(path) for path in strange} == {of}
    assert {owner(path) for path in known} == {OS_USER}


def test_a_folder_that_one_user_has_gets_what_is_known_and_nothing_else(place: Place):
    place.data.mkdir()
    account.own(place.data, OS_USER)
    for name in ("avant.tar", "secret-key"):
        (place.data / name).touch(0o600)
    account.give_data(place)
    assert [owner(place.data / name) for name in ("avant.tar", "secret-key")] == ["root", OS_USER]


@pytest.mark.parametrize("name", ["test", "test-at", "bench"])
def test_a_folder_in_which_root_has_only_tested_becomes_a_site_s(place: Place, name: str):
    (place.data / name / "pg").mkdir(parents=True)
    account.give_data(place)
    account.give_data(place, whole=True)
    assert (owner(place.data), owner(place.data / name), owner(place.data / name / "pg")) == (DB_USER, "root", "root")


WAITING = "import time; print('in', flush=True); time.sleep(60)"


@contextmanager
def owner_command(place: Place) -> Iterator["subprocess.Popen[str]"]:
    """A command of the tables' owner at work, in a process group of its own as in a terminal."""
    # A test run in the background would hand down that Ctrl-C is ignored.
    words = ["env", "--default-signal=INT", str(PYTHON), "-m", "gis_core.operations"]
    words += ["manage", "--data", str(place.data), "shell", "--no-imports", "-c"]
    env = plain_environment() | {"ARPENT_DB_USER": "arpent_owner"}
    with subprocess.Popen(
        [*words, WAITING], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert any(line == "in\n" for line in process.stdout)
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("to_all", [True, False], ids=["Ctrl-C", "SIGTERM"])
def test_an_owner_s_command_that_is_ended_leaves_no_process_nor_server(place: Place, to_all: bool):
    with owner_command(place) as process:
        (place.data / "cache").mkdir()
        if to_all:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.terminate()
        assert process.wait(60) == 128 + (signal.SIGINT if to_all else signal.SIGTERM)
        assert Cluster(place).running_pid() is None
    assert owner(place.data / "cache") == OS_USER
    # What ended is gone once its new parent took note.
    assert wait_until(lambda: not has_group(process.pid), 10)


def test_a_demo_that_cannot_prepare_ends_after_its_server(place: Place):
    account.hand_data_over(place, lasting=True)
    # Where the log of this step is to be.
    (place.logs / "migrate.log" / "in the way").mkdir(parents=True)
    words = [str(PYTHON), "-m", "gis_core.operations", "demo", "--data", str(place.data), "--port", "18999"]
    done = subprocess.run(words, cwd=ROOT, env=plain_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert Cluster(place).running_pid() is None


def test_the_demo_s_deliveries_are_not_written_behind_a_link(place: Place):
    elsewhere, folder = place.data.parent / "elsewhere", place.data / "demo-urbanisme"
    elsewhere.mkdir()
    place.data.mkdir()
    folder.symlink_to(elsewhere)
    for content in ("first", "second"):
        with own_folder(folder) as written:
            (written / "file").write_text(content)
        assert (folder / "file").read_text() == content
    assert list(elsewhere.iterdir()) == []
    assert list(place.data.iterdir()) == [folder]


LOCK = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
lock.write(sys.argv[2])
lock.flush()
fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(60)
"""


@contextmanager
def demo_that_says(place: Place, pid: object) -> Iterator["subprocess.Popen[str]"]:
    """What the site writes of the demo that runs, with the lock in its hands."""
    account.give_data(place)
    said = json.dumps({"pid": pid, "port": 8045, "run_id": "of the test"})
    command = [*account.SWITCH, str(PYTHON), "-c", LOCK, str(place.run / "demo.lock"), said]
    with subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        try:
            yield holder
        finally:
            holder.kill()


@pytest.mark.parametrize("pid", [-1, 0, 2**40, os.getpid()], ids=["all", "group", "none", "root"])
def test_root_signals_no_process_that_is_not_the_site_s(place: Place, pid: int, monkeypatch: pytest.MonkeyPatch):
    signalled: list[object] = []
    with demo_that_says(place, pid), monkeypatch.context() as patched:
        patched.setattr(os, "kill", lambda *words: signalled.append(words))
        patched.setattr(signal, "pidfd_send_signal", lambda *words: signalled.append(words))
        patched.setattr(demo, "END_SECONDS", 0.1)
        with pytest.raises(OperationFailedError, match="n'est pas ce que dit"):
            demo.stop(place)
        assert signalled == []


def test_a_pid_that_is_not_a_number_names_no_demo(place: Place):
    with demo_that_says(place, "1"), pytest.raises(OperationFailedError, match="en train de démarrer"):
        demo.stop(place)


def test_root_stops_the_demo_of_the_site(place: Place, capsys: pytest.CaptureFixture[str]):
    account.give_data(place)
    with demo_that_says(place, 1) as holder:
        said = json.dumps({"pid": holder.pid, "port": 8045, "run_id": "of the test"})
        (place.run / "demo.lock").write_text(said)
        assert demo.stop(place) == 0
        assert holder.wait(5) == -signal.SIGTERM
    assert "Arpent est arrêté" in capsys.readouterr().out


def leave_running(place: Place) -> None:
    Cluster(place).leave_running()


@pytest.mark.parametrize(
    ("name", "act"),
    [("demo.lock", demo.is_free), ("write", check_folder), ("cluster.stays", leave_running)],
)
def test_root_follows_no_link_in_the_folder_of_locks(
    place: Place, name: str, act: Callable[[Place], object], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Cluster, "start", lambda _cluster: None)
    account.give_data(place)
    target = place.data.parent / "nologin"
    (place.run / name).symlink_to(target)
    if name == "write":
        act(place)
    else:
        with pytest.raises(OperationFailedError, match=rf"{name} pas un fichier ordinaire.*supprimez-le"):
            act(place)
    assert not target.exists()


def test_root_makes_no_lock_behind_a_link_in_place_of_their_folder(place: Place):
    account.give_data(place)
    elsewhere = place.data.parent / "elsewhere"
    elsewhere.mkdir()
    place.run.rmdir()
    place.run.symlink_to(elsewhere)
    with pytest.raises(OperationFailedError, match="n'est pas un dossier"):
        demo.is_free(place)
    with pytest.raises(OperationFailedError, match="n'est pas un dossier"):
        Cluster(place).lease_descriptor()
    place.run.unlink()
    assert list(elsewhere.iterdir()) == []


def test_root_waits_for_no_pipe_in_place_of_a_lock(place: Place):
    account.give_data(place)
    os.mkfifo(place.run / "demo.lock")
    with pytest.raises(OperationFailedError, match="pas un fichier ordinaire"):
        demo.read_run(place)


@pytest.fixture
def stranger(place: Place) -> Iterator[int]:
    """The server of another data folder, and of the same user."""
    other = Place(place.data.parent / "other")
    account.give_data(other)
    account.hand_data_over(other, lasting=True)
    Cluster(other).start()
    pid = Cluster(other).running_pid()
    assert pid is not None
    yield pid
    Cluster(other).stop()
    shutil.rmtree(other.socket_directory_of_root, ignore_errors=True)


def test_a_lock_that_the_site_put_there_ends_no_other_server(place: Place, stranger: int):
    account.hand_data_over(place, lasting=True)
    write = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    lock = Cluster(place).socket / ".s.PGSQL.5432.lock"
    subprocess.run([*account.SWITCH, str(PYTHON), "-c", write, str(lock), f"{stranger}\n"], cwd="/", check=True)
    Cluster(place).start()
    assert is_postmaster(stranger, None)
    assert Cluster(place).accepts()


def test_a_pipe_that_the_site_put_there_is_not_waited_for(place: Place):
    account.hand_data_over(place, lasting=True)
    os.mkfifo(Cluster(place).socket / ".s.PGSQL.5432.lock")
    Cluster(place).start()
    assert Cluster(place).accepts()
