"""What root does in a data folder that the site writes: it follows no link, runs nothing of the site's, signals nobody
whom the site names, and gives away only what is the site's.
"""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.ops import account
from gis_core.ops.cluster import Cluster
from gis_core.ops.environment import DB_USER, OS_USER, Place
from gis_core.ops.failure import OperationFailedError

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
