"""Started by root, the site is one system user and PostgreSQL another: what the site's user tries is refused.

Everything is tried as a program that took the site over would: with its user, its group and its files.
"""

import fcntl
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gis_core.operations import account, keeper, services
from gis_core.operations.cluster import RUN_VARIABLE, Cluster
from gis_core.operations.environment import DB_USER, OS_USER, PYTHON, ROOT, Place, open_lock, switch
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import LINKS, LINKS_APART
from gis_core.operations.processes import wait_until
from tests.ops.conftest import plain_environment

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not account.exists() or account.stays_root(), reason="only root hands over, in an open folder"
)

ATTACK = """
import json, os, signal, sys
from pathlib import Path
import psycopg

data, socket, postmaster = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def says(attempt):
    try:
        return repr(attempt())
    except Exception as error:
        return type(error).__name__


def role(name):
    with psycopg.connect(host=socket, user=name, dbname="arpent", connect_timeout=5) as opened:
        return opened.execute("select rolsuper from pg_roles where rolname = session_user").fetchone()[0]


def replace(name):
    (data / name).rename(data / "mine")


def wear(name):
    with psycopg.connect(host=socket, user="arpent_worker", dbname="arpent") as opened:
        opened.execute(f"set role {name}")


print(json.dumps({
    **{name: says(lambda: role(name)) for name in ("arpent_web", "arpent_worker", "arpent_owner", "postgres", "root")},
    "set owner": says(lambda: wear("arpent_owner")),
    "set postgres": says(lambda: wear("postgres")),
    "list": says(lambda: os.listdir(data / "pg")),
    "read": says(lambda: (data / "pg/pg_hba.conf").read_text()),
    "replace": says(lambda: replace("pg")),
    "replace backups": says(lambda: replace("backups")),
    "list backups": says(lambda: os.listdir(data / "backups") and (data / "backups/night.tar").read_bytes()),
    "memory": says(lambda: open(f"/proc/{postmaster}/mem", "rb")),
    "environment": says(lambda: open(f"/proc/{postmaster}/environ", "rb")),
    "signal": says(lambda: os.kill(postmaster, signal.SIGHUP)),
    "socket": says(lambda: os.unlink(socket + "/.s.PGSQL.5432")),
    "root": says(lambda: os.setuid(0)),
}))
"""
REFUSED = ("OperationalError", "PermissionError", "InsufficientPrivilege")


@pytest.fixture
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="arpent-two-users-"))
    folder.chmod(0o755)
    found = Place(folder / "data")
    try:
        yield found
    finally:
        Cluster(found).stop()
        shutil.rmtree(found.socket_directory(), ignore_errors=True)
        shutil.rmtree(folder)


