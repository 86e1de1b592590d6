import json
import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.operations import account
from gis_core.operations.backup import backup
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DB_USER, OS_USER, ROOT, Place, secret_key
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import wait_until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not account.exists() or account.stays_root(), reason="only root hands over, in an open folder"
)
READ = """
import json, sys
from pathlib import Path
import django
django.setup()
from gis_core.files.reader import launch
from gis_core.files.reader.process import RestrictedReader
if sys.argv[2:]:
    launch.recipes = lambda known=list(launch.recipes()): known[-1:]
with RestrictedReader(quarantine_root=Path(sys.argv[1])) as reader:
    name = reader.admit(Path(sys.argv[1], "file.geojson"))
    print(json.dumps([dict(reader.isolation), reader.inspect(name).layers[0].features]))
"""
FILE = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1.9, 47.5]}}],
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder open to all, as pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="arpent-account-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def owner(path: Path) -> str:
    return pwd.getpwuid(path.lstat().st_uid).pw_name


def of_root(place: Place) -> list[Path]:
    return [path for path in place.data.rglob("*") if path.lstat().st_uid == 0]


def test_a_folder_closed_to_the_system_user_is_told_and_stays_closed(folder: Path):
    closed = folder / "closed"
    (closed / "code" / "var").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(OperationFailedError, match=f"le dossier {closed} est fermé.*/opt ou /srv"):
        account.check_reach(closed / "code", "Arpent")
    with pytest.raises(OperationFailedError, match="le dossier des données n'y est pas accessible"):
        account.give_data(Place(closed / "code" / "data"))
    assert closed.stat().st_mode & 0o777 == 0o700
    account.check_reach(folder, "Arpent")


def test_a_new_data_folder_is_the_database_s_and_open_to_the_site(folder: Path):
    place = Place(folder / "new" / "data")
    account.give_data(place)
    state = place.data.stat()
    assert (owner(place.data), place.data.group(), state.st_mode & 0o7777) == (DB_USER, OS_USER, 0o1775)
    assert {owner(path) for path in place.data.iterdir()} == {OS_USER}


def test_what_root_made_in_a_data_folder_is_given_away_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    place, outside = Place(folder / "data"), folder / "outside"
    outside.mkdir()
    (outside / "file").touch()
    for name in ("run", "files/inbox", "test/run"):
        (place.data / name).mkdir(parents=True)
    (place.files / "inbox" / "file").touch()
    (place.files / "link").symlink_to(outside)
    (place.files / "second-name").hardlink_to(outside / "file")
    account.give_data(place)
    assert "confié à l'utilisateur système" in capsys.readouterr().out
    given = (place.run, place.files, place.files / "inbox" / "file", place.files / "link")
    assert {owner(path) for path in given} == {OS_USER}
    assert {owner(path) for path in (outside, outside / "file", place.data / "test")} == {"root"}
    account.give_data(place)
    assert capsys.readouterr().out == ""


def test_a_folder_of_others_is_not_taken(folder: Path):
    (folder / "photos").mkdir()
    (folder / "photos" / "holidays").touch()
    with pytest.raises(OperationFailedError, match="contient autre chose"):
        account.give_data(Place(folder / "photos"))
    os.chown(folder / "photos", pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(OperationFailedError, match="appartient à nobody"):
        account.give_data(Place(folder / "photos"))


def test_a_file_that_the_system_user_cannot_read_is_told(folder: Path):
    (folder / "file.csv").touch(mode=0o600)
    with pytest.raises(OperationFailedError, match=r"ne peut pas lire .*/file\.csv"):
        account.check_readable(["import", f"--file={folder / 'file.csv'}"])
    account.check_readable(["import", str(folder), "--file=relative"])


def test_root_runs_commands_as_the_system_user_and_leaves_nothing_of_its_own(folder: Path):
    place = Place(folder / "data")
    secret = place.data / "secret-key"

    def user_of_a_command() -> list[str]:
        code = "import os; print(os.getuid(), os.environ['HOME'])"
        words = ["-m", "gis_core.operations", "manage", "--data", str(place.data), "shell", "--no-imports", "-c", code]
        env = {"PATH": os.environ["PATH"], "HOME": "/root", "XDG_RUNTIME_DIR": "/run/user/0"}
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-2:]

    ours = [str(pwd.getpwnam(OS_USER).pw_uid), str(place.run)]
    assert user_of_a_command() == ours
    assert backup(place, folder / "backup.tar") == 0
    with Cluster(place).lease():
        assert user_of_a_command() == ours
    assert secret.read_text().strip() == secret_key(place)
    assert of_root(place) == []
    assert wait_until(lambda: Cluster(place).running_pid() is None, 30)


@pytest.mark.parametrize("weakest", [False, True])
def test_the_reader_of_a_worker_that_is_not_root_is_cut_off(folder: Path, weakest: bool):
    data = folder / "data"
    data.mkdir()
    (data / "file.geojson").write_text(json.dumps(FILE))
    account.give_all(data, OS_USER, {0})
    env = {"ARPENT_DATA": str(data), "ARPENT_SECRET_KEY": "x", "DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    command = [*account.SWITCH, sys.executable, "-c", READ, str(data), *(["weakest"] if weakest else [])]
    done = subprocess.run(
        command, cwd=ROOT, env=env | {"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    isolation, rows = json.loads(done.stdout)
    assert rows == 1
    assert {isolation[door] for door in ("network", "files", "processes")} == {False}
    if not weakest:
        assert isolation["recipe"] == "user namespace, no network"
        assert isolation["uid"] == 0