def command(place: Place, *words: str, user: tuple[str, ...] = (), **env: str) -> "subprocess.CompletedProcess[str]":
    """A command as root types it, or as a system user does."""
    started = [*user, str(PYTHON), "-m", "gis_core.operations", words[0], "--data", str(place.data), *words[1:]]
    return subprocess.run(
        started,
        cwd=ROOT,
        env=plain_environment() | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def served(place: Place) -> Iterator[int]:
    """A data folder whose database runs for the site as `serve` has it; the server's pid."""
    lasting = "import sys; sys.path.insert(0, sys.argv[1]); from gis_core.operations import account; " + (
        "from gis_core.operations.environment import Place; from pathlib import Path; "
        "place = Place(Path(sys.argv[2])); "
        "account.hand_data_over(place, lasting=True); account.keep_database(place); print('kept', flush=True); "
        "import os; os.execv('/usr/bin/setpriv', [*account.SWITCH, '/bin/sleep', '300'])"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", lasting, str(ROOT), str(place.data)],
        cwd=ROOT, env=plain_environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert program.stdout is not None
        assert any("kept" in line for line in program.stdout)
        pid = Cluster(place).running_pid()
        assert pid is not None
        yield pid
    finally:
        program.kill()
        program.communicate()
        assert wait_until(lambda: Cluster(place).running_pid() is None, 90)


def attack(place: Place, postmaster: int) -> dict[str, str]:
    words = [str(PYTHON), "-c", ATTACK, str(place.data), str(Cluster(place).socket), str(postmaster)]
    done = subprocess.run([*account.SWITCH, *words], cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def check_refused(found: dict[str, str]) -> None:
    assert {found.pop(role) for role in ("arpent_web", "arpent_worker")} == {"False"}
    assert {what: said for what, said in found.items() if said not in REFUSED} == {}


def user_of(pid: int) -> str:
    return pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name


def test_who_takes_the_site_over_has_neither_the_database_nor_its_files(place: Place):
    with served(place) as postmaster:
        assert user_of(postmaster) == DB_USER
        assert command(place, "backup").returncode == 0
        night = next(place.backups.glob("arpent-*.tar"))
        night.rename(place.backups / "night.tar")
        check_refused(attack(place, postmaster))


def test_a_folder_of_before_changes_users_when_the_site_starts(place: Place):
    """It was all the site's: its PostgreSQL let that user be anybody."""
    place.data.mkdir()
    account.own(place.data, OS_USER)
    assert command(place, "cluster", "start", user=account.SWITCH).returncode == 0
    assert command(place, "cluster", "stop", user=account.SWITCH).returncode == 0
    (place.cluster / "pg_ident.conf").write_text('arpent "arpent" all\narpent "root" all\narpent "alice" arpent_web\n')
    place.files.mkdir()
    (place.files / "kept").write_text("kept")
    for path in (place.files, place.files / "kept"):
        account.own(path, OS_USER)
    with served(place) as postmaster:
        assert user_of(postmaster) == DB_USER
        assert command(place, "backup").returncode == 0
        (next(place.backups.glob("arpent-*.tar"))).rename(place.backups / "night.tar")
        check_refused(attack(place, postmaster))
        assert 'arpent "alice" arpent_web' in (place.cluster / "pg_ident.conf").read_text()
        assert (place.files / "kept").owner() == OS_USER
    again = command(place, "cluster", "start", user=account.SWITCH)
    assert again.returncode == 1
    assert "lancez-la avec root" in again.stderr


def test_the_backup_of_the_night_holds_what_the_site_wrote(place: Place):
    with served(place):
        write = "from pathlib import Path; import sys; Path(sys.argv[1]).write_text('kept')"
        for umask, name in ((0o007, "held"), (0o022, "read-where-it-lies")):
            subprocess.run(
                [*account.SWITCH, str(PYTHON), "-c", write, str(place.files / name)], umask=umask, check=True, cwd="/"
            )
        done = command(place, "backup", user=switch(DB_USER))
        assert done.returncode == 0, done.stdout + done.stderr
        (archive,) = place.backups.glob("arpent-*.tar")
        assert (archive.owner(), stat.S_IMODE(archive.stat().st_mode)) == (DB_USER, 0o600)
        listed = subprocess.run(["/usr/bin/tar", "tf", archive], capture_output=True, text=True, check=True).stdout
        assert {"files/held", "files/read-where-it-lies"} <= set(listed.split())
        assert command(place, "backup", "--verify", str(archive)).returncode == 0


def test_what_is_closed_to_the_backups_is_named(place: Place):
    """Nothing of Arpent's is: somebody copied it there."""
    with served(place):
        (place.files / "folder").mkdir()
        for path in (place.files / "folder" / "file", place.files / "folder"):
            path.touch()
            account.own(path, OS_USER)
            path.chmod(0o700)
        said = [command(place, "backup", user=switch(DB_USER)).stderr]
        (place.files / "folder").chmod(0o770)
        said += [command(place, "backup", user=switch(DB_USER)).stderr]
        (place.files / "folder" / "file").chmod(0o640)
        assert f"ne peut pas lire {place.files}/folder : ouvrez-le" in said[0]
        assert f"ne peut pas lire {place.files}/folder/file : ouvrez-le" in said[1]
        assert command(place, "backup", user=switch(DB_USER)).returncode == 0


HOLDING = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from gis_core.operations.held_files import HeldFiles

data = Path(sys.argv[2])
with HeldFiles(data, data / "files") as files:
    files.hold()
    print("held", flush=True)
    input()
    files.hold()
    print(sorted(path.read_text() for path in files.paths.values()))
"""


def test_a_command_of_root_takes_nothing_from_a_backup_that_is_written(place: Place):
    with served(place):
        for name in ("erased", "kept"):
            (place.files / name).write_text(name)
            account.own(place.files / name, OS_USER)
            (place.files / name).chmod(0o660)
        words = [*switch(DB_USER), str(PYTHON), "-c", HOLDING, str(ROOT), str(place.data)]
        with subprocess.Popen(words, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as backup:
            assert backup.stdout is not None
            assert backup.stdout.readline() == "held\n"
            (place.files / "erased").unlink()
            assert command(place, "manage", "check").returncode == 0
            assert backup.communicate("\n")[0] == "['erased', 'kept']\n"
        assert not {path.name for path in place.data.iterdir()} & {LINKS, LINKS_APART}


def test_a_folder_of_held_files_that_cannot_be_removed_is_said(place: Place):
    with served(place):
        (place.data / LINKS_APART).mkdir()
        (place.data / LINKS_APART / "1").touch()
        account.own(place.data / LINKS_APART, OS_USER)
        done = command(place, "backup", user=switch(DB_USER))
        assert f"{place.data / LINKS_APART}, où une sauvegarde" in done.stderr
        # The next command of root gives it to whom such a folder belongs.
        assert command(place, "manage", "check").returncode == 0
        assert command(place, "backup", user=switch(DB_USER)).returncode == 0


def test_a_link_to_the_database_is_not_in_a_backup(place: Place):
    with served(place):
        (place.files / "link").symlink_to(place.cluster / "pg_hba.conf")
        (place.files / "folder").symlink_to(place.cluster)
        assert command(place, "backup", user=switch(DB_USER)).returncode == 0
        (archive,) = place.backups.glob("arpent-*.tar")
        listed = subprocess.run(["/usr/bin/tar", "tf", archive], capture_output=True, text=True, check=True).stdout
        assert "link" not in listed
        assert "pg_hba" not in listed


def test_commands_that_change_tables_run_as_the_database_s_user(place: Place):
    code = "import os; from django.db import connection as c; k = c.cursor(); k.execute('select current_user'); " + (
        "print(os.getuid(), k.fetchone()[0])"
    )

    def users(**env: str) -> list[str]:
        words = [
            str(PYTHON),
            "-m",
            "gis_core.operations",
            "manage",
            "--data",
            str(place.data),
            "shell",
            "--no-imports",
            "-c",
        ]
        done = subprocess.run(
            [*words, code], cwd=ROOT, env=plain_environment() | env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-2:]

    assert users() == [str(pwd.getpwnam(OS_USER).pw_uid), "arpent_worker"]
    assert users(ARPENT_DB_USER="arpent_owner") == [str(pwd.getpwnam(DB_USER).pw_uid), "arpent_owner"]
    assert command(place, "manage", "check").returncode == 0
    # The command ends after its database: in a container, its end is that of everything.
    assert Cluster(place).running_pid() is None
    assert {path.owner() for path in place.data.iterdir()} == {OS_USER, DB_USER}
    assert place.cluster.owner() == DB_USER


def test_a_killed_server_is_started_again_by_its_keeper(place: Place):
    with served(place) as postmaster:
        os.kill(postmaster, 9)
        assert wait_until(lambda: Cluster(place).running_pid() not in (None, postmaster), 30)
        assert user_of(Cluster(place).running_pid() or 0) == DB_USER


def test_who_uses_a_database_whose_keeper_died_ends_with_an_error(place: Place):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; "
        "from gis_core.operations import services;"
        "from gis_core.operations.cluster import Cluster; from gis_core.operations.environment import Place;"
        "group = services.Group('x', Cluster(Place(Path(sys.argv[2])))); print('in', flush=True); group.wait(0.1)"
    )
    words = [*account.SWITCH, str(PYTHON), "-c", program, str(ROOT), str(place.data)]
    with served(place):
        user = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")
        assert user.stdout is not None
        assert user.stdout.readline() == "in\n"
        (kept,) = [int(pid) for pid in holders(Cluster(place).keeper_lock)]
        os.kill(kept, 9)
        _said, complaint = user.communicate(timeout=60)
        assert user.returncode == 1
        assert "Le programme qui tient la base de données s'est arrêté" in complaint
        Cluster(place).stop()


def test_nobody_gets_a_lease_of_a_database_that_is_being_stopped(place: Place):
    cluster, leases = Cluster(place), place.run / "cluster.leases"
    with served(place) as postmaster:
        os.kill(postmaster, signal.SIGSTOP)
        try:
            (supervisor,) = holders(leases)
            os.kill(int(supervisor), signal.SIGKILL)
            assert wait_until(lambda: any(holders(place.run / "cluster.lock")), 30)
            assert open_lock(leases, fcntl.LOCK_SH | fcntl.LOCK_NB) is None
        finally:
            os.kill(postmaster, signal.SIGCONT)
        lease = cluster.lease_descriptor()
        assert (cluster.has_keeper(), cluster.running_pid()) == (False, None)
        os.close(lease)


def test_a_second_keeper_is_ready_once_the_server_answers(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeper, "START_SECONDS", 0.2)
    account.hand_data_over(place, lasting=True)
    first = open_lock(Cluster(place).keeper_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert first is not None
    with pytest.raises(OperationFailedError, match="PostgreSQL ne répond pas"):
        keeper._only_one(Cluster(place))
    os.close(first)
    with served(place):
        assert keeper._only_one(Cluster(place)) is None


def test_what_a_service_manager_keeps_lets_the_last_service_go_at_once(place: Place):
    account.hand_data_over(place, lasting=True)
    kept = [*switch(DB_USER), str(PYTHON), "-P", "-m", "gis_core.operations", "keep", "--data", str(place.data)]
    service = subprocess.Popen(kept, env=plain_environment() | {"PYTHONPATH": str(ROOT)})
    try:
        assert wait_until(Cluster(place).accepts, 60)
        begun = time.monotonic()
        used = f"with Cluster(Place(Path({str(place.data)!r}))).lease(): pass"
        imports = "from pathlib import Path; from gis_core.operations.cluster import *"
        words = [*account.SWITCH, str(PYTHON), "-c", f"{imports}\n{used}"]
        subprocess.run(words, cwd=ROOT, env=plain_environment(), check=True)
        assert time.monotonic() - begun < 15, "it was waited for"
    finally:
        service.terminate()
        assert service.wait(60) == 0
    assert Cluster(place).running_pid() is None


def test_root_leaves_the_folder_of_the_database_to_its_user(place: Place):
    """A log that leads elsewhere: root would have read it, and said what is in it."""
    account.hand_data_over(place, lasting=True)
    with served(place):
        pass
    cluster, secret = Cluster(place), place.data.parent / "secret"
    secret.write_text("only root reads this\n")
    secret.chmod(0o600)
    cluster.log.unlink()
    cluster.log.symlink_to(secret)
    with pytest.raises(OperationFailedError) as refused, cluster.lease():
        pass
    assert "only root" not in refused.value.message + refused.value.detail
    cluster.log.unlink()
    with cluster.lease():
        assert Path(f"/proc/{cluster.running_pid()}").stat().st_uid == pwd.getpwnam(DB_USER).pw_uid
    assert cluster.running_pid() is None


def test_a_wrong_hour_for_backups_starts_no_database(place: Place):
    done = command(place, "manage", "check", ARPENT_BACKUP_AT="minuit")
    assert (done.returncode, Cluster(place).running_pid()) == (1, None)
    assert "ARPENT_BACKUP_AT (environnement) : une heure est attendue (01:30), ou rien." in done.stderr


def holders(lock: Path) -> Iterator[str]:
    """Pids of the processes that hold a lock, by the kernel's list."""
    for line in Path("/proc/locks").read_text().splitlines():
        words = line.split()
        if words[5].endswith(f":{lock.stat().st_ino}"):
            yield words[4]


def test_the_socket_is_in_the_same_folder_for_root_and_for_the_site_and_made_anew(place: Place):
    """A machine that restarts has emptied /run."""
    asked = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; "
    asked += "from gis_core.operations.environment import"
    asked += " Place; print(Place(Path(sys.argv[2])).socket_directory())"
    words = [str(PYTHON), "-c", asked, str(ROOT), str(place.data)]

    def folders() -> set[str]:
        sites = {"XDG_RUNTIME_DIR": "/run/user/7", "TMPDIR": "/var/tmp", "PATH": "/usr/bin"}
        return {
            subprocess.run([*user, *words], env=env, capture_output=True, text=True, check=True, cwd="/").stdout.strip()
            for user in ((), account.SWITCH, switch(DB_USER))
            for env in (sites, plain_environment())
        }

    with served(place):
        (first,) = folders()
    shutil.rmtree(first)
    assert folders() == {first}
    with served(place):
        assert folders() == {first}
        assert Path(first, ".s.PGSQL.5432").exists()


def test_the_socket_of_a_folder_that_one_user_has_is_the_same_for_root(place: Place):
    place.data.mkdir()
    account.own(place.data, OS_USER)
    assert command(place, "cluster", "start", user=account.SWITCH).returncode == 0
    assert Path(place.socket_directory(), ".s.PGSQL.5432").exists()
    assert Cluster(place).psql("arpent", "-c", "select 1").strip() == "1"
    assert command(place, "cluster", "stop", user=account.SWITCH).returncode == 0
    assert command(place, "backup").returncode == 0
    assert place.cluster.owner() == OS_USER


def test_what_a_supervisor_runs_starts_no_server(place: Place, monkeypatch: pytest.MonkeyPatch):
    """A server that the program of the nights started would have its low priority."""
    monkeypatch.setattr("gis_core.operations.cluster.START_SECONDS", 0.2)
    monkeypatch.setenv(RUN_VARIABLE, "run")
    with pytest.raises(OperationFailedError, match="ne tourne toujours pas"), Cluster(place).lease():
        pass
    monkeypatch.delenv(RUN_VARIABLE)
    with Cluster(place).lease():
        monkeypatch.setenv(RUN_VARIABLE, "run")
        with Cluster(place).lease():
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            assert os.getpriority(os.PRIO_PROCESS, Cluster(place).running_pid() or 0) == ours
        monkeypatch.delenv(RUN_VARIABLE)
        assert Cluster(place).running_pid() is not None
    assert services.RUN_VARIABLE == RUN_VARIABLE
